"""Small fields: none is lost between vertices, and the peak does not hang on the mesh."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dosemap import _core
from kernel_scenes import Settings, frame, quality, scene, two_legs

SKIN_MM = 600.0
"""Focal spot to skin, roughly, in all of this."""

QUALITY = quality()

# The goal of the project: for the integral over the field, and for refining the mesh twofold.
AREA_TOLERANCE = 0.01
MESH_TOLERANCE = 0.02

SPACINGS_MM = (8.0, 5.0, 4.0, 2.5)
PLANES = {
    spacing: _core.Surface.plane(400.0, 400.0, anterior=False, spacing_mm=spacing)
    for spacing in (*SPACINGS_MM, 3.0)
}
TRUNK_SEMI_AXES_MM = (170.0, 110.0)
TRUNKS = {
    spacing: _core.Surface.elliptic_cylinder(TRUNK_SEMI_AXES_MM, 400.0, spacing_mm=spacing)
    for spacing in SPACINGS_MM
}
MESHES = {
    "plane": {spacing: scene(PLANES[spacing]) for spacing in SPACINGS_MM},
    "trunk": {spacing: scene(TRUNKS[spacing]) for spacing in SPACINGS_MM},
}

turns = st.floats(-180, 180)
offsets_mm = st.floats(-20, 20)


def field_at_skin(center_mm: tuple[float, float], sides_mm: tuple[float, float]) -> list[float]:
    """Edges at 1 m of a field that has this centre and these sides at the skin."""
    (u, v), (width, height) = center_mm, sides_mm
    edges = (u - width / 2, u + width / 2, v - height / 2, v + height / 2)
    return [1000.0 / SKIN_MM * edge for edge in edges]


# The integral


@given(
    st.floats(10, 200),
    st.floats(10, 200),
    st.tuples(offsets_mm, offsets_mm),
    turns,
    st.sampled_from([3.0, 5.0, 8.0]),
)
def test_kerma_on_a_perpendicular_plane_adds_up_to_kerma_times_field_area(
    width_mm: float,
    height_mm: float,
    center_mm: tuple[float, float],
    turn_deg: float,
    spacing_mm: float,
) -> None:
    """Without the inverse square, so that the kerma is the same all over the field."""
    plane = PLANES[spacing_mm]
    placed = scene(plane, inverse_square=False)
    drawn = placed.frames(
        [
            frame(
                source_to_isocenter_mm=SKIN_MM,
                table_origin_in_isocenter_mm=(0.0, 0.0, 200.0),
                detector_rotation_deg=turn_deg,
                field_at_1m_mm=field_at_skin(center_mm, (width_mm, height_mm)),
            )
        ]
    )
    kerma_gy = placed.vertex_factors(drawn, 0, QUALITY)["incident_air_kerma"]
    integral = np.sum(kerma_gy * plane.areas_mm2)
    assert integral == pytest.approx(width_mm * height_mm, rel=AREA_TOLERANCE)


@given(st.floats(-150, 150), st.floats(-25, 25), turns, st.floats(10, 80), st.floats(10, 80))
def test_energy_through_a_field_arrives_on_curved_skin(
    primary_deg: float, secondary_deg: float, turn_deg: float, width_mm: float, height_mm: float
) -> None:
    """The flux of an inverse-square field through any surface is kerma times solid angle."""
    trunk = TRUNKS[5.0]
    placed = scene(trunk)
    reference_mm = 635.0
    drawn = placed.frames(
        [
            frame(
                primary_angle_deg=primary_deg,
                secondary_angle_deg=secondary_deg,
                detector_rotation_deg=turn_deg,
                source_to_isocenter_mm=785.0,
                table_origin_in_isocenter_mm=(0.0, 0.0, 200.0),
                field_at_1m_mm=field_at_skin((0.0, 0.0), (width_mm, height_mm)),
                reference_distance_mm=reference_mm,
            )
        ]
    )
    factors = placed.vertex_factors(drawn, 0, QUALITY)
    flux = np.nansum(factors["incident_air_kerma"] * factors["cos_incidence"] * trunk.areas_mm2)
    # Solid angle of a rectangular pyramid, not the core's formula: van Oosterom and Strackee on
    # its two triangles (IEEE Trans. Biomed. Eng. 30 (1983) 125).
    u, v = width_mm / SKIN_MM / 2, height_mm / SKIN_MM / 2
    corners = np.array([[-u, -v, 1.0], [u, -v, 1.0], [u, v, 1.0], [-u, v, 1.0]])
    solid_angle = sum(solid_angle_sr(corners[[0, i, i + 1]]) for i in (1, 2))
    assert flux == pytest.approx(reference_mm**2 * solid_angle, rel=AREA_TOLERANCE)


def solid_angle_sr(triangle: NDArray[np.float64]) -> float:
    a, b, c = triangle / np.linalg.norm(triangle, axis=1, keepdims=True)
    return 2.0 * float(np.arctan2(a @ np.cross(b, c), 1.0 + a @ b + b @ c + c @ a))


# The peak


def assert_peak_is_that_of_a_finer_mesh(kind: str, events: list[Settings]) -> None:
    peaks_gy = {}
    for spacing_mm, placed in MESHES[kind].items():
        drawn = placed.frames(events)
        peak = placed.peak(drawn, [QUALITY], placed.dose_map(drawn, [QUALITY]))
        assert peak is not None
        assert sum(peak.frame_dose_gy) == pytest.approx(peak.dose_gy)
        peaks_gy[spacing_mm] = peak.dose_gy
    assert peaks_gy[5.0] == pytest.approx(peaks_gy[2.5], rel=MESH_TOLERANCE)
    assert peaks_gy[8.0] == pytest.approx(peaks_gy[4.0], rel=MESH_TOLERANCE)


@st.composite
def poses(draw: st.DrawFn, kind: str, *, spread_deg: float) -> Settings:
    """A C-arm that sees the plane from behind, or the trunk from any side."""
    half_depth_mm = 0.0 if kind == "plane" else TRUNK_SEMI_AXES_MM[1]
    return frame(
        primary_angle_deg=draw(st.floats(-spread_deg, spread_deg)),
        secondary_angle_deg=draw(st.floats(-25, 25)),
        detector_rotation_deg=draw(turns),
        source_to_isocenter_mm=SKIN_MM + half_depth_mm,
        table_origin_in_isocenter_mm=[draw(offsets_mm), draw(offsets_mm), 200 + draw(offsets_mm)],
    )


@pytest.mark.parametrize("kind", MESHES)
@given(data=st.data(), side_mm=st.floats(10, 60))
def test_refining_the_mesh_does_not_move_the_peak_of_one_field(
    kind: str, data: st.DataObject, side_mm: float
) -> None:
    pose = data.draw(poses(kind, spread_deg=30.0))
    center_mm = data.draw(st.tuples(offsets_mm, offsets_mm))
    event = pose | {"field_at_1m_mm": field_at_skin(center_mm, (side_mm, side_mm))}
    assert_peak_is_that_of_a_finer_mesh(kind, [event])


@pytest.mark.parametrize("kind", MESHES)
@given(data=st.data(), strip_mm=st.floats(1.0, 6.0))
def test_overlap_of_two_fields_in_a_strip_is_found_on_any_mesh(
    kind: str, data: st.DataObject, strip_mm: float
) -> None:
    pose = data.draw(poses(kind, spread_deg=30.0))
    u_mm, v_mm = data.draw(st.tuples(offsets_mm, offsets_mm))
    events = [
        pose | {"field_at_1m_mm": field_at_skin(center_mm, (10.0, 10.0))}
        for center_mm in ((u_mm, v_mm), (u_mm + 10.0 - strip_mm, v_mm))
    ]
    assert_peak_is_that_of_a_finer_mesh(kind, events)


@pytest.mark.parametrize("kind", MESHES)
@pytest.mark.parametrize("seed", range(10))
def test_slivers_where_many_small_fields_overlap_are_found_on_any_mesh(
    kind: str, seed: int
) -> None:
    """Thirty fields of 10 or 20 mm thrown at one place; their overlaps measure tenths of a mm."""
    random = np.random.default_rng(seed)
    side_mm = random.choice([10.0, 20.0])
    half_depth_mm = 0.0 if kind == "plane" else TRUNK_SEMI_AXES_MM[1]
    events = [
        frame(
            primary_angle_deg=random.uniform(-10, 10),
            detector_rotation_deg=random.uniform(-90, 90),
            source_to_isocenter_mm=SKIN_MM + half_depth_mm,
            table_origin_in_isocenter_mm=(0.0, 0.0, 200.0),
            field_at_1m_mm=field_at_skin(
                tuple(random.uniform(-0.25, 0.25, 2) * side_mm), (side_mm, side_mm)
            ),
        )
        for _ in range(30)
    ]
    assert_peak_is_that_of_a_finer_mesh(kind, events)


# Shadows


def test_near_leg_shields_the_far_one() -> None:
    """A lateral beam through two legs: PySkinDose's peak on the far thigh."""
    legs = two_legs(apart_mm=180.0, spacing_mm=6.0)
    event = frame(
        primary_angle_deg=90.0,  # the tube stands at the patient's right
        table_origin_in_isocenter_mm=(0.0, 0.0, 200.0),
        field_at_1m_mm=field_at_skin((0.0, 0.0), (80.0, 80.0)),
    )
    maps = []
    for occlusion in (True, False):
        placed = _core.Scene(
            legs,
            patient_position="HFS",
            patient_origin_in_table_mm=(0.0, 0.0, 0.0),
            support_boxes_mm=[],
            occlusion=occlusion,
        )
        drawn = placed.frames([event])
        maps.append(placed.dose_map(drawn, [QUALITY]).dose_gy)
    shadowed, open_gy = maps
    x_mm, y_mm, z_mm = legs.vertices_mm.T
    in_field = (np.abs(y_mm) < 30.0) & (np.abs(z_mm + 200.0) < 30.0)
    near_outer, far_inner = in_field & (x_mm < -110.0), in_field & (x_mm > 30.0) & (x_mm < 70.0)
    assert np.all(open_gy[far_inner] > 0.4), "without the near leg the beam would get there"
    assert np.all(shadowed[far_inner] == 0.0)
    np.testing.assert_array_equal(shadowed[near_outer], open_gy[near_outer])
    assert np.all(shadowed[near_outer] > 0.9)
