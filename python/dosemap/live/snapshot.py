"""From the state of a session to a result, by the steps of an estimate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from dosemap.frames import FrameBuilder
from dosemap.live.chain import Chain
from dosemap.live.columns import (
    ANGLE_SPACES,
    FIELD,
    ORIGIN,
    PLACE,
    PLANES,
    POSITION,
    POSITIONS,
    SPACE,
    Row,
)
from dosemap.live.oddities import ODDITIES
from dosemap.live.settings import LiveSettings
from dosemap.map_run import MapRun
from dosemap.placement import BeamPlacement, NotPlaceable, PlacedProcedure, PlaceOnTable
from dosemap.procedure import (
    Assumption,
    Device,
    Event,
    Patient,
    Problem,
    Procedure,
    Provenance,
    Totals,
)
from dosemap.reading.log import event_list
from dosemap.result import DoseResult

if TYPE_CHECKING:
    from dosemap import _core

    _Kept = list[tuple[_core.LivePress, list[_core.KeptBeam]]]

SOURCE = "live session"
_Reason = tuple[str, str]
"""Field, and what is wrong with it."""
_NUMBERS = (
    "kvp",
    "primary_angle_deg",
    "secondary_angle_deg",
    "detector_rotation_deg",
    "source_to_isocenter_mm",
    "source_to_reference_point_mm",
    "table_horizontal_rotation_deg",
    "table_head_tilt_deg",
    "table_cradle_tilt_deg",
)
_FROM_FRAMES = (
    *_NUMBERS,
    "added_filters",
    "patient_position",
    "reference_air_kerma_gy",
    "table_origin_in_isocenter_mm",
    "field_at_1m_mm",
)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Makes results of one session."""

    chain: Chain
    settings: LiveSettings
    place: PlaceOnTable
    defaults: Mapping[str, Assumption]
    """How what stands in for each field is listed."""
    assumptions: tuple[Assumption, ...]
    problems: tuple[Problem, ...]
    """Of surface and equipment."""

    def result(self, copy: "_core.LiveCopy", problems: tuple[Problem, ...]) -> DoseResult:
        """Return the result of a state.

        Parameters
        ----------
        copy
            The state.
        problems
            Of the session itself.
        """
        presses = [press for press in copy.presses if press.mapped.frames]
        beams = _by_press(copy.beams)
        kept = [(press, beams[press.number]) for press in presses]
        placed = self._placed(copy, kept)
        chain = self.chain
        calibration = chain.calibration()
        known = [*self.problems, *problems]
        run = MapRun(placed, chain.corrections, calibration, self.place, known)
        if placed.reason is None:
            builder = FrameBuilder(chain.profile.support, chain.corrections, calibration)
            shares = self._add_beams(run, builder, kept)
            run.take_map(builder, chain.scenes, copy.dose_map, shares)
            run.assumptions += self.assumptions
        return run.result()

    def _placed(self, copy: "_core.LiveCopy", kept: "_Kept") -> PlacedProcedure:
        events = [self._event(index, press) for index, (press, _) in enumerate(kept)]
        placements: list[BeamPlacement | NotPlaceable] = [
            self._placement(press, _strongest(beams).row, press.mapped.reference_air_kerma_gy)
            if press.mapped.reference_air_kerma_gy > 0
            else NotPlaceable("reference_air_kerma_gy", "the air kerma of the event is 0")
            for press, beams in kept
        ]
        problems = []
        tally = copy.tally
        for reason, sums in tally.not_mapped:
            index = len(events)
            message = _why(reason, tally.core_message)
            events.append(self._event_not_mapped(index, reason, sums))
            placements.append(NotPlaceable(reason[0], message))
            problems.append(
                Problem(
                    code="frames-not-mapped",
                    message=f"{sums.frames} frames are not in the map: {message}; their air kerma"
                    f" is that of event {index}",
                    events=(index,),
                )
            )
        problems += _of_oddities(copy)
        reason_for_none = None
        if not any(isinstance(entry, BeamPlacement) for entry in placements):
            reason_for_none = "no map: " + (
                "no frame could be mapped; see the problems" if events else "no frame has come yet"
            )
        return PlacedProcedure(
            procedure=self._procedure(tuple(events)),
            profile=self.chain.profile,
            family=self.chain.profile,
            placements=tuple(placements),
            assumptions=self._assumed(kept),
            problems=tuple(problems),
            reason=reason_for_none,
        )

    def _procedure(self, events: tuple[Event, ...]) -> Procedure:
        settings = self.settings
        return Procedure(
            source=SOURCE,
            study_instance_uid=settings.study_instance_uid,
            sop_instance_uid=None,
            started=settings.started,
            device=Device(),
            patient=Patient(),
            events=events,
            totals=Totals(),
            report_kind="frames",
        )

    def _event(self, index: int, press: "_core.LivePress") -> Event:
        first_s, last_s, sums = press.first_s, press.last_s, press.mapped
        plane = PLANES[press.plane]
        known = ("reference_air_kerma_gy", "kerma_area_product_gy_m2", "number_of_pulses")
        return Event(
            index=index,
            irradiation_event_uid=self.settings.uid_of(press.number),
            started=self._moment(first_s),
            acquisition_plane=plane,
            patient_position=POSITIONS[int(press.position)],
            reference_air_kerma_gy=sums.reference_air_kerma_gy,
            kerma_area_product_gy_m2=_kap(sums),
            number_of_pulses=sums.frames,
            irradiation_duration_s=None if first_s is None or last_s is None else last_s - first_s,
            provenance={
                **dict.fromkeys((*known, "acquisition_plane"), Provenance.USER),
                "irradiation_duration_s": Provenance.DERIVED,
            },
        )

    def _moment(self, time_s: float | None) -> datetime | None:
        """Return when a frame came; ``None`` where its clock leaves the calendar."""
        if self.settings.started is None or time_s is None:
            return None
        try:
            return self.settings.started + timedelta(seconds=time_s)
        except OverflowError:
            return None

    def _event_not_mapped(self, index: int, reason: _Reason, sums: "_core.LiveSums") -> Event:
        """Return what stands for all frames of a reason."""
        lacks_kerma = sums.frames_without_kerma > 0
        return Event(
            index=index,
            irradiation_event_uid=self.settings.uid_of(" ".join(reason)),
            reference_air_kerma_gy=None if lacks_kerma else sums.reference_air_kerma_gy,
            kerma_area_product_gy_m2=_kap(sums),
            number_of_pulses=sums.frames,
            provenance={"reference_air_kerma_gy": Provenance.USER},
        )

    def _placement(self, press: "_core.LivePress", row: Row, kerma_gy: float) -> BeamPlacement:
        chain = self.chain
        filters = chain.filter_sets.filters(row)
        x, y, z = row[ORIGIN : ORIGIN + 3]
        u_min, u_max, v_min, v_max = row[FIELD : FIELD + 4]
        provenance = dict.fromkeys(_FROM_FRAMES, Provenance.USER)
        provenance |= dict.fromkeys(("anode_angle_deg", "inherent_filters"), Provenance.PROFILE)
        for field in _defaulted_fields(press.defaulted):
            provenance[field] = self.defaults[field].provenance
        return BeamPlacement(
            angle_space=ANGLE_SPACES[int(row[SPACE])],
            **{name: row[PLACE[name]] for name in _NUMBERS},
            table_origin_in_isocenter_mm=(x, y, z),
            end=None,
            patient_position=POSITIONS[int(row[POSITION])],
            reference_air_kerma_gy=kerma_gy,
            field_at_1m_mm=(u_min, u_max, v_min, v_max),
            anode_angle_deg=chain.profile.tube.anode_angle_deg,
            inherent_filters=chain.profile.inherent_filters(listed=filters),
            added_filters=filters,
            provenance=provenance,
        )

    def _add_beams(self, run: MapRun, builder: FrameBuilder, kept: "_Kept") -> "np.ndarray":
        """Add every kept beam as a frame; returns their shares on skin, position after position."""
        shares: dict[float, list[float]] = {}
        for index, (press, beams) in enumerate(kept):
            event = run.placed.procedure.events[index]
            strongest = _strongest(beams)
            for beam in beams:
                if beam.air_kerma_gy > 0:
                    row = beam.row
                    placement = self._placement(press, row, beam.air_kerma_gy)
                    quality = builder.add(event, placement)
                    if beam is strongest:
                        run.quality_of_event[index] = quality
                    share = beam.on_skin_gy / beam.air_kerma_gy
                    shares.setdefault(row[POSITION], []).append(share)
        return np.array([share for of_position in shares.values() for share in of_position])

    def _assumed(self, kept: "_Kept") -> tuple[Assumption, ...]:
        events: dict[str, list[int]] = {}
        for index, (press, _) in enumerate(kept):
            for field in _defaulted_fields(press.defaulted):
                events.setdefault(field, []).append(index)
        return tuple(
            Assumption(
                field=self.defaults[field].field,
                value=self.defaults[field].value,
                why=f"{self.defaults[field].why} ({event_list(tuple(found))})",
                provenance=self.defaults[field].provenance,
                events=tuple(found),
            )
            for field, found in events.items()
        )


