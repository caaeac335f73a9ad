"""The map for ParaView and other programs that read VTK files."""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import meshio
import numpy as np

from dosemap.errors import DosemapError
from dosemap.files import written_whole

if TYPE_CHECKING:
    from dosemap.result import DoseResult

FORMATS = (".vtu", ".vtk")


def write_vtk(result: "DoseResult", path: str | PathLike[str]) -> None:
    """Write the map; see :meth:`DoseResult.to_vtk`."""
    surface, dose = result.surface, result.skin_dose_gy
    if surface is None or dose is None:
        raise DosemapError(result.reason or "there is no map")
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise DosemapError(f"{Path(path).name}: a map is written as {' or '.join(FORMATS)}")
    values = {
        "skin_dose_gy": dose,
        "area_mm2": surface.areas_mm2,
        "normals": surface.normals,
    }
    if surface.anatomy is not None:
        values["region"] = surface.anatomy.regions.astype(np.int32)
    mesh = meshio.Mesh(
        surface.vertices_mm,
        [("triangle", surface.triangles.astype(np.int64))],
        point_data=values,
    )
    with written_whole(path) as complete:
        mesh.write(complete)
