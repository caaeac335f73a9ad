"""The thresholds of a level, and which of them a rising value passes."""

from dataclasses import dataclass
from decimal import Decimal

from dosemap.alerts.level import Level

_DIGITS = 12
"""Values are compared to so many digits: a sum of ten times 0.3 Gy has reached 3 Gy."""


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """One threshold that was passed."""

    level: Level
    number: int
    """0 for ``first``, n for ``first`` + n steps."""
    threshold: float
    """In the unit of the level."""
    value: float
    """What was reached."""
    value_is_lower_bound: bool = False
    """Whether it may be more."""


def threshold(level: Level, *, number: int) -> float:
    """Return a threshold of a level: ``first`` + ``number`` steps, without rounding drift.

    Parameters
    ----------
    level
        The level; without steps it has number 0 only.
    number
        From 0.

    Examples
    --------
    >>> from dosemap.alerts import load_levels
    >>> (level,) = [x for x in load_levels() if x.id == "sir-notification-kerma-area-product"]
    >>> [threshold(level, number=n) for n in (0, 1, 4)]
    [0.03, 0.04, 0.07]
    """
    return float(_decimal(level.first) + number * _decimal(level.step or 0.0))


def highest_number(level: Level, *, value: float) -> int | None:
    """Return the number of the highest threshold that a value reached; ``None``: not the first.

    Parameters
    ----------
    level
        The level.
    value
        In its unit; exactly at a threshold it is reached.
    """
    above = _decimal(value) - _decimal(level.first)
    if above < 0:
        return None
    return int(above // _decimal(level.step)) if level.step else 0


def crossings(
    level: Level, *, before: float, after: float, is_lower_bound: bool = False
) -> tuple[Crossing, ...]:
    """Return the thresholds T of a level with ``before`` < T <= ``after``, the lowest first.

    Parameters
    ----------
    level
        The level.
    before, after
        The quantity in the level's unit, before and after a procedure or a moment.
    is_lower_bound
        Whether it may be more than ``after``.

    Examples
    --------
    >>> from dosemap.alerts import load_levels
    >>> (level,) = [x for x in load_levels() if x.id == "sir-notification-peak-skin-dose"]
    >>> [crossing.threshold for crossing in crossings(level, before=2.0, after=3.1)]
    [2.5, 3.0]
    """
    last, reached = highest_number(level, value=before), highest_number(level, value=after)
    first_new = 0 if last is None else last + 1
    return tuple(
        Crossing(
            level=level,
            number=number,
            threshold=threshold(level, number=number),
            value=after,
            value_is_lower_bound=is_lower_bound,
        )
        for number in range(first_new, -1 if reached is None else reached + 1)
    )


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.{_DIGITS}g}")
