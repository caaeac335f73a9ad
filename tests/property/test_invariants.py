"""What must not change the dose map, and what must change it by a known factor.

Two kernels compute the same map. The invariants are shown on the one that works point by point in
float64, where they hold to rounding; the last test ties the fast one to it.
"""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dosemap import _core
from kernel_scenes import Settings, frame, quality, scene, two_legs

QUALITY = quality()

# Images of the patient's left, back and head on the table, by what the terms mean.
ON_TABLE = {
    "HFS": np.diag([1.0, 1.0, 1.0]),
    "HFP": np.diag([-1.0, -1.0, 1.0]),
    "FFS": np.diag([-1.0, 1.0, -1.0]),
    "FFP": np.diag([1.0, -1.0, -1.0]),
}


def uneven(surface: _core.Surface) -> _core.Surface:
    """Each vertex moved by up to 1 mm.

    Hypothesis likes round numbers. On an even mesh they send rays exactly along the skin, where
    rounding decides what they hit.
    """
    moves = np.random.default_rng(7).uniform(-1.0, 1.0, (len(surface), 3))
    return _core.Surface.mesh(surface.vertices_mm + moves, surface.triangles)


TRUNK = uneven(_core.Surface.elliptic_cylinder((170.0, 110.0), 400.0, spacing_mm=25.0))
LEGS = uneven(two_legs(apart_mm=150.0, spacing_mm=20.0))

angles = st.floats(-180, 180)
shifts = st.floats(-100, 100)
surfaces = st.sampled_from([TRUNK, LEGS])


@st.composite
def frames(draw: st.DrawFn, *, by_patient: bool = False) -> Settings:
    """Any C-arm over a patient on a level table, with an asymmetric, turned field."""
    u_min, v_min = draw(st.floats(-150, 20)), draw(st.floats(-150, 20))
    u_side, v_side = draw(st.floats(10, 200)), draw(st.floats(10, 200))
    return frame(
        angles_relative_to_patient=by_patient,
        primary_angle_deg=draw(angles),
        secondary_angle_deg=draw(st.floats(-60, 60)),
        detector_rotation_deg=draw(angles),
        source_to_isocenter_mm=draw(st.floats(600, 850)),
        table_origin_in_isocenter_mm=[draw(shifts), draw(shifts), 200.0 + draw(shifts)],
        field_at_1m_mm=[u_min, u_min + u_side, v_min, v_min + v_side],
        air_kerma_gy=draw(st.floats(1e-3, 5)),
        reference_distance_mm=draw(st.floats(400, 800)),
    )


some_frames = st.lists(frames(), min_size=1, max_size=4)


def dose_gy(surface: _core.Surface, settings: list[Settings], **lying: Any) -> NDArray[np.float64]:
    placed = scene(surface, **lying)
    return placed.reference_dose_gy(placed.frames(settings), [QUALITY])


def assert_same(actual: NDArray[np.float64], expected: NDArray[np.float64]) -> None:
    """To the rounding of a few float64 products and rotations over distances of a metre."""
    np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-12)


def with_kerma(settings: Settings, factor: float) -> Settings:
    return settings | {"air_kerma_gy": factor * settings["air_kerma_gy"]}


@given(surfaces, some_frames, st.floats(1e-3, 100))
def test_dose_is_linear_in_kerma(
    surface: _core.Surface, events: list[Settings], factor: float
) -> None:
    scaled = dose_gy(surface, [with_kerma(event, factor) for event in events])
    assert_same(scaled, factor * dose_gy(surface, events))


@given(surfaces, some_frames, st.randoms(use_true_random=False))
def test_order_of_frames_does_not_matter(
    surface: _core.Surface, events: list[Settings], random: Any
) -> None:
    shuffled = dose_gy(surface, random.sample(events, len(events)))
    assert_same(shuffled, dose_gy(surface, events))


@given(surfaces, frames(), st.floats(0.01, 0.99))
def test_splitting_a_frame_changes_nothing(
    surface: _core.Surface, event: Settings, share: float
) -> None:
    parts = dose_gy(surface, [with_kerma(event, share), with_kerma(event, 1 - share)])
    assert_same(parts, dose_gy(surface, [event]))


