"""``dosemap estimate --interval``: an injection on a mobile C-arm, for people and for programs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dosemap.cli import app
from dosemap.simulate import SimulatedPatient, simulate_procedure, write_rdsr

_REFERENCE_MM = 700.0
"""30 cm before a detector at 1 m."""


@pytest.fixture
def injection(tmp_path: Path) -> Path:
    """An epidural injection as a mobile C-arm reports it: no angles, table, isocentre."""
    simulation = simulate_procedure("interlaminar_epidural_injection", device="ziehm")
    of_somebody = replace(
        simulation.procedure,
        patient=SimulatedPatient(name="SECRET^NAME", patient_id="SECRET-ID"),
    )
    path = tmp_path / "injection.dcm"
    write_rdsr(of_somebody, path, style=simulation.system.style)
    return path


def run(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["estimate", *map(str, arguments)])


def document(*arguments: object) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_an_injection_on_a_mobile_c_arm(injection: Path) -> None:
    """What a physicist expects: some mGy, two orders below the first skin reaction (2 Gy)."""
    found = document(injection, "--interval")
    assert found["map"]["available"] is False
    assert found["peak_skin_dose_gy"] is None
    interval = found["interval"]
    kermas = 1e3 * found["totals"]["reference_air_kerma_gy"]
    # Wininger 2010: 1.8 to 43.7 mGy incident for such work.
    assert 1.8 < kermas < 43.7
    assert 0.05 < 1e3 * interval["low_gy"] < kermas < 1e3 * interval["high_gy"] < 100
    # With the skin of a prone patient's back 45 to 65 cm from the focal spot, and a field of
    # usual size, the peak can be no more than all kerma at the nearer end with B of 1.6.
    narrow = document(injection, "--interval", "--known", "source_to_skin_mm=450-650")
    most = kermas * (_REFERENCE_MM / 450) ** 2 * 1.6
    assert interval["low_gy"] < narrow["interval"]["low_gy"]
    assert narrow["interval"]["high_gy"] < interval["high_gy"]
    assert 1e3 * narrow["interval"]["high_gy"] < most


def test_it_reads_in_80_columns(injection: Path) -> None:
    result = run(injection, "--interval")
    assert result.exit_code == 0, result.stderr
    assert max(map(len, result.stdout.splitlines())) <= 80
    words = " ".join(result.stdout.split())
    assert "Peak skin dose: between " in words
    assert "skin reactions begin at 2 Gy" in words
    assert "source_to_skin_mm" in words


def test_no_identifier_of_the_patient_gets_out(injection: Path) -> None:
    for arguments in ([], ["--json"]):
        assert "SECRET" not in run(injection, "--interval", *arguments).stdout


def test_the_key_is_null_unless_asked_for(injection: Path) -> None:
    plain = document(injection)
    assert plain["interval"] is None
    found = document(injection, "--interval")
    # Levels of such a low dose are settled without it: nothing else changes.
    assert found["interval"] is not None
    assert found | {"interval": None} == plain


def test_options_for_the_map_count_too(injection: Path) -> None:
    bare = document(injection, "--interval", "--no-backscatter", "--no-support", "--medium", "air")
    bounds = {bound["quantity"]: bound for bound in bare["interval"]["bounds"]}
    for name in ("support_transmission", "backscatter_factor", "dose_per_air_kerma"):
        assert (bounds[name]["low"], bounds[name]["high"]) == pytest.approx((1.0, 1.0))


def test_knowledge_without_the_interval_is_an_error(injection: Path) -> None:
    result = run(injection, "--known", "kvp=70-80")
    assert result.exit_code == 2
    assert "--known is for --interval" in result.stderr
    assert run(injection, "--interval", "--known", "kvp=hot").exit_code == 2
