"""Edges that are not shared by two triangles: small holes are closed, the rest is told."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dosemap.errors import MeshError
from dosemap.mesh.triangles import TriangleMesh, connected
from dosemap.procedure import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_HOLE_MM = 30.0
"""Over a hole as wide as this the flat patch lies 1.1 mm below a skin that is curved as strongly as
an adult's flank or a child's trunk (radius 100 mm): 0.4 % of the dose at 600 mm from the focal
spot."""

MAX_CROWDED_SHARE = 0.01
"""With more edges than this share between three and more triangles it is no surface of a body."""


def close_small_holes(mesh: TriangleMesh) -> tuple[TriangleMesh, list[Problem]]:
    """Close each hole with a fan of triangles from the middle of its border.

    The triangles must be wound alike. A border that touches itself is left open.
    """
    borders = _Borders.of(mesh)
    small = np.flatnonzero(borders.is_simple & (borders.width_mm <= MAX_HOLE_MM))
    if not len(small):
        return mesh, []
    hole = np.full(len(borders.width_mm), -1)
    hole[small] = np.arange(len(small))
    sides = hole[borders.border] >= 0
    hole_of_side = hole[borders.border[sides]]
    start, end = borders.start[sides], borders.end[sides]
    # Each vertex of a simple border begins one side.
    count = np.bincount(hole_of_side)
    middles = np.stack(
        [np.bincount(hole_of_side, mesh.vertices_mm[start, k]) / count for k in range(3)], axis=1
    )
    fans = np.stack([end, start, len(mesh.vertices_mm) + hole_of_side], axis=1)
    message = (
        f"small holes of the surface, {len(small)} in number and up to"
        f" {borders.width_mm[small].max():.0f} mm wide, were closed with flat patches"
    )
    closed = TriangleMesh(
        vertices_mm=np.concatenate([mesh.vertices_mm, middles]),
        triangles=np.concatenate([mesh.triangles, fans]),
    )
    return closed, [Problem(code="mesh-holes-closed", message=message)]


def tell_openings(mesh: TriangleMesh) -> list[Problem]:
    """Tell of a surface that is not closed, and what follows for shadows."""
    width_mm = _Borders.of(mesh).width_mm
    if not len(width_mm):
        return []
    message = (
        f"the surface is open (number of borders {len(width_mm)}, the widest opening"
        f" {width_mm.max():.0f} mm): parts of the body that are not in it cast"
        " no shadow, and skin inside another part of it is not recognised as such"
    )
    return [Problem(code="mesh-open", message=message)]


def tell_crowded_edges(mesh: TriangleMesh) -> list[Problem]:
    """Tell of edges where more than two triangles meet; refuse where there are many."""
    crowded, edges = mesh.edges.crowded, len(mesh.edges.sides_per_edge)
    if crowded > MAX_CROWDED_SHARE * edges:
        raise MeshError(
            f"more than two triangles meet at {crowded} of {edges} edges; this is no surface of a"
            " body: make a watertight mesh of its outside in a mesh program"
        )
    if not crowded:
        return []
    message = (
        f"more than two triangles of the surface meet at {crowded} of {edges} edges; it is treated"
        " as an open one, and skin inside another part of it is not recognised as such"
    )
    return [Problem(code="mesh-not-manifold", message=message)]


@dataclass(frozen=True, kw_only=True)
class _Borders:
    """Sides that no other triangle shares, and the border that each belongs to."""

    start: "NDArray[np.int64]"
    end: "NDArray[np.int64]"
    border: "NDArray[np.int64]"
    width_mm: "NDArray[np.float64]"
    """Twice the largest distance of each border from its middle."""
    is_simple: "NDArray[np.bool_]"
    """Whether a border passes each of its vertices once."""

    @staticmethod
    def of(mesh: TriangleMesh) -> "_Borders":
        sides = mesh.edges.open_sides
        start, end = mesh.edges.start[sides], mesh.edges.end[sides]
        vertices, number = np.unique(np.concatenate([start, end]), return_inverse=True)
        pairs = number.reshape(2, -1).T
        border = np.unique(connected(len(vertices), pairs), return_inverse=True)[1]
        borders = int(border.max(initial=-1)) + 1
        leaves, enters = (np.bincount(column, minlength=len(vertices)) for column in pairs.T)
        odd = border[(leaves != 1) | (enters != 1)]
        points = mesh.vertices_mm[vertices]
        sums = np.stack([np.bincount(border, column, borders) for column in points.T], axis=1)
        middles = sums / np.bincount(border, minlength=borders)[:, None]
        radius_mm = np.zeros(borders)
        np.maximum.at(radius_mm, border, np.linalg.norm(points - middles[border], axis=1))
        return _Borders(
            start=start,
            end=end,
            border=border[pairs[:, 0]],
            width_mm=2 * radius_mm,
            is_simple=np.bincount(odd, minlength=borders) == 0,
        )
