"""``dosemap levels``, ``--levels``, ``DOSEMAP_LEVELS``, ``--fail-on`` by level, ``--risk``."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dosemap.alerts import load_levels
from dosemap.cli import app
from dosemap.simulate import SimulatedEvent
from json_pages import described_keys, is_of
from simulated_reports import artis_bytes

OWN = """
source = "radiation safety committee"
date = "2026-03"
off = ["srdl-fluoroscopy-time"]

[[level]]
id = "own-air-kerma"
name = "own level"
quantity = "reference_air_kerma_gy"
scope = "procedure"
first = 5
unit = "mGy"
wording = "Told to the physicist."
"""


def run(*arguments: object, **environment: str) -> Result:
    cleared = {"DOSEMAP_EQUIPMENT": "", "DOSEMAP_LEVELS": "", "COLUMNS": "100"}
    return CliRunner().invoke(app, [str(a) for a in arguments], env={**cleared, **environment})


def listed(*arguments: object, **environment: str) -> dict[str, Any]:
    result = run("levels", "--json", *arguments, **environment)
    assert result.exit_code == 0, result.stderr
    return {entry["id"]: entry for entry in json.loads(result.stdout)["levels"]}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.dcm"
    path.write_bytes(artis_bytes())
    return path


def test_every_level_that_applies_is_listed() -> None:
    assert [*listed()] == [level.id for level in load_levels()]
    assert set(listed("--all")) - set(listed()) == {"joint-commission-peak-skin-dose"}
    text = run("levels").stdout
    assert all(level.id in text for level in load_levels())


def test_one_level_in_full() -> None:
    text = " ".join(run("levels", "srdl-peak-skin-dose").stdout.split())
    assert "3 Gy" in text
    assert "NCRP Report 168" in text
    assert "quoted in another document" in text
    result = run("levels", "srdl")
    assert result.exit_code == 2
    assert "there is no level 'srdl'; known are sir-" in result.stderr


def test_site_files_by_option_and_by_environment(site: Path, tmp_path: Path) -> None:
    for found in (
        listed("--levels", site),
        listed(DOSEMAP_LEVELS=str(site)),
        listed(DOSEMAP_LEVELS=str(tmp_path)),
    ):
        assert found["own-air-kerma"]["first"] == 0.005
        assert found["own-air-kerma"]["verified"] == "site"
        assert "srdl-fluoroscopy-time" not in found


def test_wrong_site_files_end_with_2(site: Path, tmp_path: Path, report: Path) -> None:
    site.write_text(OWN.replace("first = 5", "first = -5"), encoding="utf-8")
    for command in (("levels",), ("estimate", report)):
        result = run(*command, "--levels", site)
        assert result.exit_code == 2
        assert "site.toml [[level]] 1: first = -5 must be between" in result.stderr
    (tmp_path / "none").mkdir()
    result = run("levels", DOSEMAP_LEVELS=str(tmp_path / "none"))
    assert result.exit_code == 2
    assert "holds no alert levels" in result.stderr


def test_an_estimate_is_held_against_the_levels_of_the_site(report: Path, site: Path) -> None:
    result = run("estimate", report, "--levels", site, "--json", "--fail-on", "own-air-kerma")
    assert result.exit_code == 1, result.stderr
    (alert,) = json.loads(result.stdout)["alerts"]
    assert (alert["level_id"], alert["value"], alert["threshold"]) == ("own-air-kerma", 0.01, 0.005)
    assert run("estimate", report, "--fail-on", "srdl-reference-air-kerma").exit_code == 0


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("own-air-kerma", "--fail-on 'own-air-kerma' must be one of peak_skin_dose_gy"),
        ("pain-hip-fluoroscopy-time", "is of scope group; here are only those of procedure"),
    ],
)
def test_levels_that_an_estimate_does_not_look_at(report: Path, word: str, says: str) -> None:
    result = run("estimate", report, "--fail-on", word)
    assert result.exit_code == 2
    assert says in result.stderr


def test_what_nobody_can_say_ends_with_3_and_not_as_below(tmp_path: Path) -> None:
    # 155 kV is beyond the spectra: no map, so no peak skin dose.
    unknown = tmp_path / "unknown.dcm"
    unknown.write_bytes(artis_bytes(SimulatedEvent(kvp=155, reference_air_kerma_gy=1.0)))
    result = run("estimate", unknown, "--fail-on", "peak_skin_dose_gy")
    assert result.exit_code == 3
    assert "unknown.dcm: srdl-peak-skin-dose not evaluated: no map: no event" in result.stderr
    assert "Alert levels not evaluated" in result.stdout
    assert run("estimate", unknown, "--fail-on", "reference_air_kerma_gy").exit_code == 0
    assert run("estimate", unknown).exit_code == 0
    high = tmp_path / "high.dcm"
    high.write_bytes(artis_bytes(SimulatedEvent(reference_air_kerma_gy=8.0)))
    assert run("estimate", unknown, high, "--fail-on", "peak_skin_dose_gy").exit_code == 1


def test_risk_for_people_and_programs(tmp_path: Path) -> None:
    path = tmp_path / "high.dcm"
    path.write_bytes(artis_bytes(SimulatedEvent(reference_air_kerma_gy=8.0)))
    risk = json.loads(run("estimate", path, "--risk", "--json").stdout)["risk"]
    text = " ".join(run("estimate", path, "--risk").stdout.split())
    assert risk["statement"] in text
    assert risk["notice"] in text
    for look in risk["look"]:
        assert look["date"] in text
    assert json.loads(run("estimate", path, "--json").stdout)["risk"] is None


def test_every_key_of_the_list_is_described() -> None:
    page = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
    table = described_keys(page.split("## Keys of")[1])
    for entry in listed("--all").values():
        assert set(entry) == set(table)
        for key, value in entry.items():
            assert is_of(value, table[key]), (key, value)
