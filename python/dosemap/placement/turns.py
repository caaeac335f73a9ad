"""Turns of table and detector within an event: their items, and how far each can turn."""

import math
from dataclasses import dataclass

from dosemap.placement.model import NotPlaceable
from dosemap.placement.resolver import Resolver


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One axis that turns."""

    start: str
    """Field of the event with the angle at its start."""
    end: str
    limit_deg: float
    words: str


TURNS = {
    "detector_rotation_deg": Turn(
        start="detector_rotation_deg",
        end="detector_rotation_end_deg",
        limit_deg=360.0,
        words="the rotation of the detector",
    ),
    "table_horizontal_rotation_deg": Turn(
        start="table_horizontal_rotation_angle_deg",
        end="table_horizontal_rotation_end_angle_deg",
        limit_deg=360.0,
        words="the horizontal rotation of the table",
    ),
    "table_head_tilt_deg": Turn(
        start="table_head_tilt_angle_deg",
        end="table_head_tilt_end_angle_deg",
        limit_deg=95.0,
        words="the head tilt of the table",
    ),
    "table_cradle_tilt_deg": Turn(
        start="table_cradle_tilt_angle_deg",
        end="table_cradle_tilt_end_angle_deg",
        limit_deg=95.0,
        words="the cradle tilt of the table",
    ),
}
"""Tables stand upright at 90 degrees; some write a little more."""


def start_turn_deg(resolver: Resolver, name: str, why_zero: str) -> float:
    """Return the angle at the start; 0, listed as assumed, where the report has none.

    Parameters
    ----------
    resolver
        Event, profile and what the caller knows.
    name
        Of :data:`TURNS`.
    why_zero
        What the assumption says.

    Raises
    ------
    NotPlaceable
        No table or detector turns so far.
    """
    turn = TURNS[name]
    angle = resolver.zero_if_missing(name, turn.start, why_zero)
    if abs(angle) > turn.limit_deg:
        raise NotPlaceable(
            turn.start,
            f"{turn.words}, {angle:g} degrees, is beyond +-{turn.limit_deg:g} degrees; have the"
            " report corrected",
        )
    return angle


def end_turn_deg(resolver: Resolver, name: str) -> float | None:
    """Return the angle at the end by the shorter way; ``None`` where there is none to follow.

    Parameters
    ----------
    resolver
        Event, profile and what the caller knows.
    name
        Of :data:`TURNS`.
    """
    turn = TURNS[name]
    start: float | None = getattr(resolver.event, turn.start)
    end: float | None = getattr(resolver.event, turn.end)
    if end is None:
        return None
    if start is None:
        resolver.problem(
            "end-without-start",
            f"the report states {turn.words} at the end ({end:zg} degrees), but not at the start",
            "no movement is followed",
        )
        return None
    if abs(end) > turn.limit_deg:
        resolver.problem(
            "end-angle-implausible",
            f"{turn.words} ends at {end:zg} degrees, beyond +-{turn.limit_deg:g} degrees",
            "the dose is put where it started, which overstates it there",
        )
        return None
    return start + math.remainder(end - start, 360.0)
