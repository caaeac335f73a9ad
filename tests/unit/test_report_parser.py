"""The report reader against a walk of the same tree with pydicom, on every real report at hand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pydicom
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from dosemap import _core

REPORTS = sorted((Path(__file__).parents[2] / ".." / "shared" / "data" / "rdsr").glob("*.dcm"))
EVENT_COUNTS = {  # section 1 of the survey of these files, counted there with another program
    "ge_surgery_super_c": 8,
    "philips_allura_clarity_single_event": 1,
    "philips_allura_clarity_u104": 25,
    "philips_allura_clarity_u601": 29,
    "philips_allura_xper": 3,
    "philips_veradius_mobile_no_kvp": 20,
    "siemens_arcadis_varic_totals_only": 0,
    "siemens_artis_zee_phantom": 8,
    "siemens_axiom_artis": 21,
    "siemens_axiom_procedure": 24,
    "siemens_luminos_radiography": 1,
    "siemens_luminos_rf_table": 4,
}
TEXT_KEYWORDS = ("TextValue", "UID", "DateTime", "Date", "Time", "PersonName")

each_report = pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path.stem) for path in REPORTS]
    or [pytest.param(None, marks=pytest.mark.skip("no real reports in ../shared/data/rdsr"))],
)

Code = tuple[str, str, str]


class Item(NamedTuple):
    """What both programs must agree on; the parent is compared by its place in the whole tree."""

    parent: int | None
    concept: Code
    value_type: str
    numbers: tuple[float, ...]
    unit: str | None
    unit_scheme: str | None
    qualifier: Code | None
    coded: Code | None
    text: str | None


def first_code(dataset: pydicom.Dataset, keyword: str) -> Code | None:
    codes = dataset.get(keyword)
    if not codes:
        return None
    code = codes[0]
    return (
        str(code.get("CodeValue", "")),
        str(code.get("CodingSchemeDesignator", "")),
        str(code.get("CodeMeaning", "")),
    )


def pydicom_item(dataset: pydicom.Dataset, parent: int | None) -> Item:
    measured = dataset.get("MeasuredValueSequence") or [pydicom.Dataset()]
    number: Any = measured[0].get("NumericValue")
    several = isinstance(number, pydicom.multival.MultiValue)
    numbers = () if number is None else tuple(map(float, number if several else [number]))
    unit = first_code(measured[0], "MeasurementUnitsCodeSequence")
    texts = [dataset[keyword].value for keyword in TEXT_KEYWORDS if keyword in dataset]
    return Item(
        parent=parent,
        concept=first_code(dataset, "ConceptNameCodeSequence") or ("", "", ""),
        value_type=dataset.get("ValueType", ""),
        numbers=numbers,
        unit=unit and unit[0],
        unit_scheme=unit and unit[1],
        qualifier=first_code(dataset, "NumericValueQualifierCodeSequence"),
        coded=first_code(dataset, "ConceptCodeSequence"),
        text=str(texts[0] or "") if texts else None,
    )


def pydicom_walk(dataset: pydicom.Dataset) -> tuple[list[Item], list[list[Item]]]:
    """Items outside events and the items of every event, as the reader promises them."""
    outside: list[Item] = []
    events: list[list[Item]] = []

    def walk(children: Any, items: list[Item], parent: int | None) -> None:
        for child in children or []:
            if (first_code(child, "ConceptNameCodeSequence") or ())[:2] == ("113706", "DCM"):
                events.append([])
                walk(child.get("ContentSequence"), events[-1], None)
            else:
                items.append(pydicom_item(child, parent))
                walk(child.get("ContentSequence"), items, len(items) - 1)

    walk(dataset.get("ContentSequence"), outside, None)
    return outside, events


def plain(items: tuple[_core.ReportItem, ...]) -> list[Item]:
    return [
        Item(
            parent=item.parent,
            concept=(item.code, item.scheme, item.meaning),
            value_type=item.value_type,
            numbers=item.numbers,
            unit=item.unit,
            unit_scheme=item.unit_scheme,
            qualifier=item.qualifier,
            coded=item.coded,
            text=item.text,
        )
        for item in items
    ]


def content(report: _core.RadiationDoseReport) -> tuple[list[Item], list[list[Item]]]:
    return plain(report.items), [plain(event) for event in report.events]


def rewritten(dataset: pydicom.Dataset) -> Iterator[tuple[str, bytes]]:
    """The same report in every transfer syntax, and without preamble and file meta."""
    syntaxes = {
        "implicit": ImplicitVRLittleEndian,
        "explicit": ExplicitVRLittleEndian,
        "deflated": DeflatedExplicitVRLittleEndian,
        "big endian": ExplicitVRBigEndian,
    }
    for undefined_length in (False, True):
        set_undefined_length(dataset, undefined=undefined_length)
        for name, syntax in syntaxes.items():
            dataset.file_meta.TransferSyntaxUID = syntax
            buffer = io.BytesIO()
            pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
            source = buffer.getvalue()
            label = f"{name}, {'undefined' if undefined_length else 'defined'} lengths"
            yield label, source
            yield f"{label}, no preamble", source[132:]
            if name != "deflated":  # without file meta nothing says that it is
                meta_length = int.from_bytes(source[140:144], "little")
                yield f"{label}, no file meta", source[144 + meta_length :]


def set_undefined_length(dataset: pydicom.Dataset, *, undefined: bool) -> None:
    for element in dataset:
        if element.VR == "SQ":
            element.is_undefined_length = undefined
            for item in element.value:
                item.is_undefined_length_sequence_item = undefined
                set_undefined_length(item, undefined=undefined)


@each_report
def test_reads_what_pydicom_reads(path: Path) -> None:
    report = _core.read_report_file(path)
    dataset = pydicom.dcmread(path)
    assert len(report.events) == EVENT_COUNTS[path.stem]
    assert content(report) == pydicom_walk(dataset)
    for keyword, value in report.header.items():
        expected = dataset[keyword].value
        several = isinstance(expected, pydicom.multival.MultiValue)
        assert value == ("\\".join(expected) if several else str(expected)), keyword


# Three files hold UIDs with a leading zero or a sign; pydicom says so when it writes them.
@pytest.mark.filterwarnings("ignore:Invalid value for VR UI:UserWarning")
@each_report
def test_encoding_does_not_matter(path: Path) -> None:
    dataset = pydicom.dcmread(path)
    expected = content(_core.read_report_file(path))
    for label, source in rewritten(dataset):
        assert content(_core.read_report(source)) == expected, label


def structured_report(**elements: Any) -> bytes:
    """Build a small report with one number, changed by `elements`, from pydicom's own writer."""
    code = pydicom.Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "113701", "DCM", "title"
    number = pydicom.Dataset()
    number.ValueType = "NUM"
    report = pydicom.Dataset()
    report.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.67"
    report.PatientName = "Doe^Jane"
    report.ConceptNameCodeSequence = [code]
    report.ContentSequence = [number]
    for keyword, value in elements.items():
        setattr(report, keyword, value)
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, report, implicit_vr=True, little_endian=True)
    return buffer.getvalue()


