"""Unrolls a tube of skin: true lengths around it at each height, true areas."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from dosemap.figures.equal_area import Verticals

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEVELS = (4, 800)
_GAP_SPACINGS = 4.0
"""Pieces of a section farther apart than so many edges have an opening between them."""
_GAP_ANGLE = 0.1
"""And so many radians."""
_SMOOTH_LEVELS = 8
_LEAST_SHARE_AROUND = 0.5
"""Of the usual angle, from which a section says how long the way around is."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A tube as it is followed: of a body this is a standing one, whatever the patient's pose.

    Its triangles are the patient's; around and along it places are found on this shape, lengths and
    areas are measured on the patient.
    """

    height_mm: "NDArray[np.float64]"
    """(n_vertex,), grows along the tube."""
    across_mm: "NDArray[np.float64]"
    """(n_vertex, 2), at one height: to the right of the picture, and towards its middle line."""
    middle_mm: float | None
    """Where the middle line of the tube runs from side to side; ``None``: through its centres."""


@dataclass(frozen=True, kw_only=True)
class Unrolled:
    """Points of a flat map; a vertex beside the cut has one on each side."""

    vertex: "NDArray[np.int64]"
    """Vertex of each point, (n_point,)."""
    horizontal_mm: "NDArray[np.float64]"
    vertical_mm: "NDArray[np.float64]"
    triangles: "NDArray[np.int64]"
    """Points of the corners, (n_triangle, 3); anticlockwise, as seen from outside the skin."""
    verticals: Verticals | None
    """Where heights of :attr:`Shape.height_mm` lie."""


def unroll(
    vertices_mm: "NDArray[np.float64]", triangles: "NDArray[np.int64]", *, shape: Shape
) -> Unrolled:
    """Return the flat map of a tube, cut opposite its middle line.

    Along each height the distance from the middle line is the length of skin; openings (where an
    arm was cut away) count with their width. Heights are so far apart at each place that skin has
    its area.

    Parameters
    ----------
    vertices_mm
        Of the patient, (n_vertex, 3).
    triangles
        Those of the tube, (n_triangle, 3).
    shape
        Where they lie around and along it.
    """
    corners_mm = vertices_mm[triangles]
    sides_mm = np.linalg.norm(corners_mm - np.roll(corners_mm, 1, axis=1), axis=2)
    gap_mm = _GAP_SPACINGS * float(np.median(sides_mm))
    heights_mm = _heights_mm(shape.height_mm[triangles])
    sections = _sections(corners_mm, triangles, shape, heights_mm)
    centres_mm = _centres_mm(sections, shape.middle_mm)
    rulers = [
        _Ruler.of(section, centre, gap_mm)
        for section, centre in zip(sections, centres_mm, strict=True)
    ]
    rulers = _with_enough_skin(rulers)
    _level_edges(rulers)
    vertex, points, horizontal_mm = _horizontals(triangles, shape, heights_mm, centres_mm, rulers)
    doubled = np.cross(corners_mm[:, 1] - corners_mm[:, 0], corners_mm[:, 2] - corners_mm[:, 0])
    verticals = Verticals.of(
        horizontal_mm[points],
        shape.height_mm[triangles],
        np.linalg.norm(doubled, axis=1) / 2,
    )
    return Unrolled(
        vertex=vertex,
        horizontal_mm=horizontal_mm,
        vertical_mm=verticals.at(horizontal_mm, shape.height_mm[vertex]),
        triangles=points,
        verticals=verticals,
    )


@dataclass(frozen=True, kw_only=True)
class _Section:
    """The cuts of triangles at one height."""

    ends_mm: "NDArray[np.float64]"
    """On the patient, (n, 2, 3)."""
    across_mm: "NDArray[np.float64]"
    """On the shape, (n, 2, 2)."""

    @property
    def lengths_mm(self) -> "NDArray[np.float64]":
        lengths: NDArray[np.float64] = np.linalg.norm(
            self.ends_mm[:, 1] - self.ends_mm[:, 0], axis=1
        )
        return lengths


@dataclass(frozen=True, kw_only=True)
class _Ruler:
    """Length of skin from the middle line at one height, by the direction from the centre."""

    angles: "NDArray[np.float64]"
    lengths_mm: "NDArray[np.float64]"
    openings: tuple[int | None, int | None]
    """Where the widest opening left and right of the middle line ends, as an index."""
    around: float
    """Angle of the directions in which there is skin."""

    @classmethod
    def of(cls, section: _Section, centre_mm: "NDArray[np.float64]", gap_mm: float) -> "_Ruler":
        angles = _angles(section.across_mm, centre_mm)
        backwards = angles[:, 0] > angles[:, 1]
        angles[backwards] = angles[backwards, ::-1]
        ends_mm = section.ends_mm.copy()
        ends_mm[backwards] = ends_mm[backwards, ::-1]
        lengths_mm = section.lengths_mm
        # What lies across the cut is divided there.
        across = np.flatnonzero(angles[:, 1] - angles[:, 0] > np.pi)
        first, second = angles[across].T
        after = (np.pi - second) / (first + 2 * np.pi - second)
        middle_mm = ends_mm[across, 1] + after[:, None] * (ends_mm[across, 0] - ends_mm[across, 1])
        left = np.stack([np.full_like(first, -np.pi), first], axis=1)
        right = np.stack([second, np.full_like(second, np.pi)], axis=1)
        left_mm = np.stack([middle_mm, ends_mm[across, 0]], axis=1)
        right_mm = np.stack([ends_mm[across, 1], middle_mm], axis=1)
        angles = np.concatenate([np.delete(angles, across, axis=0), left, right])
        ends_mm = np.concatenate([np.delete(ends_mm, across, axis=0), left_mm, right_mm])
        lengths_mm = np.concatenate(
            [
                np.delete(lengths_mm, across),
                lengths_mm[across] * (1 - after),
                lengths_mm[across] * after,
            ]
        )
        order = np.argsort(angles.mean(axis=1), kind="stable")
        angles, ends_mm, lengths_mm = angles[order], ends_mm[order], lengths_mm[order]
        gaps_mm = np.linalg.norm(ends_mm[1:, 0] - ends_mm[:-1, 1], axis=1)
        reached = np.maximum.accumulate(angles[:, 1])
        gaps_mm[(gaps_mm < gap_mm) | (angles[1:, 0] - reached[:-1] < _GAP_ANGLE)] = 0.0
        stops_mm = np.cumsum(lengths_mm)
        stops_mm[1:] += np.cumsum(gaps_mm)
        along_mm = np.stack([stops_mm - lengths_mm, stops_mm], axis=1).ravel()
        at = np.maximum.accumulate(angles.ravel())
        openings: list[int | None] = [None, None]
        for side, of_side in enumerate((angles[1:, 0] <= 0, angles[1:, 0] > 0)):
            widest = int(np.argmax(np.where(of_side, gaps_mm, 0.0))) if len(gaps_mm) else 0
            if len(gaps_mm) and of_side[widest] and gaps_mm[widest] > 0:
                openings[side] = 2 * widest + 2
        return cls(
            angles=at,
            lengths_mm=along_mm - np.interp(0.0, at, along_mm),
            openings=(openings[0], openings[1]),
            around=float(np.ptp(angles, axis=1).sum()) if len(angles) else 0.0,
        )

    def widen(self, side: int, by_mm: float) -> None:
        """Make the opening of a side wider, where there is one."""
        opening = self.openings[side]
        if opening is not None and side == 0:
            self.lengths_mm[:opening] -= by_mm
        elif opening is not None:
            self.lengths_mm[opening:] += by_mm

    def at(self, angles: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Return the length from the middle line; beyond the cut it goes on."""
        turns = np.round(angles / (2 * np.pi))
        inside = np.interp(angles - 2 * np.pi * turns, self.angles, self.lengths_mm)
        around: NDArray[np.float64] = inside + turns * np.ptp(self.lengths_mm)
        return around


