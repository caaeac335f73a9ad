"""Places every event of a procedure and says why where it cannot."""

import math
from collections import Counter
from dataclasses import dataclass

from dosemap.equipment import HOW_TO_PLACE, Family, Profile, TotalsOnly, match_family
from dosemap.errors import DosemapError
from dosemap.placement.event import EventPlacer
from dosemap.placement.model import (
    BeamPlacement,
    NotPlaceable,
    PlacedProcedure,
    PlacementOverrides,
)
from dosemap.placement.neighbours import NeighbourFinder
from dosemap.placement.notes import Notes
from dosemap.placement.oddities import note_oddities
from dosemap.placement.reference import SkinDistance
from dosemap.procedure import Event, PatientPosition, Procedure, Provenance
from dosemap.report_kinds import WHY_NO_MAP
from dosemap.schedule import Schedule

_DERIVED_TOLERANCE = 0.25
"""Relative: rounding of totals, and areas that hold for the collimator's edge and not for the
mean kerma."""
_NEEDED = {
    "table position": ("table_longitudinal_position_mm", "table_lateral_position_mm"),
    "beam angles": ("positioner_primary_angle_deg",),
    "distance from source to isocentre": ("source_to_isocenter_mm",),
}


def place_event(
    event: Event, profile: Profile, *, overrides: PlacementOverrides | None = None
) -> BeamPlacement:
    """Return where the beam of one event was.

    Parameters
    ----------
    event
        The event as reported.
    profile
        What its equipment means by what it reports.
    overrides
        What the caller knows and the report may lack.

    Raises
    ------
    NotPlaceable
        Something is missing; the text lists everything that is and how to supply it.
    DosemapError
        The patient position is a schedule, which only :func:`place_procedure` can follow.
    """
    overrides = overrides or PlacementOverrides()
    position = overrides.patient_position
    if isinstance(position, Schedule):
        raise DosemapError("a schedule of patient positions is for a procedure, not one event")
    placer = EventPlacer(event, profile, overrides, Notes())
    return placer.place(given_position=position)


def place_procedure(
    procedure: Procedure,
    family: Family | None,
    *,
    overrides: PlacementOverrides | None = None,
    skin_distance: SkinDistance | None = None,
) -> PlacedProcedure:
    """Return where the beams of a procedure were, with all assumptions.

    Parameters
    ----------
    procedure
        The report.
    family
        Its equipment; where it is a family of totals only, or ``None`` because no profile fits,
        nothing is placed and ``reason`` says so.
    overrides
        What the caller knows and the report may lack.
    skin_distance
        Finds where the central ray of a pose enters the patient, for reference points that are
        defined there; without it their events are not placed.

    Returns
    -------
    One entry per event: a placement, or why there is none. Events of no air kerma have none.

    Raises
    ------
    DosemapError
        A schedule of the caller does not fit the events.
    """
    overrides = overrides or PlacementOverrides()
    profile = family if isinstance(family, Profile) else None
    notes = Notes()
    positions = overrides.positions(procedure.events)
    given = _Given(
        overrides,
        NeighbourFinder(procedure.events, profile, overrides) if profile else None,
        skin_distance,
    )
    placements = tuple(
        _place(event, profile, given, position, notes)
        for event, position in zip(procedure.events, positions, strict=True)
    )
    placed = PlacedProcedure(
        procedure=procedure, profile=profile, family=family, placements=placements
    )
    reason = _reason(placed)
    if profile is not None and profile.caution is not None:
        notes.log.add(
            "profile-caution",
            f"the equipment profile {profile.name} was used: {profile.caution}",
            "check the result with that in mind",
        )
    if reason is None:
        for event, entry in zip(procedure.events, placements, strict=True):
            if isinstance(entry, NotPlaceable) and event.reference_air_kerma_gy != 0:
                notes.log.add(
                    "event-not-placed",
                    "the beam cannot be placed: " + entry.message,
                    "its air kerma is not in the map",
                    event=event.index,
                )
    _note_derived_kerma(placed, notes)
    return PlacedProcedure(
        procedure=procedure,
        profile=profile,
        family=family,
        placements=placements,
        assumptions=notes.assumptions(),
        problems=notes.log.problems(),
        reason=reason,
    )


