"""Trust figures: what of the air kerma is on skin, missed it, was not placed, rests on guesses."""

from dataclasses import replace
from typing import Any

import pytest

from dosemap import DoseResult, PlacementOverrides, estimate
from dosemap.procedure import Procedure
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.edits import empty, omit
from simulated_reports import KERMA_GY, artis_procedure, bare_estimate, problem_codes

TWO = (SimulatedEvent(), SimulatedEvent(started_s=60.0))
LOUD = "kerma-not-on-skin"
UNKNOWN = "air-kerma-unknown"
WITHOUT_DOSE = [empty("113738", event=1), empty("122130", event=1)]


def about(expected: tuple[float, float, float]) -> Any:
    """Return them with a tolerance.

    The share of a field is a sum over patches of skin at their own distances: 2e-5 for 4 mm.
    """
    return pytest.approx(expected, abs=1e-4)


def shares(result: DoseResult) -> tuple[float | None, ...]:
    """Return the shares on skin, missed and not placed."""
    trust = result.trust
    return trust["share_on_skin"], trust["share_missed_skin"], trust["share_not_placed"]


def test_a_beam_on_the_back_is_all_on_skin() -> None:
    result = bare_estimate(artis_procedure())
    assert shares(result) == about((1.0, 0.0, 0.0))
    assert result.trust["air_kerma_gy"] == pytest.approx(KERMA_GY)
    assert LOUD not in problem_codes(result)


def test_an_event_that_cannot_be_placed_counts_by_its_kerma() -> None:
    # Three times the kerma of the other one: a quarter is on skin.
    events = (SimulatedEvent(), SimulatedEvent(started_s=60.0, reference_air_kerma_gy=3 * KERMA_GY))
    result = bare_estimate(artis_procedure(*events, edits=[empty("113753", event=1)]))
    assert shares(result) == about((0.25, 0.0, 0.75))
    (problem,) = (entry for entry in result.problems if entry["code"] == LOUD)
    assert "75% of the air kerma is not on the skin" in problem["message"]
    assert "0% missed it, 75% could not be placed" in problem["message"]


def test_a_beam_beyond_the_skin_is_missed() -> None:
    # 2 m across: beside the plane of 40 cm.
    overrides = PlacementOverrides(table_offset_mm=(2000.0, 0.0, 0.0))
    result = bare_estimate(artis_procedure(), overrides=overrides)
    assert shares(result) == about((0.0, 1.0, 0.0))
    assert result.peak_skin_dose_gy is None
    assert LOUD in problem_codes(result)


def test_a_field_half_beside_the_skin_counts_half() -> None:
    # The edge of the plane, 200 mm from its centre line, on the axis of the beam.
    overrides = PlacementOverrides(table_offset_mm=(200.0, 0.0, 0.0))
    on_skin, missed, not_placed = shares(bare_estimate(artis_procedure(), overrides=overrides))
    assert on_skin is not None
    # Patches of the surface are 4 mm wide, the field there some 130 mm.
    assert on_skin == pytest.approx(0.5, abs=0.03)
    assert missed == pytest.approx(1.0 - on_skin)
    assert not_placed == 0


@pytest.mark.parametrize(("kerma_of_lost_gy", "loud"), [(0.24, False), (0.26, True)])
def test_the_problem_comes_beyond_a_fifth(kerma_of_lost_gy: float, *, loud: bool) -> None:
    events = (
        SimulatedEvent(reference_air_kerma_gy=1.0),
        SimulatedEvent(started_s=60.0, reference_air_kerma_gy=kerma_of_lost_gy),
    )
    # 0.24 of 1.24 is 19 %, 0.26 of 1.26 is 21 %.
    result = bare_estimate(artis_procedure(*events, edits=[empty("113753", event=1)]))
    assert (LOUD in problem_codes(result)) == loud


