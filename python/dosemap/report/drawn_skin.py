"""The skin as a page draws it: every point with dose, wider triangles where there is none.

Doses are never thinned out: a vertex is drawn or not, and one that is has the dose of the map.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap.surface import Surface

_LEAST_SHARE = 1e-3
"""Of the highest dose; below this the colour is that of skin without dose in any case."""
_MOST_EXPOSED = 60_000
"""More vertices than a browser recolours while a slider moves."""
_CELL_MM = 11.0
"""Vertices without dose that lie in one cell and look the same way become one."""
_TRIES = 3
_LEAST_COSINE = 0.3
"""Between a triangle and the skin at its corners; less looks like a hole."""


@dataclass(frozen=True, kw_only=True)
class DrawnSkin:
    """Vertices and triangles of a drawing."""

    vertices: "NDArray[np.int64]"
    """Numbers of the surface's vertices that are drawn, the exposed ones first, (n_drawn,)."""
    triangles: "NDArray[np.int64]"
    """Places in :attr:`vertices`, those with an exposed corner first, (n_triangle, 3)."""
    exposed: int
    """How many of the vertices are exposed."""
    exposed_triangles: int
    least_gy: float
    """Dose from which on a vertex counts as exposed, Gy."""


def draw(surface: "Surface", dose_gy: "NDArray[np.float64]", *, also: int) -> DrawnSkin:
    """Choose what is drawn.

    Parameters
    ----------
    surface
        The skin.
    dose_gy
        Of each vertex, (n_vertex,), Gy.
    also
        A vertex that is drawn whatever its dose: that of the peak.
    """
    least_gy = _LEAST_SHARE * float(dose_gy.max())
    if int((dose_gy >= least_gy).sum()) > _MOST_EXPOSED:
        least_gy = float(np.partition(dose_gy, -_MOST_EXPOSED)[-_MOST_EXPOSED])
    is_exposed = dose_gy >= least_gy
    is_exposed[also] = True
    triangles = surface.triangles.astype(np.int64)
    beside = is_exposed[triangles].any(axis=1)
    kept = is_exposed.copy()
    kept[triangles[beside]] = True
    others = _thinned(surface, triangles[~beside], kept)
    corners = np.sort(others, axis=1)
    whole = (corners[:, 0] != corners[:, 1]) & (corners[:, 1] != corners[:, 2])
    _, first = np.unique(corners[whole], axis=0, return_index=True)
    drawn = np.concatenate([triangles[beside], others[whole][np.sort(first)]])
    rest = np.unique(drawn)
    rest = rest[~is_exposed[rest]]
    vertices = np.concatenate([np.flatnonzero(is_exposed), rest])
    place = np.zeros(len(surface), dtype=np.int64)
    place[vertices] = np.arange(len(vertices))
    return DrawnSkin(
        vertices=vertices,
        triangles=place[drawn],
        exposed=int(is_exposed.sum()),
        exposed_triangles=int(beside.sum()),
        least_gy=least_gy,
    )


def _thinned(
    surface: "Surface", triangles: "NDArray[np.int64]", kept: "NDArray[np.bool_]"
) -> "NDArray[np.int64]":
    """Return triangles with one vertex of each cell in the place of all that are not kept.

    Cells in which a triangle would turn over keep their vertices: that shows as a dark spot.
    """
    kept = kept.copy()
    for _ in range(_TRIES):
        stands_for = _representatives(surface, kept)
        thinned = stands_for[triangles]
        is_turned = _turned(surface, thinned)
        if not is_turned.any():
            break
        spoilt = np.zeros(len(surface), dtype=np.bool_)
        spoilt[thinned[is_turned]] = True
        kept |= spoilt[stands_for]
    return thinned


def _turned(surface: "Surface", triangles: "NDArray[np.int64]") -> "NDArray[np.bool_]":
    """Return which triangles look another way than the skin at their corners."""
    corners = surface.vertices_mm[triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    along = (across * surface.normals[triangles].sum(axis=1)).sum(axis=1)
    least = _LEAST_COSINE * 3 * np.linalg.norm(across, axis=1)
    turned: NDArray[np.bool_] = (along < least) & (along != 0)
    return turned


def _representatives(surface: "Surface", kept: "NDArray[np.bool_]") -> "NDArray[np.int64]":
    """Return the vertex that stands for each: itself where it is kept.

    The two sides of a hand lie in one cell but look different ways, and stay two.
    """
    stands_for = np.arange(len(surface))
    free = np.flatnonzero(~kept)
    if not len(free):
        return stands_for
    points = surface.vertices_mm[free]
    cells = np.floor((points - points.min(axis=0)) / _CELL_MM).astype(np.int64)
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    cell = cell.ravel()
    normals = surface.normals[free]
    mean = np.column_stack([np.bincount(cell, normals[:, i]) for i in range(3)])
    is_other_side = (normals * mean[cell]).sum(axis=1) < 0
    _, group = np.unique(2 * cell + is_other_side, return_inverse=True)
    sizes = np.bincount(group)
    middles = np.column_stack([np.bincount(group, points[:, i]) for i in range(3)]) / sizes[:, None]
    off = np.linalg.norm(points - middles[group], axis=1)
    order = np.lexsort((off, group))
    first = order[np.searchsorted(group[order], np.arange(len(sizes)))]
    stands_for[free] = free[first[group]]
    return stands_for
