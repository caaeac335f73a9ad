"""No identifier, and no text typed by people, gets from a report into what the program says.

``poisoned_reports`` puts a canary wherever one can stand. It must not come out in problems,
assumptions, reasons, errors and their tracebacks, log records, stderr or stdout.
"""

import io
import json
import logging
import random
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom import Dataset, config
from typer.testing import CliRunner

from dosemap import DosemapError, Surface, estimate, estimate_interval, read_rdsr
from dosemap.checking import check_document
from dosemap.cli import app
from dosemap.equipment import match_profile
from dosemap.placement import place_procedure
from dosemap.simulate import SimulatedEvent, SimulatedProcedure, rdsr_dataset
from dosemap.simulate.content import Code, Item, ucum
from dosemap.simulate.edits import Edit
from dosemap.simulate.styles import STYLES
from make_devices import device_of
from poisoned_reports import BORN, DIGITS, WORD, encoded, poisoned_dataset

SURFACE = Surface.elliptic_cylinder(width_mm=350, thickness_mm=220, length_mm=1700, spacing_mm=40)
EVENTS = (SimulatedEvent(), SimulatedEvent(event_type="stationary", started_s=60.0, kvp=160.0))
MUTATIONS = 12


def check_silent(said: str, where: str) -> None:
    for canary in (WORD.casefold(), DIGITS, BORN, "1947-11-04"):
        assert canary not in said.casefold(), f"{where}: {_around(said, canary)}"


def _around(said: str, canary: str) -> str:
    at = said.casefold().index(canary)
    return said[max(0, at - 120) : at + 60]


