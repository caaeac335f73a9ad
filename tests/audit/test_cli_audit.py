"""``dosemap audit``: outputs that agree, hostile texts, exit codes, no identifiers."""

import csv
import json
import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import dosemap as dm
from audit_folders import SPACING_MM, fill, report_bytes
from dosemap.cli import app
from dosemap.simulate import SimulatedDevice

HOSTILE = '<script>alert("x")</script>'

LEVEL = """
source = "committee"
date = "2026-03"

[[level]]
id = "own"
name = "own level"
quantity = "{quantity}"
scope = "procedure"
first = {first}
unit = "Gy"
wording = "Told."
"""


def run(*arguments: object, columns: int = 160) -> Result:
    has_spacing = any(str(argument).startswith("--spacing-mm") for argument in arguments)
    options = ("--jobs", "1", *(() if has_spacing else ("--spacing-mm", "15")))
    environment = {"DOSEMAP_EQUIPMENT": "", "DOSEMAP_LEVELS": "", "COLUMNS": str(columns)}
    return CliRunner().invoke(app, ["audit", *map(str, arguments), *options], env=environment)


def level(tmp_path: Path, first: float, quantity: str = "reference_air_kerma_gy") -> Path:
    path = tmp_path / "levels.toml"
    path.write_text(LEVEL.format(first=first, quantity=quantity), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path / "in", 2)
    return tmp_path / "in"


def of_csv(text: str, like: Any) -> Any:
    """Return a cell as the JSON document has it."""
    if isinstance(like, list):
        return text.split()
    if isinstance(like, bool):
        return text == "true"
    if isinstance(like, int | float):
        return float(text)
    return None if like is None and not text else text


