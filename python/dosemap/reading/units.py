"""Unit strings of dose reports (UCUM and its misspellings) to factors; unknown ones are refused."""

from collections.abc import Mapping

from dosemap.errors import ReadError
from dosemap.reading.codes import shown

_KERMA_GY = {"Gy": 1.0, "dGy": 1e-1, "cGy": 1e-2, "mGy": 1e-3, "uGy": 1e-6}
_AREA_M2 = {"m2": 1.0, "dm2": 1e-2, "cm2": 1e-4, "mm2": 1e-6}

FACTORS: Mapping[str, Mapping[str, float]] = {
    "kerma": _KERMA_GY,
    # "Gym2" is what Siemens writes for UCUM's "Gy.m2".
    "kerma_area": {
        kerma + dot + area: kerma_factor * area_factor
        for kerma, kerma_factor in _KERMA_GY.items()
        for area, area_factor in _AREA_M2.items()
        for dot in (".", "")
    },
    "area": _AREA_M2,
    "length": {"mm": 1.0, "cm": 10.0, "m": 1000.0, "um": 1e-3},
    "angle": {"deg": 1.0},
    "voltage": {"kV": 1.0, "V": 1e-3},
    "current": {"mA": 1.0, "A": 1e3, "uA": 1e-3},
    "charge": {"uA.s": 1.0, "uAs": 1.0, "mA.s": 1e3, "mAs": 1e3, "A.s": 1e6, "As": 1e6, "C": 1e6},
    "ratio": {"1": 1.0},
    "percent": {"%": 1.0},
    "time_ms": {"ms": 1.0, "s": 1e3, "us": 1e-3, "min": 6e4},
    "time_s": {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0},
    "rate": {"{pulse}/s": 1.0, "{pulses}/s": 1.0, "pulse/s": 1.0, "pulses/s": 1.0, "/s": 1.0},
    "count": {"1": 1.0, "{pulse}": 1.0, "{pulses}": 1.0, "{frame}": 1.0, "{frames}": 1.0},
}
"""Factor from each unit to the unit of the field, by quantity."""

_SPELLINGS = str.maketrans({"µ": "u", "μ": "u", "·": ".", "*": ".", "²": "2", "^": None, " ": None})


def factor(unit: str, quantity: str) -> float:
    """Return what to multiply a number by to have it in the unit of its field.

    Parameters
    ----------
    unit
        Code value of the report's unit, for example ``"dGy.cm2"``.
    quantity
        Key of :data:`FACTORS`.

    Raises
    ------
    ReadError
        The unit is not one of the quantity: it is never guessed.

    Examples
    --------
    >>> factor("dGy.cm2", "kerma_area")
    1e-05
    >>> factor("Gy.cm^2", "kerma_area") == factor("Gycm2", "kerma_area")
    True
    """
    known = FACTORS[quantity]
    found = known.get(unit)
    if found is None:
        found = known.get(unit.translate(_SPELLINGS))
    if found is None:
        raise ReadError(f"unit {shown(unit)!r} is not one of {', '.join(known)}")
    return found
