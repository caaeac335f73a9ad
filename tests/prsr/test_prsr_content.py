"""What stands in the report: read back with pydicom alone, it is what the JSON document says."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from prsr_cases import (
    PRSR,
    SECONDARY_CAPTURE,
    X_RAY_DOSE_SR,
    plain_result,
    report_bytes,
    result_of,
    simulated,
)
from prsr_walker import PRIVATE, Found, children, every, only, walk
from pydicom import dcmread
from pydicom.sr import _concepts_dict

from dosemap import DoseResult, estimate, estimate_interval
from dosemap.corrections import Corrections
from dosemap.data_tables import table_rows
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.edits import omit
from dosemap.surface import Surface
from preset_reports import lumbar_injection
from simulated_reports import flat_back

PEAK = "128531"
CONCEPTS: dict[str, Any] = _concepts_dict.concepts
"""Of pydicom: scheme, keyword, code, meaning and context groups."""
MISSES = SimulatedEvent(table_lateral_mm=2000, reference_air_kerma_gy=2.0)


@pytest.fixture(scope="module")
def body_result() -> DoseResult:
    read = read_rdsr(simulated(lumbar_injection(), "philips_allura"), name="report.dcm")
    return estimate(read).with_interval(estimate_interval(read))


def items_of(result: DoseResult, folder: Path) -> list[Found]:
    result.to_dicom(folder / "case.dcm")
    return walk(folder / "case.dcm")


def private_numbers(items: list[Found], code: str) -> list[float]:
    return [item.value for item in every(items, code, PRIVATE)]


@pytest.mark.parametrize("on", ["body", "flat back"])
def test_numbers_are_those_of_the_document(
    on: str, body_result: DoseResult, tmp_path: Path
) -> None:
    result = body_result if on == "body" else plain_result()
    items, document = items_of(result, tmp_path), result.document
    peak = only(items, PEAK)
    assert (peak.value, peak.unit) == (document["peak_skin_dose_gy"], "Gy")
    assert peak.child("363698007", "SCT").value == ("39937001", "SCT")
    assert peak.child("peak-site", PRIVATE).value == document["peak"]["site"]
    hottest = only(items, "hottest-1cm2", PRIVATE)
    assert (hottest.value, hottest.unit) == (document["hottest_1cm2_dose_gy"], "Gy")
    areas = [
        {"dose_gy": item.child("128513").value, "area_cm2": item.value}
        for item in every(items, "area-above", PRIVATE)
    ]
    assert areas == document["skin_area_above"]
    trust = document["trust"]
    assert private_numbers(items, "air-kerma") == [trust["air_kerma_gy"]]
    assert private_numbers(items, "share-on-skin") == [trust["share_on_skin"]]
    assert private_numbers(items, "share-missed") == [trust["share_missed_skin"]]
    assert private_numbers(items, "share-not-placed") == [trust["share_not_placed"]]
    assert private_numbers(items, "share-assumed") == [trust["share_with_assumed_fields"]]
    assert private_numbers(items, "share-derived") == [trust["share_with_derived_air_kerma"]]
    not_mapped = document["map"]["air_kerma_not_mapped_gy"]
    assert private_numbers(items, "not-mapped") == [not_mapped]


def test_interval_is_there_where_the_result_has_one(
    body_result: DoseResult, tmp_path: Path
) -> None:
    peak = only(items_of(body_result, tmp_path), PEAK)
    interval = body_result.document["interval"]
    assert peak.child("lowest", PRIVATE).value == interval["low_gy"]
    assert peak.child("highest", PRIVATE).value == interval["high_gy"]
    assert "not a statistical confidence interval" in peak.child("128511").value
    (tmp_path / "plain").mkdir()
    plain = only(items_of(plain_result(), tmp_path / "plain"), PEAK)
    names = {item.name[0] for item in children(plain)}
    assert names.isdisjoint({"lowest", "highest", "no-end", "128511"})


def test_ends_that_are_not_known_are_left_out_with_the_reason(tmp_path: Path) -> None:
    result = plain_result()
    known_low = {**interval_of(result), "high_gy": None, "reason": "nothing bounds event 3"}
    result = replace(result, document={**result.document, "interval": known_low})
    peak = only(items_of(result, tmp_path), PEAK)
    assert peak.child("no-end", PRIVATE).value == "nothing bounds event 3"
    assert {item.name[0] for item in children(peak)}.isdisjoint({"highest"})


def interval_of(result: DoseResult) -> dict[str, Any]:
    assert result.procedure is not None
    return dict(estimate_interval(result.procedure).to_dict())


def test_problems_and_assumptions_stand_as_texts(body_result: DoseResult, tmp_path: Path) -> None:
    """Those of the map beside the peak, those of the interval below it."""
    items, document = items_of(body_result, tmp_path), body_result.document
    for part, depth in ((document, 2), (document["interval"], 3)):
        own = [item for item in items if len(item.above) == depth]
        problems = [item.value for item in every(own, "problem", PRIVATE)]
        assert problems == [f"{p['code']}: {p['message']}" for p in part["problems"]]
        assumptions = [item.value for item in every(own, "assumption", PRIVATE)]
        assert len(assumptions) == len(part["assumptions"]) > 0
        for text, entry in zip(assumptions, part["assumptions"], strict=True):
            assert text.startswith(f"{entry['field']} = {entry['value']} ({entry['provenance']}): ")
            assert entry["why"] in text
    assert "not for clinical decisions" in only(items, "121106").value


def test_alert_levels(tmp_path: Path) -> None:
    """The beam beside the skin may have hit it: nobody can say how much."""
    events = (SimulatedEvent(reference_air_kerma_gy=2.5), replace(MISSES, started_s=60.0))
    result = result_of(report_bytes(*events))
    items = items_of(result, tmp_path)
    texts = [item.value for item in every(items, "alert", PRIVATE)]
    assert len(texts) == len(result.alerts()) > 0
    for text, entry in zip(texts, result.alerts(), strict=True):
        assert text.startswith(entry["level"])
        assert text.endswith(entry["wording"])
    unknown = [item.value for item in every(items, "alert-unknown", PRIVATE)]
    assert unknown == [
        f"{entry['level']}: {entry['reason']}" for entry in result.document["alerts_not_evaluated"]
    ]
    assert unknown


def test_a_peak_that_is_a_lower_bound_says_so(tmp_path: Path) -> None:
    result = result_of(report_bytes(SimulatedEvent(), MISSES))
    peak = only(items_of(result, tmp_path), PEAK)
    assert "the peak is a lower bound" in peak.child("lower-bound", PRIVATE).value
    (tmp_path / "whole").mkdir()
    whole = only(items_of(plain_result(), tmp_path / "whole"), PEAK)
    assert "lower-bound" not in {item.name[0] for item in children(whole)}


def test_source_and_picture_are_referred_to_and_listed_as_evidence(tmp_path: Path) -> None:
    items = items_of(plain_result(), tmp_path)
    report, picture = dcmread(tmp_path / "case.dcm"), dcmread(tmp_path / "case.map.dcm")
    document = plain_result().document["procedure"]
    assert only(items, "128416").value == (X_RAY_DOSE_SR, document["sop_instance_uid"])
    assert only(items, "128414").value == (SECONDARY_CAPTURE, picture.SOPInstanceUID)
    assert only(items, "128413").value == ("128485", "DCM")
    (study,) = report.CurrentRequestedProcedureEvidenceSequence
    assert study.StudyInstanceUID == document["study_instance_uid"]
    listed = {
        (series.SeriesInstanceUID, reference.ReferencedSOPInstanceUID)
        for series in study.ReferencedSeriesSequence
        for reference in series.ReferencedSOPSequence
    }
    source_series = dcmread(BytesIO(report_bytes())).SeriesInstanceUID
    assert listed == {
        (source_series, document["sop_instance_uid"]),
        (picture.SeriesInstanceUID, picture.SOPInstanceUID),
    }
    assert (report.SOPClassUID, report.Modality) == (PRSR, "SR")
    assert report.StudyInstanceUID == picture.StudyInstanceUID == document["study_instance_uid"]


def test_events_are_listed_only_where_some_were_not_used(tmp_path: Path) -> None:
    """TID 10033 row 4: if and only if."""
    assert every(items_of(plain_result(), tmp_path), "128429") == []
    events = [SimulatedEvent(started_s=60.0 * number) for number in range(3)]
    result = result_of(report_bytes(*events, edits=[omit("112011", event=1)]))
    uids = result.events.texts["irradiation_event_uid"]
    assert len(set(uids)) == 3
    (tmp_path / "some").mkdir()
    items = items_of(result, tmp_path / "some")
    used = [item.value for item in children(only(items, "128416"))]
    assert used == [uids[0], uids[2]]


@pytest.mark.parametrize(
    ("surface", "code"),
    [
        (None, ("128404", "DCM")),
        (flat_back(), ("128418", "DCM")),
        (
            Surface.elliptic_cylinder(width_mm=400, thickness_mm=200, length_mm=600, spacing_mm=20),
            ("128418", "DCM"),
        ),
        (
            Surface.from_mesh(flat_back().vertices_mm, flat_back().triangles, repair=False),
            ("own-mesh", PRIVATE),
        ),
    ],
    ids=["body", "plane", "cylinder", "own mesh"],
)
def test_patient_model(
    surface: Surface | None, code: tuple[str, str], body_result: DoseResult, tmp_path: Path
) -> None:
    read = read_rdsr(report_bytes(), name="report.dcm")
    result = body_result if surface is None else estimate(read, surface=surface)
    items = items_of(result, tmp_path)
    assert only(items, "128417").value == code
    assert result.document["map"]["surface"] in only(items, "128426").value
    demographics = {item.name[0]: item.value for item in children(only(items, "128427"))}
    body = result.document["map"]["body"]
    if body is None:
        assert demographics == {}
        return
    assert demographics["128428"] == demographics["128430"] == body["age_years"]
    assert demographics["128438"] == demographics["128441"] == body["mass_kg"]
    assert demographics["128439"] == demographics["128442"] == body["height_cm"]
    sex = demographics.get("128437")
    assert sex == ((body["sex"], "DCM") if body["sex"] else None)


def test_table_and_pad_are_left_out_where_the_estimate_goes_without(tmp_path: Path) -> None:
    described = only(items_of(plain_result(), tmp_path), "128468").value
    assert "siemens_artis" in described
    assert "transmission along each ray" in described
    read = read_rdsr(report_bytes(), name="report.dcm")
    without = estimate(read, surface=flat_back(), corrections=Corrections(support=False))
    (tmp_path / "without").mkdir()
    assert every(items_of(without, tmp_path / "without"), "128457") == []


def test_only_the_root_names_its_template(tmp_path: Path) -> None:
    """DCMTK takes every other for an error, and of some the nesting could not be looked up."""
    items = items_of(plain_result(), tmp_path)
    named = [item for item in items if "ContentTemplateSequence" in item.dataset]
    (template,) = named[0].dataset.ContentTemplateSequence
    assert [item.name for item in named] == [("128401", "DCM")]
    assert (template.MappingResource, template.TemplateIdentifier) == ("DCMR", "10030")


ROWS = list(table_rows("prsr", "concepts.csv"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_every_code_is_in_a_dictionary_or_private(row: dict[str, str]) -> None:
    scheme, value, meaning = row["scheme"], row["value"], row["meaning"]
    assert len(value) <= 16
    assert len(meaning) <= 64
    if scheme == PRIVATE:
        assert row["source"] == "private"
        assert not any(meaning.casefold() == known.casefold() for known in dicom_meanings())
    elif scheme == "UCUM":
        assert value in {"Gy", "a", "kg", "cm", "mm", "cm2", "1"}
    elif scheme == "RFC5646":
        assert (value, meaning) == ("en", "English")
    else:
        known = {
            known_meaning.casefold()
            for codes in CONCEPTS[scheme].values()
            for code, (known_meaning, _) in codes.items()
            if code == value
        }
        assert meaning.casefold() in known


def dicom_meanings() -> set[str]:
    return {meaning for codes in CONCEPTS["DCM"].values() for meaning, _ in codes.values()}


def test_no_code_has_two_names() -> None:
    codes = [(row["scheme"], row["value"]) for row in ROWS]
    assert len(set(codes)) == len(codes)
