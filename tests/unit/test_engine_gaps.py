"""What a report lacks or has wrong: the rest is mapped, and the gap is named."""

from dataclasses import replace

import pytest

from dosemap import DosemapError
from dosemap.placement import PlacementOverrides
from dosemap.procedure import Procedure
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.edits import change, omit
from simulated_reports import (
    KERMA_GY,
    SKIN_MM,
    artis_procedure,
    assumed,
    bare_estimate,
    peak_gy,
    problem_codes,
)


def two_beams_with(**of_second: object) -> Procedure:
    procedure = artis_procedure(SimulatedEvent(), SimulatedEvent(started_s=60.0))
    first, second = procedure.events
    return replace(procedure, events=(first, replace(second, **of_second)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "code", "says"),
    [
        ({"kvp": 30.0}, "beam-quality", "tube potential is 30 kV"),
        ({"kvp": 160.0}, "beam-quality", "tube potential is 160 kV"),
        ({"source_to_isocenter_mm": 12000.0}, "event-not-placed", "11850 mm"),
        (
            {
                "source_to_isocenter_mm": 9000.0,
                "reference_point_definition": "at the skin",
                "source_to_reference_point_mm": 635.0,
            },
            "beam-geometry",
            "source_to_isocenter_mm is 9000 mm",
        ),
        ({"positioner_primary_angle_deg": None}, "event-not-placed", "primary angle"),
        ({"table_height_position_mm": None}, "event-not-placed", "table position"),
    ],
)
def test_one_unusable_event_is_left_out_and_named(
    wrong: dict[str, object], code: str, says: str
) -> None:
    result = bare_estimate(two_beams_with(**wrong))
    assert peak_gy(result) == pytest.approx(peak_gy(bare_estimate(artis_procedure())), rel=1e-6)
    (problem,) = (entry for entry in result.problems if entry["code"] == code)
    assert problem["events"] == [1]
    assert says in problem["message"]
    assert "not in the map" in problem["message"]
    assert result.air_kerma_not_mapped_gy == pytest.approx(KERMA_GY)


def test_a_missing_tube_voltage_is_taken_from_the_other_events_and_listed() -> None:
    result = bare_estimate(two_beams_with(kvp=None))
    assert assumed(result)["kvp"] == "that of the nearest event"
    assert list(result.events.numbers["kvp"]) == [80.0, 80.0]
    assert result.air_kerma_not_mapped_gy == 0


def test_without_any_tube_voltage_there_is_no_map() -> None:
    procedure = artis_procedure(edits=[omit("113733")])
    result = bare_estimate(procedure)
    assert result.skin_dose_gy is None
    assert result.peak_skin_dose_gy is None
    assert result.reason is not None
    assert "supply kvp" in result.reason
    assert result.air_kerma_not_mapped_gy == pytest.approx(KERMA_GY)
    given = bare_estimate(procedure, overrides=PlacementOverrides(kvp=80))
    assert peak_gy(given) == pytest.approx(peak_gy(bare_estimate(artis_procedure())), rel=1e-6)


def test_with_no_usable_beam_quality_the_reason_points_to_the_problems() -> None:
    result = bare_estimate(artis_procedure(SimulatedEvent(kvp=155)))
    assert result.reason == "no map: no event has a usable beam; see the problems"
    assert "beam-quality" in problem_codes(result)


def test_a_beam_beside_the_skin_is_counted_and_named() -> None:
    off = PlacementOverrides(table_offset_mm=(320.0, 0.0, 0.0))
    result = bare_estimate(artis_procedure(), overrides=off)
    assert result.reason == "no map: no beam meets the surface; see the problems"
    assert "beam-misses-skin" in problem_codes(result)
    assert result.air_kerma_not_mapped_gy == pytest.approx(KERMA_GY)


def test_a_field_mostly_beside_the_skin_raises_a_problem() -> None:
    # The field reaches 64 mm to either side at the skin, which ends 200 mm from the middle.
    result = bare_estimate(
        artis_procedure(), overrides=PlacementOverrides(table_offset_mm=(230.0, 0.0, 0.0))
    )
    assert "field-beside-skin" in problem_codes(result)
    half_side_mm = 100 * SKIN_MM / 1050
    share = (half_side_mm - 30) / (2 * half_side_mm)
    # Coverage is sampled over patches of 5 mm: a few per cent of a strip 34 mm wide.
    found = result.document["map"]["share_of_kerma_area_product_on_skin"]
    assert found == pytest.approx(share, abs=0.02)
    assert result.air_kerma_not_mapped_gy == 0


def test_a_report_of_an_unknown_system_has_totals_and_a_reason() -> None:
    procedure = artis_procedure()
    result = bare_estimate(replace(procedure, device=replace(procedure.device, model="Unheard-of")))
    assert result.reason is not None
    assert "Unheard-of" in result.reason
    assert result.air_kerma_not_mapped_gy == pytest.approx(KERMA_GY)
    assert result.document["totals"]["reference_air_kerma_gy"] == pytest.approx(KERMA_GY)
    with pytest.raises(DosemapError, match="Unheard-of"):
        result.area_above_cm2(1.0)
    with pytest.raises(DosemapError, match="only with a map"):
        result.event_factors(0)


def test_the_kerma_of_a_report_without_events_is_not_mapped() -> None:
    procedure = artis_procedure()
    result = bare_estimate(replace(procedure, events=()))
    assert result.reason == "no map: the report has totals only, no irradiation events"
    assert result.air_kerma_not_mapped_gy == pytest.approx(KERMA_GY)
    nothing = replace(procedure.totals, reference_air_kerma_gy=None)
    unknown = bare_estimate(replace(procedure, events=(), totals=nothing))
    assert unknown.air_kerma_not_mapped_gy is None


def test_an_event_that_is_not_in_the_map_has_no_factors() -> None:
    result = bare_estimate(two_beams_with(kvp=30.0))
    with pytest.raises(DosemapError, match="event 1 is not in the map"):
        result.event_factors(1)


def test_a_bad_number_in_one_event_leaves_the_others() -> None:
    edits = [
        change(code, lambda item: replace(item, value="nan"), event=1)
        for code in ("113738", "122130")
    ]
    result = bare_estimate(
        artis_procedure(SimulatedEvent(), SimulatedEvent(started_s=60.0), edits=edits)
    )
    assert "value-not-a-number" in problem_codes(result)
    assert peak_gy(result) == pytest.approx(peak_gy(bare_estimate(artis_procedure())), rel=1e-6)


def test_the_kerma_of_events_that_state_none_is_what_the_total_has_above_the_others() -> None:
    procedure = two_beams_with(reference_air_kerma_gy=None, kerma_area_product_gy_m2=None)
    assert bare_estimate(procedure).air_kerma_not_mapped_gy == pytest.approx(KERMA_GY)
    no_total = replace(procedure, totals=replace(procedure.totals, reference_air_kerma_gy=None))
    assert bare_estimate(no_total).air_kerma_not_mapped_gy is None
