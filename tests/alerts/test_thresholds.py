"""Thresholds: exact decimals, and crossings that no order of events counts twice or leaves out."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosemap.alerts import Level, crossings, highest_number, threshold


def level(first: float, step: float | None = None) -> Level:
    return Level(
        id="x", name="x", quantity="peak_skin_dose_gy", scope="procedure", first=first, step=step,
        wording="x", source="x", date="2026", verified="site",
    )  # fmt: skip


FIRSTS = st.sampled_from([0.1, 0.3, 1.0, 2.0, 3.0, 0.03, 0.0000204, 1800.0])
STEPS = st.sampled_from([None, 0.1, 0.5, 0.7, 1.0, 0.01, 900.0])
VALUES = st.floats(min_value=0.0, max_value=50.0)


@pytest.mark.parametrize("first", [2.0, 3.0, 0.03, 0.05, 3600.0, 0.0000204])
def test_a_level_is_reached_at_exactly_its_value(first: float) -> None:
    assert highest_number(level(first), value=first) == 0
    assert highest_number(level(first), value=first * (1 - 1e-9)) is None


def test_sums_that_binary_numbers_miss_have_reached_the_level() -> None:
    assert sum([0.3] * 10) < 3.0
    assert highest_number(level(3.0), value=sum([0.3] * 10)) == 0
    assert highest_number(level(0.3, 0.1), value=0.1 + 0.2 + 0.1) == 1


@pytest.mark.parametrize(("first", "step"), [("2", "0.5"), ("0.3", "0.1"), ("0.03", "0.01")])
def test_steps_do_not_drift(first: str, step: str) -> None:
    of = level(float(first), float(step))
    for number in range(2000):
        exact = Decimal(first) + number * Decimal(step)
        assert threshold(of, number=number) == float(exact)
        assert highest_number(of, value=float(exact)) == number


@given(FIRSTS, STEPS, st.lists(VALUES, max_size=6), VALUES)
def test_crossings_of_any_split_are_those_of_the_whole(
    first: float, step: float | None, cuts: list[float], end: float
) -> None:
    of = level(first, step)
    points = [0.0, *sorted(cut for cut in cuts if cut < end), end]
    parts = [
        crossing.number
        for before, after in pairwise(points)
        for crossing in crossings(of, before=before, after=after)
    ]
    assert parts == [crossing.number for crossing in crossings(of, before=0.0, after=end)]
    assert parts == list(range(len(parts)))


@given(FIRSTS, STEPS, VALUES, VALUES)
def test_crossings_lie_above_what_was_and_not_above_what_is(
    first: float, step: float | None, one: float, other: float
) -> None:
    before, after = sorted((one, other))
    of = level(first, step)
    for crossing in crossings(of, before=before, after=after):
        # To the twelve digits that values are compared to.
        assert before < crossing.threshold <= after * (1 + 1e-11)
        assert crossing.value == after
    assert crossings(of, before=after, after=before) == ()


def test_a_level_without_steps_has_one_threshold() -> None:
    of = level(3.0)
    (crossing,) = crossings(of, before=0.0, after=100.0)
    assert (crossing.number, crossing.threshold) == (0, 3.0)
    assert crossings(of, before=3.0, after=100.0) == ()
