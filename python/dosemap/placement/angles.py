"""Positioner angles: those relative to the patient, else those of the isocentre system."""

import math
from typing import Literal

from dosemap.equipment import AngleSpace
from dosemap.placement.model import NotPlaceable
from dosemap.placement.resolver import Resolver
from dosemap.procedure import Event

Axis = Literal["primary", "secondary"]

_LIMIT_DEG: dict[Axis, float] = {"primary": 360.0, "secondary": 90.0}
_LARGEST_TURN_DEG = 360.0
"""No gantry turns farther in one event; a larger number would spread the dose too thinly."""


def angle_space(resolver: Resolver) -> AngleSpace:
    """Return the space of the angles that the event has."""
    return "isocenter" if _is_by_isocenter(resolver.event) else resolver.profile.angles.space


def angle_deg(resolver: Resolver, axis: Axis) -> float:
    """Return the angle at which the event started.

    Raises
    ------
    NotPlaceable
        There is none, or it is none that a positioner has.
    """
    name = f"{axis}_angle_deg"
    reported = getattr(resolver.event, _field(resolver.event, name))
    angle = resolver.choose(
        name,
        None if reported is None else _sign(resolver, axis) * reported,
        getattr(resolver.overrides, name),
        field=_field(resolver.event, name),
    )
    if angle is None:
        raise NotPlaceable(name, f"the {axis} angle of the positioner is missing; supply {name}")
    limit_deg = _LIMIT_DEG[axis]
    if abs(angle) > limit_deg:
        raise NotPlaceable(
            name,
            f"the {axis} angle of the positioner, {angle:g} degrees, is beyond "
            f"+-{limit_deg:g} degrees; have the report corrected",
        )
    return angle


def end_angle_deg(resolver: Resolver, axis: Axis) -> float | None:
    """Return the angle at the end; ``None`` where it is that of the start or cannot be followed.

    A rotational acquisition may turn by more than 180 degrees: its end is as the report has it. Any
    other motion is small: from -179.9 to 179.9 degrees the gantry moved by 0.2, not once around the
    patient.
    """
    event = resolver.event
    start: float | None = getattr(event, _field(event, f"{axis}_angle_deg"))
    end: float | None = getattr(event, _field(event, f"{axis}_end_angle_deg"))
    if start is None or end is None or end == start:
        return None
    is_angle = abs(end) <= _LIMIT_DEG[axis]
    if event.event_type != "rotational":
        end = start + math.remainder(end - start, 360.0)
    if not is_angle or abs(end - start) > _LARGEST_TURN_DEG:
        resolver.problem(
            "end-angle-implausible",
            f"the {axis} angle turns by {abs(end - start):g} degrees to {end:zg} degrees",
            "the dose is put at the start angle, which overstates it there",
        )
        return None
    return _sign(resolver, axis) * end


def _is_by_isocenter(event: Event) -> bool:
    by_patient = (event.positioner_primary_angle_deg, event.positioner_secondary_angle_deg)
    return by_patient == (None, None) and event.positioner_isocenter_primary_angle_deg is not None


def _field(event: Event, name: str) -> str:
    return f"positioner_isocenter_{name}" if _is_by_isocenter(event) else f"positioner_{name}"


def _sign(resolver: Resolver, axis: Axis) -> int:
    # Isocentre angles (PS3.3 C.8.19.6.13.1.2) leave nothing to the maker.
    if _is_by_isocenter(resolver.event):
        return 1
    sign: int = getattr(resolver.profile.angles, f"{axis}_sign")
    return sign
