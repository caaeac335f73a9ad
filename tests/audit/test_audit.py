"""The audit of a folder: every kind of file, restart, what a changed file or setting does."""

import os
import re
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import dosemap as dm
from audit_folders import SPACING_MM, fill, report_bytes
from dosemap.alerts import load_levels
from dosemap.auditing import COLUMNS, NOT_ADDED, AuditSettings, Progress, run
from dosemap.auditing.duplicates import _Counting, _State
from dosemap.auditing.ledger import Ledger
from dosemap.auditing.row import complete_row
from dosemap.auditing.summary import summary_of
from dosemap.equipment import MatchRule, match_profile
from dosemap.history import Added
from dosemap.procedure_types import MapRow, ProcedureMap
from dosemap.simulate import SimulatedDevice, SimulatedEvent
from dosemap.simulate.edits import omit
from simulated_reports import artis_bytes

SETTINGS = AuditSettings(spacing_mm=SPACING_MM)
HISTORY = [column.name for column in COLUMNS if column.name.startswith("history_")]
WITHOUT_EVENTS = (omit("113706"),)
Rows = dict[str, dict[str, Any]]


def audited(folder: Path, **options: Any) -> tuple[Rows, dm.Audit]:
    chosen: Any = {"settings": SETTINGS, "jobs": 1} | options
    with dm.audit([folder], **chosen) as audit:
        rows = {Path(row["file"]).name: row for row in audit.rows()}
        audit.summary  # noqa: B018  (computed while the ledger is open)
    return rows, audit


def test_rows_say_what_an_estimate_says(tmp_path: Path) -> None:
    (path,) = fill(tmp_path / "in", 1)
    row = audited(tmp_path / "in")[0]["000.dcm"]
    procedure = dm.read_rdsr(path)
    body = dm.Body.for_patient(procedure.patient, spacing_mm=SPACING_MM)
    document = dm.estimate(procedure, surface=body).document
    assert row["peak_skin_dose_gy"] == document["peak_skin_dose_gy"] > 0
    assert row["reference_air_kerma_gy"] == pytest.approx(0.01)
    assert row["peak_site"] == document["peak"]["site"]
    assert row["manufacturer"] == "Siemens"
    assert row["status"] == "estimated"
    assert row["counts"]


