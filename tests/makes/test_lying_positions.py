"""Where the beam falls on the patient, for every make with a map and every lying position.

Worked out from where the tube is in the room and how the patient lies, not with the package: the
room has X to the left of a head-first supine patient, Y down, Z to the head end of the table, and
the isocentre as origin. Angles follow the patient; table positions keep the signs of a head-first
supine patient, whoever lies on the table (phantom reports of a Siemens Artis, and the standard).
"""

from dataclasses import dataclass
from math import asin, atan2, cos, degrees, radians, sin, tan
from typing import Any, get_args

import numpy as np
import pytest
from make_reports import LENGTH_MM, THICKNESS_MM, WIDTH_MM, box_patient, report_of

from dosemap import DoseResult
from dosemap.placement import PlacementOverrides
from dosemap.procedure import LyingPosition
from dosemap.simulate import CollimatedField, SimulatedEvent
from dosemap.simulate.styles import STYLES, CanonAlphenix, GeInnova
from simulated_reports import bare_estimate, peak_point_mm

Vector = tuple[float, float, float]

LEFT, RIGHT = (1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)
DOWN, UP = (0.0, 1.0, 0.0), (0.0, -1.0, 0.0)
HEAD_END, FEET_END = (0.0, 0.0, 1.0), (0.0, 0.0, -1.0)
# Where the patient's left, back and head point in the room.
LIES: dict[LyingPosition, tuple[Vector, Vector, Vector]] = {
    "HFS": (LEFT, DOWN, HEAD_END),
    "HFP": (RIGHT, UP, HEAD_END),
    "FFS": (RIGHT, DOWN, FEET_END),
    "FFP": (LEFT, UP, FEET_END),
    # On the left side the left points down; head-first the back then points to the room's right.
    "HFDL": (DOWN, RIGHT, HEAD_END),
    "HFDR": (UP, LEFT, HEAD_END),
    "FFDL": (DOWN, LEFT, FEET_END),
    "FFDR": (UP, RIGHT, FEET_END),
}
# What the console reads with the tube straight below the table: degrees, by the definition of the
# angles (detector at the patient's left: +90; behind the patient: 180).
TUBE_BELOW_DEG = {
    **dict.fromkeys(("HFS", "FFS"), 0.0),
    **dict.fromkeys(("HFP", "FFP"), -180.0),
    **dict.fromkeys(("HFDL", "FFDL"), -90.0),
    **dict.fromkeys(("HFDR", "FFDR"), 90.0),
}
TABLE_MM = (40.0, 170.0, 420.0)
"""The table stands 40 mm to the left, its top 170 mm below the isocentre, its head end 420 mm
beyond it."""
PAD_MM = 40.0
SOURCE_TO_ISOCENTER_MM, SOURCE_TO_DETECTOR_MM, FIELD_MM = 785.0, 1050.0, 100.0
TILT_DEG = 20.0


@dataclass(frozen=True)
class Make:
    """How reports of one make are written and what of their geometry has to be stated."""

    style: str
    offset_mm: Vector | None = None
    equipment: str | None = None


def _zeros() -> tuple[Vector, Vector]:
    canon, ge = STYLES["canon_alphenix"], STYLES["ge_innova"]
    assert isinstance(canon, CanonAlphenix)
    assert isinstance(ge, GeInnova)
    return (
        (-canon.longitudinal_zero_mm, 0.0, -canon.lateral_zero_mm),
        (0.0, 0.0, -ge.longitudinal_zero_mm),
    )


CANON_MM, GE_MM = _zeros()
AT_ISOCENTER: Vector = (0.0, 0.0, 0.0)
MAKES = {
    "Siemens Artis": Make("siemens_artis"),
    "Philips Allura": Make("philips_allura"),
    "Canon Alphenix": Make("canon_alphenix", CANON_MM),
    "GE Innova": Make("ge_innova", GE_MM),
    "Siemens pheno": Make("dicom", AT_ISOCENTER, "siemens_artis_pheno"),
    "generic": Make("dicom", AT_ISOCENTER, "generic"),
}


def angles_deg(position: LyingPosition, tube: Vector) -> tuple[float, float]:
    """Return the two angles that follow the patient, for a tube in a direction of the room."""
    left, back, head = (-float(np.dot(tube, axis)) for axis in LIES[position])
    return degrees(atan2(left, -back)), degrees(asin(head))


def in_patient(position: LyingPosition, point: Vector) -> "np.ndarray[Any, Any]":
    """Return a point of the room in the patient's axes, with the middle of the box as origin."""
    left, back, head = (np.array(axis) for axis in LIES[position])
    low_side_mm = (WIDTH_MM if "D" in position else THICKNESS_MM) / 2
    table_x, table_y, table_z = TABLE_MM
    # The box lies centred on the pad, and begins at the head end of the table.
    middle = np.array([table_x, table_y - PAD_MM - low_side_mm, table_z - LENGTH_MM / 2])
    seen = np.array(point) - middle
    return np.array([seen @ left, seen @ back, seen @ head])


