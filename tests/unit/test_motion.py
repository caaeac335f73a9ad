"""Beams that move within an event: where they end, the way between, and the kerma on it."""

import itertools
import math
from dataclasses import replace
from typing import Any

import pytest
from test_neighbours import BEAM

from dosemap.equipment import Profile, load_profiles
from dosemap.placement import BeamPlacement, place_procedure, poses_along
from dosemap.placement.model import PlacedProcedure, PlacementOverrides
from dosemap.procedure import Device, Patient, Procedure, Totals

PROFILES: dict[str, Profile] = {profile.name: profile for profile in load_profiles()}
ARTIS, ALLURA = PROFILES["siemens_artis"], PROFILES["philips_allura"]


def placed(profile: Profile = ARTIS, **values: Any) -> PlacedProcedure:
    procedure = Procedure(
        source="synthetic",
        study_instance_uid=None,
        sop_instance_uid=None,
        started=None,
        device=Device(),
        patient=Patient(),
        events=(replace(BEAM, **values),),
        totals=Totals(),
    )
    return place_procedure(procedure, profile, overrides=PlacementOverrides())


def beam(profile: Profile = ARTIS, **values: Any) -> BeamPlacement:
    (found,) = placed(profile, **values).placements
    assert isinstance(found, BeamPlacement), found
    return found


def way(profile: Profile = ARTIS, **values: Any) -> list[tuple[float, float]]:
    """Head-foot position of the table and share of the kerma of every pose."""
    poses = poses_along(beam(profile, **values), replace(BEAM, **values))
    return [(pose.table_origin_in_isocenter_mm[2], share) for pose, share in poses]


def codes(result: PlacedProcedure) -> set[str]:
    return {problem.code for problem in result.problems}


def test_a_table_that_moves_is_followed_in_equal_steps() -> None:
    found = way(table_lateral_end_position_mm=535)
    # 35 mm in steps of at most 10 mm: four, each at its middle, from 500 mm.
    assert [z for z, _ in found] == pytest.approx([504.375, 513.125, 521.875, 530.625])
    assert [share for _, share in found] == [0.25] * 4


def test_that_the_movement_is_even_is_an_assumption() -> None:
    moving = placed(table_lateral_end_position_mm=535)
    assert "motion" in {entry.field for entry in moving.assumptions}
    assert "motion" not in {entry.field for entry in placed().assumptions}


def test_ends_that_repeat_the_start_are_no_movement() -> None:
    still = beam(
        positioner_primary_end_angle_deg=0,
        table_longitudinal_end_position_mm=0,
        table_lateral_end_position_mm=500,
        table_height_end_position_mm=150,
        table_head_tilt_end_angle_deg=0,
    )
    assert still.end is None


def test_signs_of_the_axes_hold_for_the_end() -> None:
    # Allura counts the height from the floor: a table that rises by 40 mm comes 40 mm nearer to
    # the isocentre above it; the private item 020 is its height at the end.
    private = {
        "height_of_system_mm": 1065.0,
        "table_height_above_floor_mm": 905.0,
        "table_height_above_floor_end_mm": 945.0,
        "longitudinal_beam_position_mm": 1500.0,
    }
    moving = beam(ALLURA, private=private)
    assert moving.table_origin_in_isocenter_mm[1] == 160
    assert moving.end is not None
    assert moving.end.table_origin_in_isocenter_mm[1] == 120


def test_gantry_and_table_move_together() -> None:
    values: dict[str, Any] = {
        "positioner_primary_end_angle_deg": 8.0,
        "table_lateral_end_position_mm": 520.0,
    }
    poses = poses_along(beam(**values), replace(BEAM, **values))
    assert [pose.primary_angle_deg for pose, _ in poses] == pytest.approx([1, 3, 5, 7])
    found = [pose.table_origin_in_isocenter_mm[2] for pose, _ in poses]
    assert found == pytest.approx([502.5, 507.5, 512.5, 517.5])


def test_a_table_that_tilts_and_a_collimator_that_turns() -> None:
    tilting = beam(
        table_head_tilt_angle_deg=0.0,
        table_head_tilt_end_angle_deg=6.0,
        detector_rotation_deg=0.0,
        detector_rotation_end_deg=-3.0,
    )
    assert tilting.end is not None
    assert (tilting.end.table_head_tilt_deg, tilting.end.detector_rotation_deg) == (6, -3)
    assert len(poses_along(tilting, BEAM)) == 3


def test_an_end_without_a_start_is_told_and_not_followed() -> None:
    moving = placed(table_head_tilt_end_angle_deg=6.0)
    assert "end-without-start" in {problem.code for problem in moving.problems}
    assert beam(table_head_tilt_end_angle_deg=6.0).end is None


