"""``dosemap report``: what it writes, says, and how it ends."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

pytest.importorskip("plotly")
pytest.importorskip("matplotlib")

from test_cli_program import COMMANDS

from dosemap.cli import app

_FAST = ("--spacing-mm", "15")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


def document(page: Path) -> dict[str, object]:
    """Return the JSON document that a page holds."""
    found = re.search(r'id="dosemap-document">([^<]*)<', page.read_text(encoding="utf-8"))
    assert found
    held: dict[str, object] = json.loads(found[1])
    return held


def test_the_page_has_the_estimate_of_the_same_options(report: Path, tmp_path: Path) -> None:
    page = tmp_path / "case.html"
    options = ("--sex", "F", "--mass", "90", "--kvp", "70", "--interval", *_FAST)
    done = run(report, "-o", page, *options)
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"written: {page}" in done.stderr
    assert "no effect: report.dcm: --kvp" in done.stderr
    estimate = ["estimate", str(report), "--json", "--risk", *options]
    assert document(page) == json.loads(CliRunner().invoke(app, estimate).stdout)


def test_quiet_says_nothing(report: Path, tmp_path: Path) -> None:
    done = run(report, "-o", tmp_path / "case.html", "--quiet", *_FAST)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


def test_sheet_and_dicom_beside_the_page(report: Path, tmp_path: Path) -> None:
    pytest.importorskip("highdicom")
    page, sheet, dicom = (tmp_path / name for name in ("case.html", "case.pdf", "case.dcm"))
    done = run(report, "-o", page, "--pdf", sheet, "--prsr", dicom, "--paper", "letter", *_FAST)
    assert done.exit_code == 0, done.stderr
    assert sheet.read_bytes().startswith(b"%PDF")
    assert dicom.read_bytes()[128:132] == b"DICM"
    # Every file is named, the picture beside the DICOM report too.
    named = "".join(done.stderr.split())
    for file in tmp_path.iterdir():
        if file != report:
            assert "".join(str(file).split()) in named, file.name
    assert (tmp_path / "case.map.dcm").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "nothing to write"),
        (("-o", "case", "--pdf", "./case"), "name the same file"),
        (("-o", "case.map.dcm", "--prsr", "case.dcm"), "name the same file"),
        (("--pdf", "x.pdf", "--paper", "a3"), "--paper 'a3' must be one of a4, letter"),
        (("-o", "no/such/folder/case.html"), "cannot write"),
        (("-o", "case.html", "--age", "old"), "--age 'old'"),
        (("-o", "case.html", "--fail-on", "sunday"), "sunday"),
    ],
)
def test_what_cannot_be_done_is_said(report: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run(report, *arguments, *_FAST)
    assert done.exit_code == 2
    assert says in done.stderr


def test_the_report_itself_is_not_overwritten(report: Path) -> None:
    before = report.read_bytes()
    done = run(report, "-o", report, *_FAST)
    assert done.exit_code == 2
    assert "is a DICOM file" in done.stderr
    assert report.read_bytes() == before


def test_fail_on_ends_as_in_an_estimate(report: Path, tmp_path: Path) -> None:
    page = tmp_path / "case.html"
    assert run(report, "-o", page, "--fail-on", "any", *_FAST).exit_code == 0
    levels = tmp_path / "levels.toml"
    levels.write_text(
        'source = "test"\ndate = "2026"\n[[level]]\nid = "low"\nname = "low"\n'
        'quantity = "peak_skin_dose_gy"\nscope = "procedure"\nfirst = 0.001\nunit = "Gy"\n'
        'verified = "site"\nwording = "seen"\n',
        encoding="utf-8",
    )
    done = run(report, "-o", page, "--levels", levels, "--fail-on", "low", *_FAST)
    assert done.exit_code == 1, done.stderr


def test_every_option_that_changes_an_estimate_is_there() -> None:
    own = {"files", "as_json", "events", "netcdf", "risk"}
    of_estimate = {parameter.name for parameter in COMMANDS["estimate"].params} - own
    assert of_estimate <= {parameter.name for parameter in COMMANDS["report"].params}
    assert len(of_estimate) > 25
