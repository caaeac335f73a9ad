"""What is wrong in a preset's file is told with file, table, key and value."""

from importlib.resources import files

import pytest

from dosemap.errors import SimulationError
from dosemap.simulate.preset_toml import parse_preset

TEXT = (
    files("dosemap")
    .joinpath("data", "procedures", "transforaminal_epidural_injection.toml")
    .read_text(encoding="utf-8")
)


def test_the_text_as_it_is_can_be_read() -> None:
    preset = parse_preset(TEXT, "mine")
    assert preset.name == "mine"
    assert preset.patient.patient_id == "DOSEMAP-MINE"
    assert [step.views[0].name for step in preset.steps[:3]] == ["AP", "oblique", "lateral"]
    first = preset.steps[0].fluoroscopy
    assert first is not None
    # 2 s at 7.5 pulses per second.
    assert (first.times, first.pulses, first.pulses_per_s) == (3, 15, 7.5)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("L4/L5", "L4/L5 and L5/S1 on both sides", "title = .* must be of at most 54 characters"),
        ("title =", "tittle =", "the key title is missing"),
        ("mass_kg = 72", "mass_kg = 72\nshoe = 40", r"mine.toml \[patient\]: unknown key shoe"),
        ("mass_kg = 72", "mass_kg = 720", r"\[patient\]: mass_kg = 720 must be between 2 and 250"),
        ('sex = "F"', 'sex = "X"', "sex = 'X' must be one of F, M"),
        ('target = "foramen"', 'target = "knee"', r"\[\[view\]\] 1: target = 'knee' must be one"),
        ('name = "oblique"', 'name = "AP"', "name = 'AP' must be another: it is taken"),
        ('position = "HFP"', 'position = "FFP"', "position = 'FFP' must be one of HFDL, HFDR"),
        ("field_mm = [120, 140]", "field_mm = [120]", r"field_mm = \[120\] must be \[width"),
        (
            'views = ["AP"]',
            'views = ["PA"]',
            r"\['PA'\] must be one view, or two of planes A and B",
        ),
        ('views = ["AP"]', 'views = ["AP", "lateral"]', "or two of planes A and B"),
        ('views = ["oblique"]', 'views = ["AP"]', r"view = \['oblique'\] must be used in a step"),
        ("seconds = 2.2", "minutes = 2", "fluoroscopy of lateral: the key seconds is missing"),
        ('mode = "cine"', 'mode = "tomography"', "series of AP: mode = 'tomography' must be one"),
        ('kinds = ["mobile C-arm", ', 'kinds = ["C-arm", ', "must be of angiography suite, mobile"),
        ('evidence = "assumed"', 'evidence = "sure"', "evidence = 'sure' must be one of"),
        ('quantity = "fluoroscopy_time_s"', 'quantity = "dose"', "quantity = 'dose' must be one"),
        ("[sources.views]", "[sources.looks]", "the key views is missing"),
        ("[variation]", "[variation", "mine.toml is not valid TOML"),
    ],
)
def test_an_error_says_where_and_what(old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(SimulationError, match=message):
        parse_preset(TEXT.replace(old, new), "mine")


def test_a_step_without_beam_is_refused() -> None:
    lines = [line for line in TEXT.splitlines() if not line.startswith("fluoroscopy =")]
    with pytest.raises(SimulationError, match="fluoroscopy = None must be given, or series"):
        parse_preset("\n".join(lines), "mine")
