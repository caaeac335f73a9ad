"""Unit factors against UCUM's definitions; unknown units are refused."""

import pytest

from dosemap.errors import ReadError
from dosemap.reading.units import FACTORS, factor


# Each factor follows from the prefixes alone: 1 dGy.cm2 = 0.1 Gy x 1e-4 m2.
@pytest.mark.parametrize(
    ("unit", "quantity", "expected"),
    [
        ("Gy", "kerma", 1.0),
        ("mGy", "kerma", 1e-3),
        ("uGy", "kerma", 1e-6),
        ("µGy", "kerma", 1e-6),
        ("Gy.m2", "kerma_area", 1.0),
        ("Gym2", "kerma_area", 1.0),
        ("Gy.cm2", "kerma_area", 1e-4),
        ("Gy.cm^2", "kerma_area", 1e-4),
        ("dGy.cm2", "kerma_area", 1e-5),
        ("cGy.cm2", "kerma_area", 1e-6),
        ("mGy.cm2", "kerma_area", 1e-7),
        ("mGy.m2", "kerma_area", 1e-3),
        ("uGy.m2", "kerma_area", 1e-6),
        ("uGy·m²", "kerma_area", 1e-6),
        ("cm", "length", 10.0),
        ("m", "length", 1000.0),
        ("cm2", "area", 1e-4),
        ("deg", "angle", 1.0),
        ("kV", "voltage", 1.0),
        ("s", "time_ms", 1000.0),
        ("ms", "time_s", 1e-3),
        ("{pulse}", "count", 1.0),
    ],
)
def test_factor(unit: str, quantity: str, expected: float) -> None:
    assert factor(unit, quantity) == pytest.approx(expected, rel=1e-12)  # floating point only


@pytest.mark.parametrize(
    ("unit", "quantity"),
    [("R", "kerma"), ("", "kerma"), ("gy", "kerma"), ("Gy", "kerma_area"), ("Mm", "length"),
     ("rad", "kerma"), ("in", "length"), ("mm", "area")],
)  # fmt: skip
def test_unknown_unit_is_refused(unit: str, quantity: str) -> None:
    with pytest.raises(ReadError, match="is not one of"):
        factor(unit, quantity)


def test_case_and_prefix_are_never_confused() -> None:
    for quantity, factors in FACTORS.items():
        folded = [unit.lower() for unit in factors]
        assert len(folded) == len(set(folded)), quantity
