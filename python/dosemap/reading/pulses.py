"""Shares of an event's tube output that fall on its pulses, where the report lists them."""

import math
from collections.abc import Sequence

from dosemap.reading.items import Items, ReportItem

_POWER = {"113734": 1, "113793": 1, "113733": 2}
"""Tube current, pulse width and tube voltage (TID 10003B: one value, or one per pulse), and the
power with which the output of a tube grows: linear in the charge, about squared in the voltage."""


def read_pulse_shares(items: Items) -> tuple[float, ...] | None:
    """Return the share of each pulse; ``None`` where nothing is listed pulse by pulse.

    Lists may be one item of many values or many items. Lists of different lengths say nothing.

    Parameters
    ----------
    items
        Those of one event.
    """
    lists = {code: per_pulse(items.all(code)) for code in _POWER}
    several = {code: values for code, values in lists.items() if len(values) > 1}
    lengths = {len(values) for values in several.values()}
    if len(lengths) != 1 or not all(_usable(values) for values in several.values()):
        return None
    # Of the largest, so that no product overflows whatever is written for a value.
    parts = [
        [(value / max(values)) ** _POWER[code] for value in values]
        for code, values in several.items()
    ]
    outputs = [math.prod(pulse) for pulse in zip(*parts, strict=True)]
    total = math.fsum(outputs)
    return tuple(output / total for output in outputs) if total > 0 else None


def per_pulse(found: Sequence[ReportItem]) -> list[float]:
    """Return the values of all items of a concept in order; none where their units differ."""
    if len({item.unit for item in found}) > 1:
        return []
    return [number for item in found for number in item.numbers]


def _usable(values: Sequence[float]) -> bool:
    return all(math.isfinite(value) and value >= 0 for value in values) and max(values) > 0
