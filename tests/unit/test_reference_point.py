"""Every definition of the reference point, and the refusals. Numbers: IEC 60601-2-43, CID 10025."""

import pytest

from dosemap.equipment import Claim, ReferencePointRule
from dosemap.reference_point import (
    KnownDistances,
    ReferencePointError,
    source_to_reference_point_mm,
)

ARTIS = KnownDistances(source_to_isocenter_mm=785, source_to_detector_mm=1200)
NOTHING = KnownDistances(source_to_isocenter_mm=None, source_to_detector_mm=None)


@pytest.mark.parametrize(
    ("definition", "expected_mm"),
    [
        ("113860", 635.0),  # 15 cm from the isocentre towards the source
        ("15cm below BeamIsocenter", 635.0),
        ("15 cm from Isocenter toward Source", 635.0),
        ("113861", 900.0),  # 30 cm in front of the image input surface
        ("113941", 1200.0),  # the detector plane
        ("113965", 1000.0),  # 100 cm from the source
    ],
)
def test_definition(definition: str, expected_mm: float) -> None:
    assert source_to_reference_point_mm(definition, ARTIS) == expected_mm


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        (None, "does not define"),
        ("113862", "1 cm above the table top"),
        ("113863", "30 cm above"),
        ("113864", "table's centre line"),
        ("113964", "patient's surface"),
        ("999999", "unknown code '999999'"),
        ("in the corridor", "unknown text 'in the corridor'"),
        ("15cm above BeamIsocenter", "unknown text"),
    ],
)
def test_refusal(definition: str | None, words: str) -> None:
    with pytest.raises(ReferencePointError, match=words):
        source_to_reference_point_mm(definition, ARTIS)


@pytest.mark.parametrize("definition", ["113860", "113861"])
def test_missing_distance_is_refused(definition: str) -> None:
    with pytest.raises(ReferencePointError, match="is not known"):
        source_to_reference_point_mm(definition, NOTHING)


@pytest.mark.parametrize("isocenter_mm", [100, 240])
def test_a_point_inside_or_behind_the_tube_is_refused(isocenter_mm: float) -> None:
    near = KnownDistances(source_to_isocenter_mm=isocenter_mm, source_to_detector_mm=None)
    with pytest.raises(ReferencePointError, match="in front of the source"):
        source_to_reference_point_mm("113860", near)


def test_rule_of_the_profile_overrides_the_report() -> None:
    claim = Claim(evidence="documentation", basis="test", validated=False)
    rule = ReferencePointRule(origin="detector", towards_source_mm=300, claim=claim)
    assert source_to_reference_point_mm("113860", ARTIS, rule=rule) == 900
