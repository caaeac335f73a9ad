"""Level files of a site: they replace, add and switch; what is wrong in them is named."""

from pathlib import Path

import pytest

from dosemap.alerts import Level, load_levels
from dosemap.errors import LevelError

OWN = """
source = "radiation safety committee"
date = "2026-03"

[[level]]
id = "{id}"
name = "own"
quantity = "peak_skin_dose_gy"
scope = "{scope}"
first = {first}
unit = "Gy"
wording = "Told to the physicist."
"""


def by_id(*paths: Path, **options: bool) -> dict[str, Level]:
    return {level.id: level for level in load_levels(*paths, **options)}


def written(folder: Path, text: str, name: str = "site.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def own(level_id: str = "own", scope: str = "procedure", first: str = "1.5") -> str:
    return OWN.format(id=level_id, scope=scope, first=first)


def test_a_level_of_the_same_id_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    found = by_id(written(tmp_path, own("srdl-peak-skin-dose")))
    level = found["srdl-peak-skin-dose"]
    assert (level.first, level.verified, level.origin) == (1.5, "site", "site.toml")
    assert level.verification == "set by the site"
    assert set(found) == set(by_id())
    assert [*found] == [*by_id()], "in its place"


def test_a_level_of_a_new_id_is_added(tmp_path: Path) -> None:
    assert set(by_id(written(tmp_path, own()))) == {*by_id(), "own"}


def test_levels_are_switched_off_and_on(tmp_path: Path) -> None:
    text = 'off = ["srdl-fluoroscopy-time"]\non = ["joint-commission-peak-skin-dose"]\n'
    path = written(tmp_path, text)
    gone, come = set(by_id()) - set(by_id(path)), set(by_id(path)) - set(by_id())
    assert gone == {"srdl-fluoroscopy-time"}
    assert come == {"joint-commission-peak-skin-dose"}
    assert "srdl-fluoroscopy-time" in by_id(path, include_inactive=True)


def test_later_files_change_what_earlier_ones_said(tmp_path: Path) -> None:
    one = written(tmp_path, own(first="1.5"), "1.toml")
    two = written(tmp_path, own(first="2.5"), "2.toml")
    assert by_id(one, two)["own"].first == 2.5
    assert by_id(two, one)["own"].first == 1.5


def test_units_are_turned_without_rounding(tmp_path: Path) -> None:
    text = own().replace("peak_skin_dose_gy", "kerma_area_product_gy_m2")
    text = text.replace("first = 1.5", "first = 0.3\nstep = 0.1").replace('"Gy"', '"Gy cm2"')
    level = by_id(written(tmp_path, text))["own"]
    assert (level.first, level.step, level.unit) == (0.00003, 0.00001, "Gy m2")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("first = 1.5", "first = -1"), r"\[\[level\]\] 1: first = -1 must be between"),
        (("first = 1.5", 'first = "3"'), "first = '3' must be a number"),
        (("first = 1.5", "first = true"), "first = True must be a number"),
        (("first = 1.5", "first = nan"), "first = nan must be between"),
        (("first = 1.5", "first = 1.5\nstep = 0.0001"), "step = 0.0001 must be between"),
        (('unit = "Gy"', 'unit = "rad"'), "unit = 'rad' must be one of Gy, mGy"),
        (('unit = "Gy"', 'unit = "s"'), "unit = 's' must be one of"),
        (("peak_skin_dose_gy", "effective_dose"), "quantity = 'effective_dose' must be one of"),
        (('scope = "procedure"', 'scope = "week"'), "scope = 'week' must be one of"),
        (('scope = "procedure"', 'scope = "window"'), "the key window_days is missing"),
        (('scope = "procedure"', 'scope = "window"\nwindow_days = 0.5'), "window_days = 0.5 must"),
        (('scope = "procedure"', 'scope = "group"'), "the key statistic is missing"),
        (("first = 1.5", "first = 1.5\nwindow_days = 60"), "unknown key window_days"),
        (("first = 1.5", "first = 1.5\nthreshold = 3"), "unknown key threshold"),
        (('id = "own"', 'id = "my level"'), "id = 'my level' must be of small letters"),
        (('date = "2026-03"', 'date = "last year"'), "date = 'last year' must be a date"),
        (('date = "2026-03"', ""), "the key date is missing"),
        (('source = "radiation safety committee"', ""), "the key source is missing"),
        (('wording = "Told to the physicist."', 'wording = " "'), "wording = ' ' must be a text"),
        (("[[level]]", "[level"), "not TOML"),
        (("source =", 'off = ["no-such"]\nsource ='), "off = 'no-such' is the id of no level"),
        (("source =", 'off = "all"\nsource ='), "off = 'all' must be a list of texts"),
    ],
)
def test_errors_name_file_key_and_value(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    text = own()
    assert change[0] in text
    with pytest.raises(LevelError, match=says) as raised:
        load_levels(written(tmp_path, text.replace(*change, 1)))
    assert str(raised.value).startswith("site.toml")


def test_an_id_twice_is_an_error(tmp_path: Path) -> None:
    text = own() + own().split("\n\n")[1]
    with pytest.raises(LevelError, match="id = 'own' must be unique in the file"):
        load_levels(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LevelError, match=r"none\.toml: the alert levels cannot be read"):
        load_levels(tmp_path / "none.toml")
