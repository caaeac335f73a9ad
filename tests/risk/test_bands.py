"""The bands against the published table, their edges, and what lies outside of them."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosemap.anatomy import region_names
from dosemap.errors import DosemapError
from dosemap.risk import risk_of, skin_reactions

# Table 2 of Johnson et al., Med Phys 38 (2011) 5490 (PMC3195372), which reproduces Balter et al.
# 2010: band edge, NCI grade, and words of prompt, early, midterm and long-term reactions.
PUBLISHED = [
    (0, "NA", ("none",), ("none",), ("none",), ("none",)),
    (2, "1", ("transient erythema",), ("epilation",), ("recovery",), ("none",)),
    (5, "1-2", ("transient erythema",), ("erythema", "epilation"),
     ("recovery", "prolonged erythema", "permanent partial epilation"),
     ("recovery", "dermal atrophy or induration")),
    (10, "2-3", ("transient erythema",),
     ("erythema", "epilation", "dry or moist desquamation", "recovery from desquamation"),
     ("prolonged erythema", "permanent epilation"),
     ("telangiectasia", "dermal atrophy or induration", "weak")),
    (15, "3-4", ("transient erythema", "oedema", "ulceration", "surgery"),
     ("erythema", "epilation", "moist desquamation"),
     ("dermal atrophy", "secondary ulceration", "dermal necrosis", "surgery"),
     ("telangiectasia", "dermal atrophy or induration", "breakdown", "persist", "surgery")),
]  # fmt: skip
DAY = date(2026, 3, 2)


def band_of(dose_gy: float, region: str = "posterior torso") -> str | None:
    band = risk_of(dose_gy, region=region).band
    return band.id if band else None


def test_bands_are_those_of_the_published_table() -> None:
    for band, (edge, grade, *windows) in zip(skin_reactions().bands, PUBLISHED, strict=True):
        assert (band.from_gy, band.nci_grade) == (edge, grade)
        for reaction, words in zip(band.reactions, windows, strict=True):
            for word in words:
                assert word in reaction, band.id


def test_windows_are_those_of_the_published_table() -> None:
    # Prompt below 2 weeks, early 2 to 8, midterm 6 to 52, long term above 40.
    assert [(w.from_weeks, w.to_weeks) for w in skin_reactions().windows] == [
        (0, 2), (2, 8), (6, 52), (40, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("dose_gy", "band"),
    [
        (0.0, "A1"), (1.999, "A1"), (2.0, "A2"), (4.999, "A2"), (5.0, "B"), (9.999, "B"),
        (10.0, "C"), (14.999, "C"), (15.0, "D"), (80.0, "D"),
    ],
)  # fmt: skip
def test_a_dose_on_an_edge_is_in_the_higher_band(dose_gy: float, band: str) -> None:
    assert band_of(dose_gy) == band


@given(st.floats(min_value=0, max_value=50), st.floats(min_value=0, max_value=50))
def test_more_dose_is_never_a_lower_band_nor_less_to_look_at(one: float, other: float) -> None:
    low, high = (risk_of(dose, region="left hip") for dose in sorted((one, other)))
    assert low.band is not None
    assert high.band is not None
    assert low.band.from_gy <= high.band.from_gy
    assert set(low.look) <= set(high.look)
    assert low.band in low.bands
    assert high.band in high.bands


def test_bands_that_the_uncertainty_touches_are_possible_too() -> None:
    # 28 % of 4.5 Gy: 3.24 to 5.76 Gy; of 1.5 Gy: 1.08 to 1.92 Gy.
    assert [band.id for band in risk_of(4.5, region="left hip").bands] == ["A2", "B"]
    assert [band.id for band in risk_of(1.5, region="left hip").bands] == ["A1"]


def test_days_to_look_and_windows_are_counted_from_the_procedure() -> None:
    risk = risk_of(6.0, region="posterior torso", started=datetime(2026, 3, 2, 23, 50)).to_dict()
    assert [(look["weeks"], look["date"]) for look in risk["look"]] == [
        (2, "2026-03-16"), (4, "2026-03-30"), (8, "2026-04-27"), (26, "2026-08-31"),
        (52, "2027-03-01"),
    ]  # fmt: skip
    band = next(entry for entry in risk["bands"] if entry["band"] == "B")
    spans = [(entry["from_date"], entry["to_date"]) for entry in band["reactions"]]
    assert spans[0] == ("2026-03-02", "2026-03-16")
    assert spans[3] == ("2026-12-07", None)


def test_without_a_date_there_are_weeks_only() -> None:
    risk = risk_of(6.0, region="posterior torso").to_dict()
    assert {look["date"] for look in risk["look"]} == {None}
    assert [look["weeks"] for look in risk["look"]] == [2, 4, 8, 26, 52]


def test_a_low_dose_has_nothing_to_look_at() -> None:
    assert risk_of(0.5, region="posterior torso", started=DAY).look == ()


# --- what is not known


def test_an_unknown_dose_is_never_no_risk() -> None:
    risk = risk_of(None, region=None, started=DAY, why="the report has no geometry")
    assert risk.band is None
    assert risk.bands == ()
    assert "not known (the report has no geometry)" in risk.statement
    assert "does not mean that there is no risk" in risk.statement
    assert risk.to_dict()["peak_skin_dose_gy"] is None


def test_a_lower_bound_reaches_up_to_what_bounds_it() -> None:
    open_end = risk_of(1.0, region="left hip", is_lower_bound=True, why="kerma not mapped")
    assert [band.id for band in open_end.bands] == ["A1", "A2", "B", "C", "D"]
    assert "at least 1.00 Gy" in open_end.statement
    assert any("kerma not mapped" in note for note in open_end.notes)
    bounded = risk_of(1.0, region="left hip", is_lower_bound=True, at_most_gy=3.0)
    assert [band.id for band in bounded.bands] == ["A1", "A2"]
    assert "at most 3.00 Gy" in bounded.statement
    # What may be needed is looked at, not only what the lower bound needs.
    assert [look.weeks for look in open_end.look] == [2, 4, 8, 26, 52]


# --- places


@pytest.mark.parametrize("region", region_names())
def test_every_part_of_a_body_has_its_place_in_the_table(region: str) -> None:
    site = skin_reactions().site(region)
    if "head" in region or region == "occiput":
        assert site == "scalp"
    elif any(word in region for word in ("face", "hand", "foot", "leg", "knee", "thigh")):
        assert site == "other"
    else:
        assert site == "published"


def test_names_of_places_are_those_of_bodies() -> None:
    table = skin_reactions()
    parts = {name.removeprefix("left ").removeprefix("right ") for name in region_names()}
    assert table.scalp | table.published_sites <= parts


def test_the_bands_do_not_hold_for_the_scalp() -> None:
    risk = risk_of(7.0, region="occiput", started=DAY)
    assert risk.band is None
    assert risk.to_dict()["bands"] == []
    assert "do not hold" in risk.statement
    assert [look.weeks for look in risk.look] == [2, 4, 8, 26, 52]


@pytest.mark.parametrize(("region", "says"), [("left hand", "says nothing"), (None, "not known")])
def test_places_that_the_table_does_not_name_are_told(region: str | None, says: str) -> None:
    risk = risk_of(7.0, region=region)
    assert risk.band is not None
    assert any(says in note for note in risk.notes)


def test_caveats_are_always_there() -> None:
    about = {entry["about"] for entry in risk_of(0.1, region="left hip").to_dict()["caveats"]}
    assert {"previous irradiation", "diabetes", "connective tissue disease"} <= about
    assert "scalp and hair" in about


@pytest.mark.parametrize(
    ("dose_gy", "at_most_gy", "says"),
    [
        (-1.0, None, "-1.0 Gy; it must be 0 or more"),
        (float("nan"), None, "nan Gy"),
        (float("inf"), None, "inf Gy"),
        (3.0, 2.0, "above its bound 2.0 Gy"),
    ],
)
def test_impossible_doses_are_refused(dose_gy: float, at_most_gy: float | None, says: str) -> None:
    with pytest.raises(DosemapError, match=says):
        risk_of(dose_gy, is_lower_bound=True, at_most_gy=at_most_gy)


def test_a_small_dose_is_told_in_the_unit_of_its_size() -> None:
    assert risk_of(0.00096).statement.startswith("Peak skin dose 960 µGy, band A1;")
    assert (
        "at least 51.2 µGy and at most 2.10 mGy"
        in risk_of(5.12e-05, is_lower_bound=True, at_most_gy=0.0021).statement
    )
