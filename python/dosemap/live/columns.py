"""A frame as a row of numbers: its columns and what each can be.

Words (plane, position, space of the angles, filters) are places in fixed lists, so that a row can
be compared, kept and written as it is. Rows travel as bytes: to the journal and to the core, which
has the same columns (``rust/dosemap/src/live/row.rs``).
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from typing import get_args

from dosemap.equipment import AngleSpace
from dosemap.frames import DISTANCE_MM, FIELD_SIDE_AT_1M_MM
from dosemap.placement.model import LIMITS
from dosemap.placement.turns import TURNS
from dosemap.procedure import PatientPosition

Row = Sequence[float]
"""One number per entry of :data:`COLUMNS`."""

ABSENT = -sys.float_info.max
"""Stands for a value that was not given; NaN is one that was given and is none."""
INVALID = -1.0
"""Place of a word that is not in its list."""

PLANES = ("single", "A", "B")
POSITIONS: tuple[PatientPosition, ...] = get_args(PatientPosition)
ANGLE_SPACES: tuple[AngleSpace, ...] = get_args(AngleSpace)
MOST_FILTER_SETS = 1024
"""Different combinations of added filters that a session tells apart; no system has as many."""

_MOST_KERMA_GY = 10.0
"""Of one frame: a hundred times the strongest ones; beyond, a unit was mixed up."""
_MOST_KAP_GY_M2 = 10.0
_MOST_TIME_S = 1e12
_MOST_ID = 2.0**53
"""Larger whole numbers are not exact as floats."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One number of a frame."""

    field: str
    """Keyword of :meth:`LiveSession.push`."""
    limits: tuple[float, float]
    unit: str = ""
    part: int = 0
    """Place in a field that holds several."""


def _words(field: str, words: tuple[str, ...]) -> Column:
    return Column(field=field, limits=(0, len(words) - 1))


def _overrides(field: str) -> tuple[float, float]:
    return LIMITS[field][0]


def _turn(field: str) -> Column:
    limit_deg = TURNS[field].limit_deg
    return Column(field=field, limits=(-limit_deg, limit_deg), unit="degrees")


COLUMNS: tuple[Column, ...] = (
    Column(field="time_s", limits=(-_MOST_TIME_S, _MOST_TIME_S), unit="s"),
    Column(field="frame_id", limits=(-_MOST_ID, _MOST_ID)),
    Column(field="kerma_area_product_gy_m2", limits=(0, _MOST_KAP_GY_M2), unit="Gy m2"),
    Column(field="reference_air_kerma_gy", limits=(0, _MOST_KERMA_GY), unit="Gy"),
    _words("plane", PLANES),
    _words("patient_position", POSITIONS),
    _words("angle_space", ANGLE_SPACES),
    Column(field="added_filters", limits=(0, MOST_FILTER_SETS - 1)),
    Column(field="kvp", limits=_overrides("kvp"), unit="kV"),
    Column(field="primary_angle_deg", limits=_overrides("primary_angle_deg"), unit="degrees"),
    Column(field="secondary_angle_deg", limits=_overrides("secondary_angle_deg"), unit="degrees"),
    _turn("detector_rotation_deg"),
    _turn("table_horizontal_rotation_deg"),
    _turn("table_head_tilt_deg"),
    _turn("table_cradle_tilt_deg"),
    Column(field="source_to_isocenter_mm", limits=DISTANCE_MM, unit="mm"),
    Column(field="source_to_reference_point_mm", limits=DISTANCE_MM, unit="mm"),
    *(
        Column(
            field="table_origin_in_isocenter_mm",
            limits=_overrides("table_origin_in_isocenter_mm"),
            unit="mm",
            part=part,
        )
        for part in range(3)
    ),
    *(
        Column(
            field="field_at_1m_mm",
            limits=(-FIELD_SIDE_AT_1M_MM[1], FIELD_SIDE_AT_1M_MM[1]),
            unit="mm",
            part=part,
        )
        for part in range(4)
    ),
)
PLACE = {column.field: i - column.part for i, column in enumerate(COLUMNS)}
"""Where each field begins in a row."""
WIDTH = {field: sum(column.field == field for column in COLUMNS) for field in PLACE}

ROW = Struct(f"<{len(COLUMNS)}d")
"""A row as bytes: 64-bit floats, little-endian."""

TIME, PLANE, POSITION, SPACE, FILTERS, KVP = (
    PLACE[field]
    for field in ("time_s", "plane", "patient_position", "angle_space", "added_filters", "kvp")
)
ORIGIN = PLACE["table_origin_in_isocenter_mm"]
FIELD = PLACE["field_at_1m_mm"]
