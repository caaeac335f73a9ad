"""What a placed event shows that its single, still beam does not follow."""

import math

from dosemap.placement.model import BeamPlacement
from dosemap.placement.notes import Notes
from dosemap.procedure import Event

FARTHEST_BEYOND_HEAD_END_MM = 400.0
"""Head holders reach this far beyond the table top; farther out there is no patient."""
HIGHEST_TUBE = 0.5
"""Share of the way from isocentre to focal spot that may lead upwards (0.5: 30 degrees above the
horizontal) before the patient position is doubted."""
_TABLE_MOTIONS = ("longitudinal", "lateral", "height")


def note_oddities(event: Event, placement: BeamPlacement, notes: Notes) -> None:
    """Note motions that are not followed and positions that can hardly be."""
    moved = [
        motion
        for motion in _TABLE_MOTIONS
        if getattr(event, f"table_{motion}_end_position_mm")
        not in (None, getattr(event, f"table_{motion}_position_mm"))
    ]
    if moved:
        notes.log.add(
            "table-moved",
            "the table moved during the event",
            "the dose is put where it started",
            event=event.index,
        )
    if (
        placement.table_horizontal_rotation_deg
        or placement.table_head_tilt_deg
        or placement.table_cradle_tilt_deg
    ):
        notes.log.add(
            "table-turned",
            "the table is turned or tilted, and no report says about which point",
            "the reported position is taken as that of the head end of the turned table; check "
            "where the beam falls",
            event=event.index,
        )
    if event.event_type == "rotational" and placement.primary_end_angle_deg is None:
        notes.log.add(
            "rotation-without-end",
            "a rotational acquisition has no end angle",
            "the dose is put at the start angle, which overstates it there",
            event=event.index,
        )
    if event.private.get("beam_angle_deg"):
        notes.log.add(
            "beam-angle",
            "the stand of the C-arm is turned (beam_angle_deg is not 0)",
            "the turn of the field is not followed",
            event=event.index,
        )
    if tube_below_isocenter(placement) < -HIGHEST_TUBE:
        notes.log.add(
            "tube-above-patient",
            "the tube lies above the patient, which is rare",
            "the entrance is on the wrong side if the patient position is wrong or the angles do "
            "not follow the patient; check both",
            event=event.index,
        )
    if placement.table_origin_in_isocenter_mm[2] < -FARTHEST_BEYOND_HEAD_END_MM:
        notes.log.add(
            "beam-beyond-table",
            "the isocentre lies more than "
            f"{FARTHEST_BEYOND_HEAD_END_MM:g} mm beyond the head end of the table",
            "the beam misses the patient if that is right; check the table's zero in the "
            "equipment profile",
            event=event.index,
        )


def tube_below_isocenter(placement: BeamPlacement) -> float:
    """Return how far below the isocentre the focal spot lies, as a share of their distance.

    For a level table; -1 when the tube is straight above.
    """
    primary = math.radians(placement.primary_angle_deg)
    secondary = math.radians(placement.secondary_angle_deg)
    # Away from the detector (PS3.3 C.8.7.5): along x (left) and y (back, or down in the room).
    left = -math.sin(primary) * math.cos(secondary)
    back = math.cos(primary) * math.cos(secondary)
    if placement.angle_space == "isocenter":
        return back
    lying_on = {"S": back, "P": -back, "DL": left, "DR": -left}
    return lying_on[placement.patient_position[2:]]
