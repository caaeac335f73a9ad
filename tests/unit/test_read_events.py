"""Each rule of reading events, on small synthetic items."""

import math

import pytest
from report_items import Item, cod, codes_of, filters, kerma, num, procedure, txt

from dosemap.procedure import Filter, Procedure, Provenance
from dosemap.reading.log import event_list


def only(read: Procedure) -> tuple[float | None, Provenance]:
    event = read.events[0]
    return event.reference_air_kerma_gy, event.provenance["reference_air_kerma_gy"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (num("113738", 2.5, unit="mGy"), (0.0025, Provenance.REPORTED)),
        (num("113738", 2.5, unit="R"), (None, Provenance.INVALID)),
        (num("113738", -1.0, unit="Gy"), (None, Provenance.INVALID)),
        (num("113738", math.nan, unit="Gy"), (None, Provenance.INVALID)),
        (num("113738", math.inf, unit="Gy"), (None, Provenance.INVALID)),
        (num("113738", 2e3, unit="Gy"), (None, Provenance.INVALID)),
        (num("113738", 1.0, 2.0, unit="Gy"), (None, Provenance.INVALID)),
        (num("113738", 1.0, 1.0, unit="Gy"), (1.0, Provenance.REPORTED)),
        (Item("113738", text="NaN", unit="Gy"), (None, Provenance.INVALID)),
        (Item("113738"), (None, Provenance.EMPTY)),
        (Item("113738", scheme="99XYZ", numbers=(1.0,), unit="Gy"), (None, Provenance.MISSING)),
    ],
)
def test_kerma(item: Item, expected: tuple[float | None, Provenance]) -> None:
    read = procedure([item])
    assert only(read) == expected
    if expected[0] is None:  # a lost dose is always visible, and names event and field
        assert any(problem.events == (0,) for problem in read.problems)


def test_unknown_unit_names_event_field_unit_and_what_to_do() -> None:
    read = procedure([kerma(1)], [num("113738", 3, unit="cGy/s")])
    (problem,) = (p for p in read.problems if p.code == "unit-unknown")
    assert problem.events == (1,)
    for word in ("event 1", "reference_air_kerma_gy", "'cGy/s'", "corrected"):
        assert word in problem.message


def test_the_same_finding_in_many_events_is_one_problem() -> None:
    bad = num("113733", 80, unit="keV")
    read = procedure(*[[kerma(1), bad]] * 3)
    (problem,) = read.problems
    assert problem.events == (0, 1, 2)
    assert "events 0-2" in problem.message


def test_event_list_keeps_gaps() -> None:
    assert event_list((9, 1, 2, 3, 7)) == "events 1-3, 7, 9"


def test_kvp_list_is_the_mean_of_the_pulses_with_voltage() -> None:
    event = procedure([kerma(1), num("113733", 0, 70, 0, 80, unit="kV")]).events[0]
    assert event.kvp == 75
    assert event.provenance["kvp"] is Provenance.DERIVED


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ([num("113734", 100, 300, unit="mA")], (0.25, 0.75)),
        # 1 x 1 and 2 x 2 squared.
        ([num("113734", 1, 2, unit="mA"), num("113733", 60, 120, unit="kV")], (1 / 9, 8 / 9)),
        ([num("113734", 1, 2, unit="mA"), num("113733", 60, 90, 120, unit="kV")], None),
        ([num("113734", 0, 0, unit="mA")], None),
        ([num("113733", 0.0, 1.4e154, unit="kV")], (0.0, 1.0)),
        ([num("113734", 1e308, 1e308, unit="mA"), num("113793", 1, 3, unit="ms")], (0.25, 0.75)),
        ([num("113734", 80, unit="mA")], None),
        ([], None),
    ],
)
def test_shares_of_listed_pulses(lists: list[Item], expected: tuple[float, ...] | None) -> None:
    shares = procedure([kerma(1), *lists]).events[0].pulse_shares
    assert shares == (expected and pytest.approx(expected))


def test_zero_stands_for_unknown_in_distances_but_not_in_angles() -> None:
    read = procedure([kerma(1), num("113748", 0, unit="mm"), num("112011", 0, unit="deg")])
    event = read.events[0]
    assert event.source_to_isocenter_mm is None
    assert event.positioner_primary_angle_deg == 0
    assert "value-zero" in codes_of(read)


def test_zeros_of_an_event_without_dose_are_not_worth_a_word() -> None:
    read = procedure([kerma(0), num("113748", 0, unit="mm"), num("113733", 0, unit="kV")])
    assert codes_of(read) == {"kerma-zero"}


@pytest.mark.parametrize(
    ("items", "thickness_mm", "provenance"),
    [
        ([num("111638", 21.5, unit="cm")], 215, Provenance.REPORTED),
        ([num("111638", 0, unit="mm")], None, Provenance.INVALID),
        ([num("111638", -64, unit="mm")], None, Provenance.INVALID),
        ([], None, Provenance.MISSING),
    ],
)
def test_patient_equivalent_thickness(
    items: list[Item], thickness_mm: float | None, provenance: Provenance
) -> None:
    event = procedure([kerma(1), *items]).events[0]
    assert event.patient_equivalent_thickness_mm == thickness_mm
    assert event.provenance["patient_equivalent_thickness_mm"] is provenance


def test_unit_scheme_does_not_matter() -> None:
    item = num("113751", 2.0, unit="cm")  # the parser drops nothing; only the code value counts
    assert procedure([kerma(1), item]).events[0].table_longitudinal_position_mm == 20


def test_first_concept_wins_and_the_second_stands_in() -> None:
    both = [num("113824", 1, unit="s"), num("113735", 5, unit="ms")]
    assert procedure([kerma(1), *both]).events[0].exposure_time_ms == 5
    assert procedure([kerma(1), both[0]]).events[0].exposure_time_ms == 1000


