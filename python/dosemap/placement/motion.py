"""Where C-arm and table stand at the end of an event that moves."""

import math

from dosemap.placement.angles import end_angle_deg
from dosemap.placement.pose import ANGLES, Point, Pose
from dosemap.placement.resolver import Resolver
from dosemap.placement.table import ends_are_blank, table_end
from dosemap.procedure import Provenance

LARGEST_SHIFT_MM = 2000.0
"""A bolus is followed from the abdomen to the feet; no table moves farther in one event."""


def end_pose(start: Pose, resolver: Resolver) -> Pose | None:
    """Return the pose at the end of the event; ``None`` where it stands still.

    The report states start and end only; that the movement between them is even is listed as
    assumed.

    Parameters
    ----------
    start
        The pose at the start.
    resolver
        Event, profile and what the caller knows.
    """
    event = resolver.event
    ends = {
        "primary_angle_deg": end_angle_deg(resolver, "primary"),
        "secondary_angle_deg": end_angle_deg(resolver, "secondary"),
        "detector_rotation_deg": event.detector_rotation_end_deg,
        "table_horizontal_rotation_deg": event.table_horizontal_rotation_end_angle_deg,
        "table_head_tilt_deg": event.table_head_tilt_end_angle_deg,
        "table_cradle_tilt_deg": event.table_cradle_tilt_end_angle_deg,
    }
    angles = {
        name: getattr(start, name) if (angle := ends[name]) is None else angle for name in ANGLES
    }
    end = Pose(
        angle_space=start.angle_space,
        source_to_isocenter_mm=start.source_to_isocenter_mm,
        table_origin_in_isocenter_mm=_table_end(start.table_origin_in_isocenter_mm, resolver),
        **angles,
    )
    if end == start:
        return None
    resolver.provenance["end"] = Provenance.REPORTED
    resolver.assume("motion", "even", "the report states where it started and ended only")
    return end


def _table_end(start_mm: Point, resolver: Resolver) -> Point:
    if ends_are_blank(resolver.event, resolver.profile):
        resolver.problem(
            "table-end-implausible",
            "all end positions of the table are 0, those of the start are not",
            "they count as not stated: the dose is put where it started",
        )
        return start_mm
    end_mm = table_end(resolver.event, resolver.profile, start_mm)
    shift_mm = math.dist(start_mm, end_mm)
    if shift_mm > LARGEST_SHIFT_MM:
        resolver.problem(
            "table-end-implausible",
            f"the table would have moved by {shift_mm:.0f} mm",
            "the dose is put where it started, which overstates it there",
        )
        return start_mm
    return end_mm
