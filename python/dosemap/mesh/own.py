"""A user's own mesh, from arrays or a file, ready to be a surface in patient space."""

from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from dosemap.errors import MeshError
from dosemap.mesh.axes import patient_from_file
from dosemap.mesh.files import file_name, read_triangles
from dosemap.mesh.repair import repair
from dosemap.mesh.triangles import TriangleMesh
from dosemap.mesh.units import MM_PER, LengthUnit, check_extent, check_unit
from dosemap.procedure import Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def mesh_of_arrays(vertices_mm: "ArrayLike", triangles: "ArrayLike") -> TriangleMesh:
    """Return arrays as a mesh; see :meth:`dosemap.Surface.from_mesh`.

    Raises
    ------
    MeshError
        The arrays have the wrong shape, or triangles name vertices that are not there.
    """
    try:
        points = np.array(vertices_mm, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise MeshError(f"surface: vertices are no array of numbers: {error}") from error
    corners = np.asarray(triangles)
    for name, array in (("vertices", points), ("triangles", corners)):
        if array.ndim != 2 or array.shape[1] != 3 or not len(array):
            raise MeshError(f"surface: {name} have the shape {array.shape}; they need (n, 3)")
    if corners.dtype.kind not in "iu":
        raise MeshError("surface: triangles must be whole numbers, those of their vertices")
    if corners.min() < 0 or corners.max() >= len(points):
        raise MeshError(
            f"surface: triangles name vertices {corners.min()} to {corners.max()}; there are"
            f" {len(points)}, from 0"
        )
    return TriangleMesh(vertices_mm=points, triangles=corners.astype(np.int64))


def mesh_of_file(
    path: str | PathLike[str], *, unit: LengthUnit, axes: str
) -> tuple[TriangleMesh, tuple[Problem, ...]]:
    """Read and repair a mesh; see :meth:`dosemap.Surface.from_file`.

    Raises
    ------
    MeshError
        The text names the file, what is wrong and what to do.
    """
    check_unit(unit)
    turn = patient_from_file(axes)
    found = read_triangles(path)
    try:
        mesh = mesh_of_arrays(found.vertices * MM_PER[unit] @ turn.T, found.triangles)
        mesh, problems = repair(mesh)
        check_extent(float(np.ptp(mesh.vertices_mm, axis=0).max()), unit)
    except MeshError as error:
        raise MeshError(f"{file_name(path)}: {error}") from error
    if found.stated_unit_differs_from(MM_PER[unit]):
        message = (
            f"the mesh file states the unit {found.stated_unit}; {unit} was used, as asked for;"
            " check the size of the surface"
        )
        problems = (Problem(code="mesh-unit-differs", message=message), *problems)
    return mesh, problems