@pytest.mark.parametrize(
    "impossible",
    [
        {"table_head_tilt_angle_deg": 0.0, "table_head_tilt_end_angle_deg": 150.0},
        {"table_cradle_tilt_angle_deg": 0.0, "table_cradle_tilt_end_angle_deg": -120.0},
    ],
)
def test_an_impossible_turn_of_the_table_is_told_and_not_followed(
    impossible: dict[str, Any],
) -> None:
    assert "end-angle-implausible" in codes(placed(ARTIS, **impossible))
    assert beam(ARTIS, **impossible).end is None


def test_an_impossible_tilt_at_the_start_leaves_the_event_out() -> None:
    refused = placed(table_head_tilt_angle_deg=150.0)
    assert not any(isinstance(placement, BeamPlacement) for placement in refused.placements)


def test_fewer_pulses_than_steps_are_the_poses_themselves() -> None:
    found = way(table_lateral_end_position_mm=800, number_of_pulses=4)
    # From the first to the last pulse, 300 mm.
    assert [z for z, _ in found] == pytest.approx([500, 600, 700, 800])
    assert [share for _, share in found] == [0.25] * 4


def test_a_single_pulse_does_not_move() -> None:
    assert len(way(table_lateral_end_position_mm=800, number_of_pulses=1)) == 30


def test_pulses_that_the_report_lists_share_the_kerma() -> None:
    few = way(table_lateral_end_position_mm=800, pulse_shares=(0.1, 0.2, 0.3, 0.4))
    assert few == [(500, 0.1), (600, 0.2), (700, 0.3), (800, 0.4)]
    # 101 pulses over two steps: those up to the middle (50 of them) and the rest.
    many = tuple((1 + (i >= 50)) / 152 for i in range(101))
    assert math.fsum(many) == pytest.approx(1)
    parts = way(table_lateral_end_position_mm=520, pulse_shares=many)
    assert [z for z, _ in parts] == [505, 515]
    assert [share for _, share in parts] == pytest.approx([50 / 152, 102 / 152])


def test_pulses_without_output_are_no_poses() -> None:
    found = way(table_lateral_end_position_mm=800, pulse_shares=(0.5, 0.0, 0.5))
    assert [z for z, _ in found] == [500, 800]


def test_shares_add_up_whatever_the_path() -> None:
    for end in (501.0, 777.7, 2300.0):
        for pulses in (None, 2, 7, 5000):
            found = way(table_lateral_end_position_mm=end, number_of_pulses=pulses)
            assert math.fsum(share for _, share in found) == pytest.approx(1, rel=1e-12)
            steps = [b[0] - a[0] for a, b in itertools.pairwise(found)]
            if pulses is None:
                assert all(0 < step <= 10.0001 for step in steps)


def test_a_stepping_acquisition_follows_the_table() -> None:
    stepping: dict[str, Any] = {"event_type": "stepping", "table_lateral_end_position_mm": 1400.0}
    assert len(way(**stepping)) == 90
    assert "stepping-without-path" not in codes(placed(**stepping))


def test_a_type_that_moves_without_a_way_is_told() -> None:
    assert "stepping-without-path" in codes(placed(event_type="stepping"))
    assert "rotation-without-end" in codes(placed(event_type="rotational"))
    # A table that moves does not tell the turn of a rotation.
    moved = placed(event_type="rotational", table_lateral_end_position_mm=520)
    assert "rotation-without-end" in codes(moved)


@pytest.mark.parametrize(
    "ends",
    [
        {"table_lateral_end_position_mm": 5000.0},
        {
            "table_longitudinal_end_position_mm": 0.0,
            "table_lateral_end_position_mm": 0.0,
            "table_height_end_position_mm": 0.0,
        },
    ],
)
def test_impossible_ends_do_not_spread_the_dose(ends: dict[str, Any]) -> None:
    result = placed(**ends)
    assert "table-end-implausible" in codes(result)
    assert beam(**ends).end is None


def test_isocentre_angles_stand_in_for_those_of_the_patient() -> None:
    by_room = beam(
        positioner_primary_angle_deg=None,
        positioner_secondary_angle_deg=None,
        positioner_isocenter_primary_angle_deg=20.0,
        positioner_isocenter_secondary_angle_deg=-5.0,
        positioner_isocenter_primary_end_angle_deg=24.0,
    )
    assert by_room.angle_space == "isocenter"
    assert (by_room.primary_angle_deg, by_room.secondary_angle_deg) == (20, -5)
    assert by_room.end is not None
    assert by_room.end.primary_angle_deg == 24
    both = beam(positioner_isocenter_primary_angle_deg=20.0)
    assert (both.angle_space, both.primary_angle_deg) == ("patient", 0)
