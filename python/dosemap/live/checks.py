"""What of a frame is used: its own values, else the session's; and why a frame cannot be used."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from dosemap.frames import FIELD_SIDE_AT_1M_MM
from dosemap.live.columns import (
    ABSENT,
    COLUMNS,
    FIELD,
    FILTERS,
    ID,
    INVALID,
    KAP,
    NEEDED,
    PLACE,
    PLANE,
    TIME,
    WIDTH,
    Reason,
    Row,
)

_LOW = tuple(column.limits[0] for column in COLUMNS)
_HIGH = tuple(column.limits[1] for column in COLUMNS)
_WORDS = range(PLANE, FILTERS + 1)
_SIDE_LOW_MM, _SIDE_HIGH_MM = FIELD_SIDE_AT_1M_MM
_BESIDE = (TIME, ID, KAP)


class Checked(NamedTuple):
    """A frame that was looked at."""

    row: Row
    """With the session's values where the frame has none."""
    defaulted: int
    """Bit i: column i is the session's."""
    reason: Reason | None
    """Why it cannot be mapped."""
    ignored: tuple[str, ...] = ()
    """Fields with a value that is none, without which the frame can be mapped."""


class Checks:
    """Looks at frames; never raises, whatever number a column holds.

    Parameters
    ----------
    defaults
        What stands in for fields that a frame does not give.
    """

    def __init__(self, defaults: Mapping[str, float]) -> None:
        self._defaults = {PLACE[field]: value for field, value in defaults.items()}

    def __call__(self, row: Row) -> Checked:
        """Return what of a row is used."""
        defaulted = 0
        if ABSENT in row:
            row, defaulted = self._filled(row)
        ignored: tuple[str, ...] = ()
        for place in _BESIDE:
            if not _LOW[place] <= row[place] <= _HIGH[place] and row[place] != ABSENT:
                row = (*row[:place], ABSENT, *row[place + 1 :])
                ignored += (COLUMNS[place].field,)
        return Checked(row, defaulted, _reason(row), ignored)

    def _filled(self, row: Row) -> tuple[Row, int]:
        values, defaulted = list(row), 0
        for place, value in self._defaults.items():
            if values[place] == ABSENT:
                values[place] = value
                defaulted |= 1 << place
        return tuple(values), defaulted


def defaulted_fields(defaulted: int) -> tuple[str, ...]:
    """Return the fields of the bits."""
    return tuple(field for field, place in PLACE.items() if defaulted >> place & 1)


def _reason(row: Row) -> Reason | None:
    for place in range(NEEDED, len(row)):
        if not _LOW[place] <= row[place] <= _HIGH[place]:
            return _of_value(place, row[place])
    u_min, u_max, v_min, v_max = row[FIELD : FIELD + WIDTH["field_at_1m_mm"]]
    for side_mm in (u_max - u_min, v_max - v_min):
        if not _SIDE_LOW_MM <= side_mm <= _SIDE_HIGH_MM:
            return Reason("field_at_1m_mm", "out of range")
    return None


def _of_value(place: int, value: float) -> Reason:
    field = COLUMNS[place].field
    if value == ABSENT:
        return Reason(field, "missing")
    if math.isnan(value):
        return Reason(field, "not a number")
    if place in _WORDS and value == INVALID:
        return Reason(field, "unknown")
    return Reason(field, "out of range")
