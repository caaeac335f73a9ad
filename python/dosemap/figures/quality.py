"""How true a flat map is to the areas of the skin."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def signed_areas_mm2(
    points_mm: "NDArray[np.float64]", triangles: "NDArray[np.int64]"
) -> "NDArray[np.float64]":
    """Return the areas of flat triangles, negative where the corners run clockwise, mm2.

    Parameters
    ----------
    points_mm
        (n_point, 2).
    triangles
        (n_triangle, 3).
    """
    corners = points_mm[triangles]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas: NDArray[np.float64] = (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2
    return areas


def area_vectors_mm2(
    vertices_mm: "NDArray[np.float64]", triangles: "NDArray[np.int64]"
) -> "NDArray[np.float64]":
    """Return outward vectors as long as the areas of triangles in space, (n_triangle, 3), mm2."""
    corners = vertices_mm[triangles]
    doubled = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    vectors: NDArray[np.float64] = doubled / 2
    return vectors


def areas_mm2(
    vertices_mm: "NDArray[np.float64]", triangles: "NDArray[np.int64]"
) -> "NDArray[np.float64]":
    """Return the areas of triangles in space, (n_triangle,), mm2."""
    areas: NDArray[np.float64] = np.linalg.norm(area_vectors_mm2(vertices_mm, triangles), axis=1)
    return areas


@dataclass(frozen=True, kw_only=True)
class MapQuality:
    """Shares of the skin of a flat map, by area, 0 to 1."""

    share_folded: float
    """Lies on other skin, mirrored."""
    share_distorted: float
    """Has less than half or more than twice its area on the map, folded skin included."""

    @classmethod
    def of(cls, flat_mm2: "NDArray[np.float64]", skin_mm2: "NDArray[np.float64]") -> "MapQuality":
        """Compare signed areas on the map with those of the skin, triangle by triangle."""
        all_mm2 = max(float(skin_mm2.sum()), 1e-12)
        is_distorted = (flat_mm2 < skin_mm2 / 2) | (flat_mm2 > 2 * skin_mm2)
        return cls(
            share_folded=float(skin_mm2[flat_mm2 < 0].sum()) / all_mm2,
            share_distorted=float(skin_mm2[is_distorted].sum()) / all_mm2,
        )