def test_kerma_that_only_the_total_knows_is_not_placed() -> None:
    result = bare_estimate(artis_procedure(*TWO, edits=WITHOUT_DOSE))
    assert shares(result) == about((0.5, 0.0, 0.5))
    assert result.trust["air_kerma_gy"] == pytest.approx(2 * KERMA_GY)
    assert UNKNOWN not in problem_codes(result)


@pytest.mark.parametrize("total_gy", [None, 0.5 * KERMA_GY])
def test_without_a_total_that_closes_the_gap_the_shares_are_unknown(
    total_gy: float | None,
) -> None:
    """A share of the known part alone would say 100 % on skin; a total below it says nothing."""
    procedure = artis_procedure(*TWO, edits=WITHOUT_DOSE)
    totals = replace(procedure.totals, reference_air_kerma_gy=total_gy)
    result = bare_estimate(replace(procedure, totals=totals))
    assert result.peak_skin_dose_gy is not None
    trust = result.trust
    fields = trust["assumed_fields"]
    assert fields
    numbers = [value for key, value in trust.items() if key != "assumed_fields"]
    assert {*numbers, *(entry["share_of_air_kerma"] for entry in fields)} == {None}
    assert result.air_kerma_not_mapped_gy is None
    (problem,) = (entry for entry in result.problems if entry["code"] == UNKNOWN)
    assert problem["events"] == [1]
    assert "lower bound" in problem["message"]
    assert LOUD not in problem_codes(result)


def without_kerma() -> Procedure:
    procedure = artis_procedure(edits=[empty("113738", event=0), empty("122130", event=0)])
    return replace(procedure, totals=replace(procedure.totals, reference_air_kerma_gy=None))


def test_no_known_kerma_has_no_shares() -> None:
    result = bare_estimate(without_kerma())
    trust = result.trust
    # Without a map the reason says it.
    assert "the air kerma of the event is not known" in str(result.reason)
    assert UNKNOWN not in problem_codes(result)
    assert trust["air_kerma_gy"] is None
    assert trust["share_on_skin"] is None
    assert trust["share_with_assumed_fields"] is None


def test_where_nothing_is_placed_the_reason_is_enough() -> None:
    procedure = artis_procedure()
    result = estimate(replace(procedure, device=replace(procedure.device, model="Unheard-of")))
    assert shares(result) == about((0.0, 0.0, 1.0))
    assert LOUD not in problem_codes(result)
    assert result.reason is not None


def test_assumed_fields_are_named_with_their_share_and_events() -> None:
    events = (SimulatedEvent(), SimulatedEvent(started_s=60.0, reference_air_kerma_gy=3 * KERMA_GY))
    whole = bare_estimate(artis_procedure(*events)).trust["assumed_fields"]
    assert "kvp" not in {entry["field"] for entry in whole}
    trust = bare_estimate(artis_procedure(*events, edits=[omit("113733", event=1)])).trust
    (kvp,) = (entry for entry in trust["assumed_fields"] if entry["field"] == "kvp")
    assert kvp["share_of_air_kerma"] == pytest.approx(0.75)
    assert kvp["events"] == [1]


def test_what_no_report_states_does_not_count_as_assumed() -> None:
    trust = bare_estimate(artis_procedure()).trust
    fields = {entry["field"] for entry in trust["assumed_fields"]}
    assert "detector_rotation_deg" in fields
    everywhere = [e for e in trust["assumed_fields"] if e["field"] != "detector_rotation_deg"]
    assert trust["share_with_assumed_fields"] == (1.0 if everywhere else 0.0)


def test_the_data_set_carries_the_shares() -> None:
    attributes = bare_estimate(artis_procedure()).dataset.attrs
    assert attributes["share_of_air_kerma_on_skin"] == pytest.approx(1.0, abs=1e-4)
    assert attributes["share_of_air_kerma_not_placed"] == 0.0
    assert "detector_rotation_deg" in attributes["assumed_fields"].split()
    assert "share_of_air_kerma_on_skin" not in bare_estimate(without_kerma()).dataset.attrs
