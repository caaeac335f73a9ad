"""The JSON document: the keys of the contract, plain values, and nothing undescribed."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dosemap import DoseResult, estimate, estimate_interval, read_rdsr
from dosemap.cli.data_output import failed_document
from dosemap.equipment import ProfileFile, match_profile
from dosemap.simulate import SimulatedEvent, SimulatedPatient
from json_pages import described_keys, is_of, leaves, name_of
from simulated_reports import KERMA_GY, RDSR, artis_bytes, artis_procedure, bare_estimate

DOCS = Path(__file__).parents[2] / "docs" / "json.md"

CONTRACT = {
    "schema": None,
    "procedure": {
        "study_instance_uid", "manufacturer", "model", "started", "patient_position",
    },
    "totals": {
        "events", "reference_air_kerma_gy", "kerma_area_product_gy_m2", "fluoroscopy_time_s",
    },
    "map": {"available", "reason", "vertices", "air_kerma_not_mapped_gy"},
    "peak_skin_dose_gy": None,
    "hottest_1cm2_dose_gy": None,
    "peak": {"site", "point_in_patient_mm", "events"},
    "skin_area_above": None,
    "alerts": None,
    "assumptions": None,
    "problems": None,
}  # fmt: skip
"""The keys of docs/json.md."""

ENTRIES = {
    "skin_area_above": {"dose_gy", "area_cm2"},
    "alerts": {"level", "quantity", "value", "threshold", "source"},
    "assumptions": {"field", "value", "why"},
    "problems": {"code", "events", "message"},
}


def mapped() -> DoseResult:
    """A result with a map, every level reached, a site's profile, an assumption and a problem."""
    high = SimulatedEvent(
        reference_air_kerma_gy=40.0, kvp=80.0, number_of_pulses=40_000, tube_current_ma=10.0
    )
    low = SimulatedEvent(started_s=6000.0, kvp=160.0)
    procedure = artis_procedure(high, low)
    profile = match_profile(procedure.device)
    assert profile is not None
    of_site = replace(profile, file=ProfileFile(name="room_2.toml", sha256="0" * 64))
    return estimate(procedure, equipment=of_site)


def without_map() -> DoseResult:
    procedure = artis_procedure(SimulatedEvent(reference_air_kerma_gy=0.1))
    return estimate(replace(procedure, device=replace(procedure.device, model="Unheard-of")))


def totals_only() -> DoseResult:
    return estimate(replace(artis_procedure(), events=()))


def with_interval() -> DoseResult:
    """An interval with events that have bounds and one that has none."""
    procedure = artis_procedure(SimulatedEvent(), SimulatedEvent(started_s=60.0, kvp=160.0))
    procedure = replace(procedure, device=replace(procedure.device, model="Unheard-of"))
    return estimate(procedure).with_interval(estimate_interval(procedure))


def with_risk() -> DoseResult:
    return mapped().with_risk()


RESULTS = [mapped, without_map, totals_only, with_interval, with_risk]


def described() -> dict[str, str]:
    """Return key and type of the first table of the page."""
    table = DOCS.read_text(encoding="utf-8").split("\n\nA file that cannot be read")[0]
    return described_keys(table)


@pytest.mark.parametrize("make", RESULTS)
def test_the_keys_of_the_contract_are_there(make: Any) -> None:
    document = make().to_dict()
    for key, inner in CONTRACT.items():
        assert key in document
        if inner and document[key] is not None:
            assert inner <= set(document[key])
    for key, keys in ENTRIES.items():
        for entry in document[key]:
            assert keys <= set(entry)
    assert document["schema"] == "dosemap.estimate/1"


def test_the_document_of_a_map_has_an_entry_of_every_kind() -> None:
    document = mapped().to_dict()
    for key in (*ENTRIES, "peak"):
        assert document[key], key
    assert {alert["quantity"] for alert in document["alerts"]} == {
        "peak_skin_dose_gy",
        "reference_air_kerma_gy",
        "kerma_area_product_gy_m2",
        "fluoroscopy_time_s",
    }


