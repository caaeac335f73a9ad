"""The least share of an event's air kerma that one point of the skin gets when the beam moves."""

import math
from collections.abc import Iterator

from dosemap.equipment import Profile, TableAxis
from dosemap.interval.distances import Distances
from dosemap.interval.field import Field
from dosemap.interval.ranges import Bound, Range
from dosemap.placement.table import item_change
from dosemap.placement.turns import TURNS
from dosemap.procedure import Event, Provenance

_STEPPING_PATH_MM = 2000.0
"""A stepping acquisition follows the contrast agent down the body, at most all of it."""
_LARGEST_RADIUS_MM = 500.0
"""From the axis of a rotation to the skin: half the width of the largest patients, with margin."""
_LARGEST_PIVOT_MM = 2000.0
"""From the pivot of a table, which no report states, to the skin: the length of a table top."""
_TABLE_TURNS = (
    "table_horizontal_rotation_deg",
    "table_head_tilt_deg",
    "table_cradle_tilt_deg",
)
"""A detector that turns takes the field around its own middle, which stays in it."""
_AXES = {
    f"table_{axis}_position_mm": f"table_{axis}_end_position_mm"
    for axis in ("longitudinal", "lateral", "height")
}


def share_at_one_point(
    event: Event, profile: Profile | None, distances: Distances, field: Field
) -> Bound:
    """Return which share of the kerma falls on the skin that gets most of this event.

    A point in the middle of the way of the field is in it for (width / way) of the time; what is
    not said to move is taken to stand still.
    """
    way_mm, words = _way(event, profile, distances)
    width_mm = field.side_at_1m_mm.low / math.sqrt(field.oblong) * distances.skin_mm.low / 1000
    least = min(1.0, width_mm / way_mm) if way_mm else 1.0
    return Bound(
        quantity="share_of_kerma_at_one_point",
        unit="",
        range=Range(least, 1.0),
        source=words,
        provenance=Provenance.DERIVED if way_mm else Provenance.ASSUMED,
    )


def _way(event: Event, profile: Profile | None, distances: Distances) -> tuple[float, str]:
    """Return the longest way of the field over the skin, mm."""
    if event.event_type == "stepping":
        return _STEPPING_PATH_MM, f"stepping acquisition: up to {_STEPPING_PATH_MM:g} mm of skin"
    turn_deg, shift_mm, table_deg = _turn_deg(event), _shift_mm(event, profile), _table_deg(event)
    if not turn_deg and not shift_mm and not table_deg:
        return 0.0, "the report tells no motion; the beam is taken to stand still in each event"
    radius_mm = _LARGEST_RADIUS_MM
    if event.source_to_isocenter_mm is not None:
        radius_mm = max(0.0, event.source_to_isocenter_mm - distances.skin_mm.low)
    words = (
        f"turn of {turn_deg:.0f} degrees {radius_mm:.0f} mm from the axis, shift {shift_mm:.0f} mm"
    )
    if table_deg:
        words += f", table turned by {table_deg:.0f} degrees"
    gantry_mm = math.radians(turn_deg) * radius_mm
    return gantry_mm + shift_mm + math.radians(table_deg) * _LARGEST_PIVOT_MM, words


def _turn_deg(event: Event) -> float:
    """Return the largest turn of the gantry, by the angles of the patient or of the room."""
    turn_deg = max(
        math.hypot(*_turns(event, prefix)) for prefix in ("positioner", "positioner_isocenter")
    )
    return 360.0 if event.event_type == "rotational" and not turn_deg else turn_deg


def _turns(event: Event, prefix: str) -> Iterator[float]:
    for axis in ("primary", "secondary"):
        turn = item_change(event, f"{prefix}_{axis}_angle_deg", f"{prefix}_{axis}_end_angle_deg")
        if event.event_type != "rotational":
            turn = math.remainder(turn, 360.0)
        elif axis == "primary" and turn:
            # Numbers alone do not say which way round it went.
            turn = max(abs(turn), 360.0 - abs(turn))
        yield turn


def _table_deg(event: Event) -> float:
    changes = [item_change(event, TURNS[name].start, TURNS[name].end) for name in _TABLE_TURNS]
    return math.hypot(*(math.remainder(change, 360.0) for change in changes))


def _shift_mm(event: Event, profile: Profile | None) -> float:
    """Return how far the table moved, by DICOM's items and by those that the profile reads."""
    items = dict(_AXES)
    for axis in (profile.table_x, profile.table_y, profile.table_z) if profile else ():
        if isinstance(axis, TableAxis) and axis.end_item is not None:
            items[axis.item] = axis.end_item
    return math.hypot(*(item_change(event, start, end) for start, end in items.items()))
