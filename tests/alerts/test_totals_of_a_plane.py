"""A total that lacks a plane, or is below what its events state, is a lower bound everywhere."""

from dataclasses import replace
from typing import Any

import pytest

from dosemap import DoseResult, estimate, estimate_interval
from dosemap.alerts import Known, known_quantities
from dosemap.auditing.row import doses_of
from dosemap.history import History
from dosemap.procedure import Event, PlaneTotals, Procedure
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.edits import Edit, change
from dosemap.totals import beyond_total
from simulated_reports import artis_bytes, artis_procedure

AIR, AREA, TIME = "reference_air_kerma_gy", "kerma_area_product_gy_m2", "fluoroscopy_time_s"
QUANTITIES = (AIR, AREA, TIME)
PEAK = "peak_skin_dose_gy"
LEVELS = {
    AIR: "srdl-reference-air-kerma",
    AREA: "srdl-kerma-area-product",
    TIME: "srdl-fluoroscopy-time",
}


def biplane(*, named: tuple[str, ...] = ("A",), **of_b: Any) -> Procedure:
    """Return 2 Gy on each plane, with the totals of some planes; fields of plane B's event."""
    read = artis_procedure(
        SimulatedEvent(reference_air_kerma_gy=2.0),
        SimulatedEvent(started_s=60.0, reference_air_kerma_gy=2.0),
    )
    first, second = read.events
    half = replace(
        read.totals,
        reference_air_kerma_gy=2.0,
        kerma_area_product_gy_m2=first.kerma_area_product_gy_m2,
        fluoroscopy=replace(read.totals.fluoroscopy, reference_air_kerma_gy=2.0, time_s=10.0),
        planes=(),
    )
    of_plane = {name: value for name, value in vars(half).items() if name != "planes"}
    totals = replace(half, planes=tuple(PlaneTotals(plane=p, **of_plane) for p in named))
    events = (
        replace(first, acquisition_plane="A"),
        replace(second, acquisition_plane="B", **of_b),
    )
    return replace(read, events=events, totals=totals)


def known(result: DoseResult) -> dict[str, Known]:
    return known_quantities(result.document)


def states(result: DoseResult) -> dict[str, str]:
    document = result.document
    return {
        **{entry["level_id"]: "reached" for entry in document["alerts"]},
        **dict.fromkeys(document["alert_levels_below"], "below"),
        **{entry["level_id"]: "not evaluated" for entry in document["alerts_not_evaluated"]},
    }


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_total_of_plane_a_alone_is_no_total(quantity: str) -> None:
    found = known(estimate(biplane()))[quantity]
    assert found.at_most is None
    assert "plane B" in str(found.why)
    both = known(estimate(biplane(named=("A", "B"))))[quantity]
    assert both.at_most is not None


def test_what_the_events_state_counts_where_the_total_has_less() -> None:
    found = known(estimate(biplane()))[AIR]
    assert found.at_least == pytest.approx(4.0)


def test_levels_are_not_below_by_the_total_of_one_plane() -> None:
    by_one = states(estimate(biplane(reference_air_kerma_gy=None)))
    assert by_one[LEVELS[AIR]] == by_one[LEVELS[TIME]] == "not evaluated"
    assert by_one[LEVELS[AREA]] == "reached"  # by the events of both planes
    both = states(estimate(biplane(named=("A", "B"), reference_air_kerma_gy=None)))
    assert both[LEVELS[TIME]] == "below"


def test_events_of_the_other_plane_that_state_no_dose_leave_the_peak_open() -> None:
    """What the map lacks is not in the total: nothing bounds the peak, nor the interval."""
    silent = biplane(reference_air_kerma_gy=None, kerma_area_product_gy_m2=None)
    result = estimate(silent)
    assert result.peak is not None
    assert result.air_kerma_not_mapped_gy is None
    assert known(result)[PEAK].at_most is None
    assert estimate_interval(silent).high_gy is None
    held = estimate(replace(silent, totals=biplane(named=("A", "B")).totals))
    assert known(held)[PEAK].at_most is not None