def test_every_kind_of_bad_file_is_survived_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    fill(folder, 1)
    whole = report_bytes("other")
    (folder / "cut.dcm").write_bytes(whole[: len(whole) // 2])
    (folder / "noise.dcm").write_bytes(b"\0" * 128 + b"DICM\x08\x00\x16\x00UI\xff\xff1.2")
    (folder / "text.txt").write_text("no report", encoding="utf-8")
    (folder / "empty.dcm").touch()
    (folder / ".hidden.dcm").write_bytes(whole)
    (folder / "nowhere.dcm").symlink_to(tmp_path / "missing")
    os.mkfifo(folder / "pipe.dcm")
    rows, audit = audited(folder)
    assert rows["000.dcm"]["status"] == "estimated"
    assert {name for name, row in rows.items() if row["status"] == "failed"} == {
        "cut.dcm",
        "noise.dcm",
    }
    assert all(rows[name]["message"] for name in ("cut.dcm", "noise.dcm"))
    assert audit.summary.skipped == {
        "no DICOM file": 1,
        "empty file": 1,
        "hidden file or folder": 1,
        "link that leads nowhere": 1,
        "pipe, socket or device": 1,
    }


def test_a_file_that_cannot_be_opened_fails_and_is_tried_again(tmp_path: Path) -> None:
    folder, ledger = tmp_path / "in", tmp_path / "ledger"
    (path,) = fill(folder, 1)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("root can read everything")
    assert audited(folder, ledger=ledger)[0]["000.dcm"]["reason"] == "cannot be opened"
    path.chmod(0o600)
    assert audited(folder, ledger=ledger)[0]["000.dcm"]["status"] == "estimated"


class Progresses:
    """What an audit tells while it runs."""

    def __init__(self) -> None:
        self.last = Progress(files=0, reports=0, done_before=0)

    def __call__(self, progress: Progress) -> None:
        self.last = progress


def done_now(folder: Path, ledger: Path, settings: AuditSettings = SETTINGS) -> int:
    """Audit and return how many files were not taken from the ledger."""
    told = Progresses()
    audited(folder, ledger=ledger, settings=settings, on_progress=told)
    return told.last.files - told.last.done_before


def test_what_is_done_is_skipped_until_it_changes(tmp_path: Path) -> None:
    folder, ledger = tmp_path / "in", tmp_path / "ledger"
    paths = fill(folder, 3)
    assert done_now(folder, ledger) == 3
    assert done_now(folder, ledger) == 0
    before = audited(folder, ledger=ledger)[0]
    paths[1].write_bytes(report_bytes("audit 1", 0.5))
    assert done_now(folder, ledger) == 1
    after = audited(folder, ledger=ledger)[0]
    assert after["000.dcm"] == before["000.dcm"]
    assert after["001.dcm"]["reference_air_kerma_gy"] == pytest.approx(0.5)
    assert done_now(folder, ledger, replace(SETTINGS, spacing_mm=14.0)) == 3


def test_new_names_for_procedures_change_the_type_alone(tmp_path: Path) -> None:
    """The doses come from the ledger."""
    folder, ledger = tmp_path / "in", tmp_path / "ledger"
    fill(folder, 1)
    before = audited(folder, ledger=ledger)[0]["000.dcm"]
    named = MapRow(name="own type", scheme=None, code=None, text="synthetic*")
    settings = replace(SETTINGS, procedure_map=ProcedureMap(rows=(named,)))
    after = audited(folder, ledger=ledger, settings=settings)[0]["000.dcm"]
    assert (after["procedure_type"], after["procedure_type_from"]) == ("own type", "site map")
    types = {"procedure_type", "procedure_type_from"}
    assert {k: v for k, v in after.items() if k not in types} == {
        k: v for k, v in before.items() if k not in types
    }


def test_interrupted_audit_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BATCH_FILES", 2)
    folder, ledger = tmp_path / "in", tmp_path / "ledger"
    fill(folder, 10)

    def interrupt(progress: Progress) -> None:
        if progress.files:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audited(folder, ledger=ledger, on_progress=interrupt)
    told = Progresses()
    rows, audit = audited(folder, ledger=ledger, on_progress=told)
    assert 0 < told.last.done_before < 10
    assert audit.summary.reports == len(rows) == 10
    assert told.last.total == told.last.files == 10


def test_of_several_states_of_a_procedure_one_counts(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "part.dcm").write_bytes(report_bytes("same", 0.1))
    (folder / "whole.dcm").write_bytes(report_bytes("same", 0.1, 0.2))
    (folder / "copy.dcm").write_bytes(report_bytes("same", 0.1, 0.2))
    (folder / "other.dcm").write_bytes(report_bytes("another", 0.4))
    rows, audit = audited(folder)
    assert {name for name, row in rows.items() if row["counts"]} == {"whole.dcm", "other.dcm"}
    assert Path(rows["part.dcm"]["superseded_by"]).name in ("whole.dcm", "copy.dcm")
    assert (audit.summary.reports, audit.summary.superseded) == (2, 2)


def test_totals_beside_a_report_of_the_same_study_do_not_count_twice(tmp_path: Path) -> None:
    """As the history has it: what has totals only is the same procedure, on the same system."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, edits in (("whole", ()), ("totals", WITHOUT_EVENTS), ("again", WITHOUT_EVENTS)):
        (folder / f"{name}.dcm").write_bytes(report_bytes("one", 0.1, 0.2, edits=edits))
    rows, audit = audited(folder)
    assert rows["totals.dcm"]["report_kind"] != rows["whole.dcm"]["report_kind"]
    assert {name for name, row in rows.items() if row["counts"]} == {"whole.dcm"}
    assert audit.summary.superseded == 2


def test_of_states_that_overlap_in_a_ring_one_counts() -> None:
    """None stands for another that stands for it: the procedure would be lost."""

    def state(number: int, events: str) -> _State:
        return _State(
            number=number,
            system=(None,),
            events=frozenset(events),
            made=str(number),
            order=(0, b""),
        )

    counting = _Counting()
    replaced = [
        number
        for given in (state(1, "abc"), state(2, "cd"), state(3, "bd"), state(4, "ab"))
        for number, _ in counting.add(given)
    ]
    assert len(counting.parts) + len(replaced) == 4
    assert len(counting.parts) >= 1


def test_profiles_of_the_site_come_first_as_in_an_estimate(tmp_path: Path) -> None:
    """Also one whose rule says less than that of a shipped profile."""
    (path,) = fill(tmp_path / "in", 1)
    shipped = match_profile(dm.read_rdsr(path).device)
    assert shipped is not None
    rule = MatchRule(manufacturer="siemens")
    site = replace(shipped, name="own", match=(rule,))
    rows, _ = audited(tmp_path / "in", settings=replace(SETTINGS, site=(site,)))
    assert rows["000.dcm"]["equipment_profile"] == "own"


def test_a_median_of_lower_bounds_is_not_said_to_be_below() -> None:
    level = replace(load_levels()[0], scope="group", quantity="peak_skin_dose_gy", first=1.0)
    row = complete_row(
        [{"status": "estimated", "counts": True, "map_available": True, "peak_skin_dose_gy": 0.5}]
    )

    def is_above(**values: object) -> bool | None:
        (found,) = summary_of([row | values], levels=[level], skipped={}).typical
        return found.is_above

    assert is_above() is False
    assert is_above(lower_bounds=["peak_skin_dose_gy"]) is None
    assert is_above(lower_bounds=["peak_skin_dose_gy"], peak_skin_dose_gy=1.1) is True


class _Full:
    """A history that takes one result and then no more."""

    def __init__(self) -> None:
        self.taken = 0
        self.store_id = str(uuid4())

    is_pseudonymised = False

    def procedures(self) -> list[Any]:
        return []

    def alerts(self) -> list[Any]:
        return []

    def add_record(self, record: Any) -> Added:
        del record
        self.taken += 1
        if self.taken > 1:
            raise dm.DosemapError("the disk is full")
        return Added(status="new", procedure=1, revision=1)


def test_a_history_that_fails_costs_no_row(tmp_path: Path) -> None:
    folder, ledger = tmp_path / "in", tmp_path / "ledger"
    fill(folder, 3)
    plain = audited(folder)[0]
    rows, audit = audited(folder, ledger=ledger, history=_Full())
    assert audit.summary.not_added == 2
    messages = [row["message"] for row in rows.values() if row["reason"] == NOT_ADDED]
    assert messages == ["the disk is full"] * 2
    for name, row in rows.items():
        without = {"reason": None, "message": None} | dict.fromkeys(HISTORY)
        assert row | without == plain[name] | dict.fromkeys(HISTORY)
    _, audit = audited(folder, ledger=ledger, history=_Full())
    assert audit.summary.not_added == 2  # all three again: this is another store


def test_a_full_disk_ends_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "in", 1)

    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Ledger, "store", full)
    with pytest.raises(dm.DosemapError, match="disk is full; see that the disk has room"):
        audited(tmp_path / "in", ledger=tmp_path / "ledger")


@pytest.mark.parametrize("jobs", [0, -1, 100_000])
def test_a_number_of_processes_that_cannot_be_is_refused(tmp_path: Path, jobs: int) -> None:
    fill(tmp_path / "in", 1)
    with pytest.raises(dm.DosemapError, match=f"jobs is {jobs}"):
        audited(tmp_path / "in", jobs=jobs)


def test_devices_without_geometry_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    fill(folder, 1)
    mobile = SimulatedDevice(manufacturer="GE Healthcare Surgery", model="OEC 9900")
    (folder / "mobile.dcm").write_bytes(report_bytes("mobile", device=mobile, style="ge_surgery"))
    rows, audit = audited(folder)
    (entry,) = audit.summary.no_map
    assert entry.device[:2] == ("GE Healthcare Surgery", "OEC 9900")
    assert (entry.reports, entry.of) == (1, 1)
    assert rows["mobile.dcm"]["map_reason"]
    assert audit.summary.without_map == 1


def test_results_are_added_to_a_history_once(tmp_path: Path) -> None:
    folder, ledger = tmp_path / "in", tmp_path / "ledger"
    fill(folder, 3)
    plain = audited(folder)[0]
    for _ in range(2):
        with dm.History(tmp_path / "doses.db") as history:
            rows, _ = audited(folder, ledger=ledger, history=history)
            assert len(history.procedures()) == 3
        assert {row["history_status"] for row in rows.values()} == {"new"}
        assert {row["history_procedure"] for row in rows.values()} == {1, 2, 3}
        for name, row in rows.items():
            assert row | dict.fromkeys(HISTORY) == plain[name] | dict.fromkeys(HISTORY)
    (tmp_path / "doses.db").unlink()
    with dm.History(tmp_path / "doses.db") as history:
        audited(folder, ledger=ledger, history=history)
        assert len(history.procedures()) == 3


def test_a_reason_without_a_map_leads_to_the_problems(tmp_path: Path) -> None:
    """Beside a row there are no problems in words, to which an estimate points."""
    folder = tmp_path / "in"
    folder.mkdir()
    # No tube has this voltage: no event has a usable beam.
    (folder / "a.dcm").write_bytes(artis_bytes(SimulatedEvent(kvp=155)))
    reason = audited(folder)[0]["a.dcm"]["map_reason"]
    assert "see the problems" not in reason
    assert reason.endswith("dosemap estimate of the file tells its problems")


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    fill(tmp_path / "in", 1)
    (tmp_path / "ledger").write_bytes(b"no ledger" * 100)
    with pytest.raises(dm.DosemapError, match="no ledger"):
        audited(tmp_path / "in", ledger=tmp_path / "ledger")


def test_every_column_is_described() -> None:
    page = (Path(__file__).parents[2] / "docs/audit.md").read_text(encoding="utf-8")
    described = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)))
    assert described == [column.name for column in COLUMNS]
