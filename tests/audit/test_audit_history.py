"""What an audit changes in a history: told whole and once, also by the run that goes on."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pytest

import dosemap as dm
from audit_folders import SPACING_MM, fill, report_bytes
from dosemap.alerts import load_levels
from dosemap.auditing import AuditSettings, Progress, run
from dosemap.auditing.ledger import Ledger
from dosemap.auditing.walk import FoundFile, Unreadable, Walk
from dosemap.simulate import SimulatedDevice
from json_pages import described_keys, is_of, leaves, name_of

KERMA = replace(
    next(level for level in load_levels() if level.scope == "procedure"),
    id="own",
    name="own level",
    quantity="reference_air_kerma_gy",
    first=0.015,
    step=None,
)
SETTINGS = AuditSettings(spacing_mm=SPACING_MM, levels=(KERMA,))
PAGE = Path(__file__).parents[2] / "docs" / "json_audit.md"


class Case:
    """A folder, its ledger and a history."""

    def __init__(self, place: Path) -> None:
        self.folder, self.store = place / "in", place / "doses.db"
        self.ledger, self.out = place / "a.json.ledger", place / "a.json"

    def audit(
        self, *, settings: AuditSettings = SETTINGS, with_uids: bool = False, **options: Any
    ) -> dict[str, Any]:
        """Audit into the history; return the JSON document."""
        with (
            dm.History(self.store, levels=settings.levels, **options.pop("store", {})) as history,
            dm.audit(
                [self.folder],
                settings=settings,
                ledger=self.ledger,
                jobs=1,
                history=history,
                **options,
            ) as audit,
        ):
            audit.write(self.out, with_uids=with_uids)
        document: dict[str, Any] = json.loads(self.out.read_text(encoding="utf-8"))
        return document


@pytest.fixture
def case(tmp_path: Path) -> Case:
    found = Case(tmp_path)
    fill(found.folder, 4)  # 10, 20, 30 and 40 mGy: three reach the level
    return found


def files_of(entries: list[dict[str, Any]]) -> list[str]:
    return sorted(Path(entry["file"]).name for entry in entries)


def test_each_row_and_the_document_have_the_alerts_of_the_history(case: Case) -> None:
    document = case.audit()
    assert files_of(document["history"]["alerts"]) == ["001.dcm", "002.dcm", "003.dcm"]
    assert [row["history_alerts"] for row in document["rows"]] == [[], ["own"], ["own"], ["own"]]
    assert {row["history_status"] for row in document["rows"]} == {"new"}
    (first, *_) = document["history"]["alerts"]
    assert first["level_id"] == "own"
    assert first["started"].startswith("20")
    # Told once; the rows go on to say what stands.
    again = case.audit()
    assert again["history"]["alerts"] == []
    assert again["rows"] == document["rows"]


def stop_after_first_batch(progress: Progress) -> None:
    if progress.files:
        raise KeyboardInterrupt


@pytest.mark.parametrize("reverse", [False, True])
def test_of_copies_the_same_one_counts_in_the_rows_and_in_the_history(
    case: Case, monkeypatch: pytest.MonkeyPatch, *, reverse: bool
) -> None:
    """Some were made at the same time, some later, in whatever order the files come."""
    monkeypatch.setattr(run, "BATCH_FILES", 1)
    walked = Walk.__iter__
    monkeypatch.setattr(
        Walk, "__iter__", lambda walk: iter(sorted(walked(walk), key=_path, reverse=reverse))
    )
    for number, time in enumerate(("120000", "110000", "120000", "110000")):
        kerma_gy = 0.1 * (number + 1)
        dataset = pydicom.dcmread(BytesIO(report_bytes("copies", kerma_gy, kerma_gy)))
        dataset.ContentTime = time
        dataset.save_as(case.folder / f"copy {number}.dcm")
    document = case.audit()
    (counts,) = [row for row in document["rows"] if "copy" in row["file"] and row["counts"]]
    last = 0 if reverse else 2
    assert Path(counts["file"]).name == f"copy {last}.dcm"
    with dm.History(case.store) as history:
        kermas = [entry.reference_air_kerma_gy for entry in history.procedures()]
    assert len(kermas) == 5
    assert counts["reference_air_kerma_gy"] in kermas


def _path(entry: FoundFile | Unreadable) -> str:
    return entry.path


class Killed(BaseException):
    """Stands for SIGKILL: nothing is caught, nothing more is written."""


@pytest.mark.parametrize("end", ["interrupted", "killed between history and ledger"])
def test_alerts_of_a_run_that_was_stopped_are_told_by_the_next(
    case: Case, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(run, "BATCH_FILES", 2)
    if end == "interrupted":
        with pytest.raises(KeyboardInterrupt):
            case.audit(on_progress=stop_after_first_batch)
    else:
        kill_at_third(monkeypatch)
        with pytest.raises(Killed):
            case.audit()
        monkeypatch.undo()
    with dm.History(case.store, levels=[KERMA]) as history:
        before = len(history.alerts())
    assert before
    document = case.audit()
    assert files_of(document["history"]["alerts"]) == ["001.dcm", "002.dcm", "003.dcm"]
    assert case.audit()["history"]["alerts"] == []


def kill_at_third(monkeypatch: pytest.MonkeyPatch) -> None:
    """End when the third result is in the history and the ledger does not know it."""
    store: Callable[..., None] = Ledger.store
    count = iter(range(100))

    def killed(*arguments: Any, **options: Any) -> None:
        if next(count) == 2:
            raise Killed
        store(*arguments, **options)

    monkeypatch.setattr(Ledger, "store", killed)


def test_alerts_that_could_not_be_written_are_told_by_the_next_run(case: Case) -> None:
    case.out.mkdir()  # so that it cannot be written
    with pytest.raises(dm.DosemapError):
        case.audit()
    case.out.rmdir()
    assert len(case.audit()["history"]["alerts"]) == 3


def test_revisions_and_withdrawn_alerts_are_told_with_before_and_now(case: Case) -> None:
    case.audit()
    (case.folder / "001.dcm").write_bytes(report_bytes("audit 1", 0.012))
    document = case.audit()
    (revision,) = document["history"]["revisions"]
    assert files_of([revision]) == ["001.dcm"]
    assert revision["reference_air_kerma_before_gy"] == pytest.approx(0.02)
    assert revision["reference_air_kerma_gy"] == pytest.approx(0.012)
    assert revision["peak_skin_dose_gy"] < revision["peak_skin_dose_before_gy"]
    assert "falls from 20.0 mGy to 12.0 mGy" in revision["notes"]
    assert files_of(document["history"]["withdrawn"]) == ["001.dcm"]
    assert document["rows"][1]["history_alerts"] == []
    assert document["rows"][1]["history_status"] == "revision"


def test_the_page_says_how_it_was_made_and_what_changed(case: Case) -> None:
    case.audit()
    (case.folder / "001.dcm").write_bytes(report_bytes("audit 1", 0.012))
    (case.folder / "000.dcm").write_bytes(report_bytes("audit 0", 0.1))
    case.out = case.out.with_suffix(".html")
    with (
        dm.History(case.store, levels=SETTINGS.levels) as history,
        dm.audit(
            [case.folder], settings=SETTINGS, ledger=case.ledger, jobs=1, history=history
        ) as audit,
    ):
        audit.write(case.out)
    page = case.out.read_text(encoding="utf-8")
    for words in (
        f"<dd>dosemap {dm.__version__}</dd>",
        f"<dd>{case.folder}</dd>",
        f"<dd>{SPACING_MM:g} mm</dd>",
        "<dd>own</dd>",
        "New alerts of the history",
        "Alerts of the history that do not hold any more",
        "Procedures of the history of which another state counts now",
    ):
        assert words in page
    assert re.search(r"\d{4}-\d\d-\d\d, \S+/000.dcm, procedure \d</th>", page)
    patient = dm.read_rdsr(case.folder / "001.dcm").patient.patient_id
    assert str(patient) not in page


def test_a_finer_map_that_is_kept_is_told(case: Case) -> None:
    case.audit()
    settings = replace(SETTINGS, spacing_mm=14.0)
    assert len(case.audit(settings=settings)["history"]["revisions"]) == 4  # finer ones
    document = case.audit()
    assert document["history"]["revisions"] == []
    # 15 mm were there first: known, and 14 mm count. 14.5 mm are new and coarser.
    document = case.audit(settings=replace(SETTINGS, spacing_mm=14.5))
    assert document["history"]["revisions"] == []
    assert document["summary"]["history_status"] == {"unchanged": 4}
    (note,) = document["summary"]["history_notes"]
    assert note["reports"] == 4
    assert "kept the finer map of 14 mm" in note["note"]


def test_only_what_this_run_did_is_told_as_new(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what a start before it did that was stopped and told nothing."""
    monkeypatch.setattr(run, "BATCH_FILES", 2)
    with pytest.raises(KeyboardInterrupt):
        case.audit(on_progress=stop_after_first_batch)
    assert case.audit()["summary"]["history_status"] == {"new": 4}
    assert case.audit()["summary"]["history_status"] == {"done_before": 4}
    (case.folder / "001.dcm").write_bytes(report_bytes("audit 1", 0.012))
    document = case.audit()
    assert document["summary"]["history_status"] == {"done_before": 3, "revision": 1}
    assert len(document["summary"]["history_notes"]) == 1
    assert document["rows"][0]["history_status"] == "new"  # a row says what was done with it
    again = case.audit()
    assert again["summary"]["history_status"] == {"done_before": 4}
    assert again["summary"]["history_notes"] == []
    assert again["rows"] == document["rows"]


