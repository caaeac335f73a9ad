"""``dosemap levels``, ``--levels`` and the exit codes of ``--fail-on``."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dosemap.cli import app
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.edits import empty
from simulated_reports import artis_bytes

OWN = """
source = "Radiation protection committee"
date = "2026-03"

[[level]]
id = "own-peak"
name = "own level: peak skin dose"
quantity = "peak_skin_dose_gy"
scope = "procedure"
first = 1
unit = "mGy"
wording = "Ask the physicist."
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.dcm"
    path.write_bytes(artis_bytes())
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    return path


def test_the_list_names_level_value_and_source() -> None:
    result = CliRunner().invoke(app, ["levels"], env={"COLUMNS": "140"})
    assert result.exit_code == 0
    assert "srdl-peak-skin-dose" in result.stdout
    assert "NCRP Report 168" in run("levels", "srdl-peak-skin-dose").stdout
    assert "joint-commission" not in result.stdout
    assert "joint-commission" in run("levels", "--all").stdout


def test_the_list_for_a_program(own: Path) -> None:
    entries = json.loads(run("levels", "--levels", own, "--json").stdout)["levels"]
    (mine,) = (entry for entry in entries if entry["id"] == "own-peak")
    assert (mine["first"], mine["unit"], mine["verified"]) == (0.001, "Gy", "site")


def test_levels_of_the_site_are_looked_at(
    report: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run("estimate", report, "--levels", own, "--fail-on", "own-peak")
    assert result.exit_code == 1
    assert "own level: peak skin dose" in result.stdout
    assert run("estimate", report, "--fail-on", "own-peak").exit_code == 2
    monkeypatch.setenv("DOSEMAP_LEVELS", str(own.parent))
    assert run("estimate", report, "--fail-on", "own-peak").exit_code == 1
    monkeypatch.setenv("DOSEMAP_LEVELS", str(own.parent / "none.toml"))
    refused = run("estimate", report)
    assert refused.exit_code == 2
    assert "none.toml" in refused.stderr


def test_what_cannot_be_tested_is_no_success(tmp_path: Path) -> None:
    """A report without any position has no map, so that nobody knows its peak skin dose."""
    path = tmp_path / "no_map.dcm"
    path.write_bytes(artis_bytes(edits=[empty("113753", event=0)]))
    peak = run("estimate", path, "--fail-on", "peak_skin_dose_gy")
    assert peak.exit_code == 3
    assert "no_map.dcm: srdl-peak-skin-dose not evaluated: no map" in peak.stderr
    assert "Alert levels not evaluated" in peak.stdout
    assert run("estimate", path, "--fail-on", "any").exit_code == 3
    kerma = run("estimate", path, "--fail-on", "reference_air_kerma_gy")
    assert (kerma.exit_code, kerma.stderr) == (0, "")


def test_a_level_reached_comes_before_one_not_tested(tmp_path: Path) -> None:
    path = tmp_path / "no_map.dcm"
    high = SimulatedEvent(reference_air_kerma_gy=6.0)
    path.write_bytes(artis_bytes(high, edits=[empty("113753", event=0)]))
    assert run("estimate", path, "--fail-on", "any").exit_code == 1


def test_the_help_states_the_exit_codes() -> None:
    shown = CliRunner().invoke(app, ["estimate", "-h"], env={"COLUMNS": "100"}).stdout
    assert "3 no level of --fail-on was reached as far as is known" in " ".join(shown.split())
