"""``--fail-on`` where the report lacks a total; and where the exit codes are told."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dosemap.cli import app
from dosemap.simulate.edits import omit
from simulated_reports import artis_bytes


def run(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"}).invoke(
        app, [*map(str, arguments)]
    )


def test_a_total_that_the_report_lacks_is_not_evaluated(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    path.write_bytes(artis_bytes(edits=[omit("113730")]))
    trunk = ("--surface", "trunk", "--spacing-mm", "20")
    result = run("estimate", path, *trunk, "--fail-on", "fluoroscopy_time_s")
    assert result.exit_code == 3
    assert "report.dcm: srdl-fluoroscopy-time not evaluated: " in result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["estimate", "--help"]])
def test_help_lists_the_exit_codes(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    assert "Exit codes: 0 done; 1 a level of --fail-on was reached" in words
    assert "3 no level of --fail-on was reached as far as is known" in words


def test_h_is_help_of_every_command() -> None:
    assert "Usage" in run("estimate", "-h").stdout
    assert "Usage" in run("equipment", "check", "-h").stdout
