"""Reports in the hand of one make, written to bytes and read back; and a box for a patient."""

from collections.abc import Iterable, Mapping
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np

from dosemap.checking import check_document
from dosemap.equipment import Profile, match_family
from dosemap.placement import BeamPlacement, NotPlaceable, PlacedProcedure, place_procedure
from dosemap.procedure import Problem, Procedure
from dosemap.rdsr import read_rdsr
from dosemap.simulate import (
    SimulatedEvent,
    SimulatedPatient,
    SimulatedProcedure,
    rdsr_dataset,
    save_dataset,
)
from dosemap.simulate.edits import Edit
from dosemap.simulate.styles import STYLES, Style
from dosemap.surface import Surface
from make_devices import DEVICES
from own_meshes import box

_NOBODY = SimulatedPatient()


def report_bytes(
    style: str,
    *events: SimulatedEvent,
    edits: Iterable[Edit] = (),
    header: Mapping[str, str | None] | None = None,
    written_by: Style | None = None,
    **about: object,
) -> bytes:
    """Return a report of one make.

    Parameters
    ----------
    style
        Name of the make.
    *events
        What happened; one plain beam unless told.
    edits
        Alterations of its content.
    header
        Attributes of the data set instead of the maker's.
    written_by
        A style with other settings than the make's usual ones.
    **about
        Further fields of the procedure: ``patient``, ``physician_name`` ...
    """
    fields = {"uid_seed": "test", "device": DEVICES[style], "patient": _NOBODY, **about}
    procedure = SimulatedProcedure(events=events or (SimulatedEvent(),), **fields)  # type: ignore[arg-type]
    dataset = rdsr_dataset(
        procedure, style=written_by or STYLES[style], edits=edits, attributes=header
    )
    buffer = BytesIO()
    save_dataset(dataset, buffer)
    return buffer.getvalue()


def report_of(style: str, *events: SimulatedEvent, **arguments: object) -> Procedure:
    """Return the same, read; the arguments are those of :func:`report_bytes`."""
    written = report_bytes(style, *events, **arguments)  # type: ignore[arg-type]
    return read_rdsr(written, name="report.dcm")


def profile_of(procedure: Procedure) -> Profile:
    """Return the profile that fits a report, which must be one with geometry."""
    family = match_family(procedure.device)
    assert isinstance(family, Profile), family
    return family


def placed(procedure: Procedure) -> PlacedProcedure:
    """Return the placement of a report with the profile that fits."""
    return place_procedure(procedure, profile_of(procedure))


def beams(placement: PlacedProcedure) -> list[BeamPlacement]:
    """Return the beams of a procedure, all of which must be placed."""
    lost = [entry.message for entry in placement.placements if isinstance(entry, NotPlaceable)]
    assert not lost
    return [entry for entry in placement.placements if isinstance(entry, BeamPlacement)]


def told(procedure: Procedure | PlacedProcedure, code: str) -> Problem:
    """Return the one problem with a code; more or none fails the test."""
    found = [problem for problem in procedure.problems if problem.code == code]
    assert len(found) == 1, sorted({problem.code for problem in procedure.problems})
    return found[0]


def codes(procedure: Procedure | PlacedProcedure) -> set[str]:
    """Return the codes of all problems."""
    return {problem.code for problem in procedure.problems}


def findings(procedure: Procedure) -> dict[str, dict[str, Any]]:
    """Return what ``equipment check`` finds, by the name of the check."""
    return {check["check"]: check for check in check_document(procedure)["checks"]}


MOBILE_SHOT = SimulatedEvent(
    reference_air_kerma_gy=0.0015,
    source_to_detector_mm=1000.0,
    pulse_rate_per_s=30.0,
    number_of_pulses=120,
    kvp=72.5,
)
"""Fluoroscopy of 1.5 mGy on a mobile C-arm, in 4 s."""

GEOMETRY = (
    "positioner_primary_angle_deg",
    "positioner_secondary_angle_deg",
    "source_to_isocenter_mm",
    "table_longitudinal_position_mm",
    "table_lateral_position_mm",
    "table_height_position_mm",
)
"""What a mobile C-arm does not know."""

WIDTH_MM, THICKNESS_MM, LENGTH_MM = 300.0, 200.0, 1000.0
"""Of the box that stands for a patient."""


@cache
def box_patient() -> Surface:
    """Return a box about the origin of patient space, with vertices 3 to 16 mm apart."""
    mesh = box((WIDTH_MM, THICKNESS_MM, LENGTH_MM))
    vertices, triangles = mesh.vertices_mm, mesh.triangles
    for _ in range(6):
        corners = vertices[triangles]
        middles = (corners + np.roll(corners, -1, axis=1)) / 2
        a, b, c = np.swapaxes(corners, 0, 1)
        ab, bc, ca = np.swapaxes(middles, 0, 1)
        parts = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
        loose = np.concatenate([np.stack(part, axis=1) for part in parts])
        vertices, places = np.unique(loose.reshape(-1, 3), axis=0, return_inverse=True)
        triangles = places.reshape(-1, 3)
    return Surface.from_mesh(vertices, triangles, description="box")