def said_of(data: bytes | Dataset, caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    """Return all that the program says of a report, by where it says it."""
    said: dict[str, str] = {}
    stdout, stderr = io.StringIO(), io.StringIO()
    caplog.clear()  # of what writing the report logged
    with caplog.at_level(logging.DEBUG), redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            procedure = read_rdsr(data, name="report.dcm")
            placed = place_procedure(procedure, match_profile(procedure.device))
            result = estimate(procedure, surface=SURFACE)
            interval = estimate_interval(procedure)
        except DosemapError as error:
            said["error"] = "".join(traceback.format_exception(error)) + repr(error)
        else:
            said |= {
                "problems": repr((procedure.problems, placed.problems)),
                "placement": repr((placed.reason, placed.assumptions, placed.placements)),
                "reprs": repr((procedure, result, interval)),
                "notebook": result._repr_html_(),
                "document": result.with_interval(interval).to_json(),
                "check": json.dumps(check_document(procedure)),
            }
    said["log"] = "".join(record.getMessage() for record in caplog.records)
    said["stdout"], said["stderr"] = stdout.getvalue(), stderr.getvalue()
    return said


def printed_of(path: Path) -> dict[str, str]:
    """Return what the commands print of a report."""
    said = {}
    for command in (["estimate"], ["equipment", "check"]):
        for options in ([], ["--json"]):
            more = ["--surface", "plane", "--interval"] if command == ["estimate"] else []
            if command == ["estimate"] and not options:
                more.append("--events")
            done = CliRunner().invoke(app, [*command, str(path), *options, *more])
            assert done.exit_code in (0, 2), done.output
            said[" ".join((*command, *options))] = done.stdout + done.stderr
    return said


def page_of(path: Path) -> str:
    """Return the page of a report."""
    page = path.with_suffix(".html")
    more = ["--surface", "trunk", "--spacing-mm", "40", "--interval"]
    done = CliRunner().invoke(app, ["report", str(path), "-o", str(page), *more])
    assert done.exit_code == 0, done.output
    return page.read_text(encoding="utf-8") + done.output


def check_report(dataset: Dataset, caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    said = said_of(encoded(dataset), caplog)
    for where, text in said.items():
        check_silent(text, where)
    return said


@pytest.mark.parametrize("style", STYLES)
def test_a_whole_report(style: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    dataset = poisoned_dataset(style, *EVENTS, device=device_of(style))
    said = check_report(dataset, caplog)
    assert "error" not in said
    # The poison left the report whole: it has as many events as before.
    whole = SimulatedProcedure(uid_seed="privacy", events=EVENTS, device=device_of(style))
    events = read_rdsr(encoded(rdsr_dataset(whole, style=style))).events
    assert json.loads(said["document"])["totals"]["events"] == len(events)
    path = tmp_path / "report.dcm"
    path.write_bytes(encoded(dataset))
    for where, text in printed_of(path).items():
        check_silent(text, where)
    check_silent(page_of(path), "page")


@pytest.mark.parametrize("style", STYLES)
def test_the_check_can_be_sent_to_others(style: str) -> None:
    """It has no UID and no date, by which an archive would find the patient."""
    dataset = poisoned_dataset(style, *EVENTS, device=device_of(style))
    procedure = read_rdsr(encoded(dataset), name="report.dcm")
    assert procedure.study_instance_uid is not None
    assert procedure.started is not None
    shown = json.dumps(check_document(procedure))
    assert procedure.study_instance_uid not in shown
    assert f"{procedure.started:%Y}" not in shown


@pytest.mark.parametrize("style", STYLES)
def test_reports_full_of_problems(style: str, caplog: pytest.LogCaptureFixture) -> None:
    dice = random.Random(f"privacy {style}")
    found = set()
    for _ in range(MUTATIONS):
        edits = (_alteration(dice),)
        dataset = poisoned_dataset(style, *EVENTS, device=device_of(style), edits=edits)
        said = check_report(dataset, caplog)
        document = json.loads(said.get("document", '{"problems": []}'))
        found |= {problem["code"] for problem in document["problems"]}
    assert len(found) > 2


@pytest.mark.parametrize("style", STYLES)
def test_a_data_set_of_pydicom(style: str, caplog: pytest.LogCaptureFixture) -> None:
    """pydicom tells of values that are not valid, and is asked to encode them."""
    dataset = poisoned_dataset(style, *EVENTS, device=device_of(style))
    dataset.SpecificCharacterSet = "ISO_IR 100"
    file = io.BytesIO(encoded(dataset, transfer_syntax="implicit"))
    said = said_of(pydicom.dcmread(file), caplog)
    assert "error" not in said
    for where, text in said.items():
        check_silent(text, where)


def test_a_data_set_that_pydicom_cannot_encode(caplog: pytest.LogCaptureFixture) -> None:
    dataset = poisoned_dataset("dicom", *EVENTS, device=device_of("dicom"))
    element = pydicom.DataElement(0x0040DB73, "UL", WORD, validation_mode=config.IGNORE)
    dataset.add(element)
    said = said_of(dataset, caplog)
    assert "cannot encode" in said["error"]
    for where, text in said.items():
        check_silent(text, where)


def _alteration(dice: random.Random) -> Edit:
    """Return an edit that spoils some values in ways that the reader tells of."""

    def alter(item: Item) -> Item:
        children = tuple(
            child
            for part in item.children
            for child in ([alter(part)] * dice.choice((1,) * 20 + (2,)))
        )
        changed = replace(item, children=children)
        if item.relationship is None or dice.random() > 0.15:
            return changed
        if item.value_type == "NUM":
            numbers = ("nan", "-5", "1e30", "0", ("1", "2"), None)
            units = (item.unit, ucum("rad"))
            return replace(changed, value=dice.choice(numbers), unit=dice.choice(units))
        if item.value_type == "CODE":
            return replace(changed, value=Code("X-99", "99LOCAL", WORD))
        if item.value_type == "DATETIME":
            return replace(changed, value=WORD)
        return changed

    return alter


def _cut_off(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    # Lengths become wrong, so that the parser stops within poisoned text.
    return data[:2000] + bytes(255 - byte for byte in data[2000:2100]) + data[2100:]


REFUSED: dict[str, Callable[[Dataset], Any]] = {
    "another class": lambda d: setattr(d, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.12.1"),
    "an unknown class": lambda d: setattr(d, "SOPClassUID", f"2.25.{DIGITS}"),
    "another title": lambda d: setattr(d.ConceptNameCodeSequence[0], "CodeValue", "126000"),
    "a title of the site": lambda d: setattr(
        d.ConceptNameCodeSequence[0], "CodeValue", f"{WORD} title"
    ),
    "no title": lambda d: delattr(d, "ConceptNameCodeSequence"),
    "no content": lambda d: setattr(d, "ContentSequence", []),
    "a CT": lambda d: setattr(d, "ContentSequence", [_procedure("77477000")]),
    "nothing in it": lambda d: setattr(d, "ContentSequence", [_procedure("113704")]),
}


def _procedure(value: str) -> Dataset:
    name, coded, item = Dataset(), Dataset(), Dataset()
    name.CodeValue, name.CodingSchemeDesignator, name.CodeMeaning = "121058", "DCM", WORD
    coded.CodeValue, coded.CodingSchemeDesignator, coded.CodeMeaning = value, "SCT", WORD
    item.ValueType, item.RelationshipType = "CODE", "HAS CONCEPT MOD"
    item.ConceptNameCodeSequence, item.ConceptCodeSequence = [name], [coded]
    return item


@pytest.mark.parametrize("change", REFUSED)
def test_reports_that_are_refused(
    change: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = poisoned_dataset("dicom", *EVENTS, device=device_of("dicom"))
    REFUSED[change](dataset)
    said = check_report(dataset, caplog)
    assert said["error"]
    path = tmp_path / "report.dcm"
    path.write_bytes(encoded(dataset))
    for where, text in printed_of(path).items():
        check_silent(text, where)


@pytest.mark.parametrize("damage", [_cut_off, _flipped])
@pytest.mark.parametrize("style", STYLES)
def test_damaged_files(
    style: str, damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    data = damage(encoded(poisoned_dataset(style, *EVENTS, device=device_of(style))))
    for where, text in said_of(data, caplog).items():
        check_silent(text, where)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("PatientAge", "099Y"), ("PatientSize", "1.765432"), ("PatientWeight", "71.54321")],
)
def test_names_in_the_wrong_place_of_the_header(
    keyword: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = poisoned_dataset("dicom", *EVENTS, device=device_of("dicom"))
    setattr(dataset, keyword, value)
    # pydicom writes no such value; a valid one is overwritten.
    name = "Qqqq" if len(value) == 4 else "Qqqqqqqq"
    data = encoded(dataset).replace(value.encode(), name.encode())
    said = said_of(data, caplog)
    assert "patient-value-unreadable" in said["problems"]
    for where, text in said.items():
        check_silent(text, where)
        assert name not in text, where
