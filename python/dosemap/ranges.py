"""One way to refuse a number of the caller that no quantity can have."""

from collections.abc import Mapping
from numbers import Integral, Real

from dosemap.errors import DosemapError

PATIENT_RANGES: Mapping[str, tuple[tuple[float, float], str]] = {
    "age_years": ((0.0, 120.0), "years"),
    "height_cm": ((45.0, 210.0), "cm"),
    "mass_kg": ((2.0, 250.0), "kg"),
}
"""Limits and unit of what a body can be made for."""


def check_range(name: str, value: float, limits: tuple[float, float], unit: str = "") -> float:
    """Return a value that lies within its limits.

    Parameters
    ----------
    name
        What it is, as the caller knows it.
    value
        NaN lies outside.
    limits
        Lowest and highest value allowed.
    unit
        Unit of value and limits.

    Raises
    ------
    DosemapError
        The value lies outside or is a text.

    Examples
    --------
    >>> check_range("kvp", 500, (40, 150), "kV")
    Traceback (most recent call last):
    ...
    dosemap._core.DosemapError: kvp is 500 kV; it must lie between 40 and 150 kV
    """
    if isinstance(value, str):  # not checked by a type checker in a notebook
        raise _no_number(name, value, limits, unit)
    low, high = limits
    ending = f" {unit}" if unit else ""
    if not low <= value <= high:
        raise DosemapError(
            f"{name} is {value:g}{ending}; it must lie between {low:g} and {high:g}{ending}"
        )
    return value


def check_number(name: str, value: object, limits: tuple[float, float], unit: str = "") -> float:
    """Return a value that is a number and lies within its limits.

    Parameters
    ----------
    name, limits, unit
        As of :func:`check_range`.
    value
        Of any type: what no type checker has looked at.

    Raises
    ------
    DosemapError
        It is no number, or lies outside.

    Examples
    --------
    >>> check_number("sd of a Spread", [5.0], (0.0, 5000.0))
    Traceback (most recent call last):
    ...
    dosemap._core.DosemapError: sd of a Spread is [5.0]; it must be a number between 0 and 5000
    """
    if isinstance(value, Real) and not isinstance(value, bool):
        return check_range(name, float(value), limits, unit)
    raise _no_number(name, value, limits, unit)


def check_whole(name: str, value: object, limits: tuple[int, int]) -> int:
    """Return a value that is a whole number and lies within its limits.

    Parameters
    ----------
    name, value, limits
        As of :func:`check_number`.

    Raises
    ------
    DosemapError
        It is no whole number, or lies outside.

    Examples
    --------
    >>> check_whole("bodies", 2.5, (1, 99))
    Traceback (most recent call last):
    ...
    dosemap._core.DosemapError: bodies is 2.5; it must be a whole number between 1 and 99
    """
    low, high = limits
    if not isinstance(value, Integral) or isinstance(value, bool) or not low <= int(value) <= high:
        raise DosemapError(
            f"{name} is {value!r}; it must be a whole number between {low} and {high}"
        )
    return int(value)


def _no_number(name: str, value: object, limits: tuple[float, float], unit: str) -> DosemapError:
    low, high = limits
    ending = f" {unit}" if unit else ""
    return DosemapError(
        f"{name} is {value!r}; it must be a number between {low:g} and {high:g}{ending}"
    )
