"""Percentiles against numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosemap.auditing.percentiles import PERCENTS, Sample

# Doses: smaller numbers lose digits in the product of a difference and a share, in numpy too.
numbers = st.lists(st.floats(1e-9, 1e6), min_size=1, max_size=200)


@given(numbers)
def test_percentiles_are_those_of_numpy(values: list[float]) -> None:
    sample = Sample()
    for value in values:
        sample.add(value, is_lower_bound=False)
    found = sample.percentiles()
    assert found.values == pytest.approx(np.percentile(values, PERCENTS), rel=1e-9)
    assert found.median == found.values[1]


def test_what_is_not_known_is_not_a_number_of_the_sample() -> None:
    sample = Sample()
    sample.add(None, is_lower_bound=True)
    assert sample.percentiles().median is None
    sample.add(2.0, is_lower_bound=True)
    found = sample.percentiles()
    assert (found.known, found.lower_bounds, found.median) == (1, 1, 2.0)
