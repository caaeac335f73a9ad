"""Scenes, frames and beam qualities for tests of the kernel through its bindings."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

import numpy as np

from dosemap import _core

Point = tuple[float, float, float]


class Settings(TypedDict, total=False):
    """The fields of a frame that a test may set."""

    angles_relative_to_patient: bool
    primary_angle_deg: float
    secondary_angle_deg: float
    detector_rotation_deg: float
    source_to_isocenter_mm: float
    table_origin_in_isocenter_mm: Sequence[float]
    table_horizontal_rotation_deg: float
    table_head_tilt_deg: float
    table_cradle_tilt_deg: float
    field_at_1m_mm: Sequence[float]
    air_kerma_gy: float
    reference_distance_mm: float
    forward_scatter_ratio: float
    quality: int


def frame(**settings: Unpack[Settings]) -> Settings:
    """A frame: tube below a level table, 10 cm field at 1 m, 1 Gy at 635 mm, unless told."""
    usual: Settings = {
        "angles_relative_to_patient": False,
        "primary_angle_deg": 0.0,
        "secondary_angle_deg": 0.0,
        "detector_rotation_deg": 0.0,
        "source_to_isocenter_mm": 785.0,
        "table_origin_in_isocenter_mm": (0.0, 150.0, 200.0),
        "table_horizontal_rotation_deg": 0.0,
        "table_head_tilt_deg": 0.0,
        "table_cradle_tilt_deg": 0.0,
        "field_at_1m_mm": (-50.0, 50.0, -50.0, 50.0),
        "air_kerma_gy": 1.0,
        "reference_distance_mm": 635.0,
        "forward_scatter_ratio": 0.0,
        "quality": 0,
    }
    return usual | settings


def scene(
    surface: _core.Surface,
    *,
    patient_position: str = "HFS",
    patient_origin_in_table_mm: Point = (0.0, 0.0, 0.0),
    support_boxes_mm: Sequence[tuple[Point, Point]] = (),
    inverse_square: bool = True,
) -> _core.Scene:
    """A surface, with nothing under it unless told."""
    return _core.Scene(
        surface,
        patient_position=patient_position,
        patient_origin_in_table_mm=patient_origin_in_table_mm,
        support_boxes_mm=support_boxes_mm,
        inverse_square=inverse_square,
    )


def quality(
    *,
    support: Sequence[Sequence[tuple[str, float]]] = (),
    backscatter_factor: float | None = None,
) -> _core.BeamQuality:
    """80 kV behind 2.5 mm Al and 0.2 mm Cu, dose to skin."""
    spectrum = _core.Spectrum(80.0, anode_angle_deg=12.0, filters=[("Al", 2.5), ("Cu", 0.2)])
    return _core.BeamQuality(
        spectrum, support=support, medium="skin", backscatter_factor=backscatter_factor
    )


def two_legs(*, apart_mm: float, spacing_mm: float) -> _core.Surface:
    """Two cylinders of 60 mm radius and 400 mm length whose axes stand this far apart."""
    leg = _core.Surface.elliptic_cylinder((60.0, 60.0), 400.0, spacing_mm=spacing_mm)
    sideways = np.array([apart_mm / 2, 0.0, 0.0])
    vertices = np.concatenate([leg.vertices_mm - sideways, leg.vertices_mm + sideways])
    triangles = np.concatenate([leg.triangles, leg.triangles + np.uint32(len(leg))])
    return _core.Surface.mesh(vertices, triangles)
