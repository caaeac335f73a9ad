"""Places one event: each value from the report, else the caller, else the profile, else refused."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from dosemap.equipment import Profile
from dosemap.placement.angles import angle_deg, angle_space
from dosemap.placement.field_size import field_at_1m
from dosemap.placement.kerma import reference_air_kerma_gy
from dosemap.placement.model import BeamPlacement, NotPlaceable, PlacementOverrides
from dosemap.placement.motion import end_pose
from dosemap.placement.notes import Notes
from dosemap.placement.pose import Point, Pose
from dosemap.placement.reference import SkinDistance, reference_distance_mm
from dosemap.placement.resolver import Resolver
from dosemap.placement.table import table_origin
from dosemap.placement.turns import TURNS, start_turn_deg
from dosemap.posture import is_upright
from dosemap.procedure import Event, Filter, PatientPosition, Provenance, describe_filters

T = TypeVar("T")


class EventPlacer:
    """Resolves the values of one event; what is missing is named all at once."""

    def __init__(
        self, event: Event, profile: Profile, overrides: PlacementOverrides, notes: Notes
    ) -> None:
        self._resolver = Resolver(event, profile, overrides, notes)
        self._missing: list[NotPlaceable] = []

    def place(
        self,
        *,
        given_position: PatientPosition | None = None,
        skin_distance: SkinDistance | None = None,
    ) -> BeamPlacement:
        """Return the placement.

        Parameters
        ----------
        given_position
            The caller's patient position for this event.
        skin_distance
            Finds the entrance of the central ray, for reference points at the patient's surface.

        Raises
        ------
        NotPlaceable
            Something is missing; the text lists everything that is.
        """
        resolver, tube = self._resolver, self._resolver.profile.tube
        isocenter_mm = self._try(self._source_to_isocenter)
        position = self._try(lambda: self._patient_position(given_position))
        pose = self._pose(isocenter_mm, position)
        end = end_pose(pose, position, resolver) if pose and position else None
        reference_mm = self._try(
            lambda: reference_distance_mm(
                resolver, isocenter_mm, pose.path_to(end) if pose else (), position, skin_distance
            )
        )
        kvp = self._try(self._kvp)
        filters = self._added_filters()
        field = self._try(lambda: self._field(reference_mm))
        kerma_gy = self._try(lambda: self._kerma(reference_mm, kvp, filters))
        if (
            pose is None
            or position is None
            or reference_mm is None
            or kvp is None
            or field is None
            or kerma_gy is None
        ):
            raise NotPlaceable(
                self._missing[0].field,
                "; ".join(entry.message for entry in self._missing),
                fields=tuple(entry.field for entry in self._missing),
            )
        inherent = resolver.profile.inherent_filters(listed=resolver.event.filters)
        if inherent != tube.inherent_filters and resolver.profile.filters is not None:
            resolver.assume(
                "inherent_filters",
                "none",
                "profile: the filters that the report lists hold all filtration:"
                f" {resolver.profile.filters.claim.basis}",
                Provenance.PROFILE,
            )
        resolver.provenance |= dict.fromkeys(
            ("anode_angle_deg", "inherent_filters"), Provenance.PROFILE
        )
        return BeamPlacement(
            **vars(pose),
            end=end,
            patient_position=position,
            reference_air_kerma_gy=kerma_gy,
            source_to_reference_point_mm=reference_mm,
            field_at_1m_mm=field,
            kvp=kvp,
            anode_angle_deg=tube.anode_angle_deg,
            inherent_filters=inherent,
            added_filters=filters,
            provenance=resolver.provenance,
        )

    def _try(self, resolve: Callable[[], T]) -> T | None:
        """Return a value, or note that it is missing and go on, to name everything at once."""
        try:
            return resolve()
        except NotPlaceable as error:
            if error.message:
                self._missing.append(error)
            return None

    def _pose(self, isocenter_mm: float | None, position: PatientPosition | None) -> Pose | None:
        resolver = self._resolver
        primary = self._try(lambda: angle_deg(resolver, "primary"))
        secondary = self._try(lambda: angle_deg(resolver, "secondary"))
        origin = self._try(self._table_origin)
        if primary is None or secondary is None or origin is None:
            return None
        turns = self._turns(position) if position is not None else None
        if isocenter_mm is None or turns is None:
            return None
        return Pose(
            angle_space=angle_space(resolver),
            primary_angle_deg=primary,
            secondary_angle_deg=secondary,
            source_to_isocenter_mm=isocenter_mm,
            table_origin_in_isocenter_mm=origin,
            **turns,
        )

    def _turns(self, position: PatientPosition) -> dict[str, float] | None:
        found = {name: self._try(partial(self._turn, name, position)) for name in TURNS}
        turns = {name: angle for name, angle in found.items() if angle is not None}
        return turns if len(turns) == len(TURNS) else None

    def _turn(self, name: str, position: PatientPosition) -> float:
        why = "the report does not state it"
        if name == "table_head_tilt_deg" and is_upright(position):
            # The tube of an R/F table tilts with it: what holds lying holds upright, turned whole.
            why += "; the beam is taken to turn with the table that the patient stands or sits at"
        return start_turn_deg(self._resolver, name, why)

    def _source_to_isocenter(self) -> float:
        name, resolver = "source_to_isocenter_mm", self._resolver
        chosen = resolver.choose(
            name, resolver.event.source_to_isocenter_mm, resolver.overrides.source_to_isocenter_mm
        )
        if chosen is not None:
            return chosen
        default = resolver.profile.source_to_isocenter
        if default is None:
            raise NotPlaceable(
                name, "the distance from the source to the isocentre is missing; supply " + name
            )
        resolver.provenance[name] = Provenance.PROFILE
        why = f"not in the report; profile: {default.claim.basis}"
        resolver.assume(name, default.distance_mm, why, Provenance.PROFILE)
        return default.distance_mm

    def _table_origin(self) -> Point:
        resolver = self._resolver
        origin, provenance = table_origin(resolver.event, resolver.profile, resolver.overrides)
        resolver.provenance["table_origin_in_isocenter_mm"] = provenance
        if provenance is Provenance.USER:
            # What was given is the same for all events, and one line; where the table was is not.
            given = {
                "table_origin_in_isocenter_mm": resolver.overrides.table_origin_in_isocenter_mm,
                "table_offset_mm": resolver.overrides.table_offset_mm,
            }
            for name, lengths in given.items():
                if lengths is not None:
                    where = ", ".join(f"{length:g}" for length in lengths)
                    resolver.assume(name, where, "given by the caller", Provenance.USER)
        return origin

    def _kvp(self) -> float:
        resolver = self._resolver
        kvp = resolver.choose("kvp", resolver.event.kvp, resolver.overrides.kvp)
        if kvp is None:
            raise NotPlaceable("kvp", "the tube voltage is missing; supply kvp")
        return kvp

    def _kerma(
        self, reference_mm: float | None, kvp: float | None, filters: tuple[Filter, ...]
    ) -> float:
        if reference_mm is None or kvp is None:
            raise NotPlaceable("reference_air_kerma_gy", "")  # what it needs is named already
        return reference_air_kerma_gy(self._resolver, reference_mm, kvp, filters)

    def _field(self, reference_mm: float | None) -> tuple[float, float, float, float]:
        resolver = self._resolver
        if reference_mm is None:
            raise NotPlaceable("field_at_1m_mm", "")  # the reference point is named already
        field, provenance = field_at_1m(
            resolver.event,
            resolver.profile,
            reference_mm,
            side_mm=resolver.overrides.field_side_at_1m_mm,
            notes=resolver.notes,
        )
        resolver.provenance["field_at_1m_mm"] = provenance
        if provenance is Provenance.USER:
            resolver.note_given("field_at_1m_mm", f"square, {field[1] - field[0]:g} mm")
        return field

    def _added_filters(self) -> tuple[Filter, ...]:
        resolver = self._resolver
        event, given = resolver.event, resolver.overrides.added_filters
        if event.filters is not None:
            reported_as = event.provenance.get("filters", Provenance.REPORTED)
            resolver.provenance["added_filters"] = reported_as
            return event.filters
        if given is not None:
            resolver.note_given("added_filters", describe_filters(given))
            return given
        resolver.provenance["added_filters"] = Provenance.ASSUMED
        why = "the report does not tell them"
        if event.provenance.get("filters") is Provenance.INVALID:
            why = "cannot be used as the report lists them"
        resolver.assume("added_filters", "none", why)
        return ()

    def _patient_position(self, given: PatientPosition | None) -> PatientPosition:
        name, resolver = "patient_position", self._resolver
        reported = resolver.event.patient_position
        if given is not None:
            if reported is not None and reported != given:
                resolver.problem(
                    "patient-position-replaced",
                    f"the report says {reported}",
                    f"{given} is used because the caller says so",
                )
            resolver.note_given(name, given)
            return given
        came_from = resolver.event.provenance.get(name, Provenance.REPORTED)
        if reported is not None:
            resolver.provenance[name] = came_from
            if came_from is Provenance.ASSUMED:
                resolver.assume(name, reported, "the report states it in part only")
            return reported
        if came_from is Provenance.INVALID:
            raise NotPlaceable(
                name,
                f"the patient's position is not known (see the problems); supply {name}",
            )
        resolver.provenance[name] = Provenance.ASSUMED
        resolver.assume(name, "HFS", "the report does not state it; head-first supine is usual")
        return "HFS"
