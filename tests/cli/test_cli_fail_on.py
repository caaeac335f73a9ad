"""``--fail-on``: reached, not reached, not tested; and where the exit codes are told."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dosemap.cli import app
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.edits import omit
from simulated_reports import artis_bytes

TRUNK = ("--surface", "trunk", "--spacing-mm", "20")


def run(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"}).invoke(
        app, [*map(str, arguments)]
    )


@pytest.fixture
def no_map(tmp_path: Path) -> Path:
    path = tmp_path / "no_map.dcm"
    path.write_bytes(artis_bytes(SimulatedEvent(kvp=155)))
    return path


@pytest.mark.parametrize("quantity", ["peak_skin_dose_gy", "any"])
def test_a_peak_that_is_not_known_is_not_tested(no_map: Path, quantity: str) -> None:
    result = run("estimate", no_map, "--fail-on", quantity, "--json")
    assert result.exit_code == 3
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("not tested: "))
    assert line.startswith("not tested: no_map.dcm: peak_skin_dose_gy is not known (no map: ")


def test_what_is_known_is_tested_without_a_map(no_map: Path) -> None:
    result = run("estimate", no_map, "--fail-on", "reference_air_kerma_gy")
    assert result.exit_code == 0
    assert "not tested" not in result.stderr


def test_a_total_that_the_report_lacks_is_not_tested(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    path.write_bytes(artis_bytes(edits=[omit("113730")]))
    result = run("estimate", path, *TRUNK, "--fail-on", "fluoroscopy_time_s")
    assert result.exit_code == 3
    assert "not tested: report.dcm: fluoroscopy_time_s is not known" in result.stderr


def test_a_level_reached_weighs_more_than_one_not_tested(no_map: Path, tmp_path: Path) -> None:
    high = tmp_path / "high.dcm"
    high.write_bytes(artis_bytes(SimulatedEvent(reference_air_kerma_gy=6.0)))
    result = run("estimate", no_map, high, *TRUNK, "--fail-on", "any")
    assert result.exit_code == 1
    assert "not tested: no_map.dcm" in result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["estimate", "--help"]])
def test_help_lists_the_exit_codes(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    assert "Exit codes: 0 done; 1 an alert level" in words
    assert "3 a quantity of --fail-on is not known" in words


def test_h_is_help_of_every_command() -> None:
    assert "Usage" in run("estimate", "-h").stdout
    assert "Usage" in run("equipment", "check", "-h").stdout
