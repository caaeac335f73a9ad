"""Air kerma of events that do not state it: from area product and field, or from tube output."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from test_neighbours import at, placed

from dosemap import KnownRanges, Spectrum, estimate, estimate_interval
from dosemap.corrections import Corrections
from dosemap.equipment import (
    Calibration,
    CalibrationPoint,
    ChargeSource,
    Claim,
    Profile,
    TubeOutput,
    load_profiles,
)
from dosemap.placement import BeamPlacement
from dosemap.placement.model import PlacedProcedure
from dosemap.procedure import Filter, Provenance, Totals
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.edits import empty, omit
from simulated_reports import (
    AT_PEAK,
    KERMA_GY,
    REFERENCE_MM,
    SKIN_MM,
    artis_procedure,
    bare_estimate,
    peak_gy,
    problem_codes,
)

PROFILES: dict[str, Profile] = {profile.name: profile for profile in load_profiles()}
ARTIS = PROFILES["siemens_artis"]
CLAIM = Claim(evidence="documentation", basis="measured in the room", validated=True)
NO_KERMA: dict[str, Any] = {"reference_air_kerma_gy": None}
NO_DOSE: dict[str, Any] = {**NO_KERMA, "kerma_area_product_gy_m2": None}


def beam(result: PlacedProcedure) -> BeamPlacement:
    (found,) = result.placements
    assert isinstance(found, BeamPlacement), found
    return found


def with_output(charge: ChargeSource = "exposure", **values: Any) -> Profile:
    output = TubeOutput(
        air_kerma_ugy_per_mas_at_1m=60.0,
        kvp=80.0,
        added_filters=(),
        charge=charge,
        claim=CLAIM,
    )
    return replace(ARTIS, tube_output=replace(output, **values))


def test_area_product_over_the_area_at_the_detector() -> None:
    # 0.04 m2 at 1200 mm is 0.04 (635 / 1200)^2 m2 at the reference point.
    event = at(0, **NO_KERMA, kerma_area_product_gy_m2=1e-4, collimated_field_area_m2=0.04)
    result = placed([event])
    expected_gy = 1e-4 / (0.04 * (635 / 1200) ** 2)
    assert beam(result).reference_air_kerma_gy == pytest.approx(expected_gy)
    assert beam(result).provenance["reference_air_kerma_gy"] is Provenance.DERIVED
    (entry,) = (e for e in result.assumptions if e.field == "reference_air_kerma_gy")
    assert entry.provenance is Provenance.DERIVED
    assert "kerma-area product" in entry.why


def test_the_caller_can_state_the_field() -> None:
    event = at(0, **NO_KERMA, kerma_area_product_gy_m2=1e-4)
    reason = placed([event]).reason
    assert reason is not None
    # The air kerma is not what is lacking: the size of the field is.
    assert "with a size of the field" in reason
    result = placed([event], field_side_at_1m_mm=200)
    assert beam(result).reference_air_kerma_gy == pytest.approx(1e-4 / (0.2 * 0.635) ** 2)


@pytest.mark.parametrize(
    ("charge", "values"),
    [
        ("exposure", {"exposure_uas": 12_000.0}),
        ("exposure per pulse", {"exposure_uas": 400.0, "number_of_pulses": 30.0}),
        ("current and exposure time", {"tube_current_ma": 100.0, "exposure_time_ms": 120.0}),
    ],
)
def test_tube_output_times_charge(charge: ChargeSource, values: dict[str, float]) -> None:
    # 12 mAs of 60 uGy/mAs at 1 m, from 1 m to 635 mm; same voltage and filter as measured.
    event = at(0, **NO_DOSE, **values, filters=(), collimated_field_area_m2=0.04)
    result = placed([event], with_output(charge))
    expected_gy = 12 * 60e-6 / 0.635**2
    assert beam(result).reference_air_kerma_gy == pytest.approx(expected_gy)
    (entry,) = (e for e in result.assumptions if e.field == "reference_air_kerma_gy")
    assert "12 mAs" in entry.why


def test_tube_output_at_another_quality_follows_the_spectrum() -> None:
    event = at(
        0,
        **NO_DOSE,
        exposure_uas=12_000.0,
        collimated_field_area_m2=0.04,
        kvp=100,
        filters=(Filter(material="Cu", thickness_mm=0.3),),
    )
    inherent = (("Al", 3.1),)
    output = {
        key: Spectrum(kvp, anode_angle_deg=12, filters=filters).air_kerma_ugy_per_mas_at_1m
        for key, kvp, filters in (
            ("measured", 80, inherent),
            ("event", 100, (*inherent, ("Cu", 0.3))),
        )
    }
    expected_gy = 12 * 60e-6 / 0.635**2 * output["event"] / output["measured"]
    found = beam(placed([event], with_output())).reference_air_kerma_gy
    assert found == pytest.approx(expected_gy, rel=1e-9)
    assert 0.2 < output["event"] / output["measured"] < 0.8


@pytest.mark.parametrize(
    "values", [{}, {"exposure_uas": None}, {"exposure_uas": 400.0, "number_of_pulses": None}]
)
def test_without_anything_the_event_is_refused(values: dict[str, Any]) -> None:
    event = at(0, **NO_DOSE, **values, collimated_field_area_m2=0.04)
    result = placed([at(1), event], with_output("exposure per pulse"))
    assert not isinstance(result.placements[1], BeamPlacement)
    (problem,) = (p for p in result.problems if p.code == "event-not-placed")
    assert "air kerma of the event is not known" in problem.message


@pytest.mark.parametrize("values", [NO_DOSE, {**NO_DOSE, "reference_air_kerma_gy": 0.0}])
def test_a_report_without_any_dose_names_all_that_would_do(values: dict[str, Any]) -> None:
    reason = placed([at(0, **values)]).reason
    assert reason is not None
    assert "no event states an air kerma above zero" in reason
    assert "kerma-area product or a tube charge" in reason


def test_a_kerma_of_zero_is_no_missing_kerma() -> None:
    event = at(0, reference_air_kerma_gy=0.0, collimated_field_area_m2=0.04)
    assert not isinstance(placed([event]).placements[0], BeamPlacement)


def test_the_map_holds_it_and_the_trust_figures_say_so() -> None:
    two = (SimulatedEvent(), SimulatedEvent(started_s=60.0, reference_air_kerma_gy=3 * KERMA_GY))
    result = bare_estimate(artis_procedure(*two, edits=[empty("113738", event=1)]))
    # The field area is written with eight digits after the point, in m2: 2.5e-7 of 0.04.
    expected_gy = 4 * KERMA_GY * (REFERENCE_MM / SKIN_MM) ** 2
    assert peak_gy(result) == pytest.approx(expected_gy, rel=AT_PEAK)
    assert result.trust["share_with_derived_air_kerma"] == pytest.approx(0.75, rel=1e-4)
    provenance = result.events.provenance["reference_air_kerma_gy"]
    assert provenance == [Provenance.REPORTED, Provenance.DERIVED]


def test_tube_output_passed_no_meter_and_gets_no_calibration() -> None:
    """The factor corrects what the meter shows; the tube output was measured by another one."""
    calibrated = replace(
        with_output("exposure"),
        calibration=Calibration(
            points=(CalibrationPoint(plane=None, kvp=None, added_filters=(), factor=1.2),),
            claim=CLAIM,
        ),
    )
    procedure = artis_procedure(SimulatedEvent(), SimulatedEvent(started_s=60.0))
    first, second = procedure.events
    unmetered = replace(second, **NO_DOSE, exposure_uas=12_000.0)
    procedure = replace(procedure, events=(first, unmetered))
    result = bare_estimate(procedure, equipment=calibrated)
    assert list(result.events.numbers["calibration_factor"]) == [1.2, 1.0]
    assert result.events.provenance["reference_air_kerma_gy"][1] is Provenance.PROFILE
    share = result.trust["share_with_derived_air_kerma"]
    assert share is not None
    assert share > 0


def test_derived_kerma_beyond_the_total_is_told() -> None:
    two = (SimulatedEvent(), SimulatedEvent(started_s=60.0))
    procedure = artis_procedure(*two, edits=[omit("113738", event=1)])
    _, second = procedure.events
    tenfold = replace(second, kerma_area_product_gy_m2=10 * (second.kerma_area_product_gy_m2 or 0))
    wrong = replace(procedure, events=(procedure.events[0], tenfold))
    codes = {problem["code"] for problem in bare_estimate(wrong).problems}
    assert "derived-kerma-beyond-total" in codes
    fitting = {problem["code"] for problem in bare_estimate(procedure).problems}
    assert "derived-kerma-beyond-total" not in fitting


def test_the_interval_takes_the_tube_output_too() -> None:
    """12 mAs of 60 uGy/mAs at 1 m on skin at 500 mm; no meter, so neither deviation nor factor."""
    profile = with_output()
    event = at(0, **NO_DOSE, exposure_uas=12_000.0, filters=(), kvp=80)
    procedure = replace(artis_procedure(), events=(event,), totals=Totals())
    known = KnownRanges(source_to_skin_mm=(500, 500), air_kerma_deviation=(-0.35, 0.35))
    corrections = Corrections(support=False, backscatter=False, medium=1.0, calibration=1.5)
    interval = estimate_interval(procedure, equipment=profile, known=known, corrections=corrections)
    expected_gy = 12 * 60e-6 / 0.5**2
    assert (interval.low_gy, interval.high_gy) == pytest.approx((expected_gy, expected_gy))
    (entry,) = (a for a in interval.assumptions if a.field == "reference_air_kerma_gy")
    assert (entry.provenance, entry.events) == (Provenance.PROFILE, (0,))
    assert interval.problems == ()
    bounds = {bound["quantity"]: bound for bound in interval.bounds()}
    assert bounds["air_kerma_at_skin_gy"]["provenance"] == "profile"
    assert "air_kerma_deviation" not in bounds
    plain = estimate_interval(procedure, known=known, corrections=corrections)
    assert "neither its air kerma" in str(plain.reason)
    charge_unknown = replace(procedure, events=(replace(event, exposure_uas=None),))
    unbounded = estimate_interval(charge_unknown, equipment=profile)
    assert "neither its air kerma" in str(unbounded.reason)


def test_the_map_by_tube_output_lies_in_the_interval() -> None:
    procedure = artis_procedure()
    (event,) = procedure.events
    silent = replace(event, **NO_DOSE, exposure_uas=12_000.0, collimated_field_area_m2=0.04)
    procedure = replace(procedure, events=(silent,), totals=Totals())
    peak = estimate(procedure, equipment=with_output()).peak_skin_dose_gy
    interval = estimate_interval(procedure, equipment=with_output())
    assert peak is not None
    assert interval.low_gy is not None
    assert interval.high_gy is not None
    assert interval.low_gy < peak < interval.high_gy


def test_an_event_whose_tube_gave_nothing_is_neither_on_skin_nor_beside_it() -> None:
    """No charge, no kerma, but frames: its share on skin would be 0 / 0."""
    procedure = artis_procedure(SimulatedEvent(), SimulatedEvent(started_s=60.0))
    first, second = procedure.events
    silent = replace(second, **NO_DOSE, exposure_uas=0.0, collimated_field_area_m2=0.04)
    result = bare_estimate(replace(procedure, events=(first, silent)), equipment=with_output())
    assert result.events.numbers["reference_air_kerma_gy"][1] == 0
    on_skin = result.events.numbers["share_on_skin"]
    # Patches of the plane are 4 mm wide: 2e-5 of the field.
    assert on_skin == pytest.approx([1.0, math.nan], abs=1e-4, nan_ok=True)
    assert result.trust["share_on_skin"] == pytest.approx(1.0, abs=1e-4)
    assert "beam-misses-skin" not in problem_codes(result)
    assert peak_gy(result) == pytest.approx(peak_gy(bare_estimate(artis_procedure())), rel=1e-6)
    json.dumps(result.document, allow_nan=False)
    alone = bare_estimate(
        replace(procedure, events=(replace(silent, index=0),)), equipment=with_output()
    )
    assert alone.peak_skin_dose_gy is None
