"""The program as a whole: help of every command, version, the demonstration."""

from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import dosemap
from dosemap.cli import app

# Typer brings its own command classes; which ones is its own affair.
PROGRAM: Any = typer.main.get_command(app)
COMMANDS: dict[str, Any] = {
    name: PROGRAM.get_command(None, name) for name in PROGRAM.list_commands(None)
}
WIDE = {"COLUMNS": "200", "TERMINAL_WIDTH": "200"}


def test_the_commands() -> None:
    assert set(COMMANDS) == {
        "audit",
        "estimate",
        "body",
        "spectrum",
        "demo",
        "equipment",
        "history",
        "levels",
        "replay",
        "report",
        "simulate",
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_help_names_every_option_and_says_what_it_does(name: str) -> None:
    result = CliRunner(env=WIDE).invoke(app, [name, "--help"])
    assert result.exit_code == 0
    for parameter in COMMANDS[name].params:
        for option in (*parameter.opts, *parameter.secondary_opts):
            assert option in result.stdout, option
        text = getattr(parameter, "help", None)
        assert text, f"{parameter.name} has no help"


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_of_the_program_names_every_command(arguments: list[str]) -> None:
    result = CliRunner(env=WIDE).invoke(app, arguments)
    for name in COMMANDS:
        assert name in result.output
    assert "not a medical device" in result.output


def test_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.stdout == f"dosemap {dosemap.__version__}\n"


def test_an_unknown_command_ends_with_2() -> None:
    result = CliRunner().invoke(app, ["guess"])
    assert result.exit_code == 2
    assert "No such command" in result.output


def test_the_demonstration_writes_and_estimates(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    result = CliRunner(env={"COLUMNS": "100"}).invoke(app, ["demo", "--out", str(out)])
    assert result.exit_code == 0, result.stderr
    assert {path.name for path in out.iterdir()} == {
        "coronary_intervention.dcm",
        "coronary_intervention.html",
        "coronary_intervention.nc",
        "lumbar_injection.dcm",
        "lumbar_injection.nc",
    }
    assert result.stdout.count("peak skin dose ") >= 2
    assert "dosemap estimate" in result.stderr
    coronary = dosemap.DoseResult.from_netcdf(out / "coronary_intervention.nc")
    lumbar = dosemap.DoseResult.from_netcdf(out / "lumbar_injection.nc")
    assert coronary.peak_skin_dose_gy is not None
    assert lumbar.peak_skin_dose_gy is not None
    # Several Gy to the back of a cardiac patient, some mGy to that of a prone lumbar one.
    assert 2 < coronary.peak_skin_dose_gy < 10
    assert 0.001 < lumbar.peak_skin_dose_gy < 0.02
    assert coronary.peak is not None
    assert lumbar.peak is not None
    assert coronary.peak.site.startswith("posterior")
    # Prone, with the tube below the table or at the side: never the back.
    assert lumbar.peak.site.startswith(("anterior", "right flank", "right hip"))


def test_a_demonstration_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    result = CliRunner().invoke(app, ["demo", "--out", str(blocked)])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert result.stdout == ""
