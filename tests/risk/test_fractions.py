"""Several sessions: the linear sum first, the linear-quadratic model against closed forms."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosemap.errors import DosemapError
from dosemap.risk import risk_of, sessions_of
from dosemap.risk.fractions import bed_gy, eqd2_gy, single_dose_gy

DAY = date(2026, 1, 5)
DOSES = st.lists(st.floats(min_value=0.001, max_value=20.0), min_size=1, max_size=6)
ALPHA_BETA = st.sampled_from([3.0, 10.0])


def apart(*doses_gy: float, days: int = 30) -> list[tuple[date, float]]:
    return [(DAY + timedelta(days=days * n), dose) for n, dose in enumerate(doses_gy)]


@pytest.mark.parametrize(
    ("count", "dose_gy", "early", "late"),
    [
        # Hall and Giaccia, Radiobiology for the Radiologist, chapter on time, dose and
        # fractionation: 30 fractions of 2 Gy, 70 of 1.15 Gy; printed to 0.1 Gy.
        (30, 2.0, 72.0, 100.0),
        (70, 1.15, 89.8, 111.4),
    ],
)
def test_biologically_effective_dose_of_a_published_example(
    count: int, dose_gy: float, early: float, late: float
) -> None:
    assert bed_gy([dose_gy] * count, alpha_beta_gy=10) == pytest.approx(early, abs=0.05)
    assert bed_gy([dose_gy] * count, alpha_beta_gy=3) == pytest.approx(late, abs=0.05)


@given(st.integers(min_value=1, max_value=40), ALPHA_BETA)
def test_fractions_of_two_gray_are_their_own_equivalent(count: int, alpha_beta: float) -> None:
    bed = bed_gy([2.0] * count, alpha_beta_gy=alpha_beta)
    assert eqd2_gy(bed, alpha_beta_gy=alpha_beta) == pytest.approx(2.0 * count, rel=1e-12)


@given(st.floats(min_value=0, max_value=50), ALPHA_BETA)
def test_a_single_dose_is_its_own_equivalent(dose_gy: float, alpha_beta: float) -> None:
    bed = bed_gy([dose_gy], alpha_beta_gy=alpha_beta)
    assert single_dose_gy(bed, alpha_beta_gy=alpha_beta) == pytest.approx(dose_gy, rel=1e-12)


def test_equivalent_of_one_session_by_the_closed_form() -> None:
    # EQD2 = D (d + ab) / (2 + ab): 6 Gy at once are 6 * 16 / 12 and 6 * 9 / 5 Gy.
    early, late = sessions_of([(DAY, 6.0)]).equivalents
    assert (early.endpoint.alpha_beta_gy, late.endpoint.alpha_beta_gy) == (10, 3)
    assert early.eqd2_gy == pytest.approx(8.0, rel=1e-12)
    assert late.eqd2_gy == pytest.approx(10.8, rel=1e-12)


def test_two_sessions_of_five_gray() -> None:
    # ab/2 (-1 + sqrt(1 + 4 BED / ab)) with BED 15 and 26.67 Gy: 8.23 and 7.57 Gy.
    found = sessions_of(apart(5.0, 5.0))
    assert found.linear_sum_gy == 10.0
    assert [e.single_dose_gy for e in found.equivalents] == pytest.approx([8.229, 7.569], abs=5e-4)


@given(DOSES)
def test_sessions_count_no_more_than_at_once_and_no_less_than_the_largest(
    doses_gy: list[float],
) -> None:
    found = sessions_of(apart(*doses_gy))
    assert found.linear_sum_gy == pytest.approx(sum(doses_gy), rel=1e-12)
    for entry in found.equivalents:
        assert entry.single_dose_gy <= found.linear_sum_gy * (1 + 1e-12)
        assert entry.single_dose_gy >= max(doses_gy) * (1 - 1e-12)


def test_sessions_that_lie_near_each_other_count_as_one() -> None:
    # Between 23:00 and 01:00 of the next day nothing is repaired.
    night = [(datetime(2026, 1, 5, 23), 5.0), (datetime(2026, 1, 6, 1), 5.0)]
    found = sessions_of(night)
    assert [session.dose_gy for session in found.sessions] == [10.0]
    assert found.sessions[0].last_day == date(2026, 1, 6)
    assert [e.single_dose_gy for e in found.equivalents] == pytest.approx([10.0, 10.0])
    assert len(sessions_of(apart(5.0, 5.0, days=2)).sessions) == 2


def test_the_order_of_sessions_does_not_matter() -> None:
    doses = apart(1.0, 2.0, 3.0)
    assert sessions_of(reversed(doses)) == sessions_of(doses)


def test_no_credit_for_time() -> None:
    near, far = sessions_of(apart(4.0, 4.0, days=3)), sessions_of(apart(4.0, 4.0, days=900))
    assert near.equivalents == far.equivalents


@pytest.mark.parametrize("dose_gy", [-1.0, float("nan"), float("inf")])
def test_impossible_doses_are_refused(dose_gy: float) -> None:
    with pytest.raises(DosemapError, match="session of 2026-01-05"):
        sessions_of([(DAY, dose_gy)])


# --- in a risk


def test_the_band_is_that_of_the_linear_sum() -> None:
    risk = risk_of(10.0, region="posterior torso", sessions=apart(5.0, 5.0))
    assert risk.band is not None
    assert risk.band.id == "C"
    entry = risk.to_dict()["sessions"]
    assert entry["linear_sum_gy"] == 10.0
    assert len(entry["sessions"]) == len(entry["equivalents"]) == 2


def test_days_are_counted_from_the_last_session() -> None:
    risk = risk_of(10.0, region="posterior torso", started=DAY, sessions=apart(5.0, 5.0))
    assert risk.day == DAY + timedelta(days=30)


def test_sessions_that_add_up_to_more_than_the_peak_are_refused() -> None:
    with pytest.raises(DosemapError, match="the sessions add up to 10 Gy, more than the peak of 8"):
        risk_of(8.0, sessions=apart(5.0, 5.0))
    risk_of(8.0, sessions=apart(5.0, 2.0))