def test_csv_json_and_parquet_agree(folder: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    (folder / "cut.dcm").write_bytes(report_bytes("cut")[:3000])
    outs = {ending: tmp_path / f"audit.{ending}" for ending in ("json", "csv", "parquet")}
    with dm.audit([folder], settings=dm.AuditSettings(spacing_mm=SPACING_MM), jobs=1) as audit:
        for out in outs.values():
            audit.write(out)
    document = json.loads(outs["json"].read_text(encoding="utf-8"))
    assert document["schema"] == "dosemap.audit/1"
    rows = document["rows"]
    assert [row["status"] for row in rows] == ["estimated", "estimated", "failed"]
    assert document["summary"]["reports"] == 2
    assert parquet.read_table(outs["parquet"]).to_pylist() == rows
    with outs["csv"].open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [
        {name: of_csv(row[name], like[name]) for name in like}
        for row, like in zip(table, rows, strict=True)
    ] == rows
    assert stat.S_IMODE(outs["csv"].stat().st_mode) == 0o600


class Page(HTMLParser):
    """Tags and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [name for name, _ in attrs if name in ("src", "href") or name[:2] == "on"]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    device = SimulatedDevice(manufacturer="Siemens", model="AXIOM-Artis", station_name="=1+1")
    (folder / "a<b onload=x>&.dcm").write_bytes(report_bytes("one", device=device))
    hostile = SimulatedDevice(manufacturer=HOSTILE, model="x")
    (folder / "two.dcm").write_bytes(report_bytes("two", device=hostile))
    options = ("--levels", level(tmp_path, 0.001))
    assert run(folder, "--out", tmp_path / "a.html", *options).exit_code == 0
    page = Page((tmp_path / "a.html").read_text(encoding="utf-8"))
    assert page.tags.isdisjoint({"script", "b", "img", "link"})
    assert page.links == []
    assert any(HOSTILE in text for text in page.texts)
    assert any("a<b onload=x>&.dcm" in text for text in page.texts)
    assert run(folder, "--out", tmp_path / "a.csv").exit_code == 0
    assert ",'=1+1," in (tmp_path / "a.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("own", "word", "status"),
    [
        ((0.02, "reference_air_kerma_gy"), "own", 1),  # of 10 and 20 mGy, exactly
        ((0.021, "reference_air_kerma_gy"), "any", 0),
        ((0.001, "peak_skin_dose_gy"), "reference_air_kerma_gy", 0),
    ],
)
def test_exit_code_says_whether_a_level_was_reached(
    folder: Path, tmp_path: Path, own: tuple[float, str], word: str, status: int
) -> None:
    levels = level(tmp_path, *own)
    assert run(folder, "--levels", levels, "--fail-on", word).exit_code == status


def test_exit_code_says_that_nobody_can_say(folder: Path) -> None:
    mobile = SimulatedDevice(manufacturer="GE Healthcare Surgery", model="OEC 9900")
    path = folder / "mobile.dcm"
    # Without a map up to 100 Gy may fall on the skin per gray of air kerma: 5 Gy, or 1 Gy.
    path.write_bytes(report_bytes("mobile", 0.05, device=mobile, style="ge_surgery"))
    assert run(folder, "--fail-on", "srdl-peak-skin-dose").exit_code == 3
    path.write_bytes(report_bytes("mobile", 0.01, device=mobile, style="ge_surgery"))
    assert run(folder, "--fail-on", "srdl-peak-skin-dose").exit_code == 0
    assert run(folder, "--fail-on", "srdl-kerma-area-product").exit_code == 0
    path.write_bytes(report_bytes("cut")[:3000])
    assert run(folder, "--fail-on", "srdl-kerma-area-product").exit_code == 3
    assert run(folder).exit_code == 0


def test_wrong_uses_end_before_the_work(folder: Path, tmp_path: Path) -> None:
    for arguments, words in (
        ((folder, "--fail-on", "nothing"), "must be one of"),
        ((folder, "--out", tmp_path / "a.txt"), "must end in"),
        ((folder, "--out", tmp_path / "no/a.csv"), "there is no folder"),
        ((tmp_path / "missing",), "check the path"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert words in result.stderr


@pytest.mark.parametrize("spacing_mm", ["20", "2.9", "0", "-3", "nan", "inf"])
def test_a_spacing_that_no_body_has_touches_nothing(
    folder: Path, tmp_path: Path, spacing_mm: str
) -> None:
    """Every file would fail by it, and the output of a good run would be gone."""
    out = tmp_path / "a.csv"
    out.write_text("of a good run", encoding="utf-8")
    result = run(folder, "--out", out, "--db", tmp_path / "doses.db", f"--spacing-mm={spacing_mm}")
    assert result.exit_code == 2
    assert "--spacing-mm is" in result.stderr
    assert "between 3 and 15 mm" in result.stderr
    assert out.read_text(encoding="utf-8") == "of a good run"
    assert {path.name for path in tmp_path.iterdir()} == {"in", "a.csv"}


def test_a_path_that_does_not_exist_leaves_no_empty_history(tmp_path: Path) -> None:
    assert run(tmp_path / "missing", "--db", tmp_path / "doses.db").exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_reports_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("nothing", encoding="utf-8")
    out = tmp_path / "a.csv"
    out.write_text("of a good run", encoding="utf-8")
    result = run(tmp_path, "--out", out)
    assert out.read_text(encoding="utf-8") == "of a good run"
    assert result.exit_code == 2
    assert "no dose report" in result.stderr


def test_no_patient_identifier_unless_asked(folder: Path, tmp_path: Path) -> None:
    procedure = dm.read_rdsr(folder / "000.dcm")
    uid = procedure.study_instance_uid
    secret = [text for text in (uid, procedure.patient.patient_id) if text]
    assert secret
    result = run(folder, "--out", tmp_path / "u.csv", "--with-uids")
    assert str(uid) in (tmp_path / "u.csv").read_text(encoding="utf-8")
    said = [result.stdout]
    with dm.audit([folder], settings=dm.AuditSettings(spacing_mm=SPACING_MM), jobs=1) as audit:
        for ending in ("json", "csv", "html"):
            out = tmp_path / f"audit.{ending}"
            audit.write(out)
            said.append(out.read_text(encoding="utf-8"))
    assert not [word for word in secret for text in said if word in text]


def test_types_of_a_site_make_the_groups(folder: Path, tmp_path: Path) -> None:
    names = tmp_path / "map.csv"
    names.write_text("type,text\nown name,synthetic*\n", encoding="utf-8")
    out = tmp_path / "a.json"
    assert run(folder, "--out", out, "--procedure-map", names).exit_code == 0
    (group,) = json.loads(out.read_text(encoding="utf-8"))["summary"]["groups"]
    assert group["procedure_type"] == "own name"
    assert group["reference_air_kerma_gy"]["p50"] == pytest.approx(0.015)
    assert group["peak_skin_dose_gy"]["known"] == group["reports"] == 2


def test_results_are_added_to_a_history_and_new_alerts_told_once(
    folder: Path, tmp_path: Path
) -> None:
    own = ("--levels", level(tmp_path, 0.015))
    options = ("--db", tmp_path / "doses.db", "--out", tmp_path / "a.csv", *own)
    result = run(folder, *options, columns=400)
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    # Day and file; the patient is not shown.
    assert re.search(
        r"ALERT \d{4}-\d\d-\d\d, \S+/001.dcm, procedure \d, revision 1 own level: .* Told.",
        words,
    )
    assert result.stdout.count("ALERT") == 1
    (tmp_path / "a.csv.ledger").unlink()
    assert "ALERT" not in run(folder, *options).stdout
    with dm.History(tmp_path / "doses.db") as history:
        assert len(history.procedures()) == 2
        # What history add makes of the same report is the same.
        procedure = dm.read_rdsr(folder / "000.dcm")
        body = dm.Body.for_patient(procedure.patient, spacing_mm=SPACING_MM)
        added = history.add(dm.estimate(procedure, surface=body))
        assert (added.status, added.alerts) == ("unchanged", ())


def test_alerts_name_the_patient_when_that_is_asked_for(folder: Path, tmp_path: Path) -> None:
    own = ("--levels", level(tmp_path, 0.015), "--with-uids")
    patient = dm.read_rdsr(folder / "001.dcm").patient.patient_id
    result = run(folder, "--db", tmp_path / "doses.db", *own)
    assert f"ALERT  patient {patient}, 20" in result.stdout


def test_alerts_until_a_stop_are_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --out no later run knows of them."""
    add = dm.History.add_record

    def stopped(history: dm.History, record: Any) -> Any:
        if history.procedures():
            raise KeyboardInterrupt
        return add(history, record)

    monkeypatch.setattr(dm.History, "add_record", stopped)
    own = ("--levels", level(tmp_path, 0.001))
    result = run(folder, "--db", tmp_path / "doses.db", *own)
    assert result.exit_code == 130
    assert result.stdout.count("ALERT") == 1


def test_an_audit_with_a_coarser_map_leaves_the_finer_one_of_history_add(
    folder: Path, tmp_path: Path
) -> None:
    store = tmp_path / "doses.db"
    added = CliRunner().invoke(app, ["history", "add", str(folder / "000.dcm"), "--db", str(store)])
    assert added.exit_code == 0
    with dm.History(store) as history:
        (before,) = history.procedures()
    assert run(folder, "--db", store).exit_code == 0
    with dm.History(store) as history:
        after, other = history.procedures()
    assert (after.revisions, after.peak_skin_dose_gy) == (1, before.peak_skin_dose_gy)
    assert other.revisions == 1


def test_a_history_can_be_pseudonymised(folder: Path, tmp_path: Path) -> None:
    key = tmp_path / "site.key"
    key.write_bytes(b"0123456789abcdef")
    store = tmp_path / "doses.db"
    assert run(folder, "--db", store, "--pseudonymise", "--site-key", key).exit_code == 0
    with dm.History(store, site_key=key) as history:
        assert history.is_pseudonymised
        assert len(history.procedures()) == 2
    assert run(folder, "--pseudonymise").exit_code == 2


def test_a_history_that_fails_is_told_and_the_rows_are_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise dm.DosemapError("the disk is full")

    monkeypatch.setattr(dm.History, "add_record", full)
    out = tmp_path / "a.csv"
    result = run(folder, "--db", tmp_path / "doses.db", "--out", out, "--fail-on", "any")
    assert result.exit_code == 2
    assert "the disk is full" in result.stdout
    assert "the same command tries again" in result.stderr
    assert out.read_text(encoding="utf-8").count("estimated,not added to the history") == 2


def test_tables_fit_a_terminal(folder: Path, tmp_path: Path) -> None:
    """Of 80 columns; no column is squeezed out."""
    hospital = SimulatedDevice(
        manufacturer="Siemens Healthineers Advanced Therapies",
        model="AXIOM-Artis",
        station_name="CATHLAB-NORTH-2",
        serial_number="146278-A",
    )
    (folder / "long.dcm").write_bytes(report_bytes("long", device=hospital))
    text = run(folder, "--levels", level(tmp_path, 0.001), columns=80).stdout
    assert max(map(len, text.splitlines())) <= 80
    for word in (
        "CATHLAB-NORTH-2",
        "median",
        "PSD",
        "PKA,\u00a0Gy\u00a0cm²",
        "10",
        "reached",
        "own",
    ):
        assert word in text


def test_levels_for_a_type_are_held_against_reports_of_it(folder: Path, tmp_path: Path) -> None:
    levels = level(tmp_path, 0.001)
    with levels.open("a", encoding="utf-8") as file:
        file.write('procedure_types = ["pci"]\n')
    names = tmp_path / "map.csv"
    for name, status in (("pci", 1), ("tips", 0)):
        names.write_text(f"type,text\n{name},synthetic*\n", encoding="utf-8")
        options = ("--levels", levels, "--procedure-map", names, "--fail-on", "own")
        assert run(folder, *options).exit_code == status
    assert run(folder, "--levels", levels, "--fail-on", "own").exit_code == 3
