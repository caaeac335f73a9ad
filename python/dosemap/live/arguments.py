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
    ROW,
    WIDTH,
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
_NUMBERS = {
    field: PLACE[field]
    for field, width in WIDTH.items()
    if width == 1 and field not in _WORDS and field != "added_filters"
}
"""Place of each field that is one number."""
_NOTHING = [ABSENT] * len(COLUMNS)


def row_of(frame: Mapping[str, Any], known_filters: KnownFilters) -> bytes:
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
    row = _NOTHING.copy()
    for field, value in frame.items():
        place = _NUMBERS.get(field)
        if place is not None and type(value) is float:  # nearly all are
            row[place] = value
        elif field not in PLACE:
            raise _unknown(frame)
        elif value is not None:
            _fill(row, field, value, known_filters)
    return ROW.pack(*row)


def rows_of(frames: Mapping[str, Any], known_filters: KnownFilters) -> bytes:
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
    if not frames.keys() <= PLACE.keys():
        raise _unknown(frames)
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
    block = np.full((lengths.pop(), len(COLUMNS)), ABSENT, dtype="<f8")
    for field, column in columns.items():
        block[:, PLACE[field] : PLACE[field] + WIDTH[field]] = column
    return block.tobytes()


def _unknown(frame: Mapping[str, Any]) -> TypeError:
    unknown = ", ".join(sorted(frame.keys() - PLACE.keys()))
    return TypeError(f"unknown field: {unknown}; a frame has {', '.join(PLACE)}")


def _fill(row: list[float], field: str, value: object, known_filters: KnownFilters) -> None:
    place, width = PLACE[field], WIDTH[field]
    if width > 1:
        row[place : place + width] = _numbers(field, value, width)
    elif field in _WORDS:
        row[place] = _place(field, value)
    elif field == "added_filters":
        row[place] = _place_of_filters(value, known_filters)
    else:
        row[place] = _number(field, value)


def _number(field: str, value: object) -> float:
    if type(value) is float:
        return value
    if not _is_number(value):
        raise TypeError(f"{field} is {type(value).__name__}; it must be a number or None")
    try:
        return float(value)
    except OverflowError:  # a whole number beyond all floats: none that a frame can have
        return math.inf


def _is_number(value: object) -> TypeGuard[Real]:
    if type(value) is int:  # a frame_id is one; to look at other types takes longer
        return True
    return isinstance(value, Real) and not isinstance(value, bool | np.timedelta64)


def _is_several(value: object) -> TypeGuard[Sequence[Any]]:
    if type(value) is tuple or type(value) is list:  # nearly all are; the rest takes longer
        return True
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _numbers(field: str, value: object, width: int) -> list[float]:
    if not _is_several(value) and not isinstance(value, np.ndarray):
        raise TypeError(f"{field} is {type(value).__name__}; it must be {width} numbers")
    if len(value) != width:
        raise TypeError(f"{field} has {len(value)} values; it must be {width} numbers")
    return [
        part if type(part) is float else math.nan if part is None else _number(field, part)
        for part in value
    ]


def _place(field: str, value: object) -> float:
    if not isinstance(value, str):
        raise TypeError(f"{field} is {type(value).__name__}; it must be a text")
    return _WORDS[field].get(value, INVALID)


def _place_of_filters(value: object, known: KnownFilters) -> float:
    if not _is_several(value):
        raise TypeError(
            f"added_filters is {type(value).__name__}; it must be a sequence of Filter or of"
            " (material, mm)"
        )
    filters = tuple([_filter(strip) for strip in value])
    for _, thickness_mm in filters:
        if not 0 <= thickness_mm < math.inf:
            return INVALID
    return known(filters)


def _filter(strip: object) -> tuple[str, float]:
    if _is_pair(strip):
        return strip[0], _number("added_filters", strip[1])
    if isinstance(strip, Filter):
        return strip.material, _number("added_filters", strip.thickness_mm)
    raise TypeError("added_filters holds something else than Filter and (material, mm)")


def _is_pair(strip: object) -> TypeGuard[Sequence[Any]]:
    return _is_several(strip) and len(strip) == 2 and isinstance(strip[0], str)


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
    if isinstance(value, np.ma.MaskedArray):
        value = value.tolist()  # None where it is masked
    if width > 1 and _is_several(value):
        return _rows_of_numbers(field, value, width)
    array = np.asarray(value) if not _is_several(value) else _listed_numbers(field, value)
    if array.dtype.kind == "O":
        if width > 1:
            return _rows_of_numbers(field, array.tolist(), width)
        numbers = [ABSENT if part is None else _number(field, part) for part in array.ravel()]
        array = np.array(numbers, dtype=np.float64).reshape(array.shape)
    elif array.dtype.kind not in "fiu":  # times of numpy, too: they would be numbers of their unit
        raise TypeError(f"{field} is of {array.dtype}; it must be of numbers")
    if width == 1 and array.ndim <= 1:
        return array.astype(np.float64).reshape(-1, 1)
    if width > 1 and array.ndim in (1, 2) and array.shape[-1] == width:
        return array.astype(np.float64).reshape(-1, width)
    wanted = "(n,)" if width == 1 else f"(n, {width})"
    raise TypeError(f"{field} has the shape {array.shape}; it must be {wanted} or one value")


def _listed_numbers(field: str, value: Sequence[Any]) -> "NDArray[Any]":
    try:
        return np.asarray(value)
    except ValueError as error:
        raise TypeError(f"{field} holds something else than numbers and None") from error


def _rows_of_numbers(field: str, value: Sequence[Any], width: int) -> "NDArray[np.float64]":
    """Return what is one value for all, or one per frame, of which some may be missing."""
    first = next((part for part in value if part is not None), ())
    values = value if _is_several(first) or isinstance(first, np.ndarray) else [value]
    rows = [[ABSENT] * width if v is None else _numbers(field, v, width) for v in values]
    return np.array(rows, dtype=np.float64).reshape(-1, width)
