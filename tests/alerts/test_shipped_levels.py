"""The levels of the package: published values, each with a source and how it was checked."""

import re
from importlib.resources import files

import pytest

from dosemap.alerts import Level, load_levels

LEVELS = {level.id: level for level in load_levels(include_inactive=True)}
SKIN_KERMA_AREA_TIME = (
    "peak-skin-dose", "reference-air-kerma", "kerma-area-product", "fluoroscopy-time",
)  # fmt: skip


@pytest.mark.parametrize("level", LEVELS.values(), ids=lambda level: level.id)
def test_every_level_says_where_it_comes_from(level: Level) -> None:
    assert level.source
    assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", level.date)
    assert level.verified in ("source", "quoted", "memory")
    assert level.evidence, "where it was read, or why it could not be"
    assert level.wording.endswith(".")
    assert (level.window_days is not None) == (level.scope == "window")
    assert (level.statistic is not None) == (level.scope == "group")


def test_substantial_radiation_dose_levels() -> None:
    # NCRP Report 168 and Stecker et al. 2009: 3 Gy skin, 5 Gy air kerma, 500 Gy cm2, 60 min.
    found = [LEVELS[f"srdl-{name}"] for name in SKIN_KERMA_AREA_TIME]
    assert [level.first for level in found] == [3.0, 5.0, 500 / 1e4, 60 * 60]
    assert [level.step for level in found] == [None] * 4


def test_notification_steps() -> None:
    # Stecker et al. 2009: 2 Gy and every 0.5, 3 Gy and every 1, 300 Gy cm2 and every 100, 30 min
    # and every 15.
    found = [LEVELS[f"sir-notification-{name}"] for name in SKIN_KERMA_AREA_TIME]
    assert [level.first for level in found] == [2.0, 3.0, 0.03, 1800.0]
    assert [level.step for level in found] == [0.5, 1.0, 0.01, 900.0]


def test_reference_levels_in_the_units_of_their_source() -> None:
    # uGy m2 and s, as abstract 3123 of AAPM 2025 prints them.
    for name, area, time in (
        ("barium-enema", 2100, 123),
        ("oesophagram", 750, 107),
        ("upper-gi", 1180, 119),
        ("small-bowel-series", 2020 - 1180, 211 - 119),
    ):
        assert LEVELS[f"uk-drl-{name}-kerma-area-product"].first == pytest.approx(area * 1e-6)
        assert LEVELS[f"uk-drl-{name}-fluoroscopy-time"].first == time


def test_types_of_procedure_are_known_ones() -> None:
    known = {
        entry.name.removesuffix(".toml")
        for entry in (files("dosemap") / "data" / "procedures").iterdir()
    }
    for level in LEVELS.values():
        assert set(level.procedure_types) <= known, level.id
        assert bool(level.procedure_types) == (level.scope == "group")


def test_the_former_sentinel_event_is_off() -> None:
    assert not LEVELS["joint-commission-peak-skin-dose"].active
    assert "joint-commission-peak-skin-dose" not in {level.id for level in load_levels()}