def estimate_of(make: Make, position: LyingPosition, tube: Vector) -> DoseResult:
    primary_deg, secondary_deg = angles_deg(position, tube)
    x, y, z = TABLE_MM
    event = SimulatedEvent(
        event_type="stationary",  # Allura states its distance to the detector for these
        patient_position=position,
        primary_angle_deg=primary_deg,
        secondary_angle_deg=secondary_deg,
        table_longitudinal_mm=x,
        table_height_mm=y,
        table_lateral_mm=z,
        source_to_isocenter_mm=SOURCE_TO_ISOCENTER_MM,
        source_to_detector_mm=SOURCE_TO_DETECTOR_MM,
        field=CollimatedField.centred(FIELD_MM, FIELD_MM),
    )
    return bare_estimate(
        report_of(make.style, event),
        surface=box_patient(),
        equipment=make.equipment,
        overrides=PlacementOverrides(table_offset_mm=make.offset_mm),
    )


@pytest.mark.parametrize("position", get_args(LyingPosition))
def test_the_console_reads_what_is_meant_here(position: LyingPosition) -> None:
    primary_deg, secondary_deg = angles_deg(position, DOWN)
    assert (primary_deg, secondary_deg) == (TUBE_BELOW_DEG[position], 0)


@pytest.mark.parametrize("position", get_args(LyingPosition))
@pytest.mark.parametrize("make", MAKES)
def test_a_tube_below_the_table(make: str, position: LyingPosition) -> None:
    result = estimate_of(MAKES[make], position, DOWN)
    entrance = in_patient(position, (0.0, TABLE_MM[1] - PAD_MM, 0.0))
    # The nearest point of the lower side is that on the central ray.
    assert peak_point_mm(result) == pytest.approx(tuple(entrance), abs=1.0)


@pytest.mark.parametrize("position", ["HFS", "HFP", "FFS", "FFP"])
@pytest.mark.parametrize("make", MAKES)
def test_a_tube_below_and_towards_the_head_end_of_the_table(
    make: str, position: LyingPosition
) -> None:
    tilt = radians(TILT_DEG)
    result = estimate_of(MAKES[make], position, (0.0, cos(tilt), sin(tilt)))
    # The tube is nearest to the edge of the field that lies on its side. From there the ray runs
    # up at less than the tilt and away from the head end, to the lower side of the box.
    edge = tilt - atan2(FIELD_MM / 2, SOURCE_TO_DETECTOR_MM)
    low_side_mm = TABLE_MM[1] - PAD_MM
    rises_mm = SOURCE_TO_ISOCENTER_MM * cos(tilt) - low_side_mm
    nearest_mm = SOURCE_TO_ISOCENTER_MM * sin(tilt) - rises_mm * tan(edge)
    entrance = in_patient(position, (0.0, low_side_mm, nearest_mm))
    # The edge is met to half the distance of two vertices; the wrong side would be 160 mm off.
    assert peak_point_mm(result) == pytest.approx(tuple(entrance), abs=9.0)


@pytest.mark.parametrize("tube", [LEFT, RIGHT], ids=["left", "right"])
@pytest.mark.parametrize("position", get_args(LyingPosition))
@pytest.mark.parametrize("make", ["Siemens Artis", "Philips Allura"])
def test_a_tube_beside_the_table(make: str, position: LyingPosition, tube: Vector) -> None:
    result = estimate_of(MAKES[make], position, tube)
    half_mm = (THICKNESS_MM if "D" in position else WIDTH_MM) / 2
    entrance = in_patient(position, (TABLE_MM[0] + tube[0] * half_mm, 0.0, 0.0))
    # The dose is flat there: 3 mm beside the central ray, 600 mm from the tube, it is less by 4e-5,
    # and the search of the peak takes what is within 0.5 %.
    assert peak_point_mm(result) == pytest.approx(tuple(entrance), abs=3.0)


def test_positions_worked_out_with_pencil_and_paper() -> None:
    """The table 40 mm to the left: the beam is right of a supine head-first patient's middle."""
    at_beam_mm = LENGTH_MM / 2 - TABLE_MM[2]  # 420 mm below the crown, or above the soles
    expected = {
        "HFS": (-40, 100, at_beam_mm),
        "HFP": (40, -100, at_beam_mm),
        "FFS": (40, 100, -at_beam_mm),
        "FFP": (-40, -100, -at_beam_mm),
    }
    for position in ("HFS", "HFP", "FFS", "FFP"):
        result = estimate_of(MAKES["Siemens Artis"], position, DOWN)
        assert peak_point_mm(result) == pytest.approx(expected[position], abs=1.0)
