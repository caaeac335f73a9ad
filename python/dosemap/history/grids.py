"""The vertices on which a patient's maps are added, and what a map is on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dosemap.errors import DosemapError
from dosemap.history.record import ProcedureRecord, unpacked_mesh
from dosemap.history.registration import NotRegistered, Registration, body_to_body, by_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap.surface import Surface


@dataclass(frozen=True, kw_only=True, eq=False)
class PlacedMap:
    """A map on the vertices of a grid."""

    dose_gy: "NDArray[np.float64]"
    """(n_vertex,), Gy."""
    refined_peak_gy: float
    """Highest dose of a point of the skin, which the mean over its patch may lie below."""
    peak_vertex: int
    registration: Registration | None = None
    """How it came onto the grid; ``None`` where it was there."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Vertices of a body of one size, or of a surface."""

    record: ProcedureRecord
    """Whose map is on it."""

    @property
    def name(self) -> str:
        """Equal names, equal places."""
        assert self.record.grid is not None
        return self.record.grid

    @cached_property
    def surface(self) -> "Surface | None":
        """The skin with its anatomy; ``None`` where this version cannot make it."""
        return surface_of(self.record)

    def site(self, vertex: int) -> str | None:
        """Return where a vertex is, in words."""
        if self.surface is None:
            return None
        return self.surface.describe_site(vertex, self.surface.vertices_mm[vertex])


def common_grid(records: Sequence[ProcedureRecord]) -> Grid | None:
    """Return the grid for some records, in time order: of the last body, else the last surface."""
    mapped = [record for record in records if record.grid is not None]
    bodies = [record for record in mapped if record.mesh is None]
    chosen = bodies or mapped
    return Grid(record=chosen[-1]) if chosen else None


def placed_map(record: ProcedureRecord, grid: Grid) -> PlacedMap:
    """Return the map of a record on a grid.

    Raises
    ------
    NotRegistered
        It is on another surface of which this program does not know where it is on the grid's.
    """
    dose_gy = record.skin_dose_gy
    assert dose_gy is not None
    peak_gy = record.document["peak_skin_dose_gy"]
    vertex = record.document["peak"]["vertex"]
    if record.grid == grid.name:
        return PlacedMap(dose_gy=dose_gy, refined_peak_gy=peak_gy, peak_vertex=vertex)
    registration = _registration(record, grid).where_dose_is(dose_gy)
    return PlacedMap(
        dose_gy=dose_gy[registration.source_of_target],
        refined_peak_gy=peak_gy,
        peak_vertex=int(registration.target_of_source[vertex]),
        registration=registration,
    )


def _registration(record: ProcedureRecord, grid: Grid) -> Registration:
    of_map, of_grid = record.document["map"]["body"], grid.record.document["map"]["body"]
    if record.mesh is None and grid.record.mesh is None:
        if of_map["template"] != of_grid["template"]:
            raise NotRegistered(
                "its body is of another version of the template: make it again from the report"
            )
        return body_to_body(of_map["spacing_mm"], of_grid)
    source, target = surface_of(record), grid.surface
    if source is None or target is None:
        raise NotRegistered("the surface cannot be made by this version of the program")
    return by_place(source, target)


def surface_of(record: ProcedureRecord) -> "Surface | None":
    """Return the surface of a record's map; ``None`` where this version makes another one."""
    from dosemap.body import Body, template_version  # noqa: PLC0415  (the compiled module)
    from dosemap.surface import Surface  # noqa: PLC0415

    if record.mesh is not None:
        vertices_mm, triangles = unpacked_mesh(record.mesh)
        words = record.document["map"]["surface"]
        return Surface.from_mesh(vertices_mm, triangles, description=words, repair=False)
    body = record.document["map"]["body"]
    if body["template"] != template_version():
        return None
    try:
        return Body(
            sex=body["sex"],
            age_years=body["age_years"],
            height_cm=body["height_cm"],
            mass_kg=body["mass_kg"],
            arms=body["arms"],
            head_turned_deg=body["head_turned_deg"],
            spacing_mm=body["spacing_mm"],
        ).surface(body["patient_position"])
    except DosemapError:
        return None
