"""Every definition of the reference point, and the refusals. Numbers: IEC 60601-2-43, CID 10025."""

import math

import pytest

from dosemap.equipment import Claim, ReferencePointRule
from dosemap.reference_point import (
    KnownDistances,
    ReferencePointError,
    definition_of,
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
        ("Patient Entrance Reference Point: 150 mm from isocentre towards the tube", 635.0),
        ("15 cm vom Isozentrum in Richtung Fokus", 635.0),
        ("à 15 cm de l'isocentre vers le foyer", 635.0),
        ("15cm from image surface", 1050.0),
        ("30 cm in front of the flat panel detector", 900.0),
        ("530 mm from focus", 530.0),
        ("530 mm dal fuoco", 530.0),
        ("IRP; 530 mm from focus", 530.0),
        ("530 mm from the focal spot; 53 cm from focus", 530.0),
        ("100cm from X-Ray Source", 1000.0),
        ("In Detector Plane", 1200.0),
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
        ("113862", "1 cm above the table top, and where the table is"),
        ("113863", "30 cm above the table top"),
        ("113864", "15 cm from the table's centre line"),
        ("113964", "patient's surface, which is not known here"),
        ("26 cm from chamber to patient", "from the ionisation chamber"),
        ("1 cm from the table top", "unknown text"),
        ("1 cm above the patient's skin", "unknown text"),
        ("15 cm behind the isocentre", "unknown text"),
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


def under_table(tilt: float = 0.0) -> KnownDistances:
    """A tube 500 mm below the table top and 60 mm to the right, straight up or tilted across."""
    sin, cos = math.sin(math.radians(tilt)), math.cos(math.radians(tilt))
    return KnownDistances(ray_on_table=((-60.0, 500.0, -300.0), (sin, -cos, 0.0)))


LATERAL = KnownDistances(ray_on_table=((-600.0, -100.0, -300.0), (1.0, 0.0, 0.0)))
OVER_TABLE = KnownDistances(ray_on_table=((0.0, -1000.0, -300.0), (0.0, 1.0, 0.0)))


@pytest.mark.parametrize(
    ("definition", "distances", "expected_mm"),
    [
        ("113862", under_table(), 510.0),
        ("1cm above Tabletop", under_table(), 510.0),
        ("113862", under_table(30), 510 / math.cos(math.radians(30))),
        ("113863", OVER_TABLE, 700.0),
        ("30 cm above the table", OVER_TABLE, 700.0),
        # The tube stands 600 mm to the right of the centre line, the point 150 mm to the right.
        ("113864", LATERAL, 450.0),
        ("15 cm from table centerline toward source", LATERAL, 450.0),
    ],
)
def test_points_at_the_table_follow_the_ray(
    definition: str, distances: KnownDistances, expected_mm: float
) -> None:
    assert source_to_reference_point_mm(definition, distances) == pytest.approx(expected_mm)


@pytest.mark.parametrize(
    ("definition", "distances"), [("113862", LATERAL), ("113864", under_table())]
)
def test_a_beam_that_does_not_pass_the_point_is_refused(
    definition: str, distances: KnownDistances
) -> None:
    with pytest.raises(ReferencePointError, match="beam of this angle does not pass"):
        source_to_reference_point_mm(definition, distances)


@pytest.mark.parametrize("definition", ["113964", "At Surface of Patient", "patient skin"])
def test_a_point_at_the_skin_is_where_the_ray_enters(definition: str) -> None:
    at_skin = KnownDistances(source_to_skin_mm=lambda: 612.0)
    assert source_to_reference_point_mm(definition, at_skin) == 612
    missed = KnownDistances(source_to_skin_mm=lambda: None)
    with pytest.raises(ReferencePointError, match="central ray misses it"):
        source_to_reference_point_mm(definition, missed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "IRP",
        "Interventional Reference Point",
        "15 cm",
        "isocenter",
        "15 cm from isocenter, 30 cm from detector",
        "15 cm from isocenter; 20 cm from isocenter",
        "30 cm above the floor",
        "15 in front of the detector",
        "in front of the detector",
        "source to image distance 100 cm minus 30 cm",
        "<script>15 cm from isocenter</script> or 20 cm",
        "x" * 10_000,
        # Tolerances, ranges, negations, other directions and whatever else may turn the sense.
        "15 cm ± 1 cm from isocenter toward source",
        "15 cm +/- 2 mm from the isocentre",
        "15±1 cm from isocenter",
        "15-20 cm from isocenter",
        "15 to 20 cm from isocenter",
        "10, 15 cm from isocenter",
        "approximately 15 cm from isocenter",
        "up to 15 cm from isocenter",
        "not 15 cm from isocenter",
        "not at the detector",
        "15 cm left of the isocenter",
        "15 cm cranial of isocenter",
        "15 cm from isocenter unless lateral",
        "530 mm from focus; not for the lateral plane",
        "-15 cm from isocenter",
        "half of 30 cm from isocenter",
        "15 cm from isocenter away from source",
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ReferencePointError):
        source_to_reference_point_mm(text, ARTIS)


@pytest.mark.parametrize(
    "text",
    [
        "15 cm ± 2 cm from isocenter",
        "15 ± 2 cm from isocenter",
        "15 cm +/- 15 cm from isocenter",
        "15-20 cm from isocenter",
        "15, 20 cm from isocenter",
        "-15 cm from isocenter",
        "isocenter - 15 cm",
        "1,150 mm from isocenter",
        "about 15 cm from isocenter",
        "< 15 cm from isocenter",
        "not 15 cm from isocenter",
        "nicht 15 cm vom Isozentrum",
        "15 cm from isocenter, not towards the source",
        "15 cm lateral of isocenter",
        "15 cm caudal from isocenter",
        "15 cm from isocenter toward the anode",
        "15 cm from isocenter to the patient",
        "15 cm from isocenter; tolerance 2 cm",
        "15 cm from isocenter; see manual",
        "15 cm from isocenter without table",
        "15 cm from the detectorless isocenter",
        "15 cm from isocenter?",
        "530 mm from focus minus filter",
        "not at the patient's skin",
        "near the patient's skin",
    ],
)
def test_a_text_with_anything_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ReferencePointError, match="unknown text"):
        definition_of(text)


@pytest.mark.parametrize(
    ("text", "origin", "towards_source_mm"),
    [  # the meanings of CID 10025 as makers may write them, and the real texts of rdsr.md
        ("15cm from Isocenter toward Source", "isocenter", 150),
        ("15cm below BeamIsocenter", "isocenter", 150),
        ("30cm in Front of Image Input Surface", "detector", 300),
        ("15 cm from image receptor", "detector", 150),
        ("1cm above Tabletop", "table top", 10),
        ("30cm above Tabletop", "table top", 300),
        ("15cm from Table Centerline", "table centre line", 150),
        ("In Detector Plane", "detector", 0),
        ("At Surface of Patient", "skin", 0),
        ("100cm from X-Ray Source", "source", -1000),
        ("IRP; 530 mm from focus", "source", -530),
        ("26 cm from chamber to patient", "chamber", -260),
        ("0.150 m from the isocentre", "isocenter", 150),
        ("15 cm (150 mm) from the isocentre", "isocenter", 150),
    ],
)
def test_texts_whose_every_word_is_known_are_understood(
    text: str, origin: str, towards_source_mm: float
) -> None:
    point = definition_of(text)
    assert (point.origin, point.towards_source_mm) == (origin, towards_source_mm)
