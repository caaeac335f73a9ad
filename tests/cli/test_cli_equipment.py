"""``dosemap equipment``: list, show, check; and the site's profiles by the environment."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dosemap.cli import app
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.edits import empty
from simulated_reports import RDSR, artis_bytes

REAL = sorted(RDSR.glob("*.dcm"))

SITE = """
extends = "siemens_artis"
name = "lab_2"
title = "Lab 2, [bold]Artis[/bold]"
[support.pad]
thickness_mm = 90
evidence = "documentation"
basis = "A ruler."
validated = true
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "lab_2.toml"
    path.write_text(SITE, encoding="utf-8")
    return path


def run(*arguments: object, **environment: str) -> Result:
    return CliRunner(env={"COLUMNS": "80", **environment}).invoke(app, [*map(str, arguments)])


def equipment(*arguments: object, **environment: str) -> Result:
    return run("equipment", *arguments, **environment)


def document(*arguments: object, **environment: str) -> Any:
    result = equipment(*arguments, "--json", **environment)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def words(text: str) -> str:
    return " ".join(text.split())


def assert_fits(text: str) -> None:
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


# --- list, show


def test_list_names_every_profile_and_what_is_validated() -> None:
    result = equipment("list")
    assert result.exit_code == 0
    assert_fits(result.stdout)
    profiles = document("list")["profiles"]
    assert {"siemens_artis", "philips_allura"} <= {entry["name"] for entry in profiles}
    for entry in profiles:
        assert entry["name"] in result.stdout
        assert f"{entry['claims_validated']} of {entry['claims']}" in result.stdout
        assert entry["origin"] == "shipped"


def test_list_and_show_know_the_sites_profiles(site: Path) -> None:
    result = equipment("list", DOSEMAP_EQUIPMENT=str(site))
    assert "[bold]Artis[/bold]" in words(result.stdout)
    (entry,) = (
        entry
        for entry in document("list", DOSEMAP_EQUIPMENT=str(site.parent))["profiles"]
        if entry["origin"] == "site"
    )
    assert entry["name"] == "lab_2"
    assert document("show", "lab_2", DOSEMAP_EQUIPMENT=str(site))["origin"] == "site"
    assert document("show", site)["name"] == "lab_2"


def test_show_prints_every_claim_with_evidence_basis_and_whether_validated() -> None:
    result = equipment("show", "philips_allura")
    assert result.exit_code == 0
    assert_fits(result.stdout)
    text = words(result.stdout)
    statements = document("show", "philips_allura")["statements"]
    assert len(statements) > 10
    for entry in statements:
        validated = "validated" if entry["validated"] else "not validated"
        assert f"{entry['claim']} {entry['evidence']}, {validated}" in text
        assert words(entry["basis"]) in text


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none", "there is no profile 'none'; known are "),
        ("none.toml", "none.toml cannot be read: No such file"),
    ],
)
def test_show_of_nothing_ends_with_2(name: str, says: str) -> None:
    result = equipment("show", name)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in words(result.stderr)


# --- check


def test_check_of_a_sound_report(report: Path) -> None:
    result = equipment("check", report)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert_fits(result.stdout)
    text = words(result.stdout)
    for phrase in (
        "report.dcm", "Siemens AXIOM-Artis", "siemens_artis (", "claims validated",
        "yes: 1 beam placed, 100% of the air kerma", "Fields of the report (1 event)",
        "positioner_primary_angle_deg", "never in it: ", "Checks",
        "ok air kerma: the events add up",
        "reference point 635 mm from the source", "Assumed",
    ):  # fmt: skip
        assert phrase in text, phrase
    assert "To supply for a map" not in text


