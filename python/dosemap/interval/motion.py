"""The least share of an event's air kerma that one point of the skin gets when the beam moves."""

import math

from dosemap.equipment import NotKnown, Profile
from dosemap.interval.distances import Distances
from dosemap.interval.field import Field
from dosemap.interval.ranges import Bound, Range
from dosemap.placement.angles import Axis, positioner_field
from dosemap.placement.table import ends_are_blank, table_end
from dosemap.placement.turns import TURNS
from dosemap.procedure import Event, Provenance

_STEPPING_PATH_MM = 2000.0
"""A stepping acquisition follows the contrast agent down the body, at most all of it."""
_LARGEST_RADIUS_MM = 500.0
"""From the axis of a rotation to the skin: half the width of the largest patients, with margin."""
_TABLE_LEVER_MM = 2000.0
"""A table turns about the origin of its space, its head end; the feet of a patient are as far."""
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
    radius_mm = _radius_mm(event, profile, distances)
    # A field that turns about the central ray moves by as much as its middle lies beside it.
    beside_mm = field.side_at_1m_mm.high * math.sqrt(field.oblong) / 2 * distances.skin_mm.high
    beside_mm /= 1000
    turns = (
        ("C-arm", _c_arm_turn_deg(event), radius_mm),
        ("table", _table_turn_deg(event), _TABLE_LEVER_MM),
        ("detector", _turn_of(event, "detector_rotation_deg"), beside_mm),
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
    """Return the largest turn of the C-arm that fits the angles at start and end.

    A rotation has two ways round; which one the tube took hangs on how the patient lies, which the
    interval does not ask. Anything else moves by the shorter way.
    """
    turns = []
    for axis in ("primary", "secondary"):
        turn = _stated_turn(event, axis)
        if turn and event.event_type != "rotational":
            turn = math.remainder(turn, _WHOLE_TURN_DEG)
        elif turn and axis == "primary":
            turn = max(abs(turn), _WHOLE_TURN_DEG - abs(turn))
        turns.append(turn)
    if event.event_type == "rotational" and not any(turns):
        return _WHOLE_TURN_DEG
    return math.hypot(*turns)


def _stated_turn(event: Event, axis: Axis) -> float:
    start = getattr(event, positioner_field(event, f"{axis}_angle_deg"))
    end = getattr(event, positioner_field(event, f"{axis}_end_angle_deg"))
    return 0.0 if start is None or end is None else float(end - start)


def _table_turn_deg(event: Event) -> float:
    return math.fsum(_turn_of(event, name) for name in TURNS if name.startswith("table_"))


def _turn_of(event: Event, name: str) -> float:
    """Return how far table or detector turn, by the shorter way."""
    start, end = getattr(event, TURNS[name].start), getattr(event, TURNS[name].end)
    if start is None or end is None:
        return 0.0
    return abs(math.remainder(end - start, _WHOLE_TURN_DEG))


def _shift_mm(event: Event, profile: Profile | None) -> float:
    """Return how far the table moves: by the items of the profile, else by DICOM's."""
    axes = (profile.table_x, profile.table_y, profile.table_z) if profile else ()
    if profile and not any(isinstance(axis, NotKnown) for axis in axes):
        if ends_are_blank(event, profile):
            return 0.0
        return math.hypot(*table_end(event, profile, (0.0, 0.0, 0.0)))
    by_the_maker = _shift_of(event, "table_{}{}_position_mm", ("longitudinal", "lateral", "height"))
    by_isocenter = _shift_of(event, "table_{}{}_position_to_isocenter_mm", ("x", "y", "z"))
    return max(by_the_maker, by_isocenter)


def _shift_of(event: Event, pattern: str, axes: tuple[str, ...]) -> float:
    shifts = [0.0]
    for axis in axes:
        start = getattr(event, pattern.format(axis, ""))
        end = getattr(event, pattern.format(axis, "_end"))
        if start is not None and end is not None:
            shifts.append(end - start)
    return math.hypot(*shifts)
