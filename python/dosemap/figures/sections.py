"""Cuts through a tube of skin at many heights."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEVELS = (4, 800)
_SMOOTH_LEVELS = 8


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
class Section:
    """The cuts of triangles at one height."""

    ends_mm: "NDArray[np.float64]"
    """On the patient, (n, 2, 3)."""
    across_mm: "NDArray[np.float64]"
    """On the shape, (n, 2, 2)."""

    @property
    def lengths_mm(self) -> "NDArray[np.float64]":
        """Length of each cut on the patient, (n,), mm."""
        lengths: NDArray[np.float64] = np.linalg.norm(
            self.ends_mm[:, 1] - self.ends_mm[:, 0], axis=1
        )
        return lengths


def heights_of(of_corners: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return heights that no vertex lies at, about half an edge apart."""
    low, high = float(of_corners.min()), float(of_corners.max())
    step = float(np.median(np.ptp(of_corners, axis=1))) / 2
    count = int(np.clip((high - low) / max(step, 1e-9), *_LEVELS))
    edges = np.linspace(low, high, count + 1)
    heights: NDArray[np.float64] = edges[:-1] + 0.4931 * (edges[1] - edges[0])
    return heights


def sections_of(
    corners_mm: "NDArray[np.float64]",
    triangles: "NDArray[np.int64]",
    shape: Shape,
    heights_mm: "NDArray[np.float64]",
) -> "list[Section]":
    """Return the section at each height.

    Parameters
    ----------
    corners_mm
        Of the triangles on the patient, (n_triangle, 3, 3).
    triangles
        Their vertices, (n_triangle, 3).
    shape
        Whose heights they are.
    heights_mm
        Ascending; no vertex lies at one.
    """
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
) -> Section:
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
    return Section(ends_mm=np.stack(ends, axis=1), across_mm=np.stack(across, axis=1))


def centres_of(sections: "list[Section]", middle_mm: float | None) -> "NDArray[np.float64]":
    """Return the centre of each section on the shape, smooth along the tube."""
    centres = np.zeros((len(sections), 2))
    weights = np.zeros(len(sections))
    for row, section in enumerate(sections):
        points = section.across_mm.reshape(-1, 2)
        if len(points):
            centres[row] = (points.min(axis=0) + points.max(axis=0)) / 2
            weights[row] = section.lengths_mm.sum()
    for axis in (0, 1):
        centres[:, axis] = smooth(centres[:, axis] * weights) / np.maximum(smooth(weights), 1e-12)
    if middle_mm is not None:
        centres[:, 0] = middle_mm
    return centres


def directions(
    across_mm: "NDArray[np.float64]", centre_mm: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Return directions from the centre, 0 on the middle line, positive to the right."""
    off = across_mm - centre_mm
    angles: NDArray[np.float64] = np.arctan2(off[..., 0], off[..., 1])
    return angles


def smooth(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return means over neighbouring levels."""
    kernel = np.ones(2 * _SMOOTH_LEVELS + 1)
    inside = slice(_SMOOTH_LEVELS, -_SMOOTH_LEVELS)
    number = np.convolve(np.ones_like(values), kernel)[inside]
    means: NDArray[np.float64] = np.convolve(values, kernel)[inside] / number
    return means
