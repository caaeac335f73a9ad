"""Makes of which no report is at hand: their events hold the items that were seen in one.

The lists were taken down from one report of each make.
"""

import pytest
from rdsr_walker import events, find, find_all, walk

from dosemap.simulate import SimulatedEvent, SimulatedProcedure, rdsr_dataset
from dosemap.simulate.cases import single_beam

SEEN = {
    "philips_azurion": """
        003 004 005 006 007 008 009 010 011 012 013 014 015 016 017 018 019 021 022 023 024 025 026
        029 030 111526 111638 112011 112012 113721 113732 113733 113734 113735 113736 113737 113738
        113742 113743 113744 113745 113748 113750 113751 113752 113753 113754 113755 113756 113757
        113758 113764 113766 113767 113768 113769 113771 113772 113773 113780 113788 113789 113790
        113791 113793 121106 121114 122130 123014 125203""",
    "philips_allura_xper": """
        003 004 005 006 007 008 009 014 015 017 021 111526 112011 112012 113721 113732 113733 113734
        113738 113742 113743 113744 113745 113748 113750 113751 113752 113754 113756 113757 113758
        113764 113768 113769 113771 113772 113773 113780 113791 113793 113795 122130 123014""",
    "canon_alphenix": """
        111526 112011 112012 113721 113732 113733 113734 113738 113739 113740 113742 113743 113744
        113745 113748 113750 113751 113752 113753 113754 113755 113756 113757 113758 113764 113766
        113768 113769 113771 113772 113773 113780 113788 113789 113790 113791 113793 113795 113824
        121401 122130 123014 125203""",
    "canon_ultimax": """
        111526 111635 113721 113732 113733 113734 113737 113738 113742 113764 113768 113769 113780
        113791 113793 113795 113824 122130 123014 125203""",
    "ge_miniview": """
        111526 113605 113606 113721 113732 113733 113734 113738 113764 113767 113769 113780 113795
        113824 122130 123014""",
    "eurocolumbus": """
        111526 111632 111634 111635 111636 112011 112012 113721 113732 113733 113734 113738 113739
        113740 113743 113744 113757 113758 113764 113766 113768 113769 113771 113772 113773 113780
        113788 113789 113790 113791 113793 113824 122130 123014 125203 G-C171""",
}
EVENTS = {
    "fluoroscopy": SimulatedEvent(),
    "acquisition": SimulatedEvent(event_type="stationary"),
    "without dose": SimulatedEvent(reference_air_kerma_gy=0.0, number_of_pulses=0),
    "rotation": SimulatedEvent(
        event_type="rotational", primary_end_angle_deg=-120.0, secondary_end_angle_deg=0.0
    ),
}


def codes(style: str, kind: str) -> set[str]:
    (event,) = events(rdsr_dataset(single_beam(EVENTS[kind]), style=style))
    return {found.code for found in walk(event)}


@pytest.mark.parametrize("style", SEEN)
def test_all_items_that_were_seen_and_no_other(style: str) -> None:
    # Only the Canon report has a rotation in it; the writer gives one its end angles in all makes.
    not_seen = set() if style == "canon_alphenix" else {"rotation"}
    written = set.union(*(codes(style, kind) for kind in EVENTS.keys() - not_seen))
    assert written == set(SEEN[style].split())


@pytest.mark.parametrize(
    ("style", "code", "kinds"),
    [
        ("philips_azurion", "113735", {"without dose"}),  # the time of the whole examination
        ("philips_azurion", "113733", {"fluoroscopy", "acquisition", "rotation"}),
        ("philips_azurion", "113791", {"fluoroscopy"}),
        ("philips_allura_xper", "113750", {"acquisition", "rotation"}),
        ("philips_allura_xper", "018", set()),
        ("canon_alphenix", "113739", {"rotation"}),
        ("canon_alphenix", "113768", {"fluoroscopy", "acquisition", "without dose"}),
        ("canon_ultimax", "113791", {"fluoroscopy", "without dose"}),
        ("ge_miniview", "113795", {"acquisition", "rotation"}),
    ],
)
def test_what_only_some_events_have(style: str, code: str, kinds: set[str]) -> None:
    assert {kind for kind in EVENTS if code in codes(style, kind)} == kinds


def test_an_azurion_event_without_dose_holds_zeros() -> None:
    procedure = SimulatedProcedure(
        uid_seed="test", events=(SimulatedEvent(), EVENTS["without dose"])
    )
    event = events(rdsr_dataset(procedure, style="philips_azurion"))[1]
    zeros = ("113738", "122130", "113737", "113748", "113750", "113751", "113752", "113768")
    assert [find(event, code).value for code in zeros] == [0] * len(zeros)
    assert find(event, "113772").value == ("111609", "DCM")
    assert find(event, "113757").value == ("C-150F9", "SRT")
    assert find(event, "113735").value == 600  # 75 pulses of 8 ms in the other event


def test_eurocolumbus_lists_pulses_and_leaves_out_what_dicom_asks_for() -> None:
    (event,) = events(rdsr_dataset(single_beam(), style="eurocolumbus"))
    kvp = find(event, "113733").value
    assert (len(kvp), min(kvp), max(kvp)) == (75, 0, 80)
    assert "ContinuityOfContent" not in event
    numbers = [found for found in walk(event) if found.value_type == "NUM"]
    assert len(numbers) == 20  # 80 in the four events of the report
    assert {found.relationship for found in numbers} == {None}
    assert len(find_all(event, "113780")) == 2
    assert find(event, "113757").value == ("C-120F9", "DCM")


def test_eurocolumbus_books_fluoroscopy_as_acquisition() -> None:
    report = rdsr_dataset(single_beam(), style="eurocolumbus")
    assert find(report, "113728").value == 0
    assert find(report, "113729").value == pytest.approx(0.01)
    assert find(report, "113721").value == ("P5-06000", "SRT")


def test_ultimax_units() -> None:
    report = rdsr_dataset(single_beam(), style="canon_ultimax")
    (event,) = events(report)
    assert find(event, "113738")[3:5] == (10, "mGy")
    # 10 mGy over 146.3 cm2: 1.463 Gy cm2, and 1 Gy cm2 is 10 dGy cm2.
    assert find(event, "122130").value == pytest.approx(14.63, abs=0.005)
    assert find(event, "122130").unit == "dGy.cm2"
    assert find(report, "113725")[3:5] == (10, "mGy")


@pytest.mark.parametrize("style", ["canon_alphenix", "canon_ultimax"])
def test_canon_writes_children_as_siblings(style: str) -> None:
    report = rdsr_dataset(single_beam(), style=style)
    outside = [item for item in report.ContentSequence if "ContentSequence" in item]
    codes = {item.ConceptNameCodeSequence[0].CodeValue for item in outside}
    assert codes == {"113702", "113706"}  # intent and study UID stand beside their parents
    (event,) = events(report)
    nested = [item for item in event.ContentSequence if "ContentSequence" in item]
    assert {item.ConceptNameCodeSequence[0].CodeValue for item in nested} <= {"113771"}
