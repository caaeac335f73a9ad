"""Units of length of a mesh: asked for, compared with the size of a body, never guessed."""

from collections.abc import Mapping
from typing import Literal, get_args

from dosemap.errors import MeshError

LengthUnit = Literal["mm", "cm", "m"]

MM_PER: Mapping[LengthUnit, float] = {"mm": 1.0, "cm": 10.0, "m": 1000.0}

BODY_MM = (250.0, 3000.0)
"""Longest extent of what can be a patient: a newborn's trunk, a tall adult with the arms up.
Narrow enough that the wrong one of two neighbouring units is outside for all but a newborn's
size."""


def check_unit(unit: str) -> LengthUnit:
    """Return a unit if it is known."""
    for known in get_args(LengthUnit):
        if unit == known:
            return known  # type: ignore[no-any-return]
    raise MeshError(f"unit {unit!r} must be one of {', '.join(get_args(LengthUnit))}")


def check_extent(extent_mm: float, unit: LengthUnit) -> None:
    """Refuse a mesh that is too small or too large for a patient, and name the likely unit."""
    low, high = BODY_MM
    if low <= extent_mm <= high:
        return
    in_file = extent_mm / MM_PER[unit]
    likely = [
        f"its unit is likely {other} (then {in_file * MM_PER[other]:.0f} mm)"
        for other in MM_PER
        if low <= in_file * MM_PER[other] <= high
    ]
    raise MeshError(
        f"the mesh is {extent_mm:.4g} mm long with the unit {unit}, and a patient is {low:g} to"
        f" {high:g} mm; {' or '.join(likely) or 'scale it to mm, cm or m'}"
    )
