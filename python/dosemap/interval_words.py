"""An interval of the peak skin dose as a person reads it."""

from collections.abc import Iterable, Mapping
from typing import Any

from dosemap.dose_words import gy, unit_for


def ends(interval: Mapping[str, Any]) -> str:
    """Return the two ends in words.

    Examples
    --------
    >>> ends({"low_gy": 0.0004, "high_gy": 0.00213})
    'between 0.40 and 2.1 mGy'
    >>> ends({"low_gy": 0.0004, "high_gy": None})
    'at least 400 µGy, with no upper bound'
    >>> ends({"low_gy": None, "high_gy": 0.45})
    'at most 450 mGy'
    >>> ends({"low_gy": None, "high_gy": None})
    'not known'
    """
    low, high = interval["low_gy"], interval["high_gy"]
    if low is None and high is None:
        return "not known"
    largest = low if high is None else high
    factor, unit = unit_for(largest, least=0.9995)
    if high is None:
        return f"at least {_digits(low * factor)} {unit}, with no upper bound"
    if low is None:
        return f"at most {_digits(high * factor)} {unit}"
    return f"between {_digits(low * factor)} and {_digits(high * factor)} {unit}"


def distinct_bounds(bounds: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Return quantity, limits and source of each bound, equal ones once."""
    return list(
        dict.fromkeys(
            (
                bound["quantity"],
                _range(bound["low"], bound["high"], bound["unit"]),
                bound["source"],
            )
            for bound in bounds
        )
    )


def _range(low: float, high: float, unit: str) -> str:
    if unit == "Gy":
        return " to ".join(gy(end) for end in dict.fromkeys((low, high)))
    values = " to ".join(
        f"{end:.0f}" if abs(end) >= 1000 else f"{end:.3g}" for end in dict.fromkeys((low, high))
    )
    return f"{values} {unit}".rstrip()


def _digits(value: float) -> str:
    """Two digits: the ends are not known better."""
    return f"{value:#.2g}".removesuffix(".") if value < 100 else f"{value:.0f}"
