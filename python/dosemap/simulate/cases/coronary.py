"""A long coronary intervention on a single-plane angiography system."""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from dosemap.simulate.cases.sequence import Press, Trunk, Variation, end_of, exposed
from dosemap.simulate.exposure_control import chord_cm
from dosemap.simulate.report import (
    SimulatedDevice,
    SimulatedEvent,
    SimulatedPatient,
    SimulatedProcedure,
)

_SOURCE_TO_ISOCENTER_MM = 785.0
_DETECTOR_FORMATS_MM = {"overview": 200.0, "vessel": 160.0}
_TRUNK = Trunk(depth_cm=26.0, width_cm=37.0, water_equivalent=0.88)
"""Chest of a man of 178 cm and 98 kg at the level of the heart, lung beside it."""


class _View(NamedTuple):
    """A working projection and what is done in it."""

    name: str
    primary_angle_deg: float
    secondary_angle_deg: float
    fluoroscopy_presses: int
    cine_runs: int


_DIAGNOSTIC = (
    _View("LCA AP CAU", 0, -28, 5, 1),
    _View("LCA RAO CAU", -25, -22, 5, 1),
    _View("LCA RAO CRA", -12, 35, 4, 1),
    _View("LCA LAO CRA", 32, 27, 4, 1),
    _View("LCA spider", 42, -27, 4, 1),
    _View("RCA LAO", 40, 0, 6, 1),
    _View("RCA AP CRA", 0, 28, 3, 1),
)
_INTERVENTION = (
    _View("wiring", -8, 36, 46, 5),
    _View("bifurcation", 42, -26, 26, 4),
    _View("ballooning", -8, 36, 42, 9),
    _View("stenting", -6, 35, 34, 10),
    _View("check RAO CAU", -28, -20, 10, 3),
    _View("side branch", 36, 26, 14, 4),
    _View("final", -7, 35, 10, 4),
)


def coronary_intervention(*, seed: int = 1) -> SimulatedProcedure:
    """Return a long percutaneous coronary intervention (PCI) of the left anterior descending.

    Synthetic. It imitates a complex case on a Siemens Artis, to be written in the style
    ``"siemens_artis"``: head-first supine, diagnostic series first, then two thirds of the
    time in one steep cranial view. The size of its doses follows a real report of a high-dose
    cardiac case with 247 fluoroscopy events, 69 series, 7.7 Gy at the reference point,
    469 Gy·cm² and 47 min of fluoroscopy (OpenREM test data, ``RF-Pat-Orientation-Modifier-
    Missing``), and lies well above the European diagnostic reference level for PCI of
    85 Gy·cm² (Siiskonen 2018). In a series of 318 patients 3 % of maximum skin doses after
    coronary procedures exceeded 2 Gy (Bogaert 2009): this is to be one of those.

    Parameters
    ----------
    seed
        Another number gives other small differences between the presses, and other UIDs.

    Returns
    -------
    SimulatedProcedure
        About 250 events.
    """
    vary = Variation(seed)
    events: list[SimulatedEvent] = []
    for view in _DIAGNOSTIC:
        _work_in(view, "overview", vary, events)
    for view in _INTERVENTION:
        _work_in(view, "vessel", vary, events)
    return SimulatedProcedure(
        uid_seed=f"coronary intervention {seed}",
        events=tuple(events),
        device=SimulatedDevice(
            manufacturer="Siemens",
            model="AXIOM-Artis",
            serial_number="000000",
            software_versions="VC21C 161026",
        ),
        patient=SimulatedPatient(
            name="SYNTHETIC^CORONARY",
            patient_id="DOSEMAP-SYNTHETIC-CORONARY",
            sex="M",
            birth_date=date(1957, 5, 2),
            age_years=66,
            height_cm=178,
            mass_kg=98,
        ),
        study_description="SYNTHETIC coronary intervention",
        series_description="SYNTHETIC Exam Protocol SR",
    )


def _work_in(view: _View, format_name: str, vary: Variation, events: list[SimulatedEvent]) -> None:
    """Append the presses of one view; cine runs are spread among the fluoroscopy."""
    place = _set_up(view, format_name, vary)
    presses = view.fluoroscopy_presses + view.cine_runs
    for number in range(presses):
        # Cine when the share of runs done falls behind the share of presses done.
        cine = (number + 1) * view.cine_runs // presses > number * view.cine_runs // presses
        press = _cine_run(place, vary) if cine else _fluoroscopy(place, vary)
        mode_name = "Coro 15 f/s" if cine else "FL Coro 10 p/s"
        event = replace(
            _panned(place, vary),
            started_s=round(end_of(events) + vary.between(4.0, 20.0)),
            protocol=f"SYNTHETIC {mode_name} {view.name}",
        )
        # Breathing and panning change what lies in the beam.
        trunk = replace(_TRUNK, water_equivalent=vary.around(_TRUNK.water_equivalent, 0.03))
        events.append(exposed(event, press, trunk))


def _fluoroscopy(place: SimulatedEvent, vary: Variation) -> Press:
    pulses = round(10.0 * vary.between(3.0, 22.0))
    return Press(
        mode="fluoroscopy",
        pulses=pulses,
        pulse_rate_per_s=10.0,
        aperture_mm=_aperture(place, vary),
    )


def _cine_run(place: SimulatedEvent, vary: Variation) -> Press:
    frames = round(15.0 * vary.between(3.0, 6.0))
    return Press(
        mode="cine", pulses=frames, pulse_rate_per_s=15.0, aperture_mm=_aperture(place, vary)
    )


def _aperture(place: SimulatedEvent, vary: Variation) -> tuple[float, float]:
    """Return the collimated field: most of the detector's format."""
    side_mm = place.detector_format_mm
    return (
        round(side_mm * vary.between(0.75, 0.98), 1),
        round(side_mm * vary.between(0.70, 0.95), 1),
    )


def _set_up(view: _View, format_name: str, vary: Variation) -> SimulatedEvent:
    """Return gantry and table for a view: the detector as near to the chest as it goes."""
    primary = vary.around(view.primary_angle_deg, 2)
    secondary = vary.around(view.secondary_angle_deg, 2)
    half_chord_mm = 5 * chord_cm(_TRUNK.depth_cm, _TRUNK.width_cm, primary, secondary)
    gap_mm = vary.between(40.0, 90.0)
    return SimulatedEvent(
        primary_angle_deg=round(primary, 1),
        secondary_angle_deg=round(secondary, 1),
        source_to_isocenter_mm=_SOURCE_TO_ISOCENTER_MM,
        source_to_detector_mm=round(_SOURCE_TO_ISOCENTER_MM + half_chord_mm + gap_mm),
        # The heart lies to the left of the midline, so the table stands to the right.
        table_longitudinal_mm=round(vary.around(-22, 6), 1),
        table_lateral_mm=round(vary.around(450, 10), 1),
        table_height_mm=round(vary.around(172, 3), 1),
        detector_format_mm=_DETECTOR_FORMATS_MM[format_name],
    )


def _panned(place: SimulatedEvent, vary: Variation) -> SimulatedEvent:
    """Return the view with the table panned by some millimetres."""
    return replace(
        place,
        table_longitudinal_mm=round(place.table_longitudinal_mm + vary.around(0, 7), 1),
        table_lateral_mm=round(place.table_lateral_mm + vary.around(0, 9), 1),
    )
