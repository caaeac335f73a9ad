"""What a placed event shows that its single, still beam does not follow."""

from dosemap.placement.model import BeamPlacement
from dosemap.placement.notes import Notes
from dosemap.placement.pose import Pose
from dosemap.posture import is_upright, side_against_table
from dosemap.procedure import Event, PatientPosition, Provenance

FARTHEST_BEYOND_HEAD_END_MM = 400.0
"""Head holders reach this far beyond the table top; farther out there is no patient."""
HIGHEST_TUBE = 0.5
"""Share of the way from isocentre to focal spot that may lead upwards (0.5: 30 degrees above the
horizontal) before the patient position is doubted."""
STANDING_FROM_TILT_DEG = 45.0
"""No patient stands or sits at a table that is less tilted."""
LYING_TO_TILT_DEG = 75.0
"""No patient lies on a table that is more tilted; between the two either word fits."""


def note_oddities(event: Event, placement: BeamPlacement, notes: Notes) -> None:
    """Note motions that cannot be followed and positions that can hardly be."""
    if any(_is_turned(pose) for pose in (placement, placement.end) if pose):
        notes.log.add(
            "table-turned",
            "the table is turned or tilted, and no report says about which point",
            "the reported position is taken as that of the head end of the turned table; check "
            "where the beam falls",
            event=event.index,
        )
    _note_motion(event, placement, notes)
    if event.private.get("beam_angle_deg"):
        notes.log.add(
            "beam-angle",
            "the stand of the C-arm is turned (beam_angle_deg is not 0)",
            "the turn of the field is not followed",
            event=event.index,
        )
    _note_posture(event, placement, notes)
    below = [
        tube_below_isocenter(pose, placement.patient_position)
        for pose in placement.path_to(placement.end)
    ]
    if any(share is not None and share < -HIGHEST_TUBE for share in below):
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


def _note_motion(event: Event, placement: BeamPlacement, notes: Notes) -> None:
    """Note an event that moves by its type where the report does not tell how."""
    end = placement.end or placement
    turned = (end.primary_angle_deg, end.secondary_angle_deg) != (
        placement.primary_angle_deg,
        placement.secondary_angle_deg,
    )
    shifted = end.table_origin_in_isocenter_mm != placement.table_origin_in_isocenter_mm
    if event.event_type == "rotational" and not turned:
        code, what = "rotation-without-end", "a rotational acquisition has no end angle"
    elif event.event_type == "stepping" and not shifted:
        code, what = "stepping-without-path", "a stepping acquisition states no way of the table"
    else:
        return
    notes.log.add(
        code,
        what,
        "the dose is put where it started, which overstates it there",
        event=event.index,
    )


def _note_posture(event: Event, placement: BeamPlacement, notes: Notes) -> None:
    """Note a posture that cannot be at the table's tilt, where the report states that."""
    position, tilt_deg = placement.patient_position, placement.table_head_tilt_deg
    if placement.provenance.get("table_head_tilt_deg") is Provenance.ASSUMED:
        return
    if is_upright(position) and tilt_deg < STANDING_FROM_TILT_DEG:
        does = "stands or sits"
    elif not is_upright(position) and abs(tilt_deg) > LYING_TO_TILT_DEG:
        does = "lies"
    else:
        return
    notes.log.add(
        "posture-contradicts-tilt",
        f"the patient {does} ({position}), but the table's head tilt is {tilt_deg:g} degrees",
        f"the {side_against_table(position)} is put against the table as it is tilted; state the"
        " patient position that holds",
        event=event.index,
    )


def tube_below_isocenter(pose: Pose, position: PatientPosition) -> float | None:
    """Return how far below the isocentre the focal spot lies, as a share of their distance.

    For a lying patient on a level table; -1 when the tube is straight above. ``None`` upright.
    """
    if is_upright(position):
        return None
    _, (_, down, _) = pose.central_ray_on_table(position)
    return -down


def _is_turned(pose: Pose) -> bool:
    return any(
        (pose.table_horizontal_rotation_deg, pose.table_head_tilt_deg, pose.table_cradle_tilt_deg)
    )
