"""Numbers as a person reads them in a terminal."""

_LEAST_GY = 1e-8
"""Below this a dose is not worth its digits: the natural dose rate gives it in some minutes."""


def gy(dose_gy: float | None) -> str:
    """Return a dose or kerma with a unit that suits its size.

    Examples
    --------
    >>> gy(3.456), gy(0.01218), gy(4.2e-6), gy(3e-10), gy(None)
    ('3.46 Gy', '12.2 mGy', '4.20 µGy', '< 0.01 µGy', 'not known')
    """
    if dose_gy is None:
        return "not known"
    if dose_gy == 0:
        return "0 Gy"
    if abs(dose_gy) < _LEAST_GY:
        return f"< {_LEAST_GY * 1e6:g} µGy"
    for factor, unit in ((1.0, "Gy"), (1e3, "mGy")):
        if abs(dose_gy) * factor >= 0.9995:
            return f"{dose_gy * factor:#.3g} {unit}".replace(". ", " ")
    return f"{dose_gy * 1e6:#.3g} µGy".replace(". ", " ")


def count(number: int, of: str) -> str:
    """Return a number of things in words."""
    return f"{number} {of}" if number == 1 else f"{number} {of}s"


def duration(seconds: float | None) -> str:
    """Return a time in minutes and seconds.

    Examples
    --------
    >>> duration(2827), duration(33.7), duration(None)
    ('47 min 7 s', '33.7 s', 'time not known')
    """
    if seconds is None:
        return "time not known"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.3g} s"


_FOR_PEOPLE = {"Gy m2": (1e4, "Gy cm²")}
_LONG_S = 300.0


def for_people(unit: str, largest: float) -> tuple[float, str]:
    """Return factor and unit in which people read a quantity of a level.

    Parameters
    ----------
    unit
        Of the document.
    largest
        The value to be shown, in this unit; short times stay in seconds.
    """
    if unit == "s" and largest >= _LONG_S:
        return 1 / 60, "min"
    return _FOR_PEOPLE.get(unit, (1.0, unit))
