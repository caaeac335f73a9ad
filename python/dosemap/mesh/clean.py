"""Corners and triangles that are no skin: no numbers, corners apart that are one, doubles."""

import numpy as np

from dosemap.errors import MeshError
from dosemap.mesh.triangles import TriangleMesh, connected
from dosemap.procedure import Problem

MAX_LOST_SHARE = 0.01
"""More triangles than this share without coordinates: the file is damaged, not flawed."""

NEAR_MM = 0.05
"""Open corners as near as this are one: a hundredth of the map's spacing, and above the rounding
of six digits at 2 m."""


def drop_vertices_that_are_no_numbers(mesh: TriangleMesh) -> tuple[TriangleMesh, list[Problem]]:
    """Leave out triangles with a coordinate that is not finite."""
    bad = np.asarray(~np.isfinite(mesh.vertices_mm).all(axis=1))
    if not bad.any():
        return mesh.without_unused_vertices(), []
    lost = bad[mesh.triangles].any(axis=1)
    if lost.mean() > MAX_LOST_SHARE:
        raise MeshError(
            f"{lost.sum()} of {lost.size} triangles have a coordinate that is no number;"
            " export the mesh again"
        )
    message = (
        f"{bad.sum()} of {bad.size} vertices of the surface have a coordinate that is no number;"
        f" they and {lost.sum()} of {lost.size} triangles were left out"
    )
    rest = mesh.with_triangles(mesh.triangles[~lost]).without_unused_vertices()
    return rest, [Problem(code="mesh-not-numbers", message=message)]


def join_equal_corners(mesh: TriangleMesh) -> tuple[TriangleMesh, list[Problem]]:
    """Join vertices at the same place when the mesh has open edges; drop triangles without area.

    It is how STL and textured OBJ files are made, so nothing is told.
    """
    if len(mesh.edges.open_sides):
        _, first, same = np.unique(
            mesh.vertices_mm + 0.0, axis=0, return_index=True, return_inverse=True
        )
        mesh = mesh.with_triangles(first[same.ravel()][mesh.triangles])
    return _without_collapsed(mesh), []


def join_near_corners(mesh: TriangleMesh) -> tuple[TriangleMesh, list[Problem]]:
    """Join vertices of open edges that lie within ``NEAR_MM``, as rounding leaves them."""
    edges = mesh.edges
    border = np.unique(edges.start[edges.open_sides])
    border = np.union1d(border, edges.end[edges.open_sides])
    if not len(border):
        return mesh, []
    # Points closer than half a cell share a cell of one of the eight grids shifted by half.
    points = mesh.vertices_mm[border] / (2 * NEAR_MM)
    pairs = []
    for shift in np.ndindex(2, 2, 2):
        cell = np.floor(points + np.array(shift) / 2)
        _, first, same = np.unique(cell, axis=0, return_index=True, return_inverse=True)
        pairs.append(np.stack([np.arange(len(border)), first[same.ravel()]], axis=1))
    group = connected(len(border), np.concatenate(pairs))
    joined = int(np.count_nonzero(group != np.arange(len(border))))
    if not joined:
        return mesh, []
    number = np.arange(len(mesh.vertices_mm))
    number[border] = border[group]
    message = (
        f"{joined} of {len(border)} vertices along open edges of the surface lay within"
        f" {NEAR_MM:g} mm of another and were joined to it"
    )
    joined_mesh = _without_collapsed(mesh.with_triangles(number[mesh.triangles]))
    return joined_mesh, [Problem(code="mesh-joined", message=message)]


def drop_doubles(mesh: TriangleMesh) -> tuple[TriangleMesh, list[Problem]]:
    """Keep one of several triangles with the same corners.

    Of two that look opposite ways both go where that leaves more edges with two triangles: they
    are a wall inside.
    """
    corners = np.sort(mesh.triangles, axis=1)
    _, first, same = np.unique(corners, axis=0, return_index=True, return_inverse=True)
    if len(first) == len(corners):
        return mesh, []
    kept = mesh.with_triangles(mesh.triangles[np.sort(first)])
    # +1 and -1 for the two ways round the same corners; walls sum to 0.
    turned = np.argmin(mesh.triangles, axis=1)
    next_corner = np.take_along_axis(mesh.triangles, (turned[:, None] + 1) % 3, axis=1)[:, 0]
    way = np.where(next_corner == corners[:, 1], 1, -1)
    balance = np.bincount(same.ravel(), weights=way, minlength=len(first))
    without_walls = mesh.with_triangles(mesh.triangles[np.sort(first[balance != 0])])
    if len(without_walls.triangles) and without_walls.edges.unpaired < kept.edges.unpaired:
        kept = without_walls
    message = (
        f"{len(corners) - len(kept.triangles)} of {len(corners)} triangles of the surface lay on"
        " another with the same corners and were left out"
    )
    return kept.without_unused_vertices(), [Problem(code="mesh-doubles", message=message)]


def _without_collapsed(mesh: TriangleMesh) -> TriangleMesh:
    """Drop triangles that name a vertex twice.

    Those with three corners on a line stay: they hold no skin, and keep their neighbours joined.
    """
    a, b, c = mesh.triangles.T
    return mesh.with_triangles(
        mesh.triangles[(a != b) & (b != c) & (c != a)]
    ).without_unused_vertices()
