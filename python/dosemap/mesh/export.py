"""Writes a surface to a mesh file."""

from os import PathLike
from pathlib import Path

from dosemap.errors import MeshError
from dosemap.files import written_whole
from dosemap.surface import Surface

_FORMATS = (".stl", ".obj", ".ply")


def write_mesh(surface: Surface, path: str | PathLike[str]) -> None:
    """Write a surface to an STL, OBJ or PLY file; needs ``pip install "dosemap[mesh]"``.

    Coordinates are in mm in patient space: +x to the patient's left, +y to the back, +z to the
    head. STL does not keep the numbering of the vertices; OBJ and PLY do.

    Parameters
    ----------
    surface
        What to write.
    path
        The suffix tells the format.

    Raises
    ------
    DosemapError
        Another suffix, trimesh is not installed, or the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _FORMATS:
        raise MeshError(f"{Path(path).name}: a mesh is written as {', '.join(_FORMATS)}")
    try:
        import trimesh  # noqa: PLC0415  (optional, and slow to import)
    except ImportError as error:
        raise MeshError('writing a mesh needs trimesh: pip install "dosemap[mesh]"') from error
    mesh = trimesh.Trimesh(surface.vertices_mm, surface.triangles, process=False)
    with written_whole(path) as complete:
        mesh.export(complete)
