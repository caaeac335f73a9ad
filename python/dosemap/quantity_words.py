"""Numbers as a person reads them in a terminal; doses: :mod:`dosemap.dose_words`."""


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