def table_rotation(
    horizontal_deg: float, head_up_deg: float, left_up_deg: float
) -> NDArray[np.float64]:
    """Axes of the table in the room, from what the three angles mean (PS3.3 C.8.19.6.13.1.3).

    The table turns about its own long axis first, then tilts, then swings about the vertical.
    """
    (s1, s2, s3), (c1, c2, c3) = (
        f(np.radians([horizontal_deg, head_up_deg, left_up_deg])) for f in (np.sin, np.cos)
    )
    swing = np.array([[c1, 0, s1], [0, 1, 0], [-s1, 0, c1]])  # head end towards the patient's left
    tilt = np.array([[1, 0, 0], [0, c2, -s2], [0, s2, c2]])  # head end up: -y
    cradle = np.array([[c3, s3, 0], [-s3, c3, 0], [0, 0, 1]])  # left side up: -y
    rotation: NDArray[np.float64] = swing @ tilt @ cradle
    return rotation


@given(surfaces, frames(by_patient=True), st.tuples(angles, shifts, shifts))
def test_turning_table_patient_and_beam_together_changes_nothing(
    surface: _core.Surface, event: Settings, turn_deg: tuple[float, float, float]
) -> None:
    """About the isocentre; angles relative to the patient take the beam along."""
    lying = {
        "patient_origin_in_table_mm": (10.0, -150.0, -50.0),
        "support_boxes_mm": [((-225.0, -30.0, -900.0), (225.0, 0.0, 200.0))],
    }
    behind_pad = quality(support=[[("PMMA", 30.0)]])
    origin = table_rotation(*turn_deg) @ event["table_origin_in_isocenter_mm"]
    turned = event | {
        "table_origin_in_isocenter_mm": origin.tolist(),
        "table_horizontal_rotation_deg": turn_deg[0],
        "table_head_tilt_deg": turn_deg[1],
        "table_cradle_tilt_deg": turn_deg[2],
    }
    placed = scene(surface, **lying)  # type: ignore[arg-type]
    maps = [
        placed.reference_dose_gy(placed.frames([settings]), [behind_pad])
        for settings in (event, turned)
    ]
    assert_same(maps[1], maps[0])


@given(surfaces, frames(), st.tuples(shifts, shifts, shifts), st.booleans())
def test_mirror_image_gives_the_mirrored_map(
    surface: _core.Surface,
    event: Settings,
    tilts_deg: tuple[float, float, float],
    by_patient: bool,  # noqa: FBT001
) -> None:
    """Everything seen in a mirror that swaps left and right."""
    u_min, u_max, v_min, v_max = event["field_at_1m_mm"]
    x_mm, y_mm, z_mm = event["table_origin_in_isocenter_mm"]
    swing, tilt, cradle = tilts_deg
    event = event | {
        "angles_relative_to_patient": by_patient,
        "table_horizontal_rotation_deg": swing,
        "table_head_tilt_deg": tilt,
        "table_cradle_tilt_deg": cradle,
    }
    mirrored = event | {
        "primary_angle_deg": -event["primary_angle_deg"],
        "detector_rotation_deg": -event["detector_rotation_deg"],
        "field_at_1m_mm": [-u_max, -u_min, v_min, v_max],
        "table_origin_in_isocenter_mm": [-x_mm, y_mm, z_mm],
        "table_horizontal_rotation_deg": -swing,
        "table_cradle_tilt_deg": -cradle,
    }
    mirror = _core.Surface.mesh(surface.vertices_mm * [-1.0, 1.0, 1.0], surface.triangles[:, ::-1])
    assert_same(dose_gy(mirror, [mirrored]), dose_gy(surface, [event]))


@given(surfaces, frames(by_patient=True))
def test_posture_does_not_matter_to_a_beam_that_moves_with_the_patient(
    surface: _core.Surface, event: Settings
) -> None:
    isocenter_in_patient_mm = -np.array(event["table_origin_in_isocenter_mm"])
    maps = []
    for position, on_table in ON_TABLE.items():
        origin = -on_table @ isocenter_in_patient_mm
        placed = event | {"table_origin_in_isocenter_mm": origin.tolist()}
        maps.append(dose_gy(surface, [placed], patient_position=position))
    for other in maps[1:]:
        assert_same(other, maps[0])


