"""Surfaces of a patient that carry a dose map: simple shapes and the user's own mesh."""

from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Literal

import numpy as np

from dosemap import _core
from dosemap.anatomy import Anatomy
from dosemap.errors import MeshError
from dosemap.mesh.axes import PATIENT_AXES
from dosemap.mesh.files import file_name
from dosemap.mesh.own import mesh_of_arrays, mesh_of_file
from dosemap.mesh.repair import repair as repaired
from dosemap.mesh.triangles import TriangleMesh
from dosemap.mesh.units import LengthUnit
from dosemap.posed_body import PosedBody
from dosemap.procedure import Assumption, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DEFAULT_SPACING_MM = 5.0


@dataclass(frozen=True, kw_only=True, eq=False)
class RestingParts:
    """Vertices that tell how a surface rests on the table, each (n,); ``None`` for all vertices.

    Arms beside the table or above the head must not lift or shift the trunk.
    """

    contact: "NDArray[np.uint32] | None" = None
    """Of these the lowest touches the support."""
    centred: "NDArray[np.uint32] | None" = None
    """The middle of their extent across the table lies on its centre line."""
    head_end: "NDArray[np.uint32] | None" = None
    """They reach to the table's head end when the patient is head-first."""
    feet_end: "NDArray[np.uint32] | None" = None
    """They do when the patient is feet-first."""