@pytest.mark.parametrize(
    ("stated", "of_events", "beyond"),
    [
        (["A"], ["A", "B"], ["B"]),
        (["A"], ["A", None], [None]),
        (["A", "B"], ["A", None], []),
        (["single"], ["A", None], []),
        (["A", "all"], ["A", "B"], []),
        ([None], ["A", "B"], []),
        ([], ["A", "B"], []),
    ],
)
def test_which_planes_a_total_does_not_hold(
    stated: list[str | None], of_events: list[str | None], beyond: list[str | None]
) -> None:
    assert beyond_total(stated, of_events) == beyond


def test_an_entry_for_all_planes_with_more_than_the_single_ones() -> None:
    report = biplane()
    (of_a,) = report.totals.planes
    of_all = replace(of_a, plane="all", reference_air_kerma_gy=4.5)
    found = known(estimate(replace(report, totals=replace(report.totals, planes=(of_a, of_all)))))
    assert (found[AIR].at_least, found[AIR].at_most) == (4.5, None)


def written(*edits: Edit, kerma_gy: float = 1.0) -> Procedure:
    return read_rdsr(artis_bytes(SimulatedEvent(reference_air_kerma_gy=kerma_gy), edits=edits))


def total(code: str, value: str) -> Edit:
    return change(code, lambda item: replace(item, value=value))


@pytest.mark.parametrize(
    ("quantity", "edit"),
    [
        (AIR, total("113725", "0.5")),
        (AREA, total("113722", "0.0001")),
        (TIME, total("113730", "5")),
    ],
)
def test_a_total_below_the_sum_of_its_events(quantity: str, edit: Edit) -> None:
    whole = known(estimate(written()))[quantity]
    report = written(edit)
    if quantity == TIME:  # this style writes no duration of fluoroscopy
        report = replace(report, events=tuple(lasting(e, 10.0) for e in report.events))
    found = known(estimate(report))[quantity]
    assert found.at_least == pytest.approx(whole.at_least, rel=1e-3)
    assert found.at_most is None
    assert "more than the report's total" in str(found.why)


def lasting(event: Event, duration_s: float) -> Event:
    return replace(event, irradiation_duration_s=duration_s)


def test_a_total_time_in_whole_seconds_is_no_contradiction() -> None:
    report = written()
    report = replace(report, events=tuple(lasting(e, 10.6) for e in report.events))
    found = known(estimate(report))[TIME]
    assert (found.at_least, found.at_most) == (10.0, 10.6)


def test_air_kerma_that_no_event_has_bounds_the_peak() -> None:
    """The total has 2 Gy, the events 1 Gy: what is missing may have fallen on the peak."""
    result = estimate(written(total("113725", "2.0")))
    found = known(result)[PEAK]
    assert found.at_least == result.peak_skin_dose_gy
    assert found.at_most == pytest.approx(found.at_least + 25.0)


def test_a_stored_document_from_before_the_sums_still_lacks_its_plane() -> None:
    document = estimate(biplane()).to_dict()
    for name in ("kerma_area_product_gy_m2", "fluoroscopy_time_s"):
        del document["totals"][f"sum_of_event_{name}"]
    found = known_quantities(document)
    assert [found[name].at_most for name in QUANTITIES] == [None, None, None]


def test_derived_air_kerma_beyond_the_total_makes_it_a_lower_bound() -> None:
    document = estimate(written()).to_dict()
    document["problems"] = [{"code": "derived-kerma-beyond-total"}]
    found = known_quantities(document)[AIR]
    assert (found.at_least, found.at_most) == (1.0, None)


def test_an_audit_marks_it() -> None:
    report = biplane()
    row = doses_of(report, estimate(report))
    assert set(row["lower_bounds"]) >= set(QUANTITIES)
    assert row[AIR] == pytest.approx(4.0)


def test_a_history_marks_it(tmp_path: Any) -> None:
    report = biplane(reference_air_kerma_gy=None)
    with History(tmp_path / "doses.db") as history:
        added = history.add(estimate(report), patient_id="ID-1")
        found = history.cumulative("ID-1")
    assert {LEVELS[AIR], LEVELS[TIME]} <= {entry.level_id for entry in added.not_evaluated}
    assert LEVELS[AREA] in {alert.level_id for alert in added.alerts}
    assert found.reference_air_kerma_is_lower_bound
    assert "plane B" in str(found.reference_air_kerma_why)