@pytest.mark.parametrize(
    ("position", "to_patient_angles"),
    [
        ("HFS", lambda primary, secondary, turn: (primary, secondary, turn)),
        ("HFP", lambda primary, secondary, turn: (primary + 180, secondary, turn)),
        ("FFS", lambda primary, secondary, turn: (-primary, -secondary, turn + 180)),
        ("FFP", lambda primary, secondary, turn: (180 - primary, -secondary, turn + 180)),
    ],
)
@given(surface=surfaces, event=frames())
def test_angles_of_room_and_patient_convert_by_hand(
    surface: _core.Surface, event: Settings, position: str, to_patient_angles: Any
) -> None:
    """On a level table; where the feet lie at the head end, rows and columns turn round."""
    primary, secondary, turn = to_patient_angles(
        event["primary_angle_deg"], event["secondary_angle_deg"], event["detector_rotation_deg"]
    )
    by_patient = event | {
        "angles_relative_to_patient": True,
        "primary_angle_deg": primary,
        "secondary_angle_deg": secondary,
        "detector_rotation_deg": turn,
    }
    maps = [dose_gy(surface, [e], patient_position=position) for e in (event, by_patient)]
    assert_same(maps[1], maps[0])


@given(angles, st.floats(2e4, 1e5), st.floats(2e4, 1e5))
def test_far_away_dose_falls_with_the_square_of_the_distance(
    primary_deg: float, near_mm: float, far_mm: float
) -> None:
    """No support, no backscatter, a field wider than the body."""
    bare = quality(backscatter_factor=1.0)
    placed = scene(TRUNK)
    half_mm = 20.0  # at 1 m: 400 mm at 20 m
    maps = []
    for distance_mm in (near_mm, far_mm):
        event = frame(
            primary_angle_deg=primary_deg,
            source_to_isocenter_mm=distance_mm,
            table_origin_in_isocenter_mm=(0.0, 0.0, 200.0),
            field_at_1m_mm=(-half_mm, half_mm, -half_mm, half_mm),
        )
        maps.append(placed.reference_dose_gy(placed.frames([event]), [bare]))
    lit = (maps[0] > 0) & (maps[1] > 0)
    assert np.count_nonzero(lit) > len(TRUNK) / 4
    # Skin lies within 265 mm of the isocentre, which both distances are measured to.
    tolerance = 1.1 * 2 * 265 * abs(1 / near_mm - 1 / far_mm) + 1e-9
    np.testing.assert_allclose(maps[0][lit] / maps[1][lit], (far_mm / near_mm) ** 2, rtol=tolerance)


@given(surfaces, some_frames)
def test_fast_kernel_gives_the_map_of_the_reference_kernel(
    surface: _core.Surface, events: list[Settings]
) -> None:
    placed = scene(
        surface,
        patient_origin_in_table_mm=(0.0, -150.0, 0.0),
        support_boxes_mm=[((-225.0, -30.0, -900.0), (225.0, 0.0, 200.0))],
    )
    behind_pad = quality(support=[[("PMMA", 30.0)]])
    drawn = placed.frames(events)
    fast = placed.dose_map(drawn, [behind_pad]).dose_gy
    slow = placed.reference_dose_gy(drawn, [behind_pad])
    # Per frame, of the dose free in air at the nearest skin: float32 costs a few 1e-6, and scatter
    # below 1e-4 of the field's kerma is not followed.
    nearest_mm = [
        np.linalg.norm(surface.vertices_mm - source, axis=1).min()
        for source in drawn.source_in_patient_mm
    ]
    assume(min(nearest_mm) > 100)
    strongest_gy = sum(
        event["air_kerma_gy"] * (event["reference_distance_mm"] / distance) ** 2
        for event, distance in zip(events, nearest_mm, strict=True)
    )
    np.testing.assert_allclose(fast, slow, rtol=2e-5, atol=2e-4 * strongest_gy)
