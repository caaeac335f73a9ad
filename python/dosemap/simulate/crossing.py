"""Where a beam that is centred on a target enters and leaves the body around it."""

import math
from typing import NamedTuple

from dosemap.simulate.preset import Target


class Crossing(NamedTuple):
    """Lengths of the central ray inside the body, mm."""

    before_mm: float
    """From the entrance to the target."""
    behind_mm: float
    """From the target to the exit, on the detector's side."""

    @property
    def length_mm(self) -> float:
        """From entrance to exit."""
        return self.before_mm + self.behind_mm


def crossing(target: Target, *, primary_angle_deg: float, secondary_angle_deg: float) -> Crossing:
    """Return where the central ray crosses the body, an elliptical cylinder from head to foot.

    Parameters
    ----------
    target
        The point on the central ray, and the part of the body around it.
    primary_angle_deg, secondary_angle_deg
        Positioner angles as DICOM has them: where the detector is.

    Returns
    -------
    Crossing
        Lengths before and behind the target, mm.

    Raises
    ------
    ValueError
        The target lies outside the body.
    """
    primary, secondary = math.radians(primary_angle_deg), math.radians(secondary_angle_deg)
    # Axes: left of the patient and backwards, in units of the half axes of the section.
    half_width_mm, half_depth_mm = target.width_mm / 2, target.depth_mm / 2
    backwards_mm = half_depth_mm - target.from_back_share * target.depth_mm
    x, y = target.left_mm / half_width_mm, backwards_mm / half_depth_mm
    to_detector_x = math.sin(primary) * math.cos(secondary) / half_width_mm
    to_detector_y = -math.cos(primary) * math.cos(secondary) / half_depth_mm
    outside = x * x + y * y - 1
    if outside >= 0:
        raise ValueError(f"the target {target.name} lies outside the body")
    # |(x, y) + t (to_detector)| = 1 has one root on either side of the target.
    a = to_detector_x**2 + to_detector_y**2
    half_b = x * to_detector_x + y * to_detector_y
    root = math.sqrt(half_b**2 - a * outside)
    return Crossing(before_mm=(half_b + root) / a, behind_mm=(root - half_b) / a)
