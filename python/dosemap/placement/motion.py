"""Where C-arm and table stand at the end of an event that moves."""

import math
from dataclasses import replace

from dosemap.placement.angles import end_angle_deg
from dosemap.placement.pose import ANGLES, Point, Pose
from dosemap.placement.resolver import Resolver
from dosemap.placement.table import ends_are_blank, table_end
from dosemap.placement.turns import TURNS, end_turn_deg
from dosemap.posture import is_upright
from dosemap.procedure import PatientPosition, Provenance

_CLEARLY = 0.1
"""Share of the distance by which one way has to be lower than that of the report's numbers."""
LARGEST_SHIFT_MM = 2000.0
"""A bolus is followed from the abdomen to the feet; no table moves farther in one event."""


def end_pose(start: Pose, position: PatientPosition, resolver: Resolver) -> Pose | None:
    """Return the pose at the end of the event; ``None`` where it stands still.

    The report states start and end only; that the movement between them is even is listed as
    assumed, and so is the way of a rotation that does not run numerically.

    Parameters
    ----------
    start
        The pose at the start.
    position
        How the patient lies; angles of patient space turn with it.
    resolver
        Event, profile and what the caller knows.
    """
    ends = {
        "primary_angle_deg": end_angle_deg(resolver, "primary"),
        "secondary_angle_deg": end_angle_deg(resolver, "secondary"),
        **{name: end_turn_deg(resolver, name) for name in TURNS},
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
    if resolver.event.event_type == "rotational":
        end = _by_the_tube_below(start, end, position, resolver)
    resolver.provenance["end"] = Provenance.REPORTED
    resolver.assume("motion", "even", "the report states where it started and ended only")
    return end


def _by_the_tube_below(
    start: Pose, end: Pose, position: PatientPosition, resolver: Resolver
) -> Pose:
    """Return the end of a rotation by the way on which the tube stays below the patient.

    From +100 to -100 degrees a C-arm turns through 0 around a supine patient, and through 180
    around a prone one: the other way its tube would pass above, over the patient.
    """
    turn_deg = end.primary_angle_deg - start.primary_angle_deg
    if not turn_deg or is_upright(position):
        return end
    other = replace(end, primary_angle_deg=end.primary_angle_deg - math.copysign(360.0, turn_deg))
    if _height_of_tube(start, other, position) > _height_of_tube(start, end, position) - _CLEARLY:
        return end
    resolver.assume(
        "rotation_way",
        f"{start.primary_angle_deg:zg} to {other.primary_angle_deg:zg} degrees",
        "the report states both ends only; this way the tube stays below the patient",
    )
    return other


def _height_of_tube(start: Pose, end: Pose, position: PatientPosition) -> float:
    """Return how high the focal spot is half way, in units of its distance from the isocentre."""
    _, (_, down, _) = start.on_the_way(end, 0.5).central_ray_on_table(position)
    return down


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
