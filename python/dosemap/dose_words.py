"""Doses as a person reads them."""

_LEAST_GY = 1e-8
"""Below this a dose is not worth its digits: the natural dose rate gives it in some minutes."""
UNITS = ((1.0, "Gy"), (1e3, "mGy"), (1e6, "µGy"))
"""Number of each unit in a gray, and its name, the largest first."""


def gy(dose_gy: float | None, *, digits: int = 3) -> str:
    """Return a dose or kerma with a unit that suits its size.

    Parameters
    ----------
    dose_gy
        Gy; ``None`` where it is not known.
    digits
        That are worth telling.

    Examples
    --------
    >>> gy(3.456), gy(0.01218), gy(4.2e-6), gy(3e-10), gy(None)
    ('3.46 Gy', '12.2 mGy', '4.20 µGy', '< 0.01 µGy', 'not known')
    >>> gy(0.00096, digits=2), gy(17.3, digits=2), gy(0.9996)
    ('960 µGy', '17 Gy', '1.00 Gy')
    """
    if dose_gy is None:
        return "not known"
    if dose_gy == 0:
        return "0 Gy"
    if abs(dose_gy) < _LEAST_GY:
        return f"< {_LEAST_GY * 1e6:g} µGy"
    factor, unit = unit_for(abs(dose_gy), least=1 - 0.5 * 10**-digits)
    return f"{_rounded(dose_gy * factor, digits)} {unit}"


def unit_for(dose_gy: float, *, least: float = 1.0) -> tuple[float, str]:
    """Return the largest unit of which a dose has so many, or the smallest there is.

    Parameters
    ----------
    dose_gy
        Gy.
    least
        1, or a little less where the number is rounded.

    Examples
    --------
    >>> unit_for(0.012), unit_for(0.9996, least=0.9995), unit_for(1e-9)
    ((1000.0, 'mGy'), (1.0, 'Gy'), (1000000.0, 'µGy'))
    """
    return next((entry for entry in UNITS if dose_gy * entry[0] >= least), UNITS[-1])


def _rounded(value: float, digits: int) -> str:
    """Return a value to some digits, all of them shown, and never as a power of ten."""
    text = f"{value:#.{digits}g}"
    return f"{float(text):.0f}" if "e" in text else text.removesuffix(".")
