"""Results to draw: a supine man under beams from known sides, on a coarse body."""

from functools import cache

from dosemap import Body, DoseResult, estimate
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedEvent, SimulatedPatient
from simulated_reports import artis_bytes

SPACING_MM = 15.0
MAN = SimulatedPatient(
    patient_id="ID-4711", name="Canary^Name", sex="M", age_years=50, height_cm=175.0, mass_kg=80.0
)
FROM_BELOW, FROM_THE_LEFT, FROM_THE_RIGHT = 0.0, -90.0, 90.0
"""Primary angles: the detector is on the other side."""


@cache
def supine(
    angle_deg: float = FROM_BELOW, *, kerma_gy: float = 4.0, spacing_mm: float = SPACING_MM
) -> DoseResult:
    """Return one beam through the trunk of a supine man whose arms are out of the way."""
    event = SimulatedEvent(primary_angle_deg=angle_deg, reference_air_kerma_gy=kerma_gy)
    procedure = read_rdsr(artis_bytes(event, patient=MAN), name="report.dcm")
    body = Body.for_patient(procedure.patient, spacing_mm=spacing_mm, arms="up")
    return estimate(procedure, surface=body)


@cache
def unplaced() -> DoseResult:
    """Return a report whose second event cannot be placed: its tube voltage is missing."""
    events = (SimulatedEvent(), SimulatedEvent(started_s=60.0))
    procedure = read_rdsr(artis_bytes(*events, patient=MAN), name="report.dcm")
    return estimate(procedure, surface=Body.for_patient(procedure.patient, spacing_mm=SPACING_MM))
