"""Puts a procedure on a system: where the beam stands, what it emits, and when."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat

from dosemap.simulate.crossing import Crossing, crossing
from dosemap.simulate.exposure_control import Mode, expose
from dosemap.simulate.preset import Preset, Runs, Step, Target, View
from dosemap.simulate.report import (
    CollimatedField,
    EventType,
    PatientPosition,
    SimulatedEvent,
    SimulatedProcedure,
)
from dosemap.simulate.systems import System

HABITS_KNOWN = "SYNTHETIC Radiation Dose Information"
HABITS_NOT_KNOWN = "SYNTHETIC, how this make writes its reports is not known"
"""Series descriptions of a report; the second where nobody has seen one of its maker."""
_BREATHING_SHARE = 0.02
"""By which what lies in the beam changes from press to press; assumed."""
_EVENT_TYPES: dict[Mode, EventType] = {"fluoroscopy": "fluoroscopy", "rotation": "rotational"}
_MODE_WORDS: dict[Mode, str] = {"fluoroscopy": "Fluoro", "dsa": "DSA"}


def stage(preset: Preset, system: System, *, seed: int) -> SimulatedProcedure:
    """Return the content of a report on a procedure.

    Parameters
    ----------
    preset
        The procedure; it must fit the system.
    system
        What it is done on.
    seed
        Another number gives other small differences between the presses, and other UIDs.

    Returns
    -------
    SimulatedProcedure
        To be written in the system's style.
    """
    exam = _Exam(preset, system, seed)
    for step in preset.steps:
        exam.do(step)
    return SimulatedProcedure(
        uid_seed=f"{preset.name} {system.name} {seed}",
        events=tuple(exam.events),
        device=system.device,
        patient=preset.patient,
        study_description=f"SYNTHETIC {preset.title}",
        series_description=HABITS_KNOWN if system.habits_known else HABITS_NOT_KNOWN,
    )


class _Vary:
    """Small differences between one press and the next, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        # Only random() is used: the one sequence that Python promises to keep.
        self._random = random.Random(seed)

    def between(self, low: float, high: float) -> float:
        """Return a number from an even distribution."""
        return low + (high - low) * self._random.random()

    def around(self, centre: float, spread: float) -> float:
        """Return a number at most ``spread`` away from ``centre``."""
        return self.between(centre - spread, centre + spread)

    def scaled(self, value: float, share: float) -> float:
        """Return a number at most this share of it away from a value."""
        return value * self.around(1.0, share)


