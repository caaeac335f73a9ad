"""The poses of a beam on its way, and the share of the event's air kerma that each one gets."""

import math

from dosemap.placement.model import BeamPlacement
from dosemap.placement.pose import ANGLES, Pose
from dosemap.procedure import Event

TURN_STEP_DEG = 2.0
"""Largest turn that one frame stands for: 1 degree to either side moves the field by 6 mm on skin
350 mm from the axis, a patch's width."""
SHIFT_STEP_MM = 10.0
"""Largest movement of the table that one frame stands for: 5 mm to either side, the same."""
_FEWEST_PULSES = 2
"""A single pulse does not move: a report that says so counts pulses in another way."""


def poses_along(placement: BeamPlacement, event: Event) -> list[tuple[Pose, float]]:
    """Return poses on the way from start to end with the share of the air kerma of each.

    The beam moves evenly. Its air kerma is shared by the pulses where the report lists them one by
    one, else by time, in equal parts; where there are fewer pulses than steps each pulse is a pose.

    Parameters
    ----------
    placement
        Start and end.
    event
        The event, for its pulses.

    Returns
    -------
    Poses and shares; the shares add up to 1. One pose for a beam that stands still.
    """
    if placement.end is None:
        return [(placement, 1.0)]
    steps = _steps(placement, placement.end)
    shares, pulses = event.pulse_shares, _pulses(event)
    if _FEWEST_PULSES <= pulses <= steps:
        places = _places_of(pulses)
        parts = list(shares or (1 / pulses,) * pulses)
    else:
        places = [(step + 0.5) / steps for step in range(steps)]
        parts = _by_step(shares, steps) if shares else [1 / steps] * steps
    return [
        (placement.on_the_way(placement.end, place), share)
        for place, share in zip(places, parts, strict=True)
        if share > 0
    ]


def _steps(start: Pose, end: Pose) -> int:
    turn_deg: float = max(abs(getattr(end, name) - getattr(start, name)) for name in ANGLES)
    shift_mm = math.dist(start.table_origin_in_isocenter_mm, end.table_origin_in_isocenter_mm)
    return max(1, math.ceil(turn_deg / TURN_STEP_DEG), math.ceil(shift_mm / SHIFT_STEP_MM))


def _pulses(event: Event) -> int:
    return len(event.pulse_shares) if event.pulse_shares else int(event.number_of_pulses or 0)


def _places_of(pulses: int) -> list[float]:
    """Return where on the way the pulses are: the first at its start, the last at its end."""
    return [pulse / (pulses - 1) for pulse in range(pulses)]


def _by_step(shares: tuple[float, ...], steps: int) -> list[float]:
    """Return the shares of equal steps of the way, from those of more pulses."""
    sums = [0.0] * steps
    for place, share in zip(_places_of(len(shares)), shares, strict=True):
        sums[min(int(place * steps), steps - 1)] += share
    return sums
