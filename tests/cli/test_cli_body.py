"""``dosemap body``: mesh, picture and measures of a patient's body."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dosemap.cli import app
from dosemap.surface import Surface

ASKED = ("--sex", "F", "--height", "160", "--mass", "95", "--arms", "up", "--spacing-mm", "15")


def run(*arguments: object) -> Any:
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, ["body", *map(str, arguments)])


@pytest.mark.parametrize("suffix", [".stl", ".obj", ".ply"])
def test_the_mesh_reads_back(tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("trimesh")
    path = tmp_path / f"body{suffix}"
    result = run(*ASKED, "-o", path)
    assert result.exit_code == 0, result.stderr
    assert f"written: {path}" in result.stderr
    surface = Surface.from_file(path, unit="mm")
    assert surface.problems == ()
    assert surface.core.enclosed_volume_mm3 / 1e6 == pytest.approx(95, rel=0.03)


def test_the_picture_is_a_png(tmp_path: Path) -> None:
    path = tmp_path / "body.png"
    assert run(*ASKED, "--png", path).exit_code == 0
    assert path.read_bytes()[1:4] == b"PNG"
    assert [entry.name for entry in tmp_path.iterdir()] == ["body.png"]


def test_json_holds_sizes_measures_and_what_was_assumed() -> None:
    result = run(*ASKED, "--json")
    found = json.loads(result.stdout)
    assert (found["sex"], found["height_cm"], found["mass_kg"]) == ("F", 160, 95)
    assert found["volume_l"] == pytest.approx(95, rel=0.03)
    measures = {row["measure"]: row for row in found["measures"]}
    # NHANES' mean for a woman of 160 cm and 95 kg; the body meets it to 8 %.
    assert measures["abdomen_girth"]["published_mm"] == pytest.approx(1150, rel=0.02)
    assert measures["abdomen_girth"]["mm"] == pytest.approx(1150, rel=0.10)
    assert [entry["field"] for entry in found["assumptions"]] == ["age_years"]


def test_the_table_names_person_measures_and_assumptions() -> None:
    result = run("--age", "newborn", "--spacing-mm", 15)
    assert "body, 0 years, 51 cm, 3.5 kg, arms down" in result.stdout
    for words in ("chest girth", "abdomen depth", "published mean", "assumed: height_cm 51.0"):
        assert words in result.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--height", "300"), "--height is 300 cm; it must lie between 45 and 210 cm"),
        (("--mass", "-4"), "--mass is -4 kg; it must lie between 2 and 250 kg"),
        (("--position", "LYING"), "--position 'LYING' must be one of HFS"),
        (("--position", "HFP", "--arms", "crossed"), "crossed on a chest that is against the pad"),
        (("-o", "body.xyz"), "a mesh is written as .stl, .obj, .ply"),
        (("-o", "missing/body.stl"), "cannot write missing/body.stl"),
        (("--png", "body.jpg"), "--png body.jpg: a picture is written as .png"),
        # 8 kg/m2 times 0.6 m squared and 60 kg/m3 times 0.6 m cubed, both rounded inwards.
        (("--height", "60", "--mass", "100"), "must lie between 2.9 and 12.9 kg"),
        (("--thickness-ap", "79"), "--thickness-ap is 79 cm; it must lie between"),
    ],
)
def test_what_cannot_be_made_ends_with_2_and_one_sentence(
    options: tuple[str, ...], words: str
) -> None:
    result = run("--spacing-mm", 15, *options)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert words in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("age", ["5y", "5 y", "5"])
def test_an_age_class_needs_no_quotes(age: str) -> None:
    found = json.loads(run("--age", age, "--spacing-mm", 15, "--json").stdout)
    assert found["age_years"] == 5


def test_help_names_the_extra_that_a_mesh_file_needs() -> None:
    """Rich takes unescaped brackets for markup."""
    assert "dosemap[mesh]" in run("--help").stdout
