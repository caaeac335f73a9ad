"""Records of made-up procedures, without computing each of them."""

import copy
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from dosemap import Body, estimate
from dosemap.history import PatientIdentity, ProcedureRecord, pack
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedEvent, SimulatedPatient
from simulated_reports import artis_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap import DoseResult

SPACING_MM = 15.0
FIRST_DAY = datetime(2025, 1, 10, 9, 30)
PATIENT = SimulatedPatient(
    patient_id="ID-4711", name="Canary^Name", sex="M", age_years=50, height_cm=175.0, mass_kg=95.0
)


@cache
def plain_result() -> "DoseResult":
    """Return one beam through a supine man's back, on a coarse body."""
    procedure = read_rdsr(artis_bytes(SimulatedEvent(), patient=PATIENT), name="report.dcm")
    return estimate(procedure, surface=Body.for_patient(procedure.patient, spacing_mm=SPACING_MM))


@cache
def plain_record() -> ProcedureRecord:
    """Return the same, packed."""
    return pack(plain_result())


def empty_map() -> "NDArray[np.float64]":
    """Return a map without dose on the vertices of the plain record."""
    dose_gy = plain_record().skin_dose_gy
    assert dose_gy is not None
    return np.zeros_like(dose_gy)


def record(
    events: Sequence[str] = ("1.2.1",),
    *,
    study: str | None = "1.2",
    patient_id: str | None = "ID-4711",
    issuer: str | None = None,
    started: datetime = FIRST_DAY,
    peak_gy: float = 1.0,
    vertex: int = 100,
    dose_gy: "NDArray[np.float64] | None" = None,
    mapped: bool = True,
    **patient: Any,
) -> ProcedureRecord:
    """Return a record; the map has its peak at one vertex unless it is given."""
    document: dict[str, Any] = copy.deepcopy(dict(plain_record().document))
    document["procedure"] |= {
        "study_instance_uid": study,
        "started": started.isoformat(),
        "event_identities": list(events),
    }
    document["totals"] |= {"events": len(events), "reference_air_kerma_gy": 0.8 * peak_gy}
    document["totals"]["sum_of_event_air_kerma_gy"] = 0.8 * peak_gy
    document["peak_skin_dose_gy"] = peak_gy if mapped else None
    document["peak"] = {**document["peak"], "vertex": vertex} if mapped else None
    document["problems"] = []
    if not mapped:
        document["map"] |= {"available": False, "reason": "no map: a mobile C-arm", "body": None}
        document["map"]["air_kerma_not_mapped_gy"] = 0.8 * peak_gy
    else:
        document["map"]["air_kerma_not_mapped_gy"] = 0.0
    if dose_gy is None:
        dose_gy = empty_map()
        dose_gy[vertex] = peak_gy
    packed = zlib.compress(dose_gy.astype("<f4").tobytes())
    known = {"sex": "M", "age_years": 50.0, "height_cm": 175.0, "mass_kg": 95.0, **patient}
    return replace(
        plain_record(),
        document=document,
        event_identities=tuple(events) or (f"totals only, {study}",),
        events={},
        patient=PatientIdentity(patient_id=patient_id, issuer=issuer, **known),
        skin_dose=packed if mapped else None,
    )
