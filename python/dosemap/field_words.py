"""Names of values and corrections in words, and their values with a unit."""

from functools import cache

from dosemap.data_tables import table_rows


def field_words(field: str) -> str:
    """Return a field of ``assumptions`` or ``corrections`` in words; one without: its name.

    Examples
    --------
    >>> field_words("source_to_isocenter_mm"), field_words("no_such_field")
    ('distance from source to isocenter', 'no_such_field')
    """
    return _rows()[field]["words"] if field in _rows() else field


def field_value(field: str, value: float | str) -> str:
    """Return the value of a field; a number with its unit, to four digits.

    Examples
    --------
    >>> field_value("source_to_isocenter_mm", 785.0), field_value("detector_rotation_deg", -0.0)
    ('785 mm', '0°')
    >>> field_value("arms", "at the sides"), field_value("no_such_field", 0.25)
    ('at the sides', '0.25')
    """
    if isinstance(value, bool | str):
        return str(value)
    unit = _rows()[field]["unit"] if field in _rows() else ""
    gap = "" if unit in ("", "°") else " "
    return f"{value:z.4g}{gap}{unit}"


@cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["field"]: row for row in table_rows("field_words.csv")}
