"""Runs of PySkinDose 25.1.1 (``shared/data/reference/peers``), as our kernel takes them.

From PySkinDose (cm, degrees) to dosemap (mm, degrees). Its world is centred on the isocentre, +x
to the left of a head-first supine patient, +y down, +z to the head end, so the axes agree; it
turns a beam along -y by ``Rz(Ap1) Rx(Ap2)``:

==========================  ======================================================
dosemap                     PySkinDose
==========================  ======================================================
isocentre x, y, z           +x, +y, +z
table space                 ``cells_ref`` (its table before the event moves it)
primary angle               +Ap1
secondary angle             -Ap2
detector rotation           0: Ap3 never reaches its beam
source to isocentre         DSI
table origin in isocentre   (+Tx, +Ty, +Tz); At1, At2, At3 are 0 in all twelve runs
field along u, along v      FS_long, FS_lat at DSD, symmetric (blades are summed)
reference distance          DSIRP of event 0 for all events
==========================  ======================================================

An event that PySkinDose takes for a repetition keeps the geometry of the one before, although DSD
or DSI may differ; ours then uses the earlier event too.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from dosemap import _core

PEERS = Path(__file__).parents[2] / "shared" / "data" / "reference" / "peers"


class Case(NamedTuple):
    """A run: its event table after normalisation, and the arrays of its README."""

    name: str
    events: list[dict[str, Any]]
    orientation: str
    arrays: dict[str, NDArray[Any]]
    geometry_of: NDArray[np.intp]
    """Which event's geometry PySkinDose used for each event."""

    @property
    def cells_mm(self) -> NDArray[np.float64]:
        return 10.0 * self.arrays["cells_ref"].astype(float)


class Hits(NamedTuple):
    """Cells that one event hits."""

    cells: NDArray[np.int32]
    inverse_square: NDArray[np.float64]


def load_case(name: str) -> Case:
    """Read a run, or skip the test where the reference data is not there."""
    source = PEERS / f"{name}.json"
    if not source.exists():
        pytest.skip("no reference data: ../shared/data/reference/peers is not there")
    description = json.loads(source.read_text(encoding="utf-8"))
    with np.load(source.with_suffix(".npz")) as archive:
        arrays = {key: archive[key] for key in archive.files}
    new = arrays["ev_new_geometry"]
    geometry_of = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))
    return Case(name, description["events_table"], description["orientation"], arrays, geometry_of)


def frame_of(event: dict[str, Any], reference_distance_mm: float) -> dict[str, object]:
    """The event as the kernel wants it, by the table in this module's docstring."""
    assert event["At1"] == event["At2"] == event["At3"] == 0
    at_1m = 1000.0 / event["DSD"] / 2.0
    half_u_mm, half_v_mm = event["FS_long"] * at_1m, event["FS_lat"] * at_1m
    return {
        "angles_relative_to_patient": False,
        "primary_angle_deg": event["Ap1"],
        "secondary_angle_deg": -event["Ap2"],
        "detector_rotation_deg": 0.0,
        "source_to_isocenter_mm": 10.0 * event["DSI"],
        "table_origin_in_isocenter_mm": [10.0 * event[axis] for axis in ("Tx", "Ty", "Tz")],
        "table_horizontal_rotation_deg": 0.0,
        "table_head_tilt_deg": 0.0,
        "table_cradle_tilt_deg": 0.0,
        "field_at_1m_mm": [-half_u_mm, half_u_mm, -half_v_mm, half_v_mm],
        "air_kerma_gy": event["K_IRP"] / 1000.0,
        "reference_distance_mm": reference_distance_mm,
        "forward_scatter_ratio": 0.0,
        "quality": 0,
    }


def frames_of(case: Case, scene: _core.Scene) -> _core.Frames:
    reference_distance_mm = 10.0 * case.events[0]["DSIRP"]
    used = [case.events[event] for event in case.geometry_of]
    return scene.frames([frame_of(event, reference_distance_mm) for event in used])


def scene_over(
    cells_mm: NDArray[np.float64], patient_position: str = "HFS", *, occlusion: bool = False
) -> _core.Scene:
    """Cells as a mesh. Only that of a human mesh, three cells a triangle, means a surface."""
    triangles = np.arange(len(cells_mm) // 3 * 3, dtype=np.uint32).reshape(-1, 3)
    return _core.Scene(
        _core.Surface.mesh(cells_mm, triangles),
        patient_position=patient_position,
        patient_origin_in_table_mm=(0.0, 0.0, 0.0),
        support_boxes_mm=[],
        occlusion=occlusion,
    )


def hits_of(case: Case) -> Iterator[tuple[int, Hits]]:
    """What PySkinDose hit, event by event."""
    for event, (start, stop) in enumerate(
        zip(case.arrays["hit_ptr"], case.arrays["hit_ptr"][1:], strict=False)
    ):
        part = slice(start, stop)
        yield event, Hits(case.arrays["hit_cell"][part], case.arrays["hit_k_isq"][part])
