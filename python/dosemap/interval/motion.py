"""The least share of an event's air kerma that one point of the skin gets when the beam moves."""

import math
from collections.abc import Iterator

from dosemap.equipment import NotKnown, Profile
from dosemap.interval.distances import Distances
from dosemap.interval.field import Field
from dosemap.interval.ranges import Bound, Range
from dosemap.placement.pose import Point
from dosemap.placement.table import ends_are_blank, item_change, table_end
from dosemap.placement.turns import TURNS
from dosemap.procedure import Event, Provenance

_STEPPING_PATH_MM = 2000.0
"""A stepping acquisition follows the contrast agent down the body, at most all of it."""
_LARGEST_RADIUS_MM = 500.0
"""From the axis of a rotation to the skin: half the width of the largest patients, with margin."""
_LARGEST_PIVOT_MM = 2000.0
"""From the pivot of a table, which no report states, to the skin: the length of a table top."""
_WHOLE_TURN_DEG = 360.0


def share_at_one_point(
    event: Event, profile: Profile | None, distances: Distances, field: Field
) -> Bound:
    """Return which share of the kerma falls on the skin that gets most of this event.

    A point in the middle of the way of the field is in it for (width / way) of the time; what is
    not said to move is taken to stand still.
    """
    way_mm, words = _way(event, profile, distances, field)
    width_mm = field.side_at_1m_mm.low / math.sqrt(field.oblong) * distances.skin_mm.low / 1000
    least = min(1.0, width_mm / way_mm) if way_mm else 1.0
    return Bound(
        quantity="share_of_kerma_at_one_point",
        unit="",
        range=Range(least, 1.0),
        source=words,
        provenance=Provenance.DERIVED if way_mm else Provenance.ASSUMED,
    )


def _way(
    event: Event, profile: Profile | None, distances: Distances, field: Field
) -> tuple[float, str]:
    """Return the longest way of the field over the skin, mm."""
    if event.event_type == "stepping":
        return _STEPPING_PATH_MM, f"stepping acquisition: up to {_STEPPING_PATH_MM:g} mm of skin"
    # A field that turns about the central ray moves by as much as its middle lies beside it.
    longest_side_at_1m_mm = field.side_at_1m_mm.high * math.sqrt(field.oblong)
    beside_mm = longest_side_at_1m_mm / 2 * distances.skin_mm.high / 1000
    table = [name for name in TURNS if name.startswith("table_")]
    turns = (
        ("C-arm", _c_arm_turn_deg(event), _radius_mm(event, profile, distances)),
        ("table", math.fsum(_turn_deg(event, name) for name in table), _LARGEST_PIVOT_MM),
        ("detector", _turn_deg(event, "detector_rotation_deg"), beside_mm),
    )
    shift_mm = _shift_mm(event, profile)
    parts = [
        f"{name} turns by up to {turn:.0f} degrees, {lever_mm:.0f} mm from its axis"
        for name, turn, lever_mm in turns
        if turn
    ]
    if shift_mm:
        parts.append(f"table shifts by {shift_mm:.0f} mm")
    if not parts:
        return 0.0, "the report tells no motion; the beam is taken to stand still in each event"
    way_mm = math.fsum(math.radians(turn) * lever_mm for _, turn, lever_mm in turns) + shift_mm
    return way_mm, "; ".join(parts)


def _radius_mm(event: Event, profile: Profile | None, distances: Distances) -> float:
    """Return the largest distance of the skin from the isocentre, to either side of it."""
    isocenter_mm = event.source_to_isocenter_mm
    if isocenter_mm is None and profile is not None and profile.source_to_isocenter is not None:
        isocenter_mm = profile.source_to_isocenter.distance_mm
    if isocenter_mm is None:
        return _LARGEST_RADIUS_MM
    skin = distances.skin_mm
    return max(isocenter_mm - skin.low, skin.high - isocenter_mm)


def _c_arm_turn_deg(event: Event) -> float:
    """Return the largest turn of the C-arm, by the angles of the patient or of the room."""
    turn_deg = max(
        math.hypot(*_turns_deg(event, prefix)) for prefix in ("positioner", "positioner_isocenter")
    )
    return _WHOLE_TURN_DEG if event.event_type == "rotational" and not turn_deg else turn_deg


def _turns_deg(event: Event, prefix: str) -> Iterator[float]:
    for axis in ("primary", "secondary"):
        turn = item_change(event, f"{prefix}_{axis}_angle_deg", f"{prefix}_{axis}_end_angle_deg")
        if event.event_type != "rotational":
            turn = math.remainder(turn, _WHOLE_TURN_DEG)
        elif axis == "primary" and turn:
            # Which way round hangs on how the patient lies, which the interval does not ask.
            turn = max(abs(turn), _WHOLE_TURN_DEG - abs(turn))
        yield turn


def _turn_deg(event: Event, name: str) -> float:
    """Return how far table or detector turn, by the shorter way."""
    change = item_change(event, TURNS[name].start, TURNS[name].end)
    return abs(math.remainder(change, _WHOLE_TURN_DEG))


def _shift_mm(event: Event, profile: Profile | None) -> float:
    """Return how far the table moves, by the items of DICOM or of the profile that say most."""
    ways_mm = [_to_isocenter_mm(event)]
    if profile is None or not _is_blank(event, profile):
        ways_mm.append(_by_the_maker_mm(event))
        if profile is not None:
            ways_mm.append(table_end(event, profile, (0.0, 0.0, 0.0)))
    flat_mm = max(math.hypot(x, z) for x, _, z in ways_mm)
    height_mm = max(abs(y) for _, y, _ in ways_mm)
    return math.hypot(flat_mm, height_mm)


def _is_blank(event: Event, profile: Profile) -> bool:
    axes = (profile.table_x, profile.table_y, profile.table_z)
    # Zeros of one axis alone may be ends.
    is_whole = not any(isinstance(axis, NotKnown) for axis in axes)
    return is_whole and ends_are_blank(event, profile)


def _to_isocenter_mm(event: Event) -> Point:
    x, y, z = (
        item_change(
            event,
            f"table_{axis}_position_to_isocenter_mm",
            f"table_{axis}_end_position_to_isocenter_mm",
        )
        for axis in "xyz"
    )
    return x, y, z


def _by_the_maker_mm(event: Event) -> Point:
    x, y, z = (
        item_change(event, f"table_{axis}_position_mm", f"table_{axis}_end_position_mm")
        for axis in ("lateral", "height", "longitudinal")
    )
    return x, y, z
