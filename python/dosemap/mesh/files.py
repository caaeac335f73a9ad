"""Mesh files, as trimesh reads them: triangles of all bodies of a file, where they stand."""

import math
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dosemap.errors import MeshError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_METRES_BY_DEFINITION = (".glb", ".gltf")
"""glTF 2.0 specification, section 3.4: the unit of all linear distances is the metre."""

_MM_PER_NAME = {
    "micron": 0.001,
    "micrometers": 0.001,
    "millimeter": 1.0,
    "millimeters": 1.0,
    "mm": 1.0,
    "centimeter": 10.0,
    "centimeters": 10.0,
    "cm": 10.0,
    "inch": 25.4,
    "inches": 25.4,
    "in": 25.4,
    "foot": 304.8,
    "feet": 304.8,
    "meter": 1000.0,
    "meters": 1000.0,
    "m": 1000.0,
}
"""Names of 3MF (core specification 1.3, 3.4) and of trimesh."""


@dataclass(frozen=True, kw_only=True)
class FileMesh:
    """What a file holds, in its own unit and axes."""

    vertices: "NDArray[np.float64]"
    triangles: "NDArray[np.int64]"
    stated_unit: str | None
    """As the file spells it."""

    def stated_unit_differs_from(self, mm_per_unit: float) -> bool:
        """Tell whether the file states another unit than this; an unknown word differs."""
        if self.stated_unit is None:
            return False
        stated = _MM_PER_NAME.get(self.stated_unit.lower(), math.nan)
        return not math.isclose(stated, mm_per_unit)


def file_name(path: str | PathLike[str]) -> str:
    """Return the last part of a path of any system."""
    return fspath(path).replace("\\", "/").rsplit("/", 1)[-1]


def read_triangles(path: str | PathLike[str]) -> FileMesh:
    """Read all bodies of a mesh file, each moved to where the file's scene has it.

    Raises
    ------
    MeshError
        No such file, trimesh is not installed or cannot read it, or it holds no triangles.
    """
    try:
        import trimesh  # noqa: PLC0415  (optional, and slow to import)
    except ImportError as error:
        raise MeshError('reading a mesh needs trimesh: pip install "dosemap[mesh]"') from error
    if not Path(path).is_file():
        raise MeshError(f"there is no file {fspath(path)}; check the path")
    try:
        # Unprocessed: what is wrong with the mesh must be seen here to be told.
        scene: Any = trimesh.load(fspath(path), force="scene", process=False)
        bodies = [body for body in scene.dump() if len(getattr(body, "faces", ()))]
        vertices = [np.asarray(body.vertices, dtype=np.float64) for body in bodies]
        triangles = [np.asarray(body.faces, dtype=np.int64) for body in bodies]
    except Exception as error:  # trimesh raises whatever its many readers meet
        reason = " ".join(str(error).split()) or type(error).__name__
        raise MeshError(f"{file_name(path)} cannot be read as a mesh: {reason}") from error
    if not bodies:
        raise MeshError(f"{file_name(path)} holds no triangles")
    first = np.cumsum([0, *(len(part) for part in vertices[:-1])])
    return FileMesh(
        vertices=np.concatenate(vertices),
        triangles=np.concatenate([t + start for t, start in zip(triangles, first, strict=True)]),
        stated_unit=_stated_unit(Path(path), scene),
    )


def _stated_unit(path: Path, scene: Any) -> str | None:  # noqa: ANN401  (trimesh has no usable types)
    if path.suffix.lower() in _METRES_BY_DEFINITION:
        return "m"
    stated = scene.units
    return str(stated) if stated else None
