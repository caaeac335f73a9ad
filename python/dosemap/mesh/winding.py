"""Which way triangles look: alike within a sheet, and outwards."""

from typing import TYPE_CHECKING

import numpy as np

from dosemap.errors import MeshError
from dosemap.mesh.triangles import TriangleMesh, connected
from dosemap.procedure import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

WRAPPED = 0.75
"""Net area vector of an open sheet over its area up to which the sheet wraps around something: 1
for a flat sheet, 0.5 for half a ball, 0 for a tube; 0.69 for the back half of a trunk, 0.87 for
the small of a back."""

ONE_SIDED_FILL = 0.15
"""Volume between an open sheet and the middle of its borders, over the sum without signs, from
which on its sign counts; 1 for a dome or a tube, 0.24 for a whole body without one hand."""

EMPTY = 1e-6
"""Volume of a closed sheet per area to the power 1.5 below which it encloses nothing: a ball has
0.094, a box of 2 m x 0.5 m x 1 mm 4e-4."""

CLEAR_MAJORITY = 0.75
"""Share of the area of a flat sheet that must look one way for the file to be believed."""

WORTH_ASKING = 0.01
"""Sheets of less than this share of the area are not worth a refusal or a message."""


def turn_alike(mesh: TriangleMesh) -> tuple[TriangleMesh, list[Problem]]:
    """Turn triangles until neighbours look the same way; the larger area of a sheet stays."""
    way, piece = _sheets(mesh)
    one_way = np.bincount(piece, mesh.areas_mm2 * way)
    whole = np.bincount(piece, mesh.areas_mm2)
    turn = way != (one_way >= whole / 2)[piece]
    if not turn.any():
        return mesh, []
    triangles = mesh.triangles.copy()
    triangles[turn] = triangles[turn][:, ::-1]
    alike = mesh.with_triangles(triangles)
    doubtful = np.minimum(one_way, whole - one_way) > (1 - CLEAR_MAJORITY) * whole
    unclear = _outward(alike, piece) == 0
    if (doubtful & unclear & (whole > WORTH_ASKING * whole.sum())).any():
        raise MeshError(
            "triangles of the surface look both ways and its form does not tell which is outside;"
            " recalculate the normals in a mesh program"
        )
    message = (
        f"{turn.sum()} of {len(turn)} triangles of the surface were wound against their neighbours"
        " and were turned"
    )
    return alike, [Problem(code="mesh-winding", message=message)]


def turn_outwards(mesh: TriangleMesh) -> tuple[TriangleMesh, list[Problem]]:
    """Turn sheets that look inwards; the triangles of each must be wound alike.

    The outside of a closed sheet is where its volume is not. An open sheet is judged by what it
    wraps around, where that is clear; else the file is believed and it is said so.
    """
    _, piece = _sheets(mesh)
    outward = _outward(mesh, piece)
    inwards = (outward < 0)[piece]
    problems = []
    if inwards.any():
        triangles = mesh.triangles.copy()
        triangles[inwards] = triangles[inwards][:, ::-1]
        share = mesh.areas_mm2[inwards].sum() / mesh.areas_mm2.sum()
        message = (
            f"{inwards.sum()} of {len(triangles)} triangles of the surface ({100 * share:.0f} % of"
            " its area) looked inwards and were turned"
        )
        problems.append(Problem(code="mesh-turned-outwards", message=message))
        mesh = mesh.with_triangles(triangles)
    unclear = (outward == 0)[piece]
    share = mesh.areas_mm2[unclear].sum() / mesh.areas_mm2.sum()
    if share > WORTH_ASKING:
        message = (
            f"{100 * share:.0f} % of the area of the surface is open and nearly flat: its outside"
            " is the one from which the file's triangles run anticlockwise; check that the map"
            " lies on the skin"
        )
        problems.append(Problem(code="mesh-outside-as-in-file", message=message))
    return mesh, problems


def _sheets(mesh: TriangleMesh) -> tuple["NDArray[np.bool_]", "NDArray[np.int64]"]:
    """Return which of the two ways of its sheet each triangle looks, and the number of the sheet.

    Each triangle stands for two, as it is and turned over; neighbours across an edge of two sides
    are connected as they fit. A one-sided sheet is connected to its own other side.
    """
    count = len(mesh.triangles)
    edges = mesh.edges
    left, right = edges.pairs
    against = edges.start[left] == edges.start[right]
    a, b = edges.triangle[left], edges.triangle[right]
    as_is = np.stack([a, np.where(against, b + count, b)], axis=1)
    turned = np.stack([a + count, np.where(against, b, b + count)], axis=1)
    group = connected(2 * count, np.concatenate([as_is, turned]))
    here, over = group[:count], group[count:]
    if (here == over).any():
        raise MeshError(
            "the surface is one-sided, like a Möbius band, and has no outside;"
            " make a watertight mesh of it"
        )
    return here < over, np.unique(np.minimum(here, over), return_inverse=True)[1]


def _outward(mesh: TriangleMesh, piece: "NDArray[np.int64]") -> "NDArray[np.float64]":
    """Return per sheet 1 where it looks outwards, -1 where it looks inwards, 0 where unclear.

    The volume of an open sheet is that between it and the middle of its borders.
    """
    edges = mesh.edges
    side = np.flatnonzero(edges.sides_here != 2)
    at = piece[edges.triangle[side]]
    count = np.bincount(piece)
    border = np.bincount(at, minlength=len(count))
    is_open = border > 0
    apex_mm = np.empty((len(count), 3))
    net_mm2 = np.empty((len(count), 3))
    for k in range(3):
        on_border = np.bincount(at, mesh.vertices_mm[edges.start[side], k], len(count))
        anywhere = np.bincount(piece, mesh.vertices_mm[mesh.triangles[:, 0], k])
        apex_mm[:, k] = np.where(is_open, on_border / np.maximum(border, 1), anywhere / count)
        net_mm2[:, k] = np.bincount(piece, mesh.area_vectors_mm2[:, k])
    cones_mm3 = mesh.cone_volumes_mm3(apex_mm[piece])
    volume_mm3 = np.bincount(piece, cones_mm3)
    area_mm2 = np.bincount(piece, mesh.areas_mm2)
    encloses = np.abs(volume_mm3) > EMPTY * area_mm2**1.5
    if not (encloses | is_open).all():
        raise MeshError("a closed part of the surface encloses no volume; give a mesh of the skin")
    wraps = np.linalg.norm(net_mm2, axis=1) <= WRAPPED * area_mm2
    one_sided = np.abs(volume_mm3) > ONE_SIDED_FILL * np.bincount(piece, np.abs(cones_mm3))
    is_clear = ~is_open | (wraps & one_sided & encloses)
    return np.asarray(np.where(is_clear, np.sign(volume_mm3), 0.0))
