"""Bad input: one clear sentence each with what to do, exit code 2, and never a traceback.

A report whose single values are bad is still a valid report: its totals and other events can be
used. It ends with 0 and states the problem; without the value there may be no map.
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dosemap.cli import app
from dosemap.simulate import (
    SimulatedEvent,
    SimulatedPatient,
    SimulatedProcedure,
    rdsr_dataset,
    save_dataset,
)
from dosemap.simulate.content import Code, Item, ucum
from dosemap.simulate.edits import Edit, change, empty, omit
from simulated_reports import RDSR, artis_bytes

SECRET = SimulatedPatient(name="SECRET^NAME", patient_id="SECRET-ID")


def estimate(path: Path, *options: str) -> Result:
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, ["estimate", str(path), *options])


def refusal(path: Path) -> str:
    """Return the one sentence with which a file is refused."""
    result = estimate(path)
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert "SECRET" not in result.stderr
    return result.stderr


def of_class(sop_class_uid: str) -> bytes:
    procedure = SimulatedProcedure(uid_seed="x", events=(SimulatedEvent(),), patient=SECRET)
    attributes = {"SOPClassUID": sop_class_uid}
    buffer = BytesIO()
    save_dataset(rdsr_dataset(procedure, style="dicom", attributes=attributes), buffer)
    return buffer.getvalue()


def edited(*edits: Edit) -> bytes:
    return artis_bytes(edits=edits, patient=SECRET)


def rename_events(root: Item) -> Item:
    """Make the events CT acquisitions, as in a report of TID 10011."""
    ct = Code("113819", "DCM", "CT Acquisition")
    children = (
        replace(item, concept=ct) if item.concept.value == "113706" else item
        for item in root.children
    )
    return replace(root, children=tuple(children))


def mammography(root: Item) -> Item:
    reported = Code("71651007", "SCT", "Mammography")
    return change("121058", lambda item: replace(item, value=reported))(root)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "not a DICOM file; give an X-Ray Radiation Dose SR"),
    "text": (lambda: b"name,dose\nA,1\n", "not a DICOM file; give an X-Ray Radiation Dose SR"),
    "zeros": (lambda: bytes(4096), "not a DICOM file; give an X-Ray Radiation Dose SR"),
    "only a preamble": (lambda: bytes(128) + b"DICM", "not a dose report; give the"),
    "CT image": (lambda: of_class("1.2.840.10008.5.1.4.1.1.2"), "CT Image Storage, not a dose"),
    "CT report": (lambda: edited(rename_events), "dose report of a CT scanner; only"),
    "mammography report": (
        lambda: edited(mammography),
        "dose report of a mammography system; only reports of fluoroscopy",
    ),
    "other title": (
        lambda: edited(lambda root: replace(root, concept=Code("126000", "DCM", "Imaging"))),
        "title code 126000 (DCM), not a dose report; give the",
    ),
    "no events and no totals": (
        lambda: edited(omit("113706"), omit("113702")),
        "no irradiation event and no totals, so there is no dose to work with; check",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_report_is_refused(tmp_path: Path, name: str) -> None:
    content, says = REFUSED[name]
    path = tmp_path / "report.dcm"
    path.write_bytes(content())
    message = refusal(path)
    assert says in message
    assert "report.dcm" in message


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_truncated_file(tmp_path: Path, share: float) -> None:
    whole = edited()
    path = tmp_path / "report.dcm"
    path.write_bytes(whole[: int(share * len(whole))])
    assert "cut off or damaged" in (message := refusal(path))
    assert "export the report again" in message


@pytest.mark.skipif(not RDSR.is_dir(), reason="the real reports of ../shared/data are not here")
def test_truncated_real_reports(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    for real in sorted(RDSR.glob("*.dcm")):
        whole = real.read_bytes()
        path.write_bytes(whole[: len(whole) * 2 // 3])
        refusal(path)


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    assert "is a folder; give one report file" in refusal(tmp_path)
    assert "there is no file" in (message := refusal(tmp_path / "none.dcm"))
    assert "check the path" in message
    below_a_file = tmp_path / "file"
    below_a_file.touch()
    assert "cannot be read: Not a directory" in refusal(below_a_file / "report.dcm")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    path.write_bytes(edited())
    path.chmod(0)
    assert "cannot be read: Permission denied" in refusal(path)


def test_a_file_that_fails_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a share that went away does; also stands in for permissions where root runs the tests.
    def fail(_path: Path, _mode: str) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", fail)
    assert "cannot be read: Permission denied" in refusal(tmp_path / "report.dcm")


# --- valid reports with a bad value: 0, and the problem is stated


def _unit(unit: str) -> Callable[[Item], Item]:
    return lambda item: replace(item, unit=ucum(unit))


def _value(value: str) -> Callable[[Item], Item]:
    return lambda item: replace(item, value=value)


BAD_VALUES: dict[str, tuple[Edit, str, str]] = {
    # name: edit of the second event; code of the problem; words
    "empty kerma": (empty("113738", event=1), "kerma-missing", "no reference air kerma"),
    "kerma without item": (omit("113738", event=1), "kerma-missing", "no reference air kerma"),
    "kerma in furlongs": (
        change("113738", _unit("furlong"), event=1),
        "unit-unknown",
        "unit 'furlong' is not one of Gy",
    ),
    "kerma NaN": (change("113738", _value("nan"), event=1), "value-not-a-number", "no finite"),
    "kerma infinite": (change("113738", _value("inf"), event=1), "value-not-a-number", "no finite"),
    "kerma negative": (change("113738", _value("-1"), event=1), "value-negative", "negative (-1)"),
    "kerma absurd": (change("113738", _value("1e9"), event=1), "value-implausible", "1e+09"),
    "angle in furlongs": (
        change("112011", _unit("furlong"), event=1),
        "unit-unknown",
        "unit 'furlong' is not one of deg",
    ),
    "angle NaN": (change("112011", _value("nan"), event=1), "value-not-a-number", "no finite"),
    "table position empty": (empty("113753", event=1), "event-not-placed", "table position"),
    "tube voltage 300": (change("113733", _value("300"), event=1), "beam-quality", "300 kV"),
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_a_bad_value_is_stated_and_costs_its_own_event_only(tmp_path: Path, name: str) -> None:
    edit, code, words = BAD_VALUES[name]
    path = tmp_path / "report.dcm"
    events = (SimulatedEvent(), SimulatedEvent(started_s=60.0))
    # A kerma-area product would stand in for a kerma that cannot be used.
    edits = [edit, empty("122130", event=1)] if "kerma" in name else [edit]
    path.write_bytes(artis_bytes(*events, edits=edits, patient=SECRET))
    result = estimate(path, "--json")
    assert result.exit_code == 0, result.output
    assert "SECRET" not in result.output
    found = json.loads(result.stdout)
    problems = {problem["code"]: problem for problem in found["problems"]}
    assert code in problems
    assert words in problems[code]["message"]
    assert problems[code]["events"] == [1]
    # The other event is in the map, this one is counted: 10 mGy by itself or from the total.
    assert [entry["event"] for entry in found["peak"]["events"]] == [0]
    assert found["map"]["air_kerma_not_mapped_gy"] == pytest.approx(0.010, rel=1e-6)


def test_a_report_without_events_has_totals_and_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    path.write_bytes(edited(omit("113706")))
    result = estimate(path)
    assert result.exit_code == 0, result.output
    words = " ".join(result.stdout.split())
    assert "map none: the report has totals only, no irradiation events" in words
    assert "not mapped 10.0 mGy" in words


def test_markup_in_a_report_is_printed_as_it_is(tmp_path: Path) -> None:
    # Square brackets are markup to the library that prints; they must not vanish or raise.
    path = tmp_path / "[red]report[bold].dcm"
    path.write_bytes(edited())
    assert "[red]report[bold].dcm" in estimate(path).stdout
    path.write_bytes(b"")
    assert "[red]report[bold].dcm" in refusal(path)