def test_check_says_what_to_supply(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    path.write_bytes(artis_bytes(edits=[empty("113753"), empty("113733")]))
    result = equipment("check", path)
    assert result.exit_code == 0
    text = words(result.stdout)
    assert "map none: the table position is not known" in text
    assert "To supply for a map table_origin_in_isocenter_mm event 0:" in text
    assert "table_height_position_mm 0 empty" in text


def test_check_of_several_files_goes_on_after_a_bad_one(report: Path, bad: Path) -> None:
    result = equipment("check", report, bad, report, "--json")
    assert result.exit_code == 2
    good, failed, again = json.loads(result.stdout)
    assert good == again
    assert set(failed) == {"source", "error"}
    assert result.stderr == f"error: {failed['error']}\n"
    assert "not a DICOM file" in result.stderr


@pytest.mark.skipif(not REAL, reason="the real reports of ../shared/data are not here")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_reports_fit_the_terminal_and_agree_with_estimate(path: Path) -> None:
    result = equipment("check", path)
    assert result.exit_code == 0, result.output
    assert_fits(result.stdout)
    found = document("check", path)
    placed = found["map"]["events_placed"]
    assert found["map"]["available"] == (placed > 0)
    # What is missing is named wherever an event with dose has no place.
    assert bool(found["map"]["supply"]) == (placed < found["events"]["with_air_kerma"])


def test_markup_and_control_characters_are_printed_as_they_are_or_not_at_all(
    report: Path,
) -> None:
    path = report.with_name("[red]report[bold].dcm")
    report.rename(path)
    assert "[red]report[bold].dcm" in equipment("check", path).stdout


# --- profiles of the site


def test_the_environment_names_a_profile_for_check_and_estimate(report: Path, site: Path) -> None:
    for named in (site, site.parent):
        chosen = document("check", report, DOSEMAP_EQUIPMENT=str(named))["equipment"]
        assert (chosen["profile"], chosen["chosen_by"]) == ("lab_2", "match")
    result = run("estimate", report, "--json", DOSEMAP_EQUIPMENT=str(site))
    assert json.loads(result.stdout)["equipment"]["profile"] == "lab_2"
    assert json.loads(run("estimate", report, "--json").stdout)["equipment"]["profile"] == (
        "siemens_artis"
    )


def test_the_environment_does_not_force_a_profile_that_does_not_match(
    report: Path, site: Path
) -> None:
    rule = '\n[[match]]\nmanufacturer = "siemens"\nserial_number = "^123$"\n'
    site.write_text(SITE + rule, encoding="utf-8")
    chosen = document("check", report, DOSEMAP_EQUIPMENT=str(site))["equipment"]
    assert chosen["profile"] == "siemens_artis"
    forced = document("check", report, "--equipment", site)["equipment"]
    assert (forced["profile"], forced["chosen_by"]) == ("lab_2", "user")
    assert forced["matches"] is False
    assert "given by you" in equipment("check", report, "--equipment", site).stdout


@pytest.mark.parametrize("command", [("estimate",), ("equipment", "check")])
def test_a_wrong_file_of_the_site_ends_with_2(
    report: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    none = run(*command, report, DOSEMAP_EQUIPMENT=str(tmp_path / "none.toml"))
    assert none.exit_code == 2
    assert "none.toml cannot be read" in none.stderr
    folder = tmp_path / "empty"
    folder.mkdir()
    empty_folder = run(*command, report, DOSEMAP_EQUIPMENT=str(folder))
    assert empty_folder.exit_code == 2
    assert "DOSEMAP_EQUIPMENT: the folder" in empty_folder.stderr
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("name = 3", encoding="utf-8")
    assert run(*command, report, DOSEMAP_EQUIPMENT=str(wrong)).exit_code == 2


def test_many_events_are_counted_not_listed(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    events = [SimulatedEvent(started_s=10.0 * number, kvp=60.0 + number) for number in range(40)]
    path.write_bytes(artis_bytes(*events))
    text = words(equipment("check", path).stdout)
    assert "kvp 40 60 to 99 reported" in text


def test_a_family_of_totals_that_is_asked_for_gives_totals_and_its_reason(report: Path) -> None:
    for command in (("estimate",), ("equipment", "check")):
        result = run(*command, report, "--json", "--equipment", "siemens_luminos")
        assert result.exit_code == 0, result.stderr
        found = json.loads(result.stdout)
        assert found["equipment"]["profile"] == "siemens_luminos"  # the same in both
        assert found["map"]["available"] is False
        reason = found["map"]["reason"]
        assert "hold no beam angles, no table position" in reason
        assert 'extends = "generic"' in reason
        assert "[table.x]" in reason
    assert 'extends = "generic"' in found["map"]["supply"][0]["how"]


def test_show_has_the_geometry_of_the_measurement_and_the_keys_of_the_file() -> None:
    assert "[support] measurement_geometry = unknown" in equipment("show", "generic").stdout
    found = document("show", "generic")
    assert found["measurement_geometry"] == "unknown"
    (tube,) = (entry["values"] for entry in found["statements"] if entry["claim"] == "tube")
    assert set(tube) == {"anode_angle_deg", "inherent_filter"}
    assert document("show", "ziehm")["measurement_geometry"] is None


def test_names_from_the_sites_files_can_be_asked_for(report: Path, site: Path) -> None:
    for command in (("estimate",), ("equipment", "check")):
        result = run(
            *command, report, "--json", "--equipment", "lab_2", DOSEMAP_EQUIPMENT=str(site.parent)
        )
        assert result.exit_code == 0, result.stderr
        assert json.loads(result.stdout)["equipment"]["profile"] == "lab_2"