@pytest.mark.parametrize("make", RESULTS)
def test_every_key_is_described_with_its_type(make: Any) -> None:
    table = described()
    for path, value in leaves(make().to_dict()):
        name = name_of(path, table)
        if name in table:
            assert is_of(value, table[name]), (path, value)
        else:
            # A plain object needs no line of its own when its keys have theirs.
            assert isinstance(value, dict), f"{path} is not described in docs/json.md"
            assert any(key.startswith(f"{path}.") for key in table), path


def test_every_described_key_occurs() -> None:
    table = described()
    found = {name_of(path, table) for make in RESULTS for path, _ in leaves(make().to_dict())}
    assert set(table) <= found


def test_the_keys_of_a_failed_file_are_described() -> None:
    table = DOCS.read_text(encoding="utf-8").split("\n\nA file that cannot be read")[1]
    found = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert found == list(failed_document("report.dcm", "words"))


@pytest.mark.parametrize("make", RESULTS)
def test_it_is_plain_json_without_nan(make: Any) -> None:
    result: DoseResult = make()
    text = result.to_json()
    assert json.loads(text) == result.to_dict()
    assert not re.search(r"\b(NaN|Infinity)\b", text)
    for path, value in leaves(json.loads(text)):
        assert not isinstance(value, float) or math.isfinite(value), path


def test_no_map_means_nulls_and_never_zeros() -> None:
    document = without_map().to_dict()
    assert document["map"]["available"] is False
    assert document["map"]["reason"]
    for key in ("peak_skin_dose_gy", "hottest_1cm2_dose_gy", "peak"):
        assert document[key] is None
    assert document["skin_area_above"] == []
    assert document["map"]["air_kerma_not_mapped_gy"] == pytest.approx(0.1)


def test_totals_are_the_reports_or_the_sum_of_events() -> None:
    procedure = artis_procedure(SimulatedEvent(), SimulatedEvent(started_s=60.0))
    totals = bare_estimate(procedure).document["totals"]
    assert totals["events"] == 2
    assert totals["reference_air_kerma_gy"] == pytest.approx(2 * KERMA_GY)
    assert totals["reference_air_kerma_from"] == "report"
    for wrong in (None, 0.0):
        without = replace(procedure.totals, reference_air_kerma_gy=wrong)
        totals = bare_estimate(replace(procedure, totals=without)).document["totals"]
        assert totals["reference_air_kerma_gy"] == pytest.approx(2 * KERMA_GY)
        assert totals["reference_air_kerma_from"] == "sum of events"


def test_the_areas_fall_with_the_dose() -> None:
    areas = [entry["area_cm2"] for entry in mapped().document["skin_area_above"]]
    assert areas == sorted(areas, reverse=True)
    assert areas[0] > 0


def test_the_representation_is_one_line_that_says_the_result() -> None:
    assert re.fullmatch(
        r"<DoseResult of report\.dcm: peak skin dose [0-9.]+ Gy, posterior, on the .*>",
        repr(bare_estimate(artis_procedure())),
    )
    assert repr(without_map()).startswith("<DoseResult of report.dcm: no map: ")


def test_no_identifier_of_the_patient_gets_out() -> None:
    patient = SimulatedPatient(name="SECRET^NAME", patient_id="SECRET-ID", height_cm=9000.0)
    result = estimate(read_rdsr(artis_bytes(patient=patient)))
    assert "patient-value-implausible" in {problem["code"] for problem in result.problems}
    for text in (result.to_json(), repr(result), repr(read_rdsr(artis_bytes(patient=patient)))):
        assert "SECRET" not in text


@pytest.mark.skipif(not RDSR.is_dir(), reason="the real reports of ../shared/data are not here")
def test_real_reports_hold_described_keys_only() -> None:
    table = described()
    for path in sorted(RDSR.glob("*.dcm")):
        for key, value in leaves(estimate(read_rdsr(path)).to_dict()):
            assert name_of(key, table) in table or isinstance(value, dict), (path.name, key)
