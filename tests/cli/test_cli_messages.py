"""What ``dosemap estimate`` says to people: in its own words, once, and of all they changed."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pytest
from typer.testing import CliRunner, Result

from dosemap.cli import app
from dosemap.cli.render_interval import _bounds
from dosemap.simulate import SimulatedEvent, simulate_procedure
from dosemap.simulate.edits import omit
from simulated_reports import artis_bytes

TRUNK = ("--surface", "trunk", "--spacing-mm", "20")


def run(*arguments: object, columns: int = 100) -> Result:
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(app, [*map(str, arguments)])


def words(result: Result) -> str:
    return " ".join(result.stdout.split())


def document(*arguments: object) -> Any:
    return json.loads(run("estimate", *arguments, "--json").stdout)


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "report.dcm"
    path.write_bytes(data)
    return path


# --- what was changed


@pytest.mark.parametrize(
    ("option", "name", "used"),
    [
        (
            ("--calibration", "1.2"),
            "calibration of the air-kerma meter",
            "1.2 (given by the user)",
        ),
        (("--no-backscatter",), "backscatter", "off"),
        (("--no-support",), "table and pad", "off"),
        (("--no-occlusion",), "shadows of body parts", "off"),
        (("--medium", "water"), "medium", "water"),
    ],
)
def test_every_correction_that_was_changed_is_printed(
    report: Path, option: tuple[str, ...], name: str, used: str
) -> None:
    assert "corrections" not in run("estimate", report, *TRUNK).stdout.casefold()
    changed = words(run("estimate", report, *TRUNK, *option))
    assert f"Corrections {name} {used}" in changed
    # Beside the peak, too, so that nobody takes the number for a plain one.
    assert f"corrections changed: {name} skin area" in changed


def test_filters_that_hold_all_are_listed(report: Path, tmp_path: Path) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text(
        'extends = "siemens_artis"\nname = "mine"\ntitle = "Mine"\n'
        '[[match]]\nmanufacturer = "siemens"\n[filters]\nlisted = "total"\n'
        'evidence = "documentation"\nbasis = "the manual"\nvalidated = false\n'
    )
    found = words(run("estimate", report, *TRUNK, "--equipment", profile))
    assert "inherent_filters none: profile: the filters that the report lists hold all" in found
    assert "the manual" in found


def test_an_offset_is_one_line_however_many_events(tmp_path: Path) -> None:
    events = [SimulatedEvent(started_s=60.0 * n, table_longitudinal_mm=10.0 * n) for n in range(4)]
    path = written(tmp_path, artis_bytes(*events))
    found = document(path, *TRUNK, "--table-offset", "0,20,0")["assumptions"]
    given = [entry for entry in found if entry["provenance"] == "user"]
    assert [(entry["field"], entry["value"]) for entry in given] == [
        ("table_offset_mm", "0, 20, 0")
    ]
    assert given[0]["events"] == [0, 1, 2, 3]


# --- said once, in the words of the command line


def test_no_message_holds_the_name_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, artis_bytes(SimulatedEvent(patient_position="HFP")))
    found = document(path, *TRUNK, "--patient-position", "HFS")
    messages = [problem["message"] for problem in found["problems"]]
    assert any(message.startswith("event 0: the report says HFP") for message in messages)
    assert not any("report.dcm" in message for message in messages)


def test_what_is_lacking_is_named_once_and_as_an_option(report: Path) -> None:
    found = words(run("estimate", report, "--equipment", "generic"))
    assert "map none: the table position is not known (the zeros of table_" in found
    assert "supply --table-offset" in found
    assert found.count("the maker's and not known") == 1
    assert "table_offset_mm" not in found
    assert "no map:" not in found


def test_what_no_report_states_is_not_assumed_for_all_of_the_kerma(report: Path) -> None:
    found = words(run("estimate", report, *TRUNK))
    assumed_for = found.partition("assumed for")[2].partition("Contributions")[0]
    assert "detector_rotation_deg" not in assumed_for


def test_equal_lines_of_bounds_are_printed_once() -> None:
    bound = {"quantity": "kvp", "low": 70.0, "high": 80.0, "unit": "kV", "source": "report"}
    other = {**bound, "source": "neighbour"}
    assert _bounds([bound, bound, other]) == [
        ("kvp", "70 to 80 kV", "report"),
        ("", "70 to 80 kV", "neighbour"),
    ]


def test_an_alert_has_the_units_of_the_report_for_people(tmp_path: Path) -> None:
    path = written(tmp_path, artis_bytes(SimulatedEvent(reference_air_kerma_gy=30.0)))
    found = words(run("estimate", path, *TRUNK))
    assert "Gy cm² reached 500 Gy cm²" in found
    assert "Gy m2" not in found


# --- synthetic reports


def test_a_synthetic_report_is_marked(report: Path, tmp_path: Path) -> None:
    assert document(report, *TRUNK)["procedure"]["synthetic"] is True
    assert "synthetic report: no patient" in words(run("estimate", report, *TRUNK))
    assert "synthetic report: no patient" in words(run("equipment", "check", report))
    for device in ("philips_allura", "siemens_luminos", "ge_surgery"):
        path = tmp_path / f"{device}.dcm"
        procedure = "barium_enema" if device == "siemens_luminos" else None
        procedure = procedure or ("pci" if device == "philips_allura" else "hip_injection")
        simulate_procedure(procedure, device=device).write(path)
        checked = json.loads(run("equipment", "check", path, "--json").stdout)
        assert checked["synthetic"] is True, device


def test_a_report_of_a_hospital_is_not_synthetic(tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    dataset = pydicom.dcmread(BytesIO(artis_bytes()))
    dataset.PatientID, dataset.StationName = "4711", "LAB1"
    dataset.save_as(path)
    assert document(path, *TRUNK)["procedure"]["synthetic"] is False
    assert "synthetic" not in run("estimate", path, *TRUNK).stdout


# --- planes and narrow terminals


def test_planes_of_events(tmp_path: Path) -> None:
    two = (
        SimulatedEvent(acquisition_plane="A"),
        SimulatedEvent(acquisition_plane="B", started_s=9.0),
    )
    one = run("estimate", written(tmp_path, artis_bytes()), *TRUNK, "--events", columns=80)
    both = run("estimate", written(tmp_path, artis_bytes(*two)), *TRUNK, "--events", columns=80)
    assert "plane" not in one.stdout.partition("Events")[2].partition("Assumed")[0]
    table = both.stdout.partition("Events")[2].partition("Assumed")[0]
    assert "plane" in table
    assert [line.split()[:2] for line in table.splitlines() if line.strip()[:1].isdigit()] == [
        ["0", "A"],
        ["1", "B"],
    ]
    assert "…" not in table
    assert max(map(len, both.stdout.splitlines())) <= 80


def test_a_narrow_terminal_is_readable(report: Path) -> None:
    result = run("estimate", report, *TRUNK, "--events", columns=60)
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 60
    assert "…" not in result.stdout
    table = result.stdout.partition("Events")[2].partition("Assumed")[0]
    assert any(line.split()[:2] == ["0", "fluoroscopy"] for line in table.splitlines())
    name = next(n for n, line in enumerate(lines) if line.strip() == "support_measurement_geometry")
    assert lines[name + 1].startswith("    on_pad: ")
    # The text has the width of the terminal, not what a long name leaves of it.
    assert len(lines[name + 1].rstrip()) > 45


def test_lists_and_checks_are_readable_on_a_narrow_terminal(report: Path) -> None:
    procedures = run("simulate", "--list", columns=60)
    assert "interlaminar_epidural_injection" in procedures.stdout
    assert "air kerma" in procedures.stdout
    checked = run("equipment", "check", report, columns=60)
    assert "  fluoroscopy (reported)" in checked.stdout
    for result in (procedures, checked):
        assert "…" not in result.stdout
        assert max(map(len, result.stdout.splitlines())) <= 60


# --- options without effect


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--kvp", "70"), "--kvp: every event in the map has a tube potential of its own"),
        (("--field-side-at-1m-mm", "90"), "--field-side-at-1m-mm: every event in the map has"),
        (("--mesh-unit", "cm"), "--mesh-unit is for a mesh file, and --surface is trunk"),
        (("--mesh-axes", "LHA"), "--mesh-axes is for a mesh file, and --surface is trunk"),
        (("--events", "--json"), "--events is for the report in words"),
        (("--interval", "--known", "kvp=60-70"), "--known kvp: every event has one of its own"),
    ],
)
def test_options_without_effect_are_told(report: Path, options: tuple[str, ...], says: str) -> None:
    result = run("estimate", report, *TRUNK, *options)
    assert result.exit_code == 0
    told = [line for line in result.stderr.splitlines() if line.startswith("no effect: ")]
    assert len(told) == 1
    assert says in told[0]


def test_options_of_a_map_that_is_not_there_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, artis_bytes(SimulatedEvent(kvp=155)))
    options = ("--table-offset", "0,1,0", "--head-gap-mm", "9", "--patient-position", "HFP")
    told = run("estimate", path, *TRUNK, *options).stderr
    for option in options[::2]:
        assert f"no effect: report.dcm: {option}: there is no map" in told


def test_options_with_an_effect_are_not_told(tmp_path: Path) -> None:
    path = written(tmp_path, artis_bytes(edits=[omit("113733")]))
    options = ("--kvp", "70", "--table-offset", "0,1,0", "--interval", "--known")
    result = run("estimate", path, *TRUNK, *options, "source_to_skin_mm=500-700")
    assert result.stderr == ""


# --- words and files


def test_words_in_lower_case(report: Path) -> None:
    found = document(report, "--spacing-mm", "15", "--sex", "f", "--patient-position", "hfp:0-")
    assert found["map"]["surface"].startswith("female body")
    assert found["procedure"]["patient_position"] == "HFP"
    assert run("body", "--position", "hfs", "--sex", "m", "--json").exit_code == 0


def test_a_mesh_that_is_not_there_is_told_before_its_unit(report: Path) -> None:
    result = run("estimate", report, "--surface", "none.stl")
    assert result.exit_code == 2
    assert "there is no file none.stl" in result.stderr
    assert "--mesh-unit" not in result.stderr
    mesh = report.with_suffix(".stl")
    mesh.touch()
    assert "add --mesh-unit mm, cm or m" in run("estimate", report, "--surface", mesh).stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("simulate", "pci", "-o", ""), "names no file"),
        (("simulate", "pci", "-o", "x.dcm", "--device", "siemens_luminos"), "an R/F table"),
    ],
)
def test_small_errors(arguments: tuple[str, ...], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_demonstration_into_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run("demo", "--out", tmp_path / "file")
    assert result.exit_code == 2
    assert "is a file; name a folder" in result.stderr


def test_totals_that_are_unusual_on_another_device_are_marked(tmp_path: Path) -> None:
    usual = run("simulate", "hip_injection", "-o", tmp_path / "a.dcm")
    other = run("simulate", "hip_injection", "-o", tmp_path / "b.dcm", "--device", "siemens_artis")
    assert " ! " not in usual.stdout
    assert "Gy cm² !" in other.stdout
    assert "siemens_artis has another technique or geometry" in words(other)
