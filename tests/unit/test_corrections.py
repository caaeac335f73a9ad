"""What may replace a factor of the chain, and how the result says so."""

import math

import pytest

from dosemap import DosemapError
from dosemap.corrections import Corrections
from dosemap.procedure import Event
from dosemap.spectrum import Spectrum

SPECTRUM = Spectrum(80, anode_angle_deg=12, filters=[("Al", 2.5)])


@pytest.mark.parametrize(
    "wrong",
    [
        {"medium": "wood"},
        {"medium": 0.0},
        {"medium": math.nan},
        {"support": 0.0},
        {"support": 1.01},
        {"support": -0.5},
        {"backscatter": 0.9},
        {"backscatter": 3.5},
        {"backscatter": math.inf},
        {"calibration": 0.0},
        {"calibration": 100.0},
        {"calibration": math.nan},
    ],
)
def test_impossible_numbers_are_refused_at_once(wrong: dict[str, object]) -> None:
    (name,) = wrong
    with pytest.raises(DosemapError, match=f"^{name} is .*must"):
        Corrections(**wrong)  # type: ignore[arg-type]


def test_number_of_a_factor() -> None:
    model = Corrections()
    assert [model.number(name, SPECTRUM) for name in ("support", "backscatter", "medium")] == [
        None,
        None,
        None,
    ]
    off = Corrections(support=False, backscatter=False)
    assert (off.number("support", SPECTRUM), off.number("backscatter", SPECTRUM)) == (1.0, 1.0)
    given = Corrections(support=0.7, backscatter=1, medium=1.06)
    assert given.number("support", SPECTRUM) == 0.7
    assert given.number("backscatter", SPECTRUM) == 1  # the number, not "switched on"
    assert given.number("medium", SPECTRUM) == 1.06
    assert Corrections(support=lambda beam: beam.kvp / 100).number("support", SPECTRUM) == 0.8


def test_calibration_factor_of_an_event() -> None:
    event = Event(index=2)
    assert Corrections().calibration_factor(event) is None
    assert Corrections(calibration=1.1).calibration_factor(event) == 1.1
    by_event = Corrections(calibration=lambda event: 1 + event.index / 10)
    assert by_event.calibration_factor(event) == pytest.approx(1.2)


def test_the_description_says_what_was_used() -> None:
    assert Corrections().describe() == {
        "inverse_square": "at each point",
        "support": "along each ray",
        "backscatter": "at each point",
        "medium": "skin",
        "heel_effect": "not modelled",
        "occlusion": "on",
    }
    changed = Corrections(
        inverse_square=False,
        support=False,
        backscatter=1.3,
        medium=lambda _beam: 1.0,
        occlusion=False,
        calibration=1.2,
    )
    assert changed.describe() == {
        "inverse_square": "off",
        "support": "off",
        "backscatter": "1.3 inside the field, none outside (given by the user)",
        "medium": "a function given by the user",
        "heel_effect": "not modelled",
        "occlusion": "off",
    }
