"""Which way triangles look: alike within a sheet, and outwards."""

from typing import TYPE_CHECKING

import numpy as np

from dosemap.errors import MeshError
from dosemap.mesh.triangles import TriangleMesh, connected
from dosemap.procedure import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLEARLY_ROUND = 0.05
"""Volume between an open sheet and the middle of its border, per area to the power 1.5, from which
on the sheet is taken to bulge outwards as bodies do: a dome as high as 0.18 of its radius. A ball
has 0.094, half a ball 0.133."""

EMPTY = 1e-6
"""The same for a closed sheet that encloses nothing: far below a box of 2 m x 0.5 m x 1 mm."""

CLEAR_MAJORITY = 0.75
"""Share of the area of a flat sheet that must look one way for the file to be believed."""

WORTH_ASKING = 0.01
"""Sheets of less than this share of the area are not worth a refusal."""


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
    bulge, is_open = _bulge(alike, piece)
    doubtful = np.minimum(one_way, whole - one_way) > (1 - CLEAR_MAJORITY) * whole
    flat = is_open & (np.abs(bulge) < CLEARLY_ROUND)
    if (doubtful & flat & (whole > WORTH_ASKING * whole.sum())).any():
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

    The outside of a closed sheet is where its volume is not. An open sheet is judged by the side
    to which it bulges, where that is clear; else the file is believed and it is said so.
    """
    _, piece = _sheets(mesh)
    bulge, is_open = _bulge(mesh, piece)
    if (~is_open & (np.abs(bulge) < EMPTY)).any():
        raise MeshError("a closed part of the surface encloses no volume; give a mesh of the skin")
    limit = np.where(is_open, CLEARLY_ROUND, EMPTY)
    inwards = (bulge < -limit)[piece]
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
    unclear = (np.abs(bulge) < limit)[piece]
    if unclear.any():
        share = mesh.areas_mm2[unclear].sum() / mesh.areas_mm2.sum()
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


def _bulge(
    mesh: TriangleMesh, piece: "NDArray[np.int64]"
) -> tuple["NDArray[np.float64]", "NDArray[np.bool_]"]:
    """Return per sheet the volume over area^1.5, positive outwards, and whether it is open.

    The volume of an open sheet is that between it and the middle of its border.
    """
    edges = mesh.edges
    size = int(piece.max()) + 1
    side = np.flatnonzero(edges.sides_here != 2)
    at = piece[edges.triangle[side]]
    border = np.bincount(at, minlength=size)
    is_open = border > 0
    corner = mesh.vertices_mm[mesh.triangles[:, 0]]
    apex = np.empty((size, 3))
    for k in range(3):
        on_border = np.bincount(at, mesh.vertices_mm[edges.start[side], k], size)
        anywhere = np.bincount(piece, corner[:, k], size)
        count = np.bincount(piece, minlength=size)
        apex[:, k] = np.where(is_open, on_border, anywhere)
        apex[:, k] /= np.maximum(np.where(is_open, border, count), 1)
    volume = np.bincount(piece, mesh.cone_volumes_mm3(apex[piece]), size)
    area = np.bincount(piece, mesh.areas_mm2, size)
    return volume / np.where(area > 0, area, np.inf) ** 1.5, is_open
