"""Distances of an event as a profile reads them, whether or not its beam can be placed."""

from dosemap.equipment import Profile
from dosemap.procedure import Event
from dosemap.reference_point import (
    KnownDistances,
    ReferencePointError,
    is_possible_distance_mm,
    source_to_reference_point_mm,
)


def source_to_isocenter_mm(event: Event, profile: Profile | None) -> float | None:
    """Return the report's distance, else the profile's."""
    if event.source_to_isocenter_mm is not None or profile is None:
        return event.source_to_isocenter_mm
    default = profile.source_to_isocenter
    return default.distance_mm if default else None


def reference_point_mm(event: Event, profile: Profile | None) -> float:
    """Return the distance of the reference point from the focal spot, mm.

    Raises
    ------
    ReferencePointError
        Neither its definition nor its stated distance can be used.
    """
    distances = KnownDistances(
        source_to_isocenter_mm=source_to_isocenter_mm(event, profile),
        source_to_detector_mm=event.source_to_detector_mm,
    )
    rule = profile.reference_point if profile else None
    try:
        return source_to_reference_point_mm(event.reference_point_definition, distances, rule=rule)
    except ReferencePointError:
        stated = event.source_to_reference_point_mm
        if stated is not None and is_possible_distance_mm(stated):
            return stated
        raise
