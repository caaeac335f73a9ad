"""The risk of an estimate: of its peak, its place and its day, and of what it does not know."""

from dataclasses import replace

import pytest

from dosemap import DoseResult, estimate, estimate_interval
from dosemap.simulate import SimulatedEvent
from simulated_reports import artis_procedure


def mapped(air_kerma_gy: float = 6.0) -> DoseResult:
    return estimate(artis_procedure(SimulatedEvent(reference_air_kerma_gy=air_kerma_gy)))


def without_map(air_kerma_gy: float = 6.0) -> DoseResult:
    procedure = artis_procedure(SimulatedEvent(reference_air_kerma_gy=air_kerma_gy))
    procedure = replace(procedure, device=replace(procedure.device, model="Unheard-of"))
    return estimate(procedure)


def test_of_a_map() -> None:
    result = mapped()
    risk = result.risk()
    assert risk.peak_skin_dose_gy == result.peak_skin_dose_gy
    assert not risk.is_lower_bound
    assert risk.region == result.document["peak"]["address"]["region"]
    assert risk.day is not None
    assert risk.day.isoformat() == result.document["procedure"]["started"][:10]
    assert result.document["risk"] is None
    assert result.with_risk().document["risk"] == risk.to_dict()


def test_without_a_map_it_is_not_known() -> None:
    risk = without_map().risk()
    assert risk.peak_skin_dose_gy is None
    assert risk.why == without_map().reason
    assert "does not mean that there is no risk" in risk.statement


def test_little_air_kerma_bounds_it_without_a_map() -> None:
    """3 mGy of air kerma are 0.3 Gy at most: nothing to look for, and no band by a dose of 0."""
    risk = without_map(0.003).risk()
    assert risk.peak_skin_dose_gy == 0.0
    assert risk.at_most_gy == pytest.approx(0.3)
    assert risk.band is None
    assert [band.id for band in risk.bands] == ["A1"]
    assert risk.look == ()
    assert "at most 300 mGy" in risk.statement
    assert "only band A1 is possible" in risk.statement


def test_an_interval_bounds_it() -> None:
    result = without_map()
    procedure = artis_procedure(SimulatedEvent(reference_air_kerma_gy=6.0))
    procedure = replace(procedure, device=replace(procedure.device, model="Unheard-of"))
    interval = estimate_interval(procedure)
    bounded = result.with_risk().with_interval(interval)
    risk = bounded.risk()
    assert risk.is_lower_bound
    assert interval.low_gy is not None
    assert interval.high_gy is not None
    # The meter may be off by 35 %, which the interval takes as right.
    assert risk.peak_skin_dose_gy == pytest.approx(interval.low_gy / 1.35)
    assert risk.at_most_gy == pytest.approx(interval.high_gy / 0.65)
    assert bounded.document["risk"] == risk.to_dict(), "with the interval, not as before"


def test_kerma_that_is_not_mapped_makes_it_a_lower_bound() -> None:
    result = estimate(
        artis_procedure(
            SimulatedEvent(reference_air_kerma_gy=1.0),
            SimulatedEvent(started_s=60.0, kvp=155.0, reference_air_kerma_gy=1.0),
        )
    )
    risk = result.risk()
    assert risk.is_lower_bound
    assert risk.peak_skin_dose_gy == pytest.approx(result.peak_skin_dose_gy)
    assert risk.bands[-1].id == "D"
