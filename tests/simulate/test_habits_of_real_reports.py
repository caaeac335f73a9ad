"""The styles against real reports of the same makes: same items, order, words, units, codes."""

from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from rdsr_walker import Found, events, find, walk

from dosemap.simulate import SimulatedEvent, rdsr_dataset
from dosemap.simulate.cases import single_beam
from dosemap.simulate.exposure_control import output_ugy_per_mas

REPORTS = Path(__file__).parents[3] / "shared" / "data" / "rdsr"
pytestmark = pytest.mark.skipif(
    not REPORTS.is_dir(), reason=f"no real reports at {REPORTS.name}/ beside the repository"
)
FLUOROSCOPY, ACQUISITION = {"event_type": "fluoroscopy"}, {"event_type": "stationary"}
NO_FILTER: dict[str, Any] = {**ACQUISITION, "filters": ()}
CONTINUOUS: dict[str, Any] = {**FLUOROSCOPY, "pulse_rate_per_s": 30.0}
SLOW: dict[str, Any] = {**FLUOROSCOPY, "pulse_rate_per_s": 8.0}
# The place of the event in the report, and what of it is not a habit but a setting.
REAL: list[tuple[str, str, int, dict[str, Any]]] = [
    ("siemens_artis", "siemens_axiom_procedure", 0, FLUOROSCOPY),
    ("siemens_artis", "siemens_axiom_procedure", 5, ACQUISITION),
    ("siemens_artis_vc14", "siemens_artis_zee_phantom", 0, FLUOROSCOPY),
    ("siemens_luminos", "siemens_luminos_rf_table", 0, FLUOROSCOPY),
    ("siemens_luminos", "siemens_luminos_rf_table", 1, NO_FILTER),
    ("siemens_luminos", "siemens_luminos_rf_table", 3, ACQUISITION),
    ("siemens_radiography", "siemens_luminos_radiography", 0, NO_FILTER),
    ("philips_allura", "philips_allura_clarity_u104", 0, FLUOROSCOPY),
    ("philips_allura", "philips_allura_xper", 1, ACQUISITION),
    ("philips_veradius", "philips_veradius_mobile_no_kvp", 0, FLUOROSCOPY),
    ("ge_surgery", "ge_surgery_super_c", 0, CONTINUOUS),
    ("ge_surgery", "ge_surgery_super_c", 6, SLOW),
]
AROUND = [
    ("siemens_artis", "siemens_axiom_procedure"),
    ("siemens_artis_vc14", "siemens_artis_zee_phantom"),
    ("siemens_luminos", "siemens_luminos_rf_table"),
    ("siemens_radiography", "siemens_luminos_radiography"),
    ("siemens_varic", "siemens_arcadis_varic_totals_only"),
    ("philips_allura", "philips_allura_xper"),
    ("philips_veradius", "philips_veradius_mobile_no_kvp"),
    ("ge_surgery", "ge_surgery_super_c"),
]
VARIES = {"123014", "113757", "113764", "113721"}
"""Coded values that are the examination's, not the maker's: region, material, plane, type."""


def outline(item: Dataset) -> list[tuple[str, ...]]:
    return [_line(found) for found in walk(item)]


def _line(found: Found) -> tuple[str, ...]:
    item = found.dataset
    coded = () if found.code in VARIES else item.get("ConceptCodeSequence") or ()
    measured = item.get("MeasuredValueSequence") or ()
    units = [unit for value in measured for unit in value.MeasurementUnitsCodeSequence]
    return (
        found.value_type,
        *_words(item.ConceptNameCodeSequence),
        *_words(coded),
        # How a unit is worded differs within one make: deg and °.
        *(part for unit in units for part in (unit.CodeValue, unit.CodingSchemeDesignator)),
        *_words(item.get("NumericValueQualifierCodeSequence") or ()),
        str(found.relationship),
        str(item.get("ContinuityOfContent")),
    )


def _words(codes: Any) -> tuple[str, ...]:
    return tuple(
        str(part)
        for code in codes
        for part in (code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning)
    )


def without_events(report: Dataset) -> list[tuple[str, ...]]:
    around = Dataset()
    around.ContentSequence = [
        child
        for child in report.ContentSequence
        if child.ConceptNameCodeSequence[0].CodeValue != "113706"
    ]
    return outline(around)


@pytest.mark.parametrize(("style", "name", "place", "settings"), REAL)
def test_events_have_the_same_outline(
    style: str, name: str, place: int, settings: dict[str, Any]
) -> None:
    real = events(dcmread(REPORTS / f"{name}.dcm"))[place]
    ours = events(rdsr_dataset(single_beam(SimulatedEvent(**settings)), style=style))[0]
    assert outline(ours) == outline(real)


@pytest.mark.parametrize(("style", "name"), AROUND)
def test_what_stands_around_the_events_has_the_same_outline(style: str, name: str) -> None:
    ours = rdsr_dataset(single_beam(), style=style)
    assert without_events(ours) == without_events(dcmread(REPORTS / f"{name}.dcm"))


@pytest.mark.parametrize(("style", "name"), AROUND)
def test_the_header_says_as_much_of_class_template_and_character_set(style: str, name: str) -> None:
    real, ours = dcmread(REPORTS / f"{name}.dcm"), rdsr_dataset(single_beam(), style=style)
    for keyword in ("SOPClassUID", "SpecificCharacterSet", "CompletionFlag", "PreliminaryFlag"):
        assert ours.get(keyword) == real.get(keyword), keyword
    assert ("ContentTemplateSequence" in ours) is ("ContentTemplateSequence" in real)


def test_numbers_have_as_many_decimals() -> None:
    """Decimal strings of the Super-C: eight decimals, and two for lengths and times."""
    real = dcmread(REPORTS / "ge_surgery_super_c.dcm")
    ours = rdsr_dataset(single_beam(SimulatedEvent(**CONTINUOUS)), style="ge_surgery")
    assert _decimals(ours) == _decimals(real)


def _decimals(report: Dataset) -> dict[str, int]:
    written = {
        found.code: str(
            found.dataset.MeasuredValueSequence[0]["NumericValue"].value.original_string
        )
        for found in walk(events(report)[0])
        if found.value_type == "NUM" and found.value is not None
    }
    return {code: len(text.partition(".")[2]) for code, text in written.items()}


def test_tube_output_is_that_of_the_real_report() -> None:
    """Kerma per charge of every event of the report that the table was read off.

    Within 12 %: kerma is given in steps of 10 µGy, and the smallest event here has eight.
    """
    compared = 0
    for event in events(dcmread(REPORTS / "siemens_axiom_procedure.dcm")):
        kerma_ugy = find(event, "113738").value * 1e6
        if kerma_ugy < 80:
            continue
        charge_mas = find(event, "113736").value / 1000
        copper_mm = find(event, "113758").value
        expected = output_ugy_per_mas(find(event, "113733").value, (("Cu", copper_mm),))
        assert kerma_ugy / charge_mas == pytest.approx(expected, rel=0.12)
        compared += 1
    assert compared > 15
