"""The outcome of one cross-check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["ok", "doubtful", "not possible"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one cross-check found."""

    check: str
    """Short and stable, for programs."""
    status: Status
    """``"not possible"``: the report does not have what the check needs."""
    message: str
    events: tuple[int, ...] = ()
    """Those that are doubtful."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """What was compared, by name with the unit."""


def within(
    check: str, values: Mapping[int, float], limits: tuple[float, float], *, what: str, unit: str
) -> Finding:
    """Return whether values lie within limits that hold for real systems.

    Parameters
    ----------
    check
        Name of the check.
    values
        By event.
    limits
        Lowest and highest that is plausible, in ``unit``.
    what
        The quantity in words.
    unit
        Its unit, with which its numbers are named.
    """
    if not values:
        return Finding(check=check, status="not possible", message=f"{what}: not known")
    low, high = min(values.values()), max(values.values())
    outside = tuple(e for e, value in values.items() if not limits[0] <= value <= limits[1])
    seen = f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
    suffix = unit.replace("²", "2")
    return Finding(
        check=check,
        status="doubtful" if outside else "ok",
        message=f"{what} {seen} {unit}"
        + (f"; plausible is {limits[0]:g} to {limits[1]:g} {unit}" if outside else ""),
        events=outside,
        numbers={f"minimum_{suffix}": low, f"maximum_{suffix}": high},
    )