def _note_derived_kerma(placed: PlacedProcedure, notes: Notes) -> None:
    """Note where derived air kerma is more than the report's total leaves for it."""
    total = placed.procedure.totals.reference_air_kerma_gy
    derived = [
        (event.index, beam)
        for event, beam in zip(placed.procedure.events, placed.placements, strict=True)
        if isinstance(beam, BeamPlacement) and event.reference_air_kerma_gy is None
    ]
    if total is None or not derived:
        return
    stated = math.fsum(e.reference_air_kerma_gy or 0.0 for e in placed.procedure.events)
    sum_gy = math.fsum(beam.reference_air_kerma_gy for _, beam in derived)
    if sum_gy > (1 + _DERIVED_TOLERANCE) * max(total - stated, 0.0):
        for event, beam in derived:
            by_output = beam.provenance["reference_air_kerma_gy"] is Provenance.PROFILE
            notes.log.add(
                "derived-kerma-beyond-total",
                f"the air kerma derived for events that state none adds up to {sum_gy:.3g} Gy, the"
                f" report's total leaves {max(total - stated, 0.0):.3g} Gy for them",
                "the derived values count, which overstates the dose if the total is right; check "
                + ("[tube_output]" if by_output else "the plane of the field size")
                + " in the equipment profile",
                event=event,
            )


@dataclass(frozen=True)
class _Given:
    """What is known for an event from outside of it."""

    overrides: PlacementOverrides
    neighbours: NeighbourFinder | None
    skin_distance: SkinDistance | None


def _place(
    event: Event,
    profile: Profile | None,
    given: _Given,
    position: PatientPosition | None,
    notes: Notes,
) -> BeamPlacement | NotPlaceable:
    if event.reference_air_kerma_gy == 0:
        return NotPlaceable("reference_air_kerma_gy", "the air kerma of the event is 0")
    if profile is None or given.neighbours is None:
        return NotPlaceable("profile", "no equipment profile fits; supply one")
    event_notes = Notes()
    try:
        filled = given.neighbours.fill(event, event_notes)
        placement = EventPlacer(filled, profile, given.overrides, event_notes).place(
            given_position=position, skin_distance=given.skin_distance
        )
    except NotPlaceable as error:
        return error
    note_oddities(event, placement, event_notes)
    notes.absorb(event_notes)
    return placement


def _reason(placed: PlacedProcedure) -> str | None:
    """Return why nothing is placed, for the user; ``None`` when something is."""
    procedure = placed.procedure
    if any(isinstance(entry, BeamPlacement) for entry in placed.placements):
        return None
    if procedure.report_kind in WHY_NO_MAP:
        return f"no map: {WHY_NO_MAP[procedure.report_kind]}"
    if not procedure.events:
        return "no map: the report has totals only, no irradiation events"
    if not any(map(_has_dose, procedure.events)):
        return (
            "no map: no event states an air kerma above zero, nor a kerma-area product or a tube"
            " charge that can stand in for it"
        )
    if placed.profile is None:
        return f"no map: {_no_profile(procedure, placed.family or match_family(procedure.device))}"
    messages = Counter(
        entry.message
        for event, entry in zip(procedure.events, placed.placements, strict=True)
        if isinstance(entry, NotPlaceable) and _has_dose(event)
    )
    return f"no map: {messages.most_common(1)[0][0]}"


def _has_dose(event: Event) -> bool:
    """Return whether an event states an air kerma, or what it may be derived from."""
    if event.reference_air_kerma_gy is not None:
        return event.reference_air_kerma_gy > 0
    charge = event.exposure_uas or (event.tube_current_ma and event.exposure_time_ms)
    return bool(event.kerma_area_product_gy_m2 or charge)


def _no_profile(procedure: Procedure, family: Family | None) -> str:
    device = procedure.device
    system = " ".join(part for part in (device.manufacturer, device.model) if part)
    lacks = [
        name
        for name, fields in _NEEDED.items()
        if all(getattr(event, field) is None for event in procedure.events for field in fields)
    ]
    if isinstance(family, TotalsOnly):
        then = (
            f"this report has no {', no '.join(lacks)}; use the totals"
            if lacks
            else f"use the totals, or {HOW_TO_PLACE}"
        )
        return f"{family.title}: {family.reason}; {then}"
    text = f"no equipment profile fits this system ({system or 'unnamed'})"
    if lacks:
        return (
            f"{text} and the report has no {', no '.join(lacks)}, as those of mobile C-arms and "
            "R/F tables; supply them together with a profile, or use the totals"
        )
    return f"{text}; write one as docs/equipment.md says and supply it"