def test_who_was_forgotten_stays_so_also_if_it_was_the_only_patient(case: Case) -> None:
    for file in case.folder.glob("*.dcm"):
        dataset = pydicom.dcmread(file)
        dataset.PatientID = "only one"
        dataset.save_as(file)
    case.audit()
    with dm.History(case.store) as history:
        assert history.forget("only one") == 4
    document = case.audit()
    assert all("or none" in row["history_notes"] for row in document["rows"])
    with dm.History(case.store) as history:
        assert history.procedures() == []
    # Another store, be it under the same name, has none of them.
    case.store.unlink()
    assert case.audit()["summary"]["history_status"] == {"new": 4}


def test_a_procedure_that_moves_to_another_patient_is_told_for_both(case: Case) -> None:
    case.audit()
    dataset = pydicom.dcmread(case.folder / "002.dcm")
    before, dataset.PatientID = dataset.PatientID, "another"
    dataset.save_as(case.folder / "002.dcm")
    changes = case.audit(with_uids=True)["history"]
    assert [(a["patient_id"], a["revision"]) for a in changes["alerts"]] == [("another", 2)]
    (withdrawn,) = changes["withdrawn"]
    assert (withdrawn["patient_id"], withdrawn["revision"]) == (before, 1)
    assert withdrawn["withdrawn_reason"] == "the procedure is another patient's now"