class _Exam:
    """A procedure on its way."""

    def __init__(self, preset: Preset, system: System, seed: int) -> None:
        self.events: list[SimulatedEvent] = []
        self._preset = preset
        self._system = system
        self._vary = _Vary(seed)

    def do(self, step: Step) -> None:
        """Append the events of one step."""
        places = [self._set_up(view) for view in step.views]
        for runs in _presses(step):
            self._press(step, runs, places)

    def _press(self, step: Step, runs: Runs, places: list[SimulatedEvent]) -> None:
        variation = self._preset.variation
        pause_s = self._vary.scaled(step.pause_s, variation.share)
        started_s = round(_end_of(self.events) + max(pause_s, 1.0), 3)
        pulses = max(1, round(self._vary.scaled(runs.pulses, variation.share)))
        pan_mm = [self._vary.around(0, variation.pan_mm) for _ in range(2)]
        water_equivalent = self._vary.around(1.0, _BREATHING_SHARE)
        words = _MODE_WORDS.get(runs.mode, runs.mode.capitalize())
        for view, place in zip(step.views, places, strict=True):
            event = replace(
                place,
                event_type=_EVENT_TYPES.get(runs.mode, "stationary"),
                started_s=started_s,
                protocol=f"SYNTHETIC {words} {view.name}",
                number_of_pulses=pulses,
                pulse_rate_per_s=runs.pulses_per_s,
                table_longitudinal_mm=round(place.table_longitudinal_mm + pan_mm[0], 1),
                table_lateral_mm=round(place.table_lateral_mm + pan_mm[1], 1),
            )
            self.events.append(
                self._exposed(self._collimated(event, view), view, runs.mode, water_equivalent)
            )

    def _set_up(self, view: View) -> SimulatedEvent:
        """Return gantry and table for a view: the detector as near to the patient as it goes."""
        primary_deg, secondary_deg, end_deg = self._angles(view)
        way = _way(view.target, primary_deg, secondary_deg)
        gap_mm = self._vary.between(*self._system.kind.detector_gap_mm)
        isocenter_mm, detector_mm = self._distances(way, gap_mm)
        stature_mm = 10 * (self._preset.patient.height_cm or 0.0)
        return SimulatedEvent(
            acquisition_plane=view.plane,
            patient_position=view.position,
            orientation=view.orientation,
            target_region=view.target.region,
            reference_point=self._system.reference_point,
            primary_angle_deg=primary_deg,
            secondary_angle_deg=secondary_deg,
            primary_end_angle_deg=end_deg,
            secondary_end_angle_deg=None if end_deg is None else secondary_deg,
            source_to_isocenter_mm=isocenter_mm,
            source_to_detector_mm=detector_mm,
            table_head_tilt_deg=view.table_head_tilt_deg,
            table_longitudinal_mm=_across_mm(view.target, view.position),
            table_lateral_mm=view.target.from_vertex_share * stature_mm,
            table_height_mm=round(
                self._system.kind.pad_thickness_mm + _above_pad_mm(view.target, view.position), 1
            ),
        )

    def _angles(self, view: View) -> tuple[float, float, float | None]:
        """Return primary, secondary and end angle; a tube above the table looks down the line."""
        if view.end_primary_angle_deg is None:
            spread_deg = self._preset.variation.angle_deg
            primary = self._vary.around(view.primary_angle_deg, spread_deg)
            secondary = self._vary.around(view.secondary_angle_deg, spread_deg)
        else:
            primary, secondary = view.primary_angle_deg, view.secondary_angle_deg
        end = view.end_primary_angle_deg
        if self._system.kind.tube == "above the table":
            primary, secondary = primary + 180, -secondary
            end = None if end is None else end + 180
        return _turn(round(primary, 1)), round(secondary, 1), end

    def _distances(self, way: Crossing, gap_mm: float) -> tuple[float, float]:
        """Return the distances from the source to isocentre (or target) and detector."""
        farthest_mm = self._system.source_to_detector_mm
        isocenter_mm = self._system.source_to_isocenter_mm
        if isocenter_mm is None:
            return farthest_mm - gap_mm - way.behind_mm, farthest_mm
        return isocenter_mm, float(round(min(isocenter_mm + way.behind_mm + gap_mm, farthest_mm)))

    def _collimated(self, event: SimulatedEvent, view: View) -> SimulatedEvent:
        scale = event.source_to_detector_mm / event.source_to_isocenter_mm
        largest_mm = self._system.detector_formats_mm[-1]
        share = self._preset.variation.share / 4
        width_mm, height_mm = (
            round(min(self._vary.scaled(side_mm * scale, share), largest_mm), 1)
            for side_mm in view.field_mm
        )
        return replace(
            event,
            field=CollimatedField.centred(width_mm, height_mm),
            detector_format_mm=self._system.format_for(max(width_mm, height_mm)),
        )

    def _exposed(
        self, event: SimulatedEvent, view: View, mode: Mode, breathing: float
    ) -> SimulatedEvent:
        way = _way(view.target, event.primary_angle_deg, event.secondary_angle_deg)
        exposure = expose(
            way.length_mm * view.target.water_equivalent * breathing,
            self._system.kind.modes[mode],
            pulses_per_s=event.pulse_rate_per_s,
            source_to_detector_mm=event.source_to_detector_mm,
            source_to_reference_point_mm=self._system.source_to_reference_point_mm,
        )
        kerma_gy = event.number_of_pulses * exposure.kerma_per_pulse_gy
        scale = self._system.source_to_reference_point_mm / event.source_to_detector_mm
        return replace(
            event,
            kvp=exposure.kvp,
            filters=exposure.filters,
            tube_current_ma=exposure.tube_current_ma,
            pulse_width_ms=exposure.pulse_width_ms,
            reference_air_kerma_gy=kerma_gy,
            kerma_area_product_gy_m2=kerma_gy * event.field.area_m2 * scale**2,
        )


def _presses(step: Step) -> Iterator[Runs]:
    """Yield what each press of a step is, series spread among the fluoroscopy."""
    if step.fluoroscopy is None or step.series is None:
        for runs in step.runs:
            yield from repeat(runs, runs.times)
        return
    total = step.fluoroscopy.times + step.series.times
    for number in range(total):
        # A series when the share of those done falls behind the share of presses done.
        done, due = (n * step.series.times // total for n in (number, number + 1))
        yield step.series if due > done else step.fluoroscopy


def _way(target: Target, primary_deg: float, secondary_deg: float) -> Crossing:
    return crossing(target, primary_angle_deg=primary_deg, secondary_angle_deg=secondary_deg)


def _above_pad_mm(target: Target, position: PatientPosition) -> float:
    """Return how high a target is above the pad that the patient lies on."""
    from_back_mm = target.from_back_share * target.depth_mm
    return {
        "S": from_back_mm,
        "P": target.depth_mm - from_back_mm,
        "DL": target.width_mm / 2 - target.left_mm,
        "DR": target.width_mm / 2 + target.left_mm,
    }[position[2:]]


def _across_mm(target: Target, position: PatientPosition) -> float:
    """Return how the table is shifted across so that the target is above its centre line.

    Positive towards the left of a head-first supine patient. That is where the left of a supine
    patient is, the right of a prone one, the front of one on the left side and the back of one
    on the right side; who lies on a side lies with the middle of the trunk above the line.
    """
    behind_middle_mm = target.depth_mm * (0.5 - target.from_back_share)
    return {
        "S": -target.left_mm,
        "P": target.left_mm,
        "DL": behind_middle_mm,
        "DR": -behind_middle_mm,
    }[position[2:]]


def _turn(angle_deg: float) -> float:
    """Return an angle between -180, not included, and 180 degrees."""
    return 180 - (180 - angle_deg) % 360


def _end_of(events: list[SimulatedEvent]) -> float:
    """Return when the last event ended, s after the start of the procedure."""
    return max((event.started_s + event.irradiation_duration_s for event in events), default=0.0)
