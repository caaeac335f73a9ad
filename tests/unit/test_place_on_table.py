"""Where on the table the patient lies: caller, profile, assumption; and which vertices count."""

from typing import Any

import numpy as np
import pytest

from dosemap.equipment import Profile, shipped_texts
from dosemap.errors import DosemapError, ProfileError
from dosemap.placement import PlacementOverrides
from dosemap.procedure import PatientPosition
from dosemap.profile_toml import parse_profile
from dosemap.surface import RestingParts, Surface
from simulated_reports import artis_procedure, bare_estimate, peak_gy, peak_point_mm

SITE = """
extends = "siemens_artis"
name = "lab_2"
title = "Lab 2"

[[match]]
manufacturer = "siemens"

[patient]
head_gap_mm = 120
evidence = "documentation"
basis = "Site protocol."
validated = false
"""


def site(text: str = SITE) -> Profile:
    return parse_profile(text, "site.toml", shipped_texts())


def places(**arguments: Any) -> dict[str, tuple[object, str]]:
    """Return value and provenance of gap and shift."""
    found = bare_estimate(artis_procedure(), **arguments).assumptions
    names = ("head_gap_mm", "lateral_shift_mm")
    return {a["field"]: (a["value"], a["provenance"]) for a in found if a["field"] in names}


def test_the_caller_before_the_profile_before_zero() -> None:
    assert places() == {"head_gap_mm": (0, "assumed"), "lateral_shift_mm": (0, "assumed")}
    assert places(equipment=site()) == {
        "head_gap_mm": (120, "profile"),
        "lateral_shift_mm": (0, "assumed"),
    }
    assert places(equipment=site(), head_gap_mm=0.0, lateral_shift_mm=-25.0) == {
        "head_gap_mm": (0, "user"),
        "lateral_shift_mm": (-25, "user"),
    }


def test_the_profile_says_why_and_moves_the_patient() -> None:
    lying = bare_estimate(artis_procedure(), equipment=site())
    (gap,) = (a for a in lying.assumptions if a["field"] == "head_gap_mm")
    assert "Site protocol." in gap["why"]
    # The patient begins 120 mm farther down the table, so the beam falls nearer to the head.
    _, _, z = peak_point_mm(bare_estimate(artis_procedure()))
    _, _, moved_z = peak_point_mm(lying)
    assert moved_z - z == pytest.approx(120, abs=1)
    assert "patient" in dict(site().claims())


@pytest.mark.parametrize(
    ("position", "sign"),
    # +30 mm to the left of a head-first supine patient; where the beam then falls on the patient.
    [("HFS", -1), ("FFS", 1)],
)
def test_a_shift_is_one_across_the_table(position: PatientPosition, sign: int) -> None:
    shifted = bare_estimate(
        artis_procedure(),
        overrides=PlacementOverrides(patient_position=position),
        lateral_shift_mm=30.0,
    )
    assert peak_point_mm(shifted)[0] == pytest.approx(30 * sign, abs=1)


@pytest.mark.parametrize("length_mm", [1001.0, float("nan")])
def test_an_impossible_shift_raises(length_mm: float) -> None:
    with pytest.raises(DosemapError, match="lateral_shift_mm is "):
        bare_estimate(artis_procedure(), lateral_shift_mm=length_mm)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("head_gap_mm = 120", "", r"\[patient\]: head_gap_mm must be given, or lateral"),
        ("head_gap_mm = 120", "head_gap_mm = 12000", "between -5000 and 5000"),
        ("head_gap_mm", "head_gap", "unknown key head_gap; known are head_gap_mm"),
        ("validated = false", "", "the key validated is missing"),
    ],
)
def test_a_wrong_place_in_a_profile(old: str, new: str, words: str) -> None:
    with pytest.raises(ProfileError, match=words):
        site(SITE.replace(old, new))


def test_an_arm_above_the_head_and_below_the_back_does_not_move_the_patient() -> None:
    back = Surface.plane(width_mm=400, length_mm=1000)
    count = len(back)
    hand = np.array([[300, 90, 100], [320, 90, 100], [300, 90, 120]], dtype=np.float64)
    with_hand = Surface.from_mesh(
        np.vstack([back.vertices_mm, hand]),
        np.vstack([back.triangles, [[count, count + 1, count + 2]]]),
        repair=False,  # which would take the hand for debris
    )
    trunk = np.arange(count, dtype=np.uint32)
    parts = RestingParts(contact=trunk, centred=trunk, head_end=trunk, feet_end=trunk)
    resting = Surface(with_hand.core, "back with a hand", resting_parts=parts)
    plain = bare_estimate(artis_procedure(), surface=back)
    assert peak_gy(bare_estimate(artis_procedure(), surface=resting)) == pytest.approx(
        peak_gy(plain), rel=1e-6
    )
    # Resting on the hand, 90 mm above the pad, the back is that much farther from the tube.
    lifted = bare_estimate(artis_procedure(), surface=with_hand)
    assert peak_gy(lifted) == pytest.approx(peak_gy(plain) * (675 / 765) ** 2, rel=1e-3)


@pytest.mark.parametrize("part", [[], [10**6]])
def test_parts_that_are_not_there_are_refused(part: list[int]) -> None:
    back = Surface.plane()
    parts = RestingParts(contact=np.array(part, dtype=np.uint32))
    with pytest.raises(DosemapError, match="a part that it rests on"):
        bare_estimate(artis_procedure(), surface=Surface(back.core, "back", resting_parts=parts))