def test_a_row_of_a_patient_who_was_forgotten_says_so(case: Case) -> None:
    dataset = pydicom.dcmread(case.folder / "003.dcm")
    dataset.PatientID = "another"
    dataset.save_as(case.folder / "003.dcm")
    case.audit()
    with dm.History(case.store) as history:
        assert history.forget("another") == 1
        left = len(history.procedures())
    row = case.audit()["rows"][3]
    assert "or none" in row["history_notes"]
    assert row["history_alerts"] == []
    with dm.History(case.store) as history:
        assert len(history.procedures()) == left


def test_patients_are_named_by_pseudonyms_or_when_asked_for(case: Case) -> None:
    patient = dm.read_rdsr(case.folder / "001.dcm").patient.patient_id
    (entry, *_) = case.audit()["history"]["alerts"]
    assert entry["patient_id"] is None
    case.store.unlink()
    (entry, *_) = case.audit(with_uids=True)["history"]["alerts"]
    assert entry["patient_id"] == patient
    case.store.unlink()
    store = {"pseudonymise": True, "site_key": b"0123456789abcdef"}
    (entry, *_) = case.audit(store=store)["history"]["alerts"]
    assert entry["patient_id"]
    assert entry["patient_id"] != patient


def is_object(value: object) -> bool:
    return isinstance(value, dict)


def test_every_key_of_the_document_is_described(case: Case) -> None:
    mobile = SimulatedDevice(manufacturer="GE Healthcare Surgery", model="OEC 9900")
    (case.folder / "mobile.dcm").write_bytes(
        report_bytes("mobile", device=mobile, style="ge_surgery")
    )
    (case.folder / "cut.dcm").write_bytes(report_bytes("cut")[:3000])
    (case.folder / "text.txt").write_text("no report", encoding="utf-8")
    typical = replace(KERMA, id="typical", scope="group")
    settings = replace(SETTINGS, levels=(KERMA, typical), with_descriptions=True)
    case.audit(settings=settings)
    (case.folder / "001.dcm").write_bytes(report_bytes("audit 1", 0.012))
    (case.folder / "000.dcm").write_bytes(report_bytes("audit 0", 0.1))
    document = case.audit(settings=settings)
    table = described_keys(PAGE.read_text(encoding="utf-8"))
    # Objects may go without a line of their own: their keys have one each.
    paths = [(p, value) for p, value in leaves(document) if p in table or not is_object(value)]
    for path, value in paths:
        name = name_of(path, table)
        assert name in table, f"{path} is not described"
        assert is_of(value, table[name]), (path, value)
    may_lack = {name for name in table if name.startswith("run.site_profiles[]")}
    assert set(table) <= {name_of(path, table) for path, _ in paths} | may_lack
    assert document["run"]["spacing_mm"] == SPACING_MM
    assert document["run"]["paths"] == [str(case.folder)]
    texts = document["summary"]["descriptions_without_type"]
    assert {"description": "synthetic procedure", "reports": 5} in texts
