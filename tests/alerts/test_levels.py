"""The shipped levels and the files of a site."""

from pathlib import Path

import pytest

from dosemap.alerts import Level, load_levels
from dosemap.errors import LevelError

SHIPPED = {level.id: level for level in load_levels(include_inactive=True)}
OWN = """
source = "Radiation protection committee"
date = "2026-03"

[[level]]
id = "own-peak"
name = "own level: peak skin dose"
quantity = "peak_skin_dose_gy"
scope = "procedure"
first = 500
step = 250
unit = "{unit}"
wording = "Ask the physicist."
"""


def site(tmp_path: Path, text: str, name: str = "site.toml") -> tuple[Level, ...]:
    path = tmp_path / name
    path.write_text(text)
    return load_levels(path)


def own(tmp_path: Path, old: str = "", new: str = "") -> tuple[Level, ...]:
    return site(tmp_path, OWN.replace("{unit}", "Gy").replace("500", "5").replace(old, new))


def test_substantial_radiation_dose_levels_of_ncrp_168() -> None:
    """NCRP Report 168 and Stecker et al. 2009: 3 Gy skin, 5 Gy air kerma, 500 Gy cm2, 60 min."""
    found = {
        level.quantity: level.first
        for level in SHIPPED.values()
        if level.scope == "procedure" and level.id.startswith("srdl-")
    }
    assert found == {
        "peak_skin_dose_gy": 3.0,
        "reference_air_kerma_gy": 5.0,
        "kerma_area_product_gy_m2": 0.05,
        "fluoroscopy_time_s": 3600.0,
    }


def test_notification_steps_of_sir_and_cirse() -> None:
    """Stecker et al. 2009: 2 + 0.5 Gy skin, 3 + 1 Gy, 300 + 100 Gy cm2, 30 + 15 min."""
    found = {
        level.quantity: (level.first, level.step)
        for level in SHIPPED.values()
        if level.scope == "in-procedure"
    }
    assert found == {
        "peak_skin_dose_gy": (2.0, 0.5),
        "reference_air_kerma_gy": (3.0, 1.0),
        "kerma_area_product_gy_m2": (0.03, 0.01),
        "fluoroscopy_time_s": (1800.0, 900.0),
    }


@pytest.mark.parametrize("level", SHIPPED.values(), ids=lambda level: level.id)
def test_every_level_says_where_it_comes_from(level: Level) -> None:
    assert level.source
    assert level.date[:4].isdigit()
    # A number that nobody saw in its source says so.
    assert level.verified in ("source", "quoted", "memory")
    assert (level.evidence is not None) or level.verified == "memory"
    assert level.wording


def test_a_site_adds_replaces_and_switches(tmp_path: Path) -> None:
    before = {level.id for level in load_levels()}
    added = site(tmp_path, OWN.replace("{unit}", "mGy"))
    assert {level.id for level in added} == before | {"own-peak"}
    (mine,) = (level for level in added if level.id == "own-peak")
    assert (mine.first, mine.step, mine.origin) == (0.5, 0.25, "site.toml")
    assert mine.verification == "set by the site"
    replaced = own(tmp_path, "own-peak", "srdl-peak-skin-dose")
    (mine,) = (level for level in replaced if level.id == "srdl-peak-skin-dose")
    assert mine.first == 5.0
    off = site(
        tmp_path, 'off = ["srdl-fluoroscopy-time"]\non = ["joint-commission-peak-skin-dose"]'
    )
    assert {level.id for level in off} == before - {"srdl-fluoroscopy-time"} | {
        "joint-commission-peak-skin-dose"
    }


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("first = 5", "first = -5", r"site.toml \[\[level\]\] 1: first = -5"),
        ("first = 5", 'first = "5"', "first"),
        ("first = 5", "first = nan", "first"),
        ('unit = "Gy"', 'unit = "rad"', "unit = 'rad' must be one of"),
        ('unit = "Gy"', 'unit = "min"', "unit = 'min' must be one of"),
        ("scope", "scoop", "the key scope is missing"),
        ("wording =", "reason = 1\nwording =", "unknown key reason"),
        ('"procedure"', '"window"', "window_days"),
        ('"peak_skin_dose_gy"', '"dose"', "quantity = 'dose' must be one of"),
        ("step = 250", "step = 1e-9", "step"),
        ('id = "own-peak"', 'id = "Own Peak"', "id = 'Own Peak'"),
        ("date", "# date", "date"),
        ('"2026-03"', '"March"', "date = 'March'"),
        ("[[level]]", 'off = ["nothing"]\n[[level]]', "'nothing' is the id of no level"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(LevelError, match=words):
        own(tmp_path, old, new)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LevelError, match=r"missing\.toml: the alert levels cannot be read"):
        load_levels(tmp_path / "missing.toml")
    with pytest.raises(LevelError, match=r"site\.toml: not TOML"):
        site(tmp_path, "first = = 3")
