"""`dm.Body`: what it takes, what it fills in, where its skin lies."""

from dataclasses import replace
from itertools import pairwise
from typing import Any, get_args

import numpy as np
import pytest

import dosemap as dm
from dosemap.body import AgeClass, Body
from dosemap.posture import side_against_table
from dosemap.procedure import Patient, PatientPosition, Provenance
from dosemap.surface import Surface


def coarse(**given: Any) -> Body:
    return Body(**{"spacing_mm": 15, **given})


def litres(surface: Surface) -> float:
    return surface.core.enclosed_volume_mm3 / 1e6


# --- what it takes


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"height_cm": 300}, "height_cm is 300 cm; it must lie between 45 and 210 cm"),
        ({"height_cm": "164"}, "height_cm is '164'; it must be a number between 45 and 210 cm"),
        ({"mass_kg": -1}, "mass_kg is -1 kg; it must lie between 2 and 250 kg"),
        ({"mass_kg": float("nan")}, "mass_kg is nan"),
        ({"age_years": 162}, "age_years is 162 years; it must lie between 0 and 120 years"),
        ({"age_class": "teenager"}, "must be one of newborn, 1 y, 5 y"),
        ({"age_years": 5, "age_class": "5 y"}, "give one of them"),
        ({"sex": "X"}, "sex is 'X'; it must be one of F, M"),
        ({"arms": "akimbo"}, "must be one of down, board, crossed, up, left_up, right_up"),
        ({"head_turned_deg": 120}, "head_turned_deg is 120 degrees"),
        ({"spacing_mm": 1}, "spacing_mm is 1 mm; it must lie between 3 and 15 mm"),
        ({"height_cm": 200, "mass_kg": 20}, "mass at this height is 20 kg; it must"),
        ({"mass_kg": 80, "thickness_ap_cm": 25}, "give one of them"),
        ({"thickness_ap_cm": 2}, "thickness_ap_cm is 2 cm; it must lie between 5 and 80 cm"),
    ],
)
def test_what_no_person_is_is_refused_with_the_range(given: dict[str, Any], words: str) -> None:
    with pytest.raises(dm.DosemapError, match=words):
        coarse(**given)


@pytest.mark.parametrize("age_class", get_args(AgeClass))
def test_age_classes_are_the_reference_persons(age_class: AgeClass) -> None:
    # ICRP Publication 89, table 2.9: height, cm, and mass, kg, of both sexes.
    published = {
        "newborn": ((51, 3.5), (51, 3.5)),
        "1 y": ((76, 10), (76, 10)),
        "5 y": ((109, 19), (109, 19)),
        "10 y": ((138, 32), (138, 32)),
        "15 y": ((161, 53), (167, 56)),
        "adult": ((163, 60), (176, 73)),
    }
    for sex, size in zip(("F", "M"), published[age_class], strict=True):
        found = coarse(sex=sex, age_class=age_class).size
        assert (found.height_cm, found.mass_kg) == pytest.approx(size)


def test_what_is_not_given_is_listed() -> None:
    assert [entry.field for entry in coarse().size.assumptions] == [
        "sex",
        "age_years",
        "height_cm",
        "mass_kg",
    ]
    known = coarse(sex="F", age_years=40, height_cm=165, mass_kg=70, arms="up")
    assert known.size.assumptions == ()
    (arms,) = known.surface("HFS").assumptions
    assert (arms.field, arms.provenance) == ("arms", Provenance.USER)


def test_a_thickness_replaces_the_mass() -> None:
    thin, thick = (coarse(sex="M", height_cm=176, thickness_ap_cm=cm) for cm in (19, 30))
    assert thin.size.mass_kg < 75
    assert thick.size.mass_kg > 100
    (mass,) = (entry for entry in thick.size.assumptions if entry.field == "mass_kg")
    assert mass.provenance is Provenance.DERIVED
    measured = {name: model_mm for name, _, model_mm in thick.core.measures_mm()}
    # The figure meets its measures to 8 % (docs/validation/body.md).
    assert measured["abdomen_depth"] == pytest.approx(300, rel=0.08)


# --- a patient's


