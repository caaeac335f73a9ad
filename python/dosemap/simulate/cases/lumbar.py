"""A transforaminal injection at the lumbar spine of a prone patient."""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from dosemap.simulate.cases.sequence import Press, Trunk, Variation, end_of, exposed
from dosemap.simulate.report import (
    SimulatedDevice,
    SimulatedEvent,
    SimulatedPatient,
    SimulatedProcedure,
)

_TRUNK = Trunk(depth_cm=20.0, width_cm=31.0, water_equivalent=0.90)
"""Abdomen of a woman of 164 cm and 68 kg, flattened by lying on it."""


class _Step(NamedTuple):
    """A stretch of fluoroscopy, or a stored series, in one view."""

    name: str
    primary_angle_deg: float
    secondary_angle_deg: float
    seconds: float
    stored: bool = False


_STEPS = (
    _Step("level", 180, 0, 2.0),
    _Step("level", 180, 0, 1.5),
    _Step("endplates", 180, -8, 2.0),
    _Step("oblique", 155, -8, 3.0),
    _Step("needle", 155, -8, 4.5),
    _Step("needle", 155, -8, 3.5),
    _Step("needle", 155, -8, 2.5),
    _Step("depth", 90, 0, 2.5),
    _Step("depth", 90, 0, 2.0),
    _Step("tip", 180, -8, 2.0),
    _Step("contrast", 180, -8, 5.0),
    _Step("contrast", 180, -8, 2.0, stored=True),
    _Step("contrast", 90, 0, 2.0),
    _Step("injection", 180, -8, 3.0),
)


def lumbar_injection(*, seed: int = 1) -> SimulatedProcedure:
    """Return a transforaminal epidural steroid injection at L4/L5, patient prone.

    Synthetic. It imitates a Philips Allura Clarity, to be written in the style
    ``"philips_allura"``: head-first prone, tube below the table. As angles are those of the
    patient, the view from behind reads 180 degrees, the oblique one 155 (detector behind and
    to the left) and the lateral one 90. Doses are of the size published for such work:
    fluoroscopy of 34 ± 27 s and 1.18 ± 1.08 Gy·cm² over 127 spinal pain procedures (Pain
    Practice 2012), 11 to 161 s and 0.37 to 5.3 Gy·cm² over 181 transforaminal injections
    (ASSR), a few mGy at the reference point (Wininger 2010: 1.8 to 43.7 mGy incident).

    Parameters
    ----------
    seed
        Another number gives other small differences between the presses, and other UIDs.

    Returns
    -------
    SimulatedProcedure
        Thirteen fluoroscopy events and one stored series.
    """
    vary = Variation(seed)
    events: list[SimulatedEvent] = []
    for step in _STEPS:
        rate = 2.0 if step.stored else 7.5
        press = Press(
            mode="cine" if step.stored else "fluoroscopy",
            pulses=round(step.seconds * rate),
            pulse_rate_per_s=rate,
            aperture_mm=(
                round(vary.between(120.0, 160.0), 1),
                round(vary.between(150.0, 190.0), 1),
            ),
        )
        # Breathing changes what lies in the beam.
        trunk = replace(_TRUNK, water_equivalent=vary.around(_TRUNK.water_equivalent, 0.02))
        events.append(exposed(_place(step, vary, events), press, trunk))
    return SimulatedProcedure(
        uid_seed=f"lumbar injection {seed}",
        events=tuple(events),
        device=SimulatedDevice(
            manufacturer="Philips Medical Systems",
            model="Allura Clarity",
            serial_number="000000",
            software_versions="8.1.30.5",
        ),
        patient=SimulatedPatient(
            name="SYNTHETIC^LUMBAR",
            patient_id="DOSEMAP-SYNTHETIC-LUMBAR",
            sex="F",
            birth_date=date(1969, 8, 21),
            age_years=54,
            height_cm=164,
            mass_kg=68,
        ),
        study_description="SYNTHETIC lumbar injection",
    )


def _place(step: _Step, vary: Variation, events: list[SimulatedEvent]) -> SimulatedEvent:
    lateral = step.primary_angle_deg == 90
    return SimulatedEvent(
        patient_position="HFP",
        started_s=round(end_of(events) + vary.between(15.0, 60.0), 3),
        protocol=f"SYNTHETIC Spine {step.name}",
        target_region="abdomen",
        primary_angle_deg=step.primary_angle_deg,
        secondary_angle_deg=step.secondary_angle_deg,
        source_to_isocenter_mm=765.0,
        source_to_detector_mm=1100.0 if lateral else 1010.0,
        table_longitudinal_mm=round(vary.around(5, 4), 1),
        # L4 of a woman of 164 cm lies 656 mm below the top of her head, at the head end.
        table_lateral_mm=round(vary.around(655, 6), 1),
        # The spine of a prone patient lies near her back, 175 mm above the table top.
        table_height_mm=175.0,
        detector_format_mm=220.0,
    )
