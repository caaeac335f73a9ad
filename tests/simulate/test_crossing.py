"""Lengths of the central ray in an elliptical body, against closed forms."""

import math

import pytest

from dosemap.simulate.crossing import Crossing, crossing
from dosemap.simulate.preset import Target


def target(**changes: float) -> Target:
    usual = {"left_mm": 0.0, "from_back_share": 0.5, "depth_mm": 260.0, "width_mm": 370.0}
    return Target(
        name="middle",
        region="abdomen",
        from_vertex_share=0.4,
        water_equivalent=1.0,
        **(usual | changes),
    )


def way(primary: float, secondary: float = 0, **changes: float) -> Crossing:
    return crossing(target(**changes), primary_angle_deg=primary, secondary_angle_deg=secondary)


@pytest.mark.parametrize("primary", [-180, -90, -37, 0, 61, 90, 180])
def test_a_circle_is_its_diameter_across_and_longer_when_tilted(primary: float) -> None:
    assert way(primary, width_mm=260) == pytest.approx((130, 130))
    slanting = 130 / math.cos(math.radians(35))
    assert way(primary, 35, width_mm=260) == pytest.approx((slanting, slanting))


def test_an_ellipse_follows_its_axes() -> None:
    assert way(0) == pytest.approx((130, 130))
    assert way(90) == pytest.approx((185, 185))
    # (x/185)^2 + (y/130)^2 = 1 with x = y: x = 130 * 185 / hypot(130, 185).
    half = 2**0.5 * 130 * 185 / math.hypot(130, 185)
    assert way(45) == pytest.approx((half, half))


def test_a_target_near_the_back_is_reached_soon_from_behind() -> None:
    # Detector in front (0): the beam enters through the back, a quarter of the depth away.
    assert way(0, from_back_share=0.25) == pytest.approx((65, 195))
    assert way(180, from_back_share=0.25) == pytest.approx((195, 65))


def test_a_target_on_the_right_is_reached_soon_from_the_right() -> None:
    # Detector at the patient's left (90): the beam enters through the right side.
    assert way(90, left_mm=-100) == pytest.approx((85, 285))
    assert way(-90, left_mm=-100) == pytest.approx((285, 85))


def test_a_target_beside_the_body_is_refused() -> None:
    with pytest.raises(ValueError, match="middle lies outside"):
        way(0, left_mm=200)
