"""Parts of a mesh that do not hang together: debris, a table top, the body."""

from typing import TYPE_CHECKING

import numpy as np

from dosemap.errors import MeshError
from dosemap.mesh.triangles import TriangleMesh
from dosemap.procedure import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEBRIS_MM = 30.0
DEBRIS_SHARE = 0.001
"""A piece is debris when its box is smaller than this across and its area a smaller share of the
whole: 18 cm2 of an adult's 1.8 m2. A finger is longer; what is dropped can hide no field."""

MAX_DEBRIS_SHARE = 0.02
"""With more area than this in debris the mesh has fallen apart, and skin would be lost."""

FLAT = 0.1
"""Spread across a flat piece over that along its shorter side: a table top 45 mm thick and 450 mm
wide. A hand has 0.4."""

TABLE_SHARE = 0.05
"""Share of the area from which on a flat piece beside the body is asked about."""


def drop_debris(mesh: TriangleMesh) -> tuple[TriangleMesh, list[Problem]]:
    """Leave out tiny pieces apart from the body, as scans have them."""
    piece = mesh.pieces
    areas_mm2 = np.bincount(piece, mesh.areas_mm2)
    low, high = np.full((len(areas_mm2), 3), np.inf), np.full((len(areas_mm2), 3), -np.inf)
    for k in range(3):
        np.minimum.at(low, piece, mesh.vertices_mm[mesh.triangles[:, k]])
        np.maximum.at(high, piece, mesh.vertices_mm[mesh.triangles[:, k]])
    small = np.linalg.norm(high - low, axis=1) < DEBRIS_MM
    debris = small & (areas_mm2 < DEBRIS_SHARE * areas_mm2.sum())
    if not debris.any():
        return mesh, []
    lost_mm2 = areas_mm2[debris].sum()
    if lost_mm2 > MAX_DEBRIS_SHARE * areas_mm2.sum():
        raise MeshError(
            f"{100 * lost_mm2 / areas_mm2.sum():.0f} % of the area lies in {debris.sum()} pieces"
            f" smaller than {DEBRIS_MM:g} mm; make one surface of it in a mesh program"
        )
    message = (
        f"small pieces of the mesh apart from the body, {debris.sum()} in number, each below"
        f" {DEBRIS_MM:g} mm and {lost_mm2 / 100:.2g} cm2 together, were left out"
    )
    rest = mesh.with_triangles(mesh.triangles[~debris[piece]]).without_unused_vertices()
    return rest, [Problem(code="mesh-debris", message=message)]


def tell_pieces(mesh: TriangleMesh) -> list[Problem]:
    """Tell of several pieces; refuse a flat one beside the body, which skin would rest on."""
    piece = mesh.pieces
    areas_mm2 = np.bincount(piece, mesh.areas_mm2)
    if len(areas_mm2) == 1:
        return []
    large = np.flatnonzero(areas_mm2 >= TABLE_SHARE * areas_mm2.sum())
    spreads_mm = [spread_mm(mesh, piece == number)[0] for number in large]
    flat = [spread[0] < FLAT * spread[1] for spread in spreads_mm]
    if any(flat) and not all(flat):
        # A plate of length l has a spread of l / sqrt(12).
        _, width, length = spreads_mm[flat.index(True)] * 12**0.5
        raise MeshError(
            f"a flat piece of about {length:.0f} x {width:.0f} mm stands beside the body, as of a"
            " table top that was scanned along; cut it away, else it would count as skin"
        )
    message = (
        f"the surface is of {len(areas_mm2)} pieces that do not hang together; the largest has"
        f" {100 * areas_mm2.max() / areas_mm2.sum():.0f} % of the area"
    )
    return [Problem(code="mesh-pieces", message=message)]


def spread_mm(
    mesh: TriangleMesh, chosen: "NDArray[np.bool_] | slice"
) -> tuple["NDArray[np.float64]", "NDArray[np.float64]"]:
    """Return the standard deviations of some triangles along their principal axes, and the axes.

    Weighted by area, from the shortest to the longest; axes are columns.
    """
    corners = mesh.vertices_mm[mesh.triangles[chosen]]
    # Second moments of a triangle: those of a twelfth of its area in each corner, the rest in the
    # middle.
    points = np.concatenate([corners.mean(axis=1), *corners.transpose(1, 0, 2)])
    weights = np.outer([9, 1, 1, 1], mesh.areas_mm2[chosen]).ravel()
    variances, axes = np.linalg.eigh(np.cov(points.T, aweights=weights, ddof=0))
    return np.sqrt(np.maximum(variances, 0)), axes
