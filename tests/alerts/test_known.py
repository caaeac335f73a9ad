"""How well a document knows the quantities of levels."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from dosemap import estimate
from dosemap.alerts import Known, known_quantities
from dosemap.alerts.known import (
    LARGEST_DOSE_OF_ANY_SYSTEM,
    LARGEST_DOSE_OF_RADIOGRAPHS,
    LARGEST_DOSE_PER_AIR_KERMA,
)
from dosemap.simulate import SimulatedEvent
from simulated_reports import artis_procedure

AIR, AREA, TIME = "reference_air_kerma_gy", "kerma_area_product_gy_m2", "fluoroscopy_time_s"
PEAK = "peak_skin_dose_gy"


@pytest.fixture
def document() -> dict[str, Any]:
    return estimate(artis_procedure(SimulatedEvent(reference_air_kerma_gy=1.0))).to_dict()


def with_totals(document: dict[str, Any], **changed: object) -> dict[str, Any]:
    return {**document, "totals": {**document["totals"], **changed}}


def test_everything_that_the_report_states_is_known(document: dict[str, Any]) -> None:
    known = known_quantities(document)
    assert {name: entry.why for name, entry in known.items()} == dict.fromkeys(known)
    assert known[AIR] == Known.exactly(1.0)
    assert known[PEAK] == Known.exactly(document["peak_skin_dose_gy"])


@pytest.mark.parametrize(
    ("name", "key", "unknown"),
    [
        (AIR, "reference_air_kerma_from", "events_with_unknown_air_kerma"),
        (AREA, "kerma_area_product_from", "events_with_unknown_kerma_area_product"),
    ],
)
def test_a_sum_that_lacks_events_is_a_lower_bound(
    document: dict[str, Any], name: str, key: str, unknown: str
) -> None:
    whole = with_totals(document, **{key: "sum of events"})
    assert known_quantities(whole)[name].why is None
    known = known_quantities(with_totals(whole, **{unknown: 1}))[name]
    assert (known.at_least, known.at_most) == (document["totals"][name], None)
    assert "1 of 1 events do not state it" in str(known.why)
    nothing = known_quantities(with_totals(whole, **{name: None, key: None}))[name]
    assert (nothing.at_least, nothing.at_most) == (0.0, None)


def test_events_that_add_up_to_more_than_the_total_bound_it(document: dict[str, Any]) -> None:
    known = known_quantities(with_totals(document, sum_of_event_air_kerma_gy=1.5))[AIR]
    assert (known.at_least, known.at_most) == (1.0, 1.5)


def test_time_of_events_whose_type_is_not_known(document: dict[str, Any]) -> None:
    assert known_quantities(document)[TIME] == Known.exactly(10.0)
    of_events = with_totals(document, fluoroscopy_time_s=None)
    assert known_quantities(of_events)[TIME] == Known.exactly(10.0)
    known = known_quantities(with_totals(of_events, events_of_unknown_type=1))[TIME]
    assert (known.at_least, known.at_most) == (10.0, None)
    no_sum = with_totals(of_events, fluoroscopy={"time_s": None})
    assert known_quantities(no_sum)[TIME] == Known(why="the report does not state it")


def changed(
    document: dict[str, Any],
    *codes: str,
    missing_gy: float | None = 0.0,
    calibration: str = "1 (uncalibrated)",
    high_gy: float | None = None,
    assumptions: Iterable[Mapping[str, str]] = (),
) -> dict[str, Any]:
    interval = None
    if high_gy is not None:
        interval = {"low_gy": 0.1, "high_gy": high_gy, "assumptions": list(assumptions)}
    return {
        **document,
        "map": {**document["map"], "air_kerma_not_mapped_gy": missing_gy},
        "corrections": {**document["corrections"], "calibration": calibration},
        "interval": interval,
        "problems": [{"code": code} for code in codes],
    }


def peak(document: dict[str, Any]) -> Known:
    return known_quantities(document)[PEAK]


def test_kerma_that_the_map_lacks_bounds_the_peak(document: dict[str, Any]) -> None:
    mapped = document["peak_skin_dose_gy"]
    lacking = peak(changed(document, missing_gy=0.02))
    assert lacking.at_most == mapped + 0.02 * LARGEST_DOSE_PER_AIR_KERMA
    assert lacking.may_lack == 0.02 * LARGEST_DOSE_PER_AIR_KERMA
    assert lacking.at_least == mapped


@pytest.mark.parametrize("how", [{"missing_gy": None}, {"missing_gy": 0.02, "missed": True}])
def test_all_of_the_air_kerma_on_one_place_bounds_the_peak(
    how: dict[str, Any], document: dict[str, Any]
) -> None:
    """Where the map may lack any of it: 1 Gy of air kerma, at the shortest distance."""
    codes = ["kerma-not-on-skin"] if how.pop("missed", False) else []
    known = peak(changed(document, *codes, **how))
    assert known.at_least == document["peak_skin_dose_gy"]
    # Another place than that of the map's peak may have got all of it.
    assert known.at_most == known.may_lack == LARGEST_DOSE_PER_AIR_KERMA
    assert known.why is not None
    by_interval = peak(changed(document, *codes, high_gy=4.0, **how))
    assert by_interval.at_most == by_interval.may_lack == 4.0


def test_no_bound_without_one(document: dict[str, Any]) -> None:
    unknown = with_totals(
        changed(document, "kerma-not-on-skin"),
        reference_air_kerma_from="sum of events",
        events_with_unknown_air_kerma=1,
    )
    assert (peak(unknown).at_most, peak(unknown).may_lack) == (None, None)
    # The map is above what cannot be passed: something is wrong, and nothing bounds it.
    passed = peak(changed(unknown, "kerma-not-on-skin", high_gy=document["peak_skin_dose_gy"] / 2))
    assert passed.at_most is None


def test_a_large_calibration_factor_widens_the_bound(document: dict[str, Any]) -> None:
    for calibration, factor in (
        ("1.35 (given by the user)", 1.0),
        ("2.7 (given by the user)", 2.0),
        ("0.9 to 1.1 (profile); 2.7 (as the report states it)", 2.0),
    ):
        known = peak(changed(document, "kerma-not-on-skin", calibration=calibration))
        assert known.at_most == pytest.approx(factor * LARGEST_DOSE_PER_AIR_KERMA)


def test_the_document_says_the_factors_as_they_are_read(document: dict[str, Any]) -> None:
    assert document["corrections"]["calibration"] == "1 (uncalibrated)"


def test_the_largest_dose_per_air_kerma() -> None:
    # Skin at 380 mm, reference point at 1200 mm, backscatter, air to skin, calibration.
    largest = (1200 / 380) ** 2 * 1.7 * 1.07 * 1.35
    assert largest <= LARGEST_DOSE_PER_AIR_KERMA


def without_map(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    entry = {**document["map"], "reason": "no map: no geometry"}
    return {**changed(document, **changes), "peak_skin_dose_gy": None, "map": entry}


METER = {"field": "calibration_factor", "provenance": "assumed"}


def test_an_interval_that_takes_the_meter_as_right_is_widened_by_what_it_may_be_off(
    document: dict[str, Any],
) -> None:
    """35 % of what is: a meter that shows 1 Gy stands for 0.74 to 1.54 Gy."""
    given = peak(without_map(document, high_gy=4.0))
    assert (given.at_least, given.at_most) == (0.1, 4.0)
    right = peak(without_map(document, high_gy=4.0, assumptions=[METER]))
    assert right.at_least == pytest.approx(0.1 / 1.35)
    assert right.at_most == pytest.approx(4.0 / 0.65)


def test_the_air_kerma_bounds_the_peak_without_map(document: dict[str, Any]) -> None:
    found = peak(without_map(document))
    assert (found.at_least, found.at_most) == (0.0, LARGEST_DOSE_OF_ANY_SYSTEM)
    assert found.why == "no map: no geometry"
    kind = {**document["procedure"], "report_kind": "radiography"}
    radiographs = peak({**without_map(document), "procedure": kind})
    assert radiographs.at_most == LARGEST_DOSE_OF_RADIOGRAPHS
    unknown = with_totals(without_map(document), reference_air_kerma_gy=None)
    assert peak(unknown).at_most is None


@pytest.mark.parametrize("profile", [{"file": {"name": "room_2.toml"}}, {"profile": "generic"}])
def test_a_map_by_a_profile_of_no_make_may_be_of_any_system(
    profile: dict[str, Any], document: dict[str, Any]
) -> None:
    own = {**document["equipment"], **profile}
    lacking = peak({**changed(document, missing_gy=0.02), "equipment": own})
    assert lacking.may_lack == 0.02 * LARGEST_DOSE_OF_ANY_SYSTEM


@pytest.mark.parametrize(
    ("reference_mm", "skin_mm", "bound"),
    [
        (1190.0, 200.0, LARGEST_DOSE_OF_ANY_SYSTEM),  # mobile C-arm, spacer off
        (2270.0, 380.0, LARGEST_DOSE_OF_ANY_SYSTEM),  # fixed
        (590.0, 100.0, LARGEST_DOSE_OF_ANY_SYSTEM),  # small C-arm
        (3000.0, 300.0, LARGEST_DOSE_OF_RADIOGRAPHS),
    ],
)
def test_the_largest_dose_of_systems_without_map(
    reference_mm: float, skin_mm: float, bound: float
) -> None:
    largest = (reference_mm / skin_mm) ** 2 * 1.7 * 1.07 / 0.65
    assert 0.97 * bound < largest <= bound
