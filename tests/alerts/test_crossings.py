"""Which thresholds a value passes; exact where binary fractions are not."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosemap.alerts import Level, crossings, highest_number, load_levels, threshold

PEAK = next(level for level in load_levels() if level.id == "sir-notification-peak-skin-dose")
TENTHS = replace(PEAK, first=0.1, step=0.1)
VALUES = st.floats(0.0, 50.0, allow_nan=False)
LEVELS = st.builds(
    lambda first, step: replace(PEAK, first=first / 100, step=step / 100 if step else None),
    st.integers(1, 1000),
    st.integers(0, 500),
)


def thresholds(level: Level, before: float, after: float) -> list[float]:
    return [crossing.threshold for crossing in crossings(level, before=before, after=after)]


def test_reached_exactly_at_the_threshold() -> None:
    assert thresholds(PEAK, 0.0, 1.999) == []
    assert thresholds(PEAK, 0.0, 2.0) == [2.0]
    assert thresholds(PEAK, 2.0, 2.0) == []
    assert thresholds(PEAK, 2.0, 3.6) == [2.5, 3.0, 3.5]


def test_a_level_without_steps_is_crossed_once() -> None:
    once = replace(PEAK, step=None)
    assert thresholds(once, 0.0, 100.0) == [2.0]
    assert thresholds(once, 2.0, 100.0) == []


def test_thresholds_do_not_drift() -> None:
    # 0.1 + 0.1 + 0.1 is 0.30000000000000004 in binary.
    assert [threshold(TENTHS, number=n) for n in range(12)] == [
        0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2
    ]  # fmt: skip
    assert highest_number(TENTHS, value=sum([0.1] * 10)) == 9  # 0.9999999999999999


@given(level=LEVELS, values=st.lists(VALUES, min_size=2, max_size=6).map(sorted))
def test_crossings_of_the_parts_are_those_of_the_whole(level: Level, values: list[float]) -> None:
    whole = thresholds(level, values[0], values[-1])
    parts = [part for low, high in pairwise(values) for part in thresholds(level, low, high)]
    assert parts == whole


@given(level=LEVELS, value=VALUES)
def test_the_highest_threshold_is_at_or_below_the_value(level: Level, value: float) -> None:
    number = highest_number(level, value=value)
    if number is None:
        assert value < level.first
        return
    # Values are compared to twelve digits.
    assert threshold(level, number=number) <= value * (1 + 1e-11)
    if level.step is not None:
        assert value < threshold(level, number=number + 1)


@pytest.mark.parametrize("after", [3.0, 2.0, 0.0])
def test_a_value_that_fell_crosses_nothing(after: float) -> None:
    assert thresholds(PEAK, 3.5, after) == []
