"""Where the patient lies, on what, and with which surface: the map follows."""

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

from dosemap import estimate
from dosemap.body import Body
from dosemap.equipment import Profile, load_profiles
from dosemap.errors import DosemapError, ProfileError
from dosemap.placement import PlacementOverrides
from dosemap.procedure import LyingPosition, PatientPosition
from dosemap.simulate import CollimatedField, SimulatedEvent
from dosemap.surface import Surface
from simulated_reports import (
    AT_PEAK,
    HEAD_END_TO_BEAM_MM,
    KERMA_GY,
    REFERENCE_MM,
    SKIN_MM,
    artis_procedure,
    assumed,
    bare_estimate,
    flat_back,
    peak_gy,
    peak_point_mm,
    problem_codes,
)


@pytest.mark.parametrize(
    ("position", "signs"),
    # The table moves to the left of a head-first supine patient, down and to the head end; where
    # the beam then meets the patient, in the patient's own directions x and z.
    [("HFS", (-1, -1)), ("FFS", (1, 1)), ("HFP", (1, -1)), ("FFP", (-1, 1))],
)
def test_table_offset_moves_the_beam_the_other_way(
    position: LyingPosition, signs: tuple[int, int]
) -> None:
    # Prone, a tube below the table is in front of the patient: the front is hit.
    prone = position.endswith("P")
    angle = 180.0 if prone else 0.0
    procedure = artis_procedure(SimulatedEvent(primary_angle_deg=angle, patient_position=position))
    surface = Surface.plane(
        width_mm=400, length_mm=1000, facing="anterior" if prone else "posterior"
    )

    def point(*offset: float) -> tuple[float, float, float]:
        overrides = PlacementOverrides(table_offset_mm=(offset[0], offset[1], offset[2]))
        return peak_point_mm(bare_estimate(procedure, surface=surface, overrides=overrides))

    x, _, z = point(0, 0, 0)
    moved_x, _, moved_z = point(20, 0, 30)
    # The dose is flat near its maximum: the place is found to a tenth of the vertex spacing.
    assert moved_x - x == pytest.approx(20 * signs[0], abs=1)
    assert moved_z - z == pytest.approx(30 * signs[1], abs=1)


def test_a_lower_table_brings_the_skin_nearer_to_the_tube() -> None:
    lower = bare_estimate(
        artis_procedure(), overrides=PlacementOverrides(table_offset_mm=(0, 20, 0))
    )
    nearer = KERMA_GY * (REFERENCE_MM / (SKIN_MM - 20)) ** 2
    assert peak_gy(lower) == pytest.approx(nearer, rel=AT_PEAK)


@pytest.mark.parametrize(("position", "direction"), [("HFS", 1), ("FFS", -1)])
def test_head_gap_is_measured_from_the_head_end_of_the_table(
    position: LyingPosition, direction: int
) -> None:
    procedure = artis_procedure(SimulatedEvent(patient_position=position))
    high_mm = flat_back().vertices_mm[:, 2].max() * direction  # the end that lies at the head end
    for gap_mm in (0.0, 100.0):
        result = bare_estimate(procedure, head_gap_mm=gap_mm)
        x, _, z = peak_point_mm(result)
        assert x == pytest.approx(0, abs=1)
        from_end_mm = (
            high_mm - z * direction if direction > 0 else z - flat_back().vertices_mm[:, 2].min()
        )
        assert from_end_mm == pytest.approx(HEAD_END_TO_BEAM_MM - gap_mm, abs=1)
        assert assumed(result)["head_gap_mm"] == gap_mm


@pytest.mark.parametrize("position", get_args(PatientPosition))
def test_every_patient_position_gives_a_map(position: PatientPosition) -> None:
    result = estimate(
        artis_procedure(),
        surface=Surface.cylinder(diameter_mm=300, length_mm=1000),
        overrides=PlacementOverrides(patient_position=position),
    )
    assert result.document["procedure"]["patient_position"] == position
    assert peak_gy(result) > 0


def test_a_profile_of_the_users_own_by_path_and_as_an_object(tmp_path: Path) -> None:
    shipped = files("dosemap") / "data" / "equipment" / "siemens_artis.toml"
    text = shipped.read_text(encoding="utf-8")
    assert text.count("thickness_mm = 40") == 1
    path = tmp_path / "mine.toml"
    text = text.replace("thickness_mm = 40", "thickness_mm = 90")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError, match=r"mine\.toml: name = 'siemens_artis' is that of a ship"):
        Profile.from_file(path)
    text = text.replace('name = "siemens_artis"', 'name = "mine"')
    path.write_text(text, encoding="utf-8-sig")  # as editors of Windows do
    content = path.read_bytes()
    # A pad 50 mm thicker lifts the patient 50 mm away from the tube.
    farther = KERMA_GY * (REFERENCE_MM / (SKIN_MM + 50)) ** 2
    for equipment in (path, str(path), Profile.from_file(path)):
        result = bare_estimate(artis_procedure(), equipment=equipment)
        assert peak_gy(result) == pytest.approx(farther, rel=AT_PEAK)
        assert result.document["equipment"]["profile"] == "mine"
        assert result.document["equipment"]["file"] == {
            "name": "mine.toml",
            "sha256": hashlib.sha256(content).hexdigest(),
        }


def test_without_a_surface_the_body_of_the_patient_is_taken() -> None:
    result = estimate(artis_procedure())
    assert result.surface is not None
    assert result.surface.description == "body, adult, 170 cm, 66.5 kg, arms down"
    assert assumed(result)["arms"] == "down"
    assert "arms" not in assumed(bare_estimate(artis_procedure()))


def test_a_surface_of_another_kind_is_refused() -> None:
    with pytest.raises(DosemapError, match="surface is 'body'; it must be a Surface"):
        estimate(artis_procedure(), surface="body")  # type: ignore[arg-type]


def test_a_peak_on_arms_of_unknown_place_is_told() -> None:
    """A lateral beam meets the upper arm first, wherever the share of the dose lies."""
    lateral = artis_procedure(
        SimulatedEvent(primary_angle_deg=90.0, field=CollimatedField.centred(20.0, 20.0))
    )
    result = estimate(lateral)
    assert result.peak is not None
    assert result.peak.site == "right upper arm"
    (told,) = [entry for entry in result.problems if entry["code"] == "arms-in-beam"]
    assert told["message"].startswith("the highest dose lies on the arms, which are assumed down")
    known = estimate(lateral, surface=Body(arms="down"))
    assert "arms-in-beam" not in problem_codes(known)


def test_a_profile_for_another_system_is_told() -> None:
    procedure = artis_procedure()
    shipped = {profile.name: profile for profile in load_profiles()}
    told = "profile-does-not-match"
    assert told not in problem_codes(bare_estimate(procedure))
    own = bare_estimate(procedure, equipment=shipped["siemens_artis"])
    assert told not in problem_codes(own)
    other = bare_estimate(procedure, equipment=shipped["philips_allura"])
    assert told in problem_codes(other)
