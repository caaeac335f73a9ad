"""Quantities of an audit as people read them: short names, and a unit that suits the size."""

from dosemap.dose_words import UNITS

_AREA = tuple((factor * 1e4, f"{unit}\u00a0cm²") for factor, unit in UNITS)
_TIME = ((1 / 60, "min"), (1.0, "s"))
_LEAST = 0.9995
"""Below this a value is not shown as 1."""
_SMALLEST = 0.01
_THOUSAND = 999.5

QUANTITY_UNITS = {
    "reference_air_kerma_gy": ("K", UNITS),
    "kerma_area_product_gy_m2": ("PKA", _AREA),
    "fluoroscopy_time_s": ("time", _TIME),
    "peak_skin_dose_gy": ("PSD", UNITS),
}
"""Short name, and factors and units, the largest unit first; in the order of the tables."""


def unit_of(quantity: str, largest: float | None) -> tuple[float, str]:
    """Return factor and unit for values of a quantity.

    Parameters
    ----------
    quantity
        By its name in the JSON document.
    largest
        Of the values that are to be shown, in the unit of the document.
    """
    units = QUANTITY_UNITS[quantity][1]
    if not largest:
        return units[0]
    fitting = (unit for unit in units if abs(largest) * unit[0] >= _LEAST)
    return next(fitting, units[-1])


def number_text(value: float) -> str:
    """Return a number to three digits, without an exponent.

    Examples
    --------
    >>> number_text(1234.5), number_text(0.01218), number_text(0.0), number_text(3e-5)
    ('1234', '0.0122', '0', '<0.01')
    """
    if value and abs(value) < _SMALLEST:
        return f"<{_SMALLEST:g}"
    return f"{value:.0f}" if abs(value) >= _THOUSAND else f"{value:.3g}"


def value_text(quantity: str, value: float | None, *, is_lower_bound: bool = False) -> str:
    r"""Return a value with its unit; ``-`` where it is not known.

    Parameters
    ----------
    quantity
        By its name in the JSON document.
    value
        In the unit of the document.
    is_lower_bound
        The true value may be higher.

    Examples
    --------
    >>> value_text("peak_skin_dose_gy", 0.00096), value_text("reference_air_kerma_gy", None)
    ('960\xa0µGy', '-')
    """
    if value is None:
        return "-"
    factor, unit = unit_of(quantity, value)
    return f"{'≥' if is_lower_bound else ''}{number_text(value * factor)}\u00a0{unit}"
