"""The repairs in their order, and what remains to be told.

A repair is safe when no point of skin moves by more than a millimetre and there is one outcome
only: corners are joined over 0.05 mm, holes of a scan closed up to 30 mm, triangles turned where
the form of the surface tells its outside, and what cannot be skin is left out up to a stated share.
Everything else is refused, or left as it is and told.
"""

from collections.abc import Callable

from dosemap.errors import MeshError
from dosemap.mesh.axes import tell_axes
from dosemap.mesh.clean import (
    drop_doubles,
    drop_vertices_that_are_no_numbers,
    join_equal_corners,
    join_near_corners,
)
from dosemap.mesh.openings import close_small_holes, tell_crowded_edges, tell_openings
from dosemap.mesh.pieces import drop_debris, tell_pieces
from dosemap.mesh.triangles import TriangleMesh
from dosemap.mesh.winding import turn_alike, turn_outwards
from dosemap.procedure import Problem

_STEPS: tuple[Callable[[TriangleMesh], tuple[TriangleMesh, list[Problem]]], ...] = (
    drop_vertices_that_are_no_numbers,
    join_equal_corners,
    join_near_corners,
    drop_doubles,
    drop_debris,
    turn_alike,
    close_small_holes,
    turn_outwards,
)

_CHECKS: tuple[Callable[[TriangleMesh], list[Problem]], ...] = (
    tell_crowded_edges,
    tell_openings,
    tell_pieces,
    tell_axes,
)


def repair(mesh: TriangleMesh) -> tuple[TriangleMesh, tuple[Problem, ...]]:
    """Return a mesh that can carry a dose map, and what was done to it or is left to know.

    Vertices and triangles keep their order; a mesh without faults is returned as it is, without
    vertices that no triangle uses.

    Raises
    ------
    MeshError
        The mesh has a fault that cannot be repaired safely.
    """
    problems: list[Problem] = []
    for step in _STEPS:
        mesh, found = step(mesh)
        problems += found
        if not mesh.areas_mm2.sum() > 0:
            raise MeshError("the triangles have no area; check the vertices")
    for check in _CHECKS:
        problems += check(mesh)
    return mesh, tuple(problems)
