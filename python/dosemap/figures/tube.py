"""Unrolls a tube of skin: true lengths around it at each height, true areas."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dosemap.figures.equal_area import Verticals
from dosemap.figures.quality import areas_mm2
from dosemap.figures.rulers import Ruler, rulers_of
from dosemap.figures.sections import Shape, centres_of, directions, heights_of, sections_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GAP_SPACINGS = 4.0
"""Pieces of a section farther apart than so many edges have an opening between them."""


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
    heights_mm = heights_of(shape.height_mm[triangles])
    sections = sections_of(corners_mm, triangles, shape, heights_mm)
    centres_mm = centres_of(sections, shape.middle_mm)
    rulers = rulers_of(sections, centres_mm, gap_mm=gap_mm)
    vertex, points, horizontal_mm = _horizontals(triangles, shape, heights_mm, centres_mm, rulers)
    verticals = Verticals.of(
        horizontal_mm[points],
        shape.height_mm[triangles],
        areas_mm2(vertices_mm, triangles),
    )
    return Unrolled(
        vertex=vertex,
        horizontal_mm=horizontal_mm,
        vertical_mm=verticals.at(horizontal_mm, shape.height_mm[vertex]),
        triangles=points,
        verticals=verticals,
    )


def _horizontals(
    triangles: "NDArray[np.int64]",
    shape: Shape,
    heights_mm: "NDArray[np.float64]",
    centres_mm: "NDArray[np.float64]",
    rulers: "list[Ruler]",
) -> "tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]":
    """Return the vertex of each point, the points of the triangles, and where the points lie."""
    height = shape.height_mm
    centre = np.stack([np.interp(height, heights_mm, centres_mm[:, i]) for i in (0, 1)], axis=-1)
    angles = directions(shape.across_mm, centre)
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