def strip(material: str, low: float | None, high: float | None, scheme: str = "SRT") -> list[Item]:
    items = [cod("113772", "113650"), cod("113757", material, scheme)]
    items += [] if low is None else [num("113758", low, unit="mm")]
    return items + ([] if high is None else [num("113773", high, unit="mm")])


NO_FILTER = [cod("113772", "111609")]


@pytest.mark.parametrize(
    ("strips", "expected"),
    [
        ([strip("C-127F9", 0.6, 0.6)], {"Cu": 0.6}),
        ([strip("C-127F9", 0.0, 0.4)], {"Cu": 0.4}),  # Azurion: the minimum is always 0
        ([strip("C-120F9", 6.0, 7.2)], {"Al": 7.2}),
        ([strip("C-127F9", 0.1, None), strip("C-120F9", 3.0, None)], {"Cu": 0.1, "Al": 3.0}),
        ([strip("C-127F9", 0.1, 0.1), strip("C-12700", 0.2, 0.2)], {"Cu": 0.3}),
        ([strip("C-120F9", 1.0, 1.0, scheme="DCM")], {"Al": 1.0}),
        ([strip("C-150F9", 0.0, 0.0), NO_FILTER], {}),
        ([NO_FILTER], {}),
    ],
)
def test_filters(strips: list[list[Item]], expected: dict[str, float]) -> None:
    read = procedure([*filters(*strips), kerma(1)]).events[0].filters
    assert read is not None
    assert {f.material: f.thickness_mm for f in read} == pytest.approx(expected)


def test_unknown_filter_material_makes_the_filters_unknown() -> None:
    read = procedure([*filters(strip("XYZ", 0.5, 0.5)), kerma(1)])
    assert read.events[0].filters is None
    assert read.events[0].provenance["filters"] is Provenance.INVALID
    assert {"code-unknown", "filter-unknown"} <= codes_of(read)


def test_a_wedge_is_no_filter_of_the_whole_field() -> None:
    wedge = [cod("113772", "113651"), *strip("C-127F9", 1, 1)[1:]]
    read = procedure([*filters(wedge, strip("C-127F9", 0.3, 0.3)), kerma(1)])
    assert read.events[0].filters == (Filter(material="Cu", thickness_mm=0.3),)
    assert "filter-partial" in codes_of(read)


def test_no_filter_items_means_not_known() -> None:
    assert procedure([kerma(1)]).events[0].filters is None


SUPINE, PRONE, LEFT = ("F-10340", "SRT"), ("1240000", "SCT"), ("F-10319", "SRT")
HEAD, FEET = ("F-10470", "SRT"), ("102541007", "SCT")


@pytest.mark.parametrize(
    ("modifier", "relation", "expected"),
    [(SUPINE, HEAD, "HFS"), (PRONE, FEET, "FFP"), (LEFT, HEAD, "HFDL"), (PRONE, HEAD, "HFP")],
)
def test_patient_position(
    modifier: tuple[str, str], relation: tuple[str, str], expected: str
) -> None:
    nested = [cod("113743", "F-10450", "SRT"), cod("113744", *modifier, parent=0)]
    event = procedure([*nested, cod("113745", *relation), kerma(1)]).events[0]
    assert event.patient_position == expected
    assert event.provenance["patient_position"] is Provenance.REPORTED


def test_a_position_that_is_not_lying_or_has_an_unknown_code_is_not_guessed() -> None:
    upright = procedure([cod("113743", "C86043", "NCIt"), kerma(1)])
    sitting = procedure([cod("113744", "999", "SCT"), cod("113745", *HEAD), kerma(1)])
    for report, code in ((upright, "patient-upright"), (sitting, "code-unknown")):
        assert report.events[0].patient_position is None
        assert report.events[0].provenance["patient_position"] is Provenance.INVALID
        assert code in codes_of(report)


def test_the_stated_half_of_a_position_counts() -> None:
    # A prone patient must not become a supine one because the report leaves out the table end.
    half = procedure([cod("113744", *PRONE), kerma(1)])
    assert half.events[0].patient_position == "HFP"
    assert half.events[0].provenance["patient_position"] is Provenance.ASSUMED
    assert "patient-position-incomplete" in codes_of(half)
    other = procedure([cod("113745", *FEET), kerma(1)])
    assert other.events[0].patient_position == "FFS"


COMMENT = '<Root><PatientPosition><Position SRData="{} "/><PhysicianName SRData="å & co"></Root>'


def test_siemens_position_from_the_comment_at_the_root() -> None:
    event = procedure([kerma(1)], items=[txt("121106", COMMENT.format("FFP"))]).events[0]
    assert event.patient_position == "FFP"
    assert event.provenance["patient_position"] is Provenance.FREE_TEXT


def test_unknown_position_in_the_comment_is_a_problem() -> None:
    read = procedure([kerma(1)], items=[txt("121106", COMMENT.format("XYZ"))])
    assert read.events[0].patient_position is None
    assert "patient-position-unclear" in codes_of(read)


def test_items_win_over_a_comment_that_differs() -> None:
    items = [cod("113743", "F-10450", "SRT"), cod("113744", *SUPINE), cod("113745", *HEAD)]
    read = procedure([*items, kerma(1)], items=[txt("121106", COMMENT.format("HFP"))])
    assert read.events[0].patient_position == "HFS"
    assert "patient-position-differs" in codes_of(read)


def test_code_of_the_reference_point_before_its_text() -> None:
    event = procedure([txt("113780", "somewhere"), cod("113780", "113860"), kerma(1)]).events[0]
    assert event.reference_point_definition == "113860"
