"""Alert levels: data with a source, reached from the threshold on."""

import pytest

from dosemap.alerts import evaluate, shipped_levels

BY_QUANTITY = {level["quantity"]: level for level in shipped_levels()}


def test_substantial_radiation_dose_levels_of_ncrp_168() -> None:
    # NCRP Report 168 and Stecker et al. 2009: 3 Gy skin, 5 Gy air kerma, 500 Gy cm2, 60 min.
    assert {name: level["threshold"] for name, level in BY_QUANTITY.items()} == {
        "peak_skin_dose_gy": 3.0,
        "reference_air_kerma_gy": 5.0,
        "kerma_area_product_gy_m2": 500 * 1e-4,
        "fluoroscopy_time_s": 60 * 60,
    }


@pytest.mark.parametrize("level", shipped_levels(), ids=lambda level: level["quantity"])
def test_every_level_says_where_it_comes_from(level: dict[str, str]) -> None:
    assert level["source"]
    assert level["verified"]
    assert level["unit"] == {"gy": "Gy", "m2": "Gy m2", "s": "s"}[level["quantity"].split("_")[-1]]


@pytest.mark.parametrize("quantity", BY_QUANTITY)
def test_a_level_is_reached_from_its_threshold_on(quantity: str) -> None:
    threshold = BY_QUANTITY[quantity]["threshold"]
    assert evaluate({quantity: threshold * 0.999}) == []
    (alert,) = evaluate({quantity: threshold})
    assert alert["quantity"] == quantity
    assert alert["value"] == alert["threshold"] == threshold
    assert set(alert) == {
        "level", "quantity", "value", "threshold", "unit", "site", "source", "verified",
    }  # fmt: skip


def test_unknown_and_other_quantities_raise_no_alert() -> None:
    assert evaluate({}) == []
    assert evaluate({"peak_skin_dose_gy": None, "events": 1e6}) == []


def test_several_levels_at_once() -> None:
    alerts = evaluate({"peak_skin_dose_gy": 4.0, "reference_air_kerma_gy": 6.0})
    assert [alert["quantity"] for alert in alerts] == [
        "peak_skin_dose_gy",
        "reference_air_kerma_gy",
    ]


def test_an_alert_of_the_skin_says_where_it_is() -> None:
    site = "posterior torso, 4 cm right of midline, level T12"
    alerts = evaluate({"peak_skin_dose_gy": 4.0, "reference_air_kerma_gy": 6.0}, peak_site=site)
    assert {alert["quantity"]: alert["site"] for alert in alerts} == {
        "peak_skin_dose_gy": site,
        "reference_air_kerma_gy": None,
    }
