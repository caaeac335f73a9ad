"""The keywords of a frame."""

from collections.abc import Sequence
from typing import Any, TypedDict

from dosemap.procedure import Filter


class Frame(TypedDict, total=False):
    """One frame, in the package's own spaces and signs (DICOM's); ``None`` is the same as nothing.

    ``docs/console.md`` says of each field whether the map needs it and what stands in for it.
    """

    time_s: float | None
    frame_id: int | None
    plane: str | None
    reference_air_kerma_gy: float | None
    kerma_area_product_gy_m2: float | None
    kvp: float | None
    added_filters: Sequence[Filter | tuple[str, float]] | None
    primary_angle_deg: float | None
    secondary_angle_deg: float | None
    detector_rotation_deg: float | None
    angle_space: str | None
    source_to_isocenter_mm: float | None
    source_to_reference_point_mm: float | None
    table_origin_in_isocenter_mm: Sequence[float] | None
    table_horizontal_rotation_deg: float | None
    table_head_tilt_deg: float | None
    table_cradle_tilt_deg: float | None
    field_at_1m_mm: Sequence[float] | None
    patient_position: str | None


class FrameArrays(TypedDict, total=False):
    """A block of frames: per field an array with an entry per frame, or one value for all."""

    time_s: Any
    frame_id: Any
    plane: Any
    reference_air_kerma_gy: Any
    kerma_area_product_gy_m2: Any
    kvp: Any
    added_filters: Any
    primary_angle_deg: Any
    secondary_angle_deg: Any
    detector_rotation_deg: Any
    angle_space: Any
    source_to_isocenter_mm: Any
    source_to_reference_point_mm: Any
    table_origin_in_isocenter_mm: Any
    table_horizontal_rotation_deg: Any
    table_head_tilt_deg: Any
    table_cradle_tilt_deg: Any
    field_at_1m_mm: Any
    patient_position: Any
