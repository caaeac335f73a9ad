"""``dosemap simulate``: list, files, errors; then ``dosemap estimate`` of what it wrote."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dosemap import read_rdsr
from dosemap.cli import app
from dosemap.simulate.preset_toml import load_presets
from dosemap.simulate.systems import load_systems


def run(*arguments: object, columns: int = 80) -> Result:
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(app, [*map(str, arguments)])


def document(*arguments: object) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_the_list_names_every_procedure_and_device() -> None:
    result = run("simulate", "--list")
    assert result.exit_code == 0
    assert result.stderr == ""
    for name in (*load_presets(), *load_systems()):
        assert f"{name} " in result.stdout
    # What is assumed stands in brackets: an IVP has no fluoroscopy, which nothing published says.
    (ivp,) = (line for line in result.stdout.splitlines() if line.split()[:1] == ["ivp"])
    assert ivp.split()[1:3] == ["(0:00)", "(14)"]
    (ziehm,) = (line for line in result.stdout.splitlines() if line.split()[:1] == ["ziehm"])
    assert "report not seen" in ziehm


def test_the_list_as_json() -> None:
    found = document("simulate", "--list")
    assert found["schema"] == "dosemap.simulate_list/1"
    by_name = {entry["name"]: entry for entry in found["procedures"]}
    assert by_name.keys() == load_presets().keys()
    enema = by_name["barium_enema"]
    assert enema["devices"] == ["siemens_luminos", "canon_ultimax", "shimadzu"]
    assert enema["usual_device"] == "siemens_luminos"
    assert {"HFDL", "HFS", "HFP", "HFDR", "HFS erect"} == set(enema["positions"])
    # 21 Gy cm2, the UK reference level.
    product = enema["expected"]["kerma_area_product_gy_m2"]
    assert (product["value"], product["evidence"]) == (pytest.approx(21e-4), "published")
    assert enema["evidence"] == {"published": 2, "measured on a file": 0, "assumed": 5}
    devices = {entry["name"]: entry for entry in found["devices"]}
    assert devices["hologic_mini"]["kind"] == "mini C-arm"
    assert devices["shimadzu"]["habits_known"] is False


def test_a_report_is_written_and_told_about(tmp_path: Path) -> None:
    path = tmp_path / "hip.dcm"
    result = run("simulate", "hip_injection", "--device", "siemens_cios", "-o", path)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == f"written to {path}\n"
    assert "report not seen" in result.stdout
    assert "0.204 Gy cm²" in result.stdout  # the usual one, beside that of the file
    report = read_rdsr(path)
    assert report.device.model == "Cios Alpha"
    assert [file.name for file in tmp_path.iterdir()] == ["hip.dcm"]  # no temporary one


def test_without_a_device_the_usual_one_is_used_and_said(tmp_path: Path) -> None:
    found = document("simulate", "hip_injection", "-o", tmp_path / "hip.dcm")
    assert (found["device"], found["kind"]) == ("philips_veradius", "mobile C-arm")
    assert found["totals"]["events_by_type"] == {"fluoroscopy": found["totals"]["events"]}
    written = read_rdsr(tmp_path / "hip.dcm")
    assert written.totals.reference_air_kerma_gy == pytest.approx(
        found["totals"]["reference_air_kerma_gy"], rel=1e-6
    )


def test_the_same_arguments_give_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.dcm" for number in range(3)]
    for path, seed in zip(paths, (5, 5, 6), strict=True):
        assert run("simulate", "facet_injection", "-o", path, "--seed", seed).exit_code == 0
    first, second, third = (path.read_bytes() for path in paths)
    assert first == second
    assert first != third


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["barium_enema", "--device", "hologic_mini"], "it fits siemens_luminos, canon_ultimax"),
        (["pci", "--device", "ziehm"], "pci is not done on ziehm, a mobile C-arm"),
        (["pci", "--device", "acme"], "there is no device 'acme'; known are siemens_artis"),
        (["lobotomy"], "there is no procedure 'lobotomy'; known are barium_enema"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    result = run("simulate", *arguments, "-o", tmp_path / "out.dcm")
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [[], ["pci"], ["-o", "x.dcm"]])
def test_a_procedure_and_a_file_are_needed(arguments: list[str]) -> None:
    result = run("simulate", *arguments)
    assert result.exit_code == 2
    assert "name a PROCEDURE and a file" in result.stderr


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    result = run("simulate", "ivp", "-o", tmp_path / "no" / "ivp.dcm")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: cannot write")


def test_from_simulation_to_interval(tmp_path: Path) -> None:
    """A pain injection on a mobile C-arm: no map, some mGy, two orders below a reaction (2 Gy)."""
    path = tmp_path / "facet.dcm"
    run("simulate", "facet_injection", "--device", "ziehm", "-o", path)
    found = document("estimate", path, "--interval")
    assert found["map"]["available"] is False
    assert found["peak_skin_dose_gy"] is None
    assert found["interval"]["low_gy"] < found["interval"]["high_gy"] < 0.1


def test_from_simulation_to_map(tmp_path: Path) -> None:
    path = tmp_path / "facet.dcm"
    run("simulate", "facet_injection", "--device", "siemens_artis", "-o", path)
    found = document("estimate", path)
    assert found["procedure"]["patient_position"] == "HFP"
    # Prone, with the tube below the table.
    assert found["peak"]["site"].startswith("anterior")
    assert found["peak_skin_dose_gy"] < 0.005