def test_refusals_are_value_errors_without_identifiers() -> None:
    image = structured_report(SOPClassUID="1.2.840.10008.5.1.4.1.1.12.1")
    refusals = {
        b"": "not a DICOM file",
        b"no DICOM at all": "not a DICOM file",
        structured_report()[:-1]: "cut off",
        image: "X-Ray Angiographic Image Storage",
        structured_report(ContentSequence=[]): "no content",
    }
    for source, words in refusals.items():
        with pytest.raises(_core.ReportError, match=words) as caught:
            _core.read_report(source)
        assert isinstance(caught.value, ValueError)
        assert "Doe" not in str(caught.value)


def test_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        _core.read_report_file(tmp_path / "absent.dcm")


def test_header_cannot_be_changed_and_repr_names_no_patient() -> None:
    report = _core.read_report(structured_report())
    assert report.header["PatientName"] == "Doe^Jane"
    with pytest.raises(TypeError):
        report.header["PatientName"] = "x"  # type: ignore[index]
    assert repr(report) == "<RadiationDoseReport: 0 irradiation events, 1 items outside them>"
    assert repr(report.items[0]) == "<ReportItem  () NUM>"


def test_japanese_names_in_iso_2022() -> None:
    """PS3.5 annex H.3.1: the name of the example, JIS X 0208 behind escape sequences."""
    source = structured_report(
        SpecificCharacterSet=["", "ISO 2022 IR 87"], PatientName="Yamada^Tarou=山田^太郎"
    )
    assert _core.read_report(source).header["PatientName"] == "Yamada^Tarou=山田^太郎"
