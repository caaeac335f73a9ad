"""The least share of an event's air kerma that one point of the skin gets when the beam moves."""

import math

from dosemap.interval.distances import Distances
from dosemap.interval.field import Field
from dosemap.interval.ranges import Bound, Range
from dosemap.procedure import Event, Provenance

_STEPPING_PATH_MM = 2000.0
"""A stepping acquisition follows the contrast agent down the body, at most all of it."""
_LARGEST_RADIUS_MM = 500.0
"""From the axis of a rotation to the skin: half the width of the largest patients, with margin."""


def share_at_one_point(event: Event, distances: Distances, field: Field) -> Bound:
    """Return which share of the kerma falls on the skin that gets most of this event.

    A point in the middle of the way of the field is in it for (width / way) of the time; what is
    not said to move is taken to stand still.
    """
    way_mm, words = _way(event, distances)
    width_mm = field.side_at_1m_mm.low / math.sqrt(field.oblong) * distances.skin_mm.low / 1000
    least = min(1.0, width_mm / way_mm) if way_mm else 1.0
    return Bound(
        quantity="share_of_kerma_at_one_point",
        unit="",
        range=Range(least, 1.0),
        source=words,
        provenance=Provenance.DERIVED if way_mm else Provenance.ASSUMED,
    )


def _way(event: Event, distances: Distances) -> tuple[float, str]:
    """Return the longest way of the field over the skin, mm."""
    turn_deg, shift_mm = _turn_deg(event), _shift_mm(event)
    if event.event_type == "stepping":
        return _STEPPING_PATH_MM, f"stepping acquisition: up to {_STEPPING_PATH_MM:g} mm of skin"
    if not turn_deg and not shift_mm:
        return 0.0, "the report tells no motion; the beam is taken to stand still in each event"
    radius_mm = _LARGEST_RADIUS_MM
    if event.source_to_isocenter_mm is not None:
        radius_mm = max(0.0, event.source_to_isocenter_mm - distances.skin_mm.low)
    words = (
        f"turn of {turn_deg:.0f} degrees {radius_mm:.0f} mm from the axis, shift {shift_mm:.0f} mm"
    )
    return math.radians(turn_deg) * radius_mm + shift_mm, words


def _turn_deg(event: Event) -> float:
    turns = []
    for axis in ("primary", "secondary"):
        start = getattr(event, f"positioner_{axis}_angle_deg")
        end = getattr(event, f"positioner_{axis}_end_angle_deg")
        if start is not None and end is not None:
            turn = end - start
            if event.event_type != "rotational":
                turn = math.remainder(turn, 360.0)
            turns.append(abs(turn))
    if event.event_type == "rotational" and not any(turns):
        return 360.0
    return math.hypot(*turns)


def _shift_mm(event: Event) -> float:
    shifts = [0.0]
    for axis in ("longitudinal", "lateral", "height"):
        start = getattr(event, f"table_{axis}_position_mm")
        end = getattr(event, f"table_{axis}_end_position_mm")
        if start is not None and end is not None:
            shifts.append(end - start)
    return math.hypot(*shifts)