def _by_press(beams: "Iterable[_core.KeptBeam]") -> "dict[int, list[_core.KeptBeam]]":
    found: dict[int, list[_core.KeptBeam]] = {}
    for beam in beams:
        found.setdefault(beam.press, []).append(beam)
    return found


def _strongest(beams: "list[_core.KeptBeam]") -> "_core.KeptBeam":
    return max(beams, key=lambda beam: beam.air_kerma_gy)


def _defaulted_fields(defaulted: int) -> tuple[str, ...]:
    """Return the fields of the bits of columns."""
    return tuple(field for field, place in PLACE.items() if defaulted >> place & 1)


def _kap(sums: "_core.LiveSums") -> float | None:
    return None if sums.frames_without_kerma_area_product else sums.kerma_area_product_gy_m2


def _why(reason: _Reason, core_message: str | None) -> str:
    field, what = reason
    if field == "beam":
        return f"their values together are no beam ({core_message})"
    words = {
        "missing": "is missing: push it, or give it to the session where it is the same for all",
        "not a number": "is not a number",
        "unknown": "is no term that is known",
        "out of range": "lies beyond what it can be; check its unit",
    }
    return f"{field} {words[what]}"


def _of_oddities(copy: "_core.LiveCopy") -> list[Problem]:
    problems = [
        Problem(
            code=name.replace(" ", "-").replace("_", "-"),
            message=f"{count} frames {ODDITIES[name]}",
        )
        for name, count in copy.tally.oddities
    ]
    if copy.merged:
        problems.append(
            Problem(
                code="beams-merged",
                message="more beams than are kept: neighbours in a press became one"
                f" {copy.merged} times; the map holds every frame as it was, but the peak between"
                " vertices and what each event gave it are approximate",
            )
        )
    return problems
