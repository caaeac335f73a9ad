"""From what a caller pushes to rows. Types are checked here; values are not."""

import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from dosemap.errors import DosemapError
from dosemap.live.columns import (
    ABSENT,
    ANGLE_SPACES,
    COLUMNS,
    INVALID,
    PLACE,
    PLANES,
    POSITIONS,
    WIDTH,
    Row,
)
from dosemap.procedure import Filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

FilterSet = tuple[tuple[str, float], ...]
"""Material symbol and thickness in mm of each added filter."""
KnownFilters = Callable[[FilterSet], float]
"""Returns the place of a combination of filters; :data:`INVALID` where there is no place left."""

_WORDS: Mapping[str, Mapping[str, float]] = {
    "plane": {word: float(i) for i, word in enumerate(PLANES)},
    "patient_position": {word: float(i) for i, word in enumerate(POSITIONS)},
    "angle_space": {word: float(i) for i, word in enumerate(ANGLE_SPACES)},
}
_FIELDS = frozenset(PLACE)


def row_of(frame: Mapping[str, Any], known_filters: KnownFilters) -> Row:
    """Return one frame as a row.

    Parameters
    ----------
    frame
        Values by field; fields that are left out or ``None`` are absent.
    known_filters
        Tells the place of filters.

    Raises
    ------
    TypeError
        A field is unknown or its value has a wrong type.
    """
    _refuse_unknown(frame)
    row: list[float] = []
    for field, width in WIDTH.items():
        value = frame.get(field)
        if value is None:
            row += (ABSENT,) * width
        elif field in _WORDS:
            row.append(_place(field, value))
        elif field == "added_filters":
            row.append(_place_of_filters(value, known_filters))
        elif width == 1:
            row.append(_number(field, value))
        else:
            row += _numbers(field, value, width)
    return tuple(row)


def rows_of(frames: Mapping[str, Any], known_filters: KnownFilters) -> list[Row]:
    """Return a block of frames as rows.

    Parameters
    ----------
    frames
        Per field an array with a value per frame, or one value for all.
    known_filters
        Tells the place of filters.

    Raises
    ------
    TypeError
        A field is unknown or its values have a wrong type.
    DosemapError
        Arrays of different lengths, or none at all.
    """
    _refuse_unknown(frames)
    columns = {
        field: _column(field, value, known_filters)
        for field, value in frames.items()
        if value is not None
    }
    lengths = {len(column) for column in columns.values() if column.shape[0] != 1}
    lengths = lengths or {1 for column in columns.values() if column.ndim}
    if len(lengths) != 1:
        given = ", ".join(f"{field} {len(column)}" for field, column in columns.items())
        raise DosemapError(f"push_many needs arrays of one length; given are {given or 'none'}")
    block = np.full((lengths.pop(), len(COLUMNS)), ABSENT)
    for field, column in columns.items():
        block[:, PLACE[field] : PLACE[field] + WIDTH[field]] = column
    return [tuple(row) for row in block.tolist()]


def _refuse_unknown(frame: Mapping[str, Any]) -> None:
    if not frame.keys() <= _FIELDS:
        unknown = ", ".join(sorted(frame.keys() - _FIELDS))
        raise TypeError(f"unknown field: {unknown}; a frame has {', '.join(PLACE)}")


def _number(field: str, value: object) -> float:
    if type(value) is float:  # nearly all are, and the rest takes longer to look at
        return value
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{field} is {type(value).__name__}; it must be a number or None")
    try:
        return float(value)
    except OverflowError:  # a whole number beyond all floats: none that a frame can have
        return math.inf


def _numbers(field: str, value: object, width: int) -> list[float]:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence | np.ndarray):
        raise TypeError(f"{field} is {type(value).__name__}; it must be {width} numbers")
    if len(value) != width:
        raise TypeError(f"{field} has {len(value)} values; it must be {width} numbers")
    return [math.nan if part is None else _number(field, part) for part in value]


def _place(field: str, value: object) -> float:
    if not isinstance(value, str):
        raise TypeError(f"{field} is {type(value).__name__}; it must be a text")
    return _WORDS[field].get(value, INVALID)


def _place_of_filters(value: object, known: KnownFilters) -> float:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise TypeError(
            f"added_filters is {type(value).__name__}; it must be a sequence of Filter or of"
            " (material, mm)"
        )
    filters = tuple(_filter(strip) for strip in value)
    usable = all(thickness_mm >= 0 and math.isfinite(thickness_mm) for _, thickness_mm in filters)
    return known(filters) if usable else INVALID


def _filter(strip: object) -> tuple[str, float]:
    if isinstance(strip, Filter):
        return strip.material, _number("added_filters", strip.thickness_mm)
    if _is_pair(strip):
        return strip[0], _number("added_filters", strip[1])
    raise TypeError("added_filters holds something else than Filter and (material, mm)")


def _is_pair(strip: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(strip, Sequence) and len(strip) == 2 and isinstance(strip[0], str)


def _column(field: str, value: object, known: KnownFilters) -> "NDArray[np.float64]":
    """Return a field of a block, (n, width); n is 1 for a single value."""
    if field in _WORDS:
        words = [value] if isinstance(value, str) else _listed(field, value)
        places = [ABSENT if word is None else _place(field, word) for word in words]
        return np.array(places, dtype=np.float64)[:, None]
    if field == "added_filters":
        return _column_of_filters(value, known)
    return _column_of_numbers(field, value)


def _listed(field: str, value: object) -> list[object]:
    if not isinstance(value, Sequence | np.ndarray):
        raise TypeError(f"{field} is {type(value).__name__}; it must be a text or texts")
    return list(value)


def _column_of_filters(value: object, known: KnownFilters) -> "NDArray[np.float64]":
    is_one_set = isinstance(value, Sequence) and all(
        isinstance(strip, Filter) or _is_pair(strip) for strip in value
    )
    sets = [value] if is_one_set else _listed("added_filters", value)
    places = [ABSENT if strips is None else _place_of_filters(strips, known) for strips in sets]
    return np.array(places, dtype=np.float64)[:, None]


def _column_of_numbers(field: str, value: object) -> "NDArray[np.float64]":
    width = WIDTH[field]
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        # Numbers with None among them, and whatever else: looked at one by one.
        flat = np.asarray(value, dtype=object)
        numbers = [ABSENT if part is None else _number(field, part) for part in flat.ravel()]
        array = np.array(numbers, dtype=np.float64).reshape(flat.shape)
    if width == 1 and array.ndim <= 1:
        return array.astype(np.float64).reshape(-1, 1)
    if width > 1 and array.ndim in (1, 2) and array.shape[-1] == width:
        return array.astype(np.float64).reshape(-1, width)
    wanted = "(n,)" if width == 1 else f"(n, {width})"
    raise TypeError(f"{field} has the shape {array.shape}; it must be {wanted} or one value")
