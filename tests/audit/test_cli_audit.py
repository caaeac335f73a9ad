"""``dosemap audit``: outputs that agree, hostile texts, exit codes, no identifiers."""

import csv
import json
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import dosemap as dm
from audit_folders import fill, report_bytes
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


def run(*arguments: object) -> Result:
    options = ("--spacing-mm", "15", "--jobs", "1")
    environment = {"DOSEMAP_EQUIPMENT": "", "DOSEMAP_LEVELS": "", "COLUMNS": "160"}
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
    for out in outs.values():
        assert run(folder, "--out", out).exit_code == 0
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
        ((0.015, "reference_air_kerma_gy"), "own", 1),  # of 10 and 20 mGy one is above
        ((0.02, "reference_air_kerma_gy"), "reference_air_kerma_gy", 1),  # exactly
        ((0.021, "reference_air_kerma_gy"), "own", 0),
        ((0.021, "reference_air_kerma_gy"), "any", 0),
        ((0.001, "peak_skin_dose_gy"), "any", 1),
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
    path.write_bytes(report_bytes("mobile", device=mobile, style="ge_surgery"))
    assert run(folder, "--fail-on", "srdl-peak-skin-dose").exit_code == 3
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


def test_a_folder_without_reports_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("nothing", encoding="utf-8")
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "no dose report" in result.stderr


def test_no_patient_identifier_unless_asked(folder: Path, tmp_path: Path) -> None:
    procedure = dm.read_rdsr(folder / "000.dcm")
    uid = procedure.study_instance_uid
    secret = [text for text in (uid, procedure.patient.patient_id) if text]
    assert secret
    for ending in ("json", "csv", "html"):
        out = tmp_path / f"audit.{ending}"
        result = run(folder, "--out", out, "--levels", level(tmp_path, 0.001))
        text = out.read_text(encoding="utf-8") + result.stdout
        assert not [word for word in secret if word in text]
    assert run(folder, "--out", tmp_path / "u.csv", "--with-uids").exit_code == 0
    assert str(uid) in (tmp_path / "u.csv").read_text(encoding="utf-8")


def test_types_of_a_site_make_the_groups(folder: Path, tmp_path: Path) -> None:
    names = tmp_path / "map.csv"
    names.write_text("type,text\nown name,synthetic*\n", encoding="utf-8")
    out = tmp_path / "a.json"
    assert run(folder, "--out", out, "--procedure-map", names).exit_code == 0
    (group,) = json.loads(out.read_text(encoding="utf-8"))["summary"]["groups"]
    assert group["procedure_type"] == "own name"
    assert group["reference_air_kerma_gy"]["p50"] == pytest.approx(0.015)
    assert group["peak_skin_dose_gy"]["known"] == group["reports"] == 2


def test_results_are_added_to_a_history(folder: Path, tmp_path: Path) -> None:
    assert run(folder, "--db", tmp_path / "doses.db").exit_code == 0
    with dm.History(tmp_path / "doses.db") as history:
        assert len(history.procedures()) == 2