def _with_enough_skin(rulers: "list[_Ruler]") -> "list[_Ruler]":
    """Put the next one in place of those at the ragged ends of a tube, with little skin."""
    around = np.array([ruler.around for ruler in rulers])
    good = np.flatnonzero(around > _LEAST_SHARE_AROUND * np.median(around))
    nearest = [int(good[np.argmin(np.abs(good - row))]) for row in range(len(rulers))]
    return [
        rulers[row]
        if row == found
        else replace(rulers[found], lengths_mm=rulers[found].lengths_mm.copy())
        for row, found in enumerate(nearest)
    ]


def _level_edges(rulers: "list[_Ruler]") -> None:
    """Widen openings so that the skin beyond them does not follow every step of their borders."""
    for side, sign in ((0, -1.0), (1, 1.0)):
        ends = sign * np.array([ruler.lengths_mm[-side] for ruler in rulers])
        for ruler, end, smooth in zip(rulers, ends, _smooth(ends), strict=True):
            ruler.widen(side, smooth - end)


def _smooth(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return means over neighbouring levels."""
    kernel = np.ones(2 * _SMOOTH_LEVELS + 1)
    inside = slice(_SMOOTH_LEVELS, -_SMOOTH_LEVELS)
    number = np.convolve(np.ones_like(values), kernel)[inside]
    means: NDArray[np.float64] = np.convolve(values, kernel)[inside] / number
    return means


def _heights_mm(of_corners: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return heights that no vertex lies at, about half an edge apart."""
    low, high = float(of_corners.min()), float(of_corners.max())
    step = float(np.median(np.ptp(of_corners, axis=1))) / 2
    count = int(np.clip((high - low) / max(step, 1e-9), *_LEVELS))
    edges = np.linspace(low, high, count + 1)
    heights: NDArray[np.float64] = edges[:-1] + 0.4931 * (edges[1] - edges[0])
    return heights


def _sections(
    corners_mm: "NDArray[np.float64]",
    triangles: "NDArray[np.int64]",
    shape: Shape,
    heights_mm: "NDArray[np.float64]",
) -> "list[_Section]":
    of_corners = shape.height_mm[triangles]
    low, high = of_corners.min(axis=1), of_corners.max(axis=1)
    order = np.argsort(low)
    low, thickest = low[order], float((high - low).max())
    sections = []
    for height in heights_mm:
        near = order[np.searchsorted(low, height - thickest) : np.searchsorted(low, height)]
        crossed = near[high[near] > height]
        across_mm = shape.across_mm[triangles[crossed]]
        sections.append(_section(corners_mm[crossed], across_mm, of_corners[crossed] - height))
    return sections


def _section(
    corners_mm: "NDArray[np.float64]",
    across_mm: "NDArray[np.float64]",
    above_mm: "NDArray[np.float64]",
) -> _Section:
    """Return the cuts of triangles whose corners are above and below a height."""
    is_above = above_mm > 0
    # The corner that is alone on its side of the height.
    is_one = is_above.sum(axis=1) == 1
    alone = np.where(is_one, is_above.argmax(axis=1), (~is_above).argmax(axis=1))
    rows = np.arange(len(alone))
    ends, across = [], []
    for step in (1, 2):
        other = (alone + step) % 3
        own, far = above_mm[rows, alone], above_mm[rows, other]
        part = (own / (own - far))[:, None]
        ends.append(corners_mm[rows, alone] * (1 - part) + corners_mm[rows, other] * part)
        across.append(across_mm[rows, alone] * (1 - part) + across_mm[rows, other] * part)
    return _Section(ends_mm=np.stack(ends, axis=1), across_mm=np.stack(across, axis=1))


def _centres_mm(sections: "list[_Section]", middle_mm: float | None) -> "NDArray[np.float64]":
    """Return the centre of each section on the shape, smooth along the tube."""
    centres = np.zeros((len(sections), 2))
    weights = np.zeros(len(sections))
    for row, section in enumerate(sections):
        points = section.across_mm.reshape(-1, 2)
        if len(points):
            centres[row] = (points.min(axis=0) + points.max(axis=0)) / 2
            weights[row] = section.lengths_mm.sum()
    for axis in (0, 1):
        centres[:, axis] = _smooth(centres[:, axis] * weights) / np.maximum(_smooth(weights), 1e-12)
    if middle_mm is not None:
        centres[:, 0] = middle_mm
    return centres


def _angles(
    across_mm: "NDArray[np.float64]", centre_mm: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Return directions from the centre, 0 on the middle line, positive to the right."""
    off = across_mm - centre_mm
    angles: NDArray[np.float64] = np.arctan2(off[..., 0], off[..., 1])
    return angles


def _horizontals(  # noqa: PLR0913, PLR0917  (what a ruler is laid to)
    triangles: "NDArray[np.int64]",
    shape: Shape,
    heights_mm: "NDArray[np.float64]",
    centres_mm: "NDArray[np.float64]",
    rulers: "list[_Ruler]",
) -> "tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]":
    """Return the vertex of each point, the points of the triangles, and where the points lie."""
    height = shape.height_mm
    centre = np.stack([np.interp(height, heights_mm, centres_mm[:, i]) for i in (0, 1)], axis=-1)
    angles = _angles(shape.across_mm, centre)
    turns = np.zeros(triangles.shape, dtype=np.int64)
    of_corners = angles[triangles]
    is_cut = np.ptp(of_corners, axis=1) > np.pi
    turns[is_cut] = of_corners[is_cut] < 0
    turns[is_cut & ((of_corners + 2 * np.pi * turns).mean(axis=1) > np.pi)] -= 1
    pairs, points = np.unique(
        np.stack([triangles.ravel(), turns.ravel()], axis=1), axis=0, return_inverse=True
    )
    vertex = pairs[:, 0]
    at = angles[vertex] + 2 * np.pi * pairs[:, 1]
    row = np.clip(np.searchsorted(heights_mm, height[vertex]) - 1, 0, len(heights_mm) - 2)
    part = (height[vertex] - heights_mm[row]) / (heights_mm[row + 1] - heights_mm[row])
    part = np.clip(part, 0.0, 1.0)
    horizontal = np.zeros(len(vertex))
    for level in np.unique(row):
        chosen = row == level
        below, above = (rulers[level + k].at(at[chosen]) for k in (0, 1))
        horizontal[chosen] = below + part[chosen] * (above - below)
    return vertex, points.reshape(-1, 3), horizontal