def test_values_that_no_patient_has_count_as_missing_and_are_told() -> None:
    absurd = Patient(sex="F", age_years=162, height_cm=17, mass_kg=0)
    body = Body.for_patient(absurd, spacing_mm=15)
    assert body.size.height_cm == pytest.approx(163)
    assert {problem.code for problem in body.problems} == {"patient-value-implausible"}
    assert len(body.problems) == 3
    assert body.surface().problems == body.problems


def test_height_and_mass_of_two_people_both_count_as_missing() -> None:
    body = Body.for_patient(Patient(sex="M", height_cm=180, mass_kg=15), spacing_mm=15)
    assert (body.size.height_cm, body.size.mass_kg) == pytest.approx((176, 73))
    (problem,) = body.problems
    assert "180 cm" in problem.message
    assert "15 kg" in problem.message


@pytest.mark.parametrize(
    ("reported", "forgotten", "kept"),
    [
        (Patient(age_years=1, mass_kg=80), {"age_years", "mass_kg"}, set()),
        (Patient(age_years=50, mass_kg=3), {"age_years", "mass_kg"}, set()),
        (Patient(age_years=0.5, height_cm=175), {"age_years", "height_cm"}, set()),
        # Height in inches: with the age it is neither an adult's nor a child's.
        (Patient(age_years=60, height_cm=67), {"age_years", "height_cm"}, set()),
        (
            Patient(age_years=60, height_cm=80, mass_kg=120),
            {"height_cm", "mass_kg"},
            {"age_years"},
        ),
        # No child of 5 years, however tall, has the mass of a heavy adult.
        (Patient(age_years=5, mass_kg=87), {"age_years", "mass_kg"}, set()),
        (Patient(age_years=5, height_cm=140, mass_kg=77), {"age_years", "mass_kg"}, {"height_cm"}),
        (Patient(age_years=5, mass_kg=60), set(), {"age_years", "mass_kg"}),
        # Short stature, a tall child, a fat one, a preterm one: they are there.
        (Patient(age_years=40, height_cm=110, mass_kg=45), set(), {"age_years", "height_cm"}),
        (Patient(age_years=12, height_cm=180, mass_kg=110), set(), {"age_years", "mass_kg"}),
        (Patient(age_years=0.02, height_cm=45, mass_kg=2.2), set(), {"age_years", "mass_kg"}),
    ],
)
def test_no_report_is_too_absurd_for_a_body(
    reported: Patient, forgotten: set[str], kept: set[str]
) -> None:
    body = Body.for_patient(reported, spacing_mm=15)
    assumed = {entry.field for entry in body.size.assumptions}
    assert forgotten <= assumed
    assert not kept & assumed
    assert [problem.code for problem in body.problems] == (
        ["patient-value-implausible"] if forgotten else []
    )


def test_a_mass_that_does_not_go_with_the_age_given_is_not_used() -> None:
    body = Body.for_patient(Patient(mass_kg=87, height_cm=163), age_years=5, spacing_mm=15)
    assert body.size.mass_kg < 25
    assert "mass 87 kg" in body.problems[-1].message
    assert "mass_kg of the report counts" in body.problems[-1].message
    # A caller who states both is told, and believed.
    insisting = Body.for_patient(Patient(), age_years=5, mass_kg=87, spacing_mm=15)
    assert insisting.size.mass_kg == 87
    assert "given by the caller" in insisting.problems[0].message


def test_one_year_is_singular() -> None:
    assert str(coarse(age_years=1)).startswith("body, 1 year, ")
    assert str(coarse(age_years=1.5)).startswith("body, 1.5 years, ")


def test_a_report_at_odds_with_the_caller_gives_way() -> None:
    reported = Patient(sex="M", age_years=50, height_cm=175, mass_kg=9.5)
    body = Body.for_patient(reported, height_cm=180, spacing_mm=15)
    assert body.size.height_cm == 180
    assert "mass_kg of the report" in body.problems[0].message
    # What the caller has replaced is no problem any more.
    assert Body.for_patient(reported, mass_kg=95, spacing_mm=15).problems == ()


