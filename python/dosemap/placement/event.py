"""Places one event: each value from the report, else the caller, else the profile, else refused."""

import math
from collections.abc import Callable
from typing import TypeVar

from dosemap.equipment import Profile
from dosemap.placement.field_size import field_at_1m
from dosemap.placement.model import BeamPlacement, NotPlaceable, PlacementOverrides
from dosemap.placement.notes import Notes
from dosemap.placement.table import table_origin
from dosemap.posture import is_upright
from dosemap.procedure import (
    Assumption,
    Event,
    Filter,
    PatientPosition,
    Provenance,
    describe_filters,
)
from dosemap.reference_point import (
    KnownDistances,
    ReferencePointError,
    is_free_text,
    is_possible_distance_mm,
    source_to_reference_point_mm,
)

T = TypeVar("T")

_LARGEST_TURN_DEG = 360.0
"""No gantry turns farther in one event; a larger number would spread the dose too thinly."""
_REFERENCE_POINT_TOLERANCE_MM = 20.0
"""Distances of the reference point are written with two digits by some systems."""


class EventPlacer:
    """Resolves the values of one event and remembers where each came from."""

    def __init__(
        self, event: Event, profile: Profile, overrides: PlacementOverrides, notes: Notes
    ) -> None:
        self._event = event
        self._profile = profile
        self._overrides = overrides
        self._notes = notes
        self._provenance: dict[str, Provenance] = {}
        self._missing: list[NotPlaceable] = []

    def place(
        self,
        *,
        given_position: PatientPosition | None = None,
        fallback_kvp: float | None = None,
    ) -> BeamPlacement:
        """Return the placement.

        Parameters
        ----------
        given_position
            The caller's patient position for this event.
        fallback_kvp
            Tube voltage of the procedure's other events, for an event without one.

        Raises
        ------
        NotPlaceable
            Something is missing; the text lists everything that is.
        """
        isocenter_mm = self._try(self._source_to_isocenter)
        reference_mm = self._try(lambda: self._source_to_reference_point(isocenter_mm))
        primary = self._try(lambda: self._angle("primary", 360.0))
        secondary = self._try(lambda: self._angle("secondary", 90.0))
        origin = self._try(self._table_origin)
        position = self._try(lambda: self._patient_position(given_position))
        kvp = self._try(lambda: self._kvp(fallback_kvp))
        field = self._try(lambda: self._field(reference_mm))
        if (
            isocenter_mm is None
            or reference_mm is None
            or primary is None
            or secondary is None
            or origin is None
            or position is None
            or kvp is None
            or field is None
        ):
            raise NotPlaceable(
                self._missing[0].field,
                "; ".join(entry.message for entry in self._missing),
                fields=tuple(entry.field for entry in self._missing),
            )
        profile = self._profile
        self._provenance |= dict.fromkeys(
            ("anode_angle_deg", "inherent_filters"), Provenance.PROFILE
        )
        return BeamPlacement(
            angle_space=profile.angles.space,
            primary_angle_deg=primary,
            secondary_angle_deg=secondary,
            primary_end_angle_deg=self._end_angle("primary"),
            secondary_end_angle_deg=self._end_angle("secondary"),
            detector_rotation_deg=self._zero_if_missing(
                "detector_rotation_deg", "detector_rotation_deg", "dose reports do not state it"
            ),
            source_to_isocenter_mm=isocenter_mm,
            source_to_reference_point_mm=reference_mm,
            field_at_1m_mm=field,
            table_origin_in_isocenter_mm=origin,
            table_horizontal_rotation_deg=self._table_angle("horizontal_rotation"),
            table_head_tilt_deg=self._head_tilt(position),
            table_cradle_tilt_deg=self._table_angle("cradle_tilt"),
            patient_position=position,
            kvp=kvp,
            anode_angle_deg=profile.tube.anode_angle_deg,
            inherent_filters=profile.tube.inherent_filters,
            added_filters=self._added_filters(),
            provenance=self._provenance,
        )

    def _try(self, resolve: Callable[[], T]) -> T | None:
        """Return a value, or note that it is missing and go on, to name everything at once."""
        try:
            return resolve()
        except NotPlaceable as error:
            if error.message:
                self._missing.append(error)
            return None

    def _choose(
        self, name: str, reported: float | None, given: float | None, *, field: str | None = None
    ) -> float | None:
        """Return the report's value, else the caller's, and remember which."""
        if reported is not None:
            reported_as = self._event.provenance.get(field or name, Provenance.REPORTED)
            self._provenance[name] = reported_as
            return reported
        if given is not None:
            self._note_given(name, given)
        return given

    def _note_given(self, name: str, value: float | str) -> None:
        self._provenance[name] = Provenance.USER
        self._assume(name, value, "given by the caller", Provenance.USER)

    def _source_to_isocenter(self) -> float:
        name = "source_to_isocenter_mm"
        chosen = self._choose(
            name, self._event.source_to_isocenter_mm, self._overrides.source_to_isocenter_mm
        )
        if chosen is not None:
            return chosen
        default = self._profile.source_to_isocenter
        if default is None:
            raise NotPlaceable(
                name, "the distance from the source to the isocentre is missing; supply " + name
            )
        self._provenance[name] = Provenance.PROFILE
        why = f"not in the report; profile: {default.claim.basis}"
        self._assume(name, default.distance_mm, why, Provenance.PROFILE)
        return default.distance_mm

    def _source_to_reference_point(self, isocenter_mm: float | None) -> float:
        name = "source_to_reference_point_mm"
        event, rule = self._event, self._profile.reference_point
        distances = KnownDistances(
            source_to_isocenter_mm=isocenter_mm, source_to_detector_mm=event.source_to_detector_mm
        )
        reported = event.source_to_reference_point_mm
        if reported is not None and not is_possible_distance_mm(reported):
            self._problem(
                "reference-point-implausible",
                f"the stated distance of the reference point from the source is {reported:g} mm",
                "it is not used",
            )
            reported = None
        try:
            defined = source_to_reference_point_mm(
                event.reference_point_definition, distances, rule=rule
            )
        except ReferencePointError as error:
            stated = self._choose(name, reported, self._overrides.source_to_reference_point_mm)
            if stated is None:
                raise NotPlaceable(name, f"{error}; supply {name}") from error
            return stated
        if rule is not None:
            self._provenance[name] = Provenance.PROFILE
            return defined
        if is_free_text(event.reference_point_definition):
            self._assume(
                "reference_point_definition",
                event.reference_point_definition,
                "taken along the central ray, as IEC 60601-2-43 has it; the text does not say so",
            )
        if reported is None:
            self._provenance[name] = Provenance.DERIVED
            return defined
        if abs(reported - defined) > _REFERENCE_POINT_TOLERANCE_MM:
            self._problem(
                "reference-point-differs",
                f"the stated distance of the reference point is {reported:g} mm, its definition "
                f"gives {defined:g} mm",
                "which holds is not known; the larger is used, which gives the higher dose: "
                f"{(max(defined, reported) / min(defined, reported)) ** 2:.2g} times the other",
            )
            self._provenance[name] = Provenance.ASSUMED
            self._assume(name, max(defined, reported), "the larger of two that disagree")
            return max(defined, reported)
        self._provenance[name] = Provenance.REPORTED
        return reported

    def _angle(self, axis: str, limit_deg: float) -> float:
        name = f"{axis}_angle_deg"
        reported = getattr(self._event, f"positioner_{name}")
        sign = getattr(self._profile.angles, f"{axis}_sign")
        given = getattr(self._overrides, name)
        angle = self._choose(
            name,
            None if reported is None else sign * reported,
            given,
            field=f"positioner_{name}",
        )
        if angle is None:
            raise NotPlaceable(
                name, f"the {axis} angle of the positioner is missing; supply {name}"
            )
        if abs(angle) > limit_deg:
            raise NotPlaceable(
                name,
                f"the {axis} angle of the positioner, {angle:g} degrees, is beyond "
                f"+-{limit_deg:g} degrees; have the report corrected",
            )
        return angle

    def _end_angle(self, axis: str) -> float | None:
        """Return the end of a rotation; ``None`` where it is that of the start or missing.

        Only a rotational acquisition runs numerically from start to end. Any other motion is
        small: from -179.9 to 179.9 degrees the gantry moved by 0.2, not once around the patient.
        """
        start = getattr(self._event, f"positioner_{axis}_angle_deg")
        end = getattr(self._event, f"positioner_{axis}_end_angle_deg")
        if start is None or end is None or end == start:
            return None
        if self._event.event_type != "rotational":
            end = start + math.remainder(end - start, 360.0)
        if abs(end - start) > _LARGEST_TURN_DEG:
            self._problem(
                "end-angle-implausible",
                f"the {axis} angle turns by {abs(end - start):g} degrees",
                "the dose is put at the start angle, which overstates it there",
            )
            return None
        self._provenance[f"{axis}_end_angle_deg"] = Provenance.REPORTED
        return float(getattr(self._profile.angles, f"{axis}_sign") * end)

    def _table_origin(self) -> tuple[float, float, float]:
        origin, provenance = table_origin(self._event, self._profile, self._overrides)
        self._provenance["table_origin_in_isocenter_mm"] = provenance
        if provenance is Provenance.USER:
            where = ", ".join(f"{length:g}" for length in origin)
            self._note_given("table_origin_in_isocenter_mm", where)
        return origin

    def _table_angle(self, motion: str) -> float:
        return self._zero_if_missing(
            f"table_{motion}_deg", f"table_{motion}_angle_deg", "the report does not state it"
        )

    def _head_tilt(self, position: PatientPosition) -> float:
        # The tube of an R/F table tilts with it: what holds lying holds upright, turned as a whole.
        why = (
            "the report does not state it; the beam is taken to turn with the table that the"
            " patient stands or sits at"
            if is_upright(position)
            else "the report does not state it"
        )
        return self._zero_if_missing("table_head_tilt_deg", "table_head_tilt_angle_deg", why)

    def _zero_if_missing(self, name: str, field: str, why: str) -> float:
        value = self._choose(name, getattr(self._event, field), None, field=field)
        if value is None:
            self._provenance[name] = Provenance.ASSUMED
            self._assume(name, 0.0, why)
            return 0.0
        return value

    def _kvp(self, fallback: float | None) -> float:
        kvp = self._choose("kvp", self._event.kvp, self._overrides.kvp)
        if kvp is not None:
            return kvp
        if fallback is None:
            raise NotPlaceable("kvp", "the tube voltage is missing; supply kvp")
        self._provenance["kvp"] = Provenance.ASSUMED
        self._assume("kvp", fallback, "not in the report; kerma-weighted mean of the other events")
        return fallback

    def _field(self, reference_mm: float | None) -> tuple[float, float, float, float]:
        if reference_mm is None:
            raise NotPlaceable("field_at_1m_mm", "")  # the reference point is named already
        field, provenance = field_at_1m(
            self._event,
            self._profile,
            reference_mm,
            side_mm=self._overrides.field_side_at_1m_mm,
            notes=self._notes,
        )
        self._provenance["field_at_1m_mm"] = provenance
        if provenance is Provenance.USER:
            self._note_given("field_at_1m_mm", f"square, {field[1] - field[0]:g} mm")
        return field

    def _added_filters(self) -> tuple[Filter, ...]:
        for filters, provenance in (
            (self._event.filters, self._event.provenance.get("filters", Provenance.REPORTED)),
            (self._overrides.added_filters, Provenance.USER),
        ):
            if filters is not None:
                self._provenance["added_filters"] = provenance
                if provenance is Provenance.USER:
                    self._note_given("added_filters", describe_filters(filters))
                return filters
        self._provenance["added_filters"] = Provenance.ASSUMED
        self._assume("added_filters", "none", "the report does not tell the added filters")
        return ()

    def _patient_position(self, given: PatientPosition | None) -> PatientPosition:
        name = "patient_position"
        reported = self._event.patient_position
        if given is not None:
            if reported is not None and reported != given:
                self._problem(
                    "patient-position-replaced",
                    f"the report says {reported}",
                    f"{given} is used because the caller says so",
                )
            self._note_given(name, given)
            return given
        came_from = self._event.provenance.get(name, Provenance.REPORTED)
        if reported is not None:
            self._provenance[name] = came_from
            if came_from is Provenance.ASSUMED:
                self._assume(name, reported, "the report states it in part only")
            return reported
        if came_from is Provenance.INVALID:
            raise NotPlaceable(
                name,
                f"the patient's position is not known (see the problems); supply {name}",
            )
        self._provenance[name] = Provenance.ASSUMED
        self._assume(name, "HFS", "the report does not state it; head-first supine is usual")
        return "HFS"

    def _assume(
        self,
        field: str,
        value: float | str | None,
        why: str,
        provenance: Provenance = Provenance.ASSUMED,
    ) -> None:
        assumption = Assumption(field=field, value=value, why=why, provenance=provenance)
        self._notes.add(assumption, self._event.index)

    def _problem(self, code: str, what: str, then: str) -> None:
        self._notes.log.add(code, what, then, event=self._event.index)
