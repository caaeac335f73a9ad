"""Frames of a procedure that moves, and a small patient, for tests of live sessions."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dosemap import Body, LiveSession, Surface

BODY = Body(sex="F", height_cm=165, mass_kg=70, spacing_mm=15)
EQUIPMENT = "siemens_artis"


def trunk() -> Surface:
    """Return a trunk of some thousand vertices, made at once."""
    return Surface.elliptic_cylinder(width_mm=380, thickness_mm=220, length_mm=700, spacing_mm=15)


def session(**arguments: Any) -> LiveSession:
    """Return a session on the small body."""
    return LiveSession(**{"surface": BODY, "equipment": EQUIPMENT, **arguments})


def frame(**changes: Any) -> dict[str, Any]:
    """Return one frame through the trunk."""
    return {
        "time_s": 0.0,
        "reference_air_kerma_gy": 1e-4,
        "kerma_area_product_gy_m2": 1e-6,
        "kvp": 80.0,
        "added_filters": [("Cu", 0.1)],
        "primary_angle_deg": 0.0,
        "secondary_angle_deg": 0.0,
        "source_to_isocenter_mm": 785.0,
        "source_to_reference_point_mm": 635.0,
        "table_origin_in_isocenter_mm": (0.0, 150.0, 450.0),
        "field_at_1m_mm": (-80.0, 80.0, -80.0, 80.0),
        "patient_position": "HFS",
        **changes,
    }


def block(count: int, *, first: int = 0, rate_hz: float = 15.0, stand: int = 1) -> dict[str, Any]:
    """Return frames of two planes that move, in presses of ten seconds; arrays by field.

    Parameters
    ----------
    count, first
        Frames, and the number of the first.
    rate_hz
        Of both planes together.
    stand
        Frames of a plane that have the same geometry.
    """
    number = np.arange(first, first + count)
    plane = np.where(number % 3 == 2, "B", "A")
    step = number // (3 * stand) * stand
    press = number // 150
    moved = np.stack([30 * np.sin(step / 40), np.full(count, 150.0), 450 + 0.02 * step], axis=1)
    return {
        "time_s": number / rate_hz + 4.0 * press,
        "frame_id": number,
        "plane": plane.tolist(),
        "reference_air_kerma_gy": 1e-4 * (1 + 0.3 * np.sin(number)),
        "kerma_area_product_gy_m2": np.full(count, 1e-6),
        "kvp": np.where(press % 2, 80.0, 75.0),
        "added_filters": [("Cu", 0.1)],
        "primary_angle_deg": np.where(plane == "A", 30 * np.sin(step / 60), 90.0),
        "secondary_angle_deg": 10 * np.sin(step / 90),
        "source_to_isocenter_mm": 785.0,
        "source_to_reference_point_mm": 635.0,
        "table_origin_in_isocenter_mm": moved,
        "field_at_1m_mm": np.tile([-70.0, 70.0, -80.0, 80.0], (count, 1)),
    }


def single(frames: dict[str, Any], number: int) -> dict[str, Any]:
    """Return one frame of a block."""
    count = len(frames["time_s"])
    return {
        name: value[number] if hasattr(value, "__len__") and len(value) == count else value
        for name, value in frames.items()
    }


def part(frames: dict[str, Any], first: int, last: int) -> dict[str, Any]:
    """Return some frames of a block."""
    count = len(frames["time_s"])
    return {
        name: value[first:last] if hasattr(value, "__len__") and len(value) == count else value
        for name, value in frames.items()
    }


def dose(live: LiveSession) -> NDArray[np.float64]:
    """Return the map so far."""
    return live.skin_dose_gy()