def test_what_the_caller_knows_better_replaces_the_report() -> None:
    reported = Patient(sex="M", age_years=50, height_cm=180, mass_kg=80)
    body = Body.for_patient(reported, mass_kg=120, spacing_mm=15)
    assert body.size.mass_kg == 120
    assert [entry.field for entry in body.notes] == ["mass_kg"]
    with pytest.raises(dm.DosemapError, match="mass_kg is 400"):
        Body.for_patient(reported, mass_kg=400)


def test_the_sex_of_others_is_half_way_between() -> None:
    other = Body.for_patient(Patient(sex="O", height_cm=170, mass_kg=70), spacing_mm=15)
    assert "sex" in {entry.field for entry in other.size.assumptions}


# --- the skin


@pytest.mark.parametrize("spacing_mm", [3, 4, 5, 8, 15])
def test_the_spacing_is_at_most_what_was_asked_for(spacing_mm: float) -> None:
    surface = Body(sex="M", age_class="adult", spacing_mm=spacing_mm).surface("HFS")
    corners = surface.vertices_mm[surface.triangles]
    edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
    # An equilateral net: the distance of neighbours is the length of an edge.
    assert np.median(edges) <= spacing_mm
    assert np.median(edges) > 0.55 * spacing_mm
    # Nearly uniform: few edges are twice as long.
    assert np.quantile(edges, 0.99) < 2 * np.median(edges)


def test_vertex_i_is_the_same_place_in_every_person_and_pose() -> None:
    bodies = [
        coarse(age_class="newborn"),
        coarse(sex="F", age_class="5 y", arms="up"),
        coarse(sex="M", height_cm=190, mass_kg=180, arms="crossed"),
    ]
    surfaces = [body.surface("HFS") for body in bodies]
    for one, other in pairwise(surfaces):
        assert (one.triangles == other.triangles).all()
    sites = [
        [surface.address(vertex) for vertex in range(0, len(surface), 97)] for surface in surfaces
    ]
    for addresses in zip(*sites, strict=True):
        regions = {address["region"] for address in addresses if address}
        levels = {address["vertebral_level"] for address in addresses if address}
        assert len(regions) == len(levels) == 1


DOWN = {"back": (0, 1, 0), "front": (0, -1, 0), "left": (1, 0, 0), "right": (-1, 0, 0)}


@pytest.mark.parametrize("mass_kg", [55, 90, 180])
@pytest.mark.parametrize("position", get_args(PatientPosition))
def test_the_trunk_touches_the_pad_and_nothing_goes_through_it(
    position: PatientPosition, mass_kg: float
) -> None:
    surface = coarse(sex="M", height_cm=175, mass_kg=mass_kg).surface(position)
    # 3 %, but bent hips press the groin together.
    sits = position.startswith("SITTING")
    assert litres(surface) == pytest.approx(mass_kg, rel=0.05 if sits else 0.03)
    assert surface.core.loose_edges == 0
    depth_mm = surface.vertices_mm @ DOWN[side_against_table(position)]
    assert surface.resting_parts is not None
    contact = surface.resting_parts.contact
    touching = depth_mm.max() if contact is None else depth_mm[contact].max()
    assert (contact is None) == (side_against_table(position) in ("left", "right"))
    if position != "SITTING_FRONT":  # whose legs stand beside the table
        # 2 mm is less than what skin gives; positions of limbs are searched to 1 mm.
        assert depth_mm.max() <= touching + 2


def test_the_trunk_stays_where_it_is() -> None:
    body = coarse(sex="F", height_cm=164, mass_kg=70, arms="down")
    raised = replace(body, arms="up")
    contact = body.surface("HFS").resting_parts
    assert contact is not None
    assert contact.contact is not None
    trunk = contact.contact
    supine = body.surface("HFS").vertices_mm[trunk]
    moved_mm = np.linalg.norm(raised.surface("HFS").vertices_mm[trunk] - supine, axis=1)
    assert np.quantile(moved_mm, 0.4) < 1e-9  # shoulders and flanks go with the arms
    # Lying over, the spine gives way: up and down, not along or across the table.
    prone_mm = np.abs(body.surface("HFP").vertices_mm[trunk] - supine)
    assert np.quantile(prone_mm[:, [0, 2]], 0.4) < 1e-9
    assert prone_mm[:, 1].max() < 100
