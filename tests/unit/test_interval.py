"""The interval of the peak skin dose against sums on paper."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosemap.corrections import Corrections
from dosemap.equipment import Claim, Profile, SourceToIsocenter, load_profiles
from dosemap.errors import DosemapError
from dosemap.interval import KnownRanges, estimate_interval
from dosemap.interval.ranges import Range
from dosemap.procedure import Device, Filter, Totals
from mobile_reports import (
    DETECTOR_MM,
    KERMA_GY,
    REFERENCE_MM,
    ends_gy,
    event,
    interval_gy,
    report,
)

BARE = Corrections(support=False, backscatter=False, medium=1.0)
"""Leaves kerma and distance only."""

PROFILES: dict[str, Profile] = {profile.name: profile for profile in load_profiles()}
ARTIS = Device(manufacturer="Siemens", model="AXIOM-Artis")
ALLURA = Device(manufacturer="Philips Medical Systems", model="Allura Xper")
CLAIM = Claim(evidence="documentation", basis="measured in the room", validated=True)
_LEAD = Filter(material="Pb", thickness_mm=30.0)

ALL_KNOWN: dict[str, tuple[float, float]] = {
    "source_to_skin_mm": (600.0, 600.0),
    "field_side_at_1m_mm": (200.0, 200.0),
    "incidence_deg": (0.0, 0.0),
    "support_transmission": (1.0, 1.0),
}


def bare_gy(*events: Any, **ranges: Any) -> tuple[float, float]:
    result = estimate_interval(report(*events), known=KnownRanges(**ranges), corrections=BARE)
    return ends_gy(result)


def test_distance_alone_is_the_inverse_square_law() -> None:
    low, high = bare_gy(event())
    assert low == pytest.approx(KERMA_GY * (REFERENCE_MM / (DETECTOR_MM - 20)) ** 2)
    assert high == pytest.approx(KERMA_GY * (REFERENCE_MM / 300) ** 2)


def test_with_all_known_it_closes_around_the_pocket_calculator() -> None:
    """80 kV, 0.3 mm Cu, 20 cm field at 1 m, where the published backscatter factors were taken."""
    known = ALL_KNOWN | {"source_to_skin_mm": (1000.0, 1000.0)}
    low, high = interval_gy(event(source_to_detector_mm=1300.0), **known)
    # d_ref = 1300 - 300. B = 1.550 (Benmakhlouf et al. 2011: 3.1 mm Al, 0.3 mm Cu, 20 cm);
    # mu_en ratios of skin to air 0.996 primary, 0.976 scatter (docs/methods/backscatter.md).
    paper = KERMA_GY * (0.996 + 0.550 * 0.976)
    assert low < paper < high
    # What is left: inherent filtration of 2.5 to 4.5 mm Al, anodes of 8 to 16 degrees.
    assert high / low < 1.03


@pytest.mark.parametrize("order", [list(ALL_KNOWN), list(ALL_KNOWN)[::-1]])
def test_every_piece_of_knowledge_narrows_it(order: list[str]) -> None:
    known: dict[str, tuple[float, float]] = {}
    low, high = interval_gy(event())
    for name in order:
        known[name] = ALL_KNOWN[name]
        next_low, next_high = interval_gy(event(), **known)
        assert low <= next_low <= next_high <= high
        assert next_high / next_low < high / low, name
        low, high = next_low, next_high


ends = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda pair: (min(pair), max(pair)))
SPANS = {
    "source_to_skin_mm": (310.0, 900.0),
    "skin_to_detector_mm": (30.0, 600.0),
    "field_side_at_1m_mm": (40.0, 480.0),
    "kvp": (50.0, 120.0),
    "incidence_deg": (0.0, 60.0),
    "support_transmission": (0.5, 1.0),
}


@given(st.sampled_from(list(SPANS)), ends, ends)
def test_a_narrower_range_of_anything_never_widens_it(
    name: str, outer: tuple[float, float], inner: tuple[float, float]
) -> None:
    low, high = SPANS[name]
    wide = tuple(low + share * (high - low) for share in outer)
    narrow = tuple(wide[0] + share * (wide[1] - wide[0]) for share in inner)
    unknown = event(kvp=None)
    around = interval_gy(unknown, **{name: wide})
    inside = interval_gy(unknown, **{name: narrow})
    # 0.1 %: backscatter has a flat maximum over tube voltage, which is sampled every 10 kV.
    assert around[0] * 0.999 <= inside[0] <= inside[1] <= around[1] * 1.001


@given(st.floats(1e-6, 5.0), st.floats(0.1, 10.0))
def test_both_ends_are_proportional_to_kerma(kerma_gy: float, factor: float) -> None:
    product = 0.02 * kerma_gy
    once = interval_gy(event(reference_air_kerma_gy=kerma_gy, kerma_area_product_gy_m2=product))
    scaled = interval_gy(
        event(reference_air_kerma_gy=factor * kerma_gy, kerma_area_product_gy_m2=factor * product)
    )
    assert scaled == pytest.approx((factor * once[0], factor * once[1]))


def test_fields_overlap_from_none_to_all() -> None:
    kermas = (0.010, 0.003, 0.006)
    several = [event(i, reference_air_kerma_gy=k) for i, k in enumerate(kermas)]
    one_low, one_high = interval_gy(event())
    low, high = interval_gy(*several)
    assert low == pytest.approx(one_low)
    assert high == pytest.approx(one_high * sum(kermas) / KERMA_GY)
    assert estimate_interval(report(*several)).largest_event == 0


@pytest.mark.parametrize(
    ("values", "low_ratio", "high_ratio"),
    [
        # (d_ref / d)^2, d from 300 to 980 mm.
        ({"reference_point_definition": "113941"}, 1000 / 980, 1000 / 300),
        ({"reference_point_definition": "113965"}, 1000 / 980, 1000 / 300),
        (
            {"reference_point_definition": "113860", "source_to_isocenter_mm": 600.0},
            450 / 980,
            450 / 300,
        ),
        # The isocentre of any C-arm: 450 to 1000 mm from the focal spot.
        ({"reference_point_definition": "113860"}, 300 / 980, 850 / 300),
        # At the skin: the kerma there is what is reported.
        ({"reference_point_definition": "113964"}, 1.0, 1.0),
        # 1 cm above the table top: skin 10 mm nearer to 90 mm farther.
        ({"reference_point_definition": "113862"}, 210 / 300, 310 / 300),
        # The same with its distance stated: skin at 490 to 590 mm.
        (
            {"reference_point_definition": "113862", "source_to_reference_point_mm": 500.0},
            500 / 590,
            500 / 490,
        ),
        # 30 cm above the table top, tube above: skin 200 mm nearer to 280 mm farther.
        ({"reference_point_definition": "113863"}, 20 / 300, 500 / 300),
        # 15 cm from the table's centre line.
        ({"reference_point_definition": "113864"}, 160 / 300, 450 / 300),
        # The same definitions in words.
        ({"reference_point_definition": "at patient skin"}, 1.0, 1.0),
        ({"reference_point_definition": "1cm above Tabletop"}, 210 / 300, 310 / 300),
        ({"reference_point_definition": "530 mm from focus"}, 530 / 980, 530 / 300),
        # From the meter's chamber, 150 to 400 mm from the focal spot: 410 to 660 mm. A stated
        # distance that repeats the 26 cm is none from the source.
        (
            {
                "reference_point_definition": "26 cm from chamber to patient",
                "source_to_reference_point_mm": 260.0,
            },
            410 / 980,
            660 / 300,
        ),
        # Two statements that disagree: both are possible.
        ({"source_to_reference_point_mm": 650.0}, 650 / 980, 700 / 300),
    ],
)
def test_reference_points(values: dict[str, Any], low_ratio: float, high_ratio: float) -> None:
    low, high = bare_gy(event(**values))
    assert (low, high) == pytest.approx((KERMA_GY * low_ratio**2, KERMA_GY * high_ratio**2))


def test_the_patient_lies_before_the_detector() -> None:
    _, without = bare_gy(event())
    low, high = bare_gy(event(), skin_to_detector_mm=(200.0, 400.0))
    assert low == pytest.approx(KERMA_GY * (700 / 800) ** 2)
    assert high == pytest.approx(KERMA_GY * (700 / 600) ** 2)
    assert high < without


def test_mini_c_arms_may_be_nearer() -> None:
    low, high = bare_gy(event(source_to_detector_mm=440.0))
    assert low == pytest.approx(KERMA_GY * (140 / 420) ** 2)
    assert high == pytest.approx(KERMA_GY * (140 / 90) ** 2)


def test_systems_with_a_table_of_their_own_keep_farther_off() -> None:
    _, high = bare_gy(event(table_lateral_position_mm=400.0))
    assert high == pytest.approx(KERMA_GY * (REFERENCE_MM / 380) ** 2)


def test_a_meter_that_may_be_off() -> None:
    low, high = bare_gy(event())
    wide = bare_gy(event(), air_kerma_deviation=(-0.35, 0.35))
    assert wide == pytest.approx((low / 1.35, high / 0.65))


def test_a_calibration_factor_scales_it() -> None:
    low, high = interval_gy(event())
    result = estimate_interval(report(event()), corrections=Corrections(calibration=1.2))
    assert ends_gy(result) == pytest.approx((1.2 * low, 1.2 * high))


def test_area_product_alone_gives_kerma_over_the_field() -> None:
    """The same in every plane: no reference point is needed."""
    alone = event(
        reference_air_kerma_gy=None,
        kerma_area_product_gy_m2=1e-4,
        reference_point_definition="somewhere",
    )
    low, high = bare_gy(alone, field_side_at_1m_mm=(150.0, 250.0), source_to_skin_mm=(400.0, 600.0))
    assert low == pytest.approx(1e-4 / (0.250 * 0.6) ** 2)
    assert high == pytest.approx(1e-4 / (0.150 * 0.4) ** 2)


def test_kerma_rounded_to_zero_is_below_the_smallest_one_written() -> None:
    written = event(0, reference_air_kerma_gy=2e-5)
    rounded = event(1, reference_air_kerma_gy=0.0, kerma_area_product_gy_m2=1e-7)
    alone = bare_gy(written)[1]
    _, high = bare_gy(written, rounded)
    assert alone < high <= 2 * alone * (1 + 1e-12)


def test_an_unknown_reference_point_without_area_product_has_no_upper_bound() -> None:
    result = estimate_interval(
        report(event(0), event(1, reference_point_definition="near the nurse"))
    )
    assert result.low_gy == pytest.approx(interval_gy(event())[0])
    assert result.high_gy is None
    assert "near the nurse" in str(result.reason)
    assert [problem.code for problem in result.problems] == ["dose-not-bounded"]
    assert result.problems[0].events == (1,)
    supplied = KnownRanges(source_to_reference_point_mm=(700.0, 700.0))
    again = report(event(0), event(1, reference_point_definition="near the nurse"))
    assert estimate_interval(again, known=supplied).high_gy is not None


def test_an_event_without_kerma_is_in_the_total() -> None:
    silent = event(1, reference_air_kerma_gy=None)
    assert estimate_interval(report(event(), silent)).high_gy is None
    result = estimate_interval(report(event(), silent, total_gy=0.015))
    low, high = interval_gy(event())
    assert ends_gy(result) == pytest.approx((low, 1.5 * high))
    assert result.unlisted_air_kerma_gy == pytest.approx(0.005)


def test_events_without_dose_count_nothing() -> None:
    zero = event(1, reference_air_kerma_gy=0.0, kerma_area_product_gy_m2=0.0)
    assert interval_gy(event(), zero) == interval_gy(event())


@pytest.mark.parametrize(
    ("values", "way_mm"),
    [
        ({"event_type": "stepping"}, 2000.0),
        # 300 mm from the axis to the nearest skin, over half a turn.
        (
            {
                "event_type": "rotational",
                "positioner_primary_angle_deg": 90.0,
                "positioner_primary_end_angle_deg": -90.0,
                "source_to_isocenter_mm": 600.0,
            },
            math.pi * 300,
        ),
        # No end: once around, 500 mm from the axis.
        ({"event_type": "rotational"}, 2 * math.pi * 500),
        # From -179.9 to 179.9 degrees the gantry hardly moved.
        (
            {
                "positioner_primary_angle_deg": -179.9,
                "positioner_primary_end_angle_deg": 179.9,
                "source_to_isocenter_mm": 600.0,
            },
            None,
        ),
        (
            {"table_height_position_mm": 100.0, "table_height_end_position_mm": 400.0},
            300.0,
        ),
        (
            {
                "table_x_position_to_isocenter_mm": -100.0,
                "table_x_end_position_to_isocenter_mm": 200.0,
            },
            300.0,
        ),
        # One movement that two items tell counts once.
        (
            {
                "table_height_position_mm": 100.0,
                "table_height_end_position_mm": 400.0,
                "table_y_position_to_isocenter_mm": -50.0,
                "table_y_end_position_to_isocenter_mm": 250.0,
                "table_z_position_to_isocenter_mm": 0.0,
                "table_z_end_position_to_isocenter_mm": 400.0,
            },
            500.0,
        ),
        # By numbers 160 degrees; around a prone patient the other 200.
        (
            {
                "event_type": "rotational",
                "positioner_primary_angle_deg": 80.0,
                "positioner_primary_end_angle_deg": -80.0,
                "patient_position": "HFP",
                "source_to_isocenter_mm": 600.0,
            },
            math.radians(200) * 300,
        ),
        # Angles of the room.
        (
            {
                "event_type": "rotational",
                "positioner_isocenter_primary_angle_deg": 0.0,
                "positioner_isocenter_primary_end_angle_deg": 200.0,
                "source_to_isocenter_mm": 600.0,
            },
            math.radians(200) * 300,
        ),
        # The pivot of the table is up to 2 m away.
        (
            {
                "table_horizontal_rotation_angle_deg": 355.0,
                "table_horizontal_rotation_end_angle_deg": 25.0,
            },
            math.radians(30) * 2000,
        ),
        (
            {
                "table_head_tilt_angle_deg": 0.0,
                "table_head_tilt_end_angle_deg": 20.0,
                "table_cradle_tilt_angle_deg": 0.0,
                "table_cradle_tilt_end_angle_deg": -10.0,
            },
            math.radians(30) * 2000,
        ),
        # The field of 100 mm at the skin may lie wholly to one side of the central ray.
        (
            {"detector_rotation_deg": 0.0, "detector_rotation_end_deg": 180.0},
            math.pi * 0.3 * 333.3 / 2,
        ),
    ],
)
def test_a_moving_field_shares_its_dose(values: dict[str, Any], way_mm: float | None) -> None:
    """A point is in a field of 10 cm for (width / way) of the time; the high end stays."""
    known = {"source_to_skin_mm": (300.0, 300.0), "field_side_at_1m_mm": (333.3, 333.3)}
    still_low, still_high = interval_gy(event(), **known)
    low, high = interval_gy(event(reference_point_definition="113861", **values), **known)
    share = 1.0 if way_mm is None else 0.3 * 333.3 / way_mm
    assert (low, high) == pytest.approx((share * still_low, still_high))


def bounds_of(device: Device, profile: Profile | None = None, **values: Any) -> dict[str, Range]:
    """The bounds of one event with its skin 500 mm from the focal spot."""
    procedure = replace(report(event(**values)), device=device)
    known = KnownRanges(source_to_skin_mm=(500.0, 500.0))
    (entry,) = estimate_interval(procedure, known=known, equipment=profile).events
    return {bound.quantity: bound.range for bound in entry.bounds}


def way_mm(bounds: dict[str, Range]) -> float:
    """The way that the field goes by the least share of one point."""
    # A field of unknown shape may be oblong up to 1:2.
    width_mm = bounds["field_side_at_1m_mm"].low / math.sqrt(2) * 0.5
    return width_mm / bounds["share_of_kerma_at_one_point"].low


def test_a_table_moves_by_the_items_of_the_profile() -> None:
    """Philips writes its height, start and end, as private items."""
    heights: dict[str, Any] = {
        "table_height_above_floor_mm": 900.0,
        "table_height_above_floor_end_mm": 1300.0,
        "height_of_system_mm": 1065.0,
    }
    assert way_mm(bounds_of(ALLURA, private=heights)) == pytest.approx(400.0)


def test_an_axis_that_the_profile_does_not_know_moves_by_dicom_s_items() -> None:
    """Azurion: the height is known, private, and where the other two count from is not."""
    motion: dict[str, Any] = {
        "table_longitudinal_position_mm": 600.0,
        "table_longitudinal_end_position_mm": 1000.0,
    }
    heights: dict[str, Any] = {
        "table_height_above_floor_mm": 900.0,
        "table_height_above_floor_end_mm": 1200.0,
    }
    azurion = bounds_of(ALLURA, PROFILES["philips_azurion"], **motion, private=heights)
    assert way_mm(azurion) == pytest.approx(500.0)


def test_ends_that_are_all_zero_are_not_stated() -> None:
    starts: dict[str, Any] = {
        "table_longitudinal_position_mm": 10.0,
        "table_lateral_position_mm": 600.0,
        "table_height_position_mm": 150.0,
    }
    blank: dict[str, Any] = {name.replace("position", "end_position"): 0.0 for name in starts}
    assert bounds_of(ARTIS, **starts, **blank)["share_of_kerma_at_one_point"].low == 1.0
    by_isocenter: dict[str, Any] = {
        "table_z_position_to_isocenter_mm": 0.0,
        "table_z_end_position_to_isocenter_mm": 300.0,
    }
    moved = bounds_of(ARTIS, **starts, **blank, **by_isocenter)
    assert way_mm(moved) == pytest.approx(300.0)
    stated = blank | {"table_lateral_end_position_mm": 900.0}
    assert way_mm(bounds_of(ARTIS, **starts, **stated)) == pytest.approx(math.hypot(10, 300, 150))


def test_the_axis_of_a_rotation_may_be_the_one_of_the_profile() -> None:
    """785 mm from the focal spot: 285 mm from skin at 500 mm."""
    distance = SourceToIsocenter(distance_mm=785.0, claim=CLAIM)
    profile = replace(PROFILES["siemens_artis"], source_to_isocenter=distance)
    turn: dict[str, Any] = {
        "positioner_primary_angle_deg": 0.0,
        "positioner_primary_end_angle_deg": 90.0,
    }
    assert way_mm(bounds_of(ARTIS, profile, **turn)) == pytest.approx(math.pi / 2 * 285)


def test_the_field_of_a_profile_covers_every_possible_reference_point() -> None:
    """Area product over kerma is the area at the reference point, 650 or 700 mm away."""
    bounds = bounds_of(ARTIS, source_to_reference_point_mm=650.0, kerma_area_product_gy_m2=1e-4)
    assert bounds["source_to_reference_point_mm"] == Range(650.0, 700.0)
    # 100 mm there, with the margin of 1.25 for meters and rounding.
    side = bounds["field_side_at_1m_mm"]
    assert (side.low, side.high) == pytest.approx((100 / 0.700 / 1.25, 100 / 0.650 * 1.25))


def test_what_is_wrong_with_factors_and_table_is_told_here_too() -> None:
    stated = event(meter_calibration_factor=1.2)
    codes = [problem.code for problem in estimate_interval(report(stated)).problems]
    assert codes == ["calibration-factor-not-applied"]
    asked = Corrections(calibration="report")
    codes = [
        problem.code for problem in estimate_interval(report(event()), corrections=asked).problems
    ]
    assert codes == ["calibration-not-stated"]


def test_reports_without_anything_say_why() -> None:
    for procedure, words in (
        (report(), "totals only"),
        (report(event(reference_air_kerma_gy=None)), "neither its air kerma"),
        (report(event(reference_air_kerma_gy=0.0)), "no event has an air kerma"),
        (report(event(kvp=155.0)), "tube potential is 155 kV"),
        (report(event(kvp=44.0, filters=(_LEAD,))), "passes the filters"),
    ):
        result = estimate_interval(procedure)
        assert result.low_gy is None
        assert result.high_gy is None
        assert words in str(result.reason)


def test_totals_alone_have_a_high_end_only() -> None:
    """All dose in one field: area product over the smallest field at the nearest skin."""
    totals = Totals(kerma_area_product_gy_m2=1e-4)
    procedure = replace(report(), totals=totals)
    result = estimate_interval(procedure, corrections=BARE)
    assert result.low_gy is None
    assert result.high_gy == pytest.approx(1e-4 / (0.030 * 0.3) ** 2)
    assert "totals only" in str(result.reason)
    assert all(bound["events"] == [] for bound in result.bounds())
    # With the reference point supplied and the kerma in the totals, that says more.
    totals = replace(totals, reference_air_kerma_gy=KERMA_GY)
    known = KnownRanges(source_to_reference_point_mm=(REFERENCE_MM, REFERENCE_MM))
    better = estimate_interval(replace(procedure, totals=totals), corrections=BARE, known=known)
    assert better.high_gy == pytest.approx(KERMA_GY * (REFERENCE_MM / 300) ** 2)


def test_skin_behind_the_detector_is_refused() -> None:
    known = KnownRanges(source_to_skin_mm=(1200.0, 1300.0))
    result = estimate_interval(report(event()), known=known)
    assert result.low_gy is None
    assert "check source_to_skin_mm" in str(result.reason)


def test_every_bound_says_where_it_comes_from() -> None:
    result = estimate_interval(report(event(), event(1)), known=KnownRanges(kvp=(70, 90)))
    bounds = {bound["quantity"]: bound for bound in result.bounds()}
    assert bounds["kvp"]["source"] == "report"
    assert bounds["source_to_skin_mm"]["provenance"] == "assumed"
    assert all(bound["source"] and bound["low"] <= bound["high"] for bound in bounds.values())
    assert bounds["kvp"]["events"] == [0, 1]
    json.dumps(result.to_dict(), allow_nan=False)
    assert "between" in repr(result)


@pytest.mark.parametrize(
    "texts",
    [
        ["source_to_skin_mm"],
        ["source_to_skin_mm=near"],
        ["skin=300"],
        ["kvp=90-70"],
        ["kvp=10-70"],
        ["kvp=70", "kvp=80"],
        ["air_kerma_deviation=nan..0.35"],
    ],
)
def test_impossible_knowledge_is_refused(texts: list[str]) -> None:
    with pytest.raises(DosemapError):
        KnownRanges.parse(texts)


def test_knowledge_as_text() -> None:
    known = KnownRanges.parse(["air_kerma_deviation=-0.35..0.35", "source-to-skin-mm=450-650"])
    assert known == KnownRanges(air_kerma_deviation=(-0.35, 0.35), source_to_skin_mm=(450.0, 650.0))