@dataclass(frozen=True)
class Surface:
    """Triangles with outward normals in patient space; doses live on the vertices.

    Patient space (DICOM): +x to the patient's left, +y to the back, +z to the head, mm. Each
    vertex stands for its patch of skin, whose area is in :attr:`areas_mm2`. Make one with
    :meth:`plane`, :meth:`cylinder`, :meth:`elliptic_cylinder`, :meth:`from_mesh` or
    :meth:`from_file`; a patient's comes from :class:`dosemap.Body`.

    Examples
    --------
    >>> trunk = Surface.elliptic_cylinder(width_mm=400, thickness_mm=200, length_mm=600)
    >>> len(trunk) > 20000
    True
    """

    core: _core.Surface = field(repr=False)
    description: str
    assumptions: tuple[Assumption, ...] = ()
    resting_parts: RestingParts | None = field(default=None, repr=False)
    """Vertices on which it rests; ``None``: all."""
    problems: tuple[Problem, ...] = ()
    """What was wrong with the input it was made of, and what was done about it."""
    anatomy: Anatomy | None = field(default=None, repr=False)
    """The anatomical place of each vertex, on the skin of a body."""
    body: PosedBody | None = field(default=None, repr=False)
    """What it was made from, on the skin of a body."""

    @classmethod
    def plane(
        cls,
        *,
        width_mm: float = 400.0,
        length_mm: float = 1760.0,
        facing: Literal["posterior", "anterior"] = "posterior",
        spacing_mm: float = DEFAULT_SPACING_MM,
    ) -> "Surface":
        """Return a flat piece of skin.

        Parameters
        ----------
        width_mm, length_mm
            Size from side to side and from head to foot, mm.
        facing
            Which side of the patient it is: the back (outward is +y) or the front.
        spacing_mm
            Distance between vertices, mm.
        """
        core = _core.Surface.plane(
            width_mm, length_mm, anterior=facing == "anterior", spacing_mm=spacing_mm
        )
        return cls(core, f"plane {width_mm:g} x {length_mm:g} mm, {facing}")

    @classmethod
    def elliptic_cylinder(
        cls,
        *,
        width_mm: float,
        thickness_mm: float,
        length_mm: float,
        spacing_mm: float = DEFAULT_SPACING_MM,
    ) -> "Surface":
        """Return the mantle of an elliptical cylinder along the head-foot axis.

        Parameters
        ----------
        width_mm, thickness_mm, length_mm
            Full lateral and antero-posterior axis, and length from head to foot, mm.
        spacing_mm
            Distance between vertices, mm.
        """
        core = _core.Surface.elliptic_cylinder(
            (width_mm / 2, thickness_mm / 2), length_mm, spacing_mm=spacing_mm
        )
        size = f"{width_mm:.0f} x {thickness_mm:.0f} x {length_mm:.0f} mm"
        return cls(core, f"elliptical cylinder {size}")

    @classmethod
    def cylinder(
        cls, *, diameter_mm: float, length_mm: float, spacing_mm: float = DEFAULT_SPACING_MM
    ) -> "Surface":
        """Return the mantle of a circular cylinder along the head-foot axis; sizes in mm."""
        core = _core.Surface.elliptic_cylinder(
            (diameter_mm / 2, diameter_mm / 2), length_mm, spacing_mm=spacing_mm
        )
        return cls(core, f"cylinder {diameter_mm:.0f} x {length_mm:.0f} mm")

    @classmethod
    def from_mesh(
        cls,
        vertices_mm: "ArrayLike",
        triangles: "ArrayLike",
        *,
        description: str = "mesh",
        repair: bool = True,
    ) -> "Surface":
        """Return a surface from arrays.

        Parameters
        ----------
        vertices_mm
            Array (n_vertex, 3), mm, patient space.
        triangles
            Array (n_triangle, 3) of vertex numbers, anticlockwise seen from outside.
        description
            How to call it in results.
        repair
            Repair what can be repaired safely, listed in :attr:`problems`. A mesh without faults
            keeps its numbering. If not, the arrays are taken as they are.

        Raises
        ------
        DosemapError
            The arrays do not make a surface; the text says why.
        """
        mesh = mesh_of_arrays(vertices_mm, triangles)
        problems: tuple[Problem, ...] = ()
        try:
            if repair:
                mesh, problems = repaired(mesh)
            return cls._of(mesh, description, problems)
        except MeshError as error:
            raise MeshError(f"{description}: {error}") from error

    @classmethod
    def from_file(
        cls, path: str | PathLike[str], *, unit: LengthUnit, axes: str = PATIENT_AXES
    ) -> "Surface":
        """Read a mesh file; needs ``pip install "dosemap[mesh]"``.

        STL, OBJ, PLY, OFF, GLB, 3MF and what else trimesh reads. Faults that can be repaired safely
        are, listed in :attr:`problems`; see ``docs/surfaces.md``.

        Parameters
        ----------
        path
            Mesh file.
        unit
            Unit of its coordinates; asked for even where the file states one.
        axes
            Where its x, y and z point, a letter each: the patient's left or right (L, R), anterior
            or posterior (A, P), head or foot (H, F). Patient space by default; ``"LHA"`` is usual
            for y up and the face towards +z.

        Raises
        ------
        MeshError
            The text names the file, what is wrong and what to do.
        """
        mesh, problems = mesh_of_file(path, unit=unit, axes=axes)
        return cls._of(mesh, f"mesh {file_name(path)}", problems)

    @classmethod
    def _of(cls, mesh: TriangleMesh, description: str, problems: tuple[Problem, ...]) -> "Surface":
        core = _core.Surface.mesh(mesh.vertices_mm, mesh.triangles.astype(np.uint32))
        if not core.areas_mm2.sum() > 0:
            raise MeshError("the triangles have no area; check the vertices")
        if core.loose_edges == 0 and core.enclosed_volume_mm3 < 0:
            raise MeshError("the triangles look inwards; reverse the order of their corners")
        return cls(core, description, problems=problems)

    def __len__(self) -> int:
        return len(self.core)

    @cached_property
    def vertices_mm(self) -> "NDArray[np.float64]":
        """Vertices, (n_vertex, 3), mm."""
        return self.core.vertices_mm

    @cached_property
    def triangles(self) -> "NDArray[np.uint32]":
        """Vertex numbers of the triangles, (n_triangle, 3)."""
        return self.core.triangles

    @cached_property
    def normals(self) -> "NDArray[np.float64]":
        """Outward unit normals of the vertices, (n_vertex, 3)."""
        return self.core.normals

    @cached_property
    def areas_mm2(self) -> "NDArray[np.float64]":
        """Area of skin that each vertex stands for, (n_vertex,), mm2."""
        return self.core.areas_mm2

    def address(self, vertex: int) -> dict[str, str | float | None] | None:
        """Return where a vertex is by anatomy; ``None`` on a surface that is not a body's.

        Returns
        -------
        ``region`` (such as ``"posterior torso"``), ``side`` (``None`` on the midline),
        ``from_midline_mm`` and ``vertebral_level`` (``None`` on limbs).
        """
        return None if self.anatomy is None else self.anatomy.address(vertex)

    def describe_site(self, vertex: int, point_mm: "ArrayLike") -> str:
        """Return where a point lies, in words.

        Of a body by anatomy: ``"posterior torso, 4 cm right of midline, level T12"``. Of other
        surfaces side, distance from the midline and from the top.

        Parameters
        ----------
        vertex
            The vertex whose patch of skin holds the point.
        point_mm
            The point, (3,), mm.
        """
        if self.anatomy is not None:
            return self.anatomy.words(vertex)
        x, _, z = (float(value) for value in np.asarray(point_mm))
        normal = self.normals[vertex]
        axis = int(np.abs(normal).argmax())
        sides = (("right", "left"), ("anterior", "posterior"), ("foot end", "head end"))
        side = sides[axis][int(normal[axis] > 0)]
        middle = (self.vertices_mm[:, 0].min() + self.vertices_mm[:, 0].max()) / 2
        off_cm = (x - middle) / 10
        across = (
            "on the midline"
            if abs(off_cm) < 0.5
            else (f"{abs(off_cm):.0f} cm {'left' if off_cm > 0 else 'right'} of the midline")
        )
        below_cm = (self.vertices_mm[:, 2].max() - z) / 10
        return f"{side}, {across}, {below_cm:.0f} cm below the head end of the surface"
