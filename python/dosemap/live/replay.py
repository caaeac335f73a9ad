"""Plays a report or a journal through a session, as a console would have pushed it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike

from dosemap.alerts import Level
from dosemap.body import Body
from dosemap.corrections import Corrections
from dosemap.equipment import Family, Profile, family_for
from dosemap.errors import DosemapError
from dosemap.live.columns import ABSENT, ROW, TIME
from dosemap.live.frame import Frame
from dosemap.live.problems import replayed
from dosemap.live.session import LiveSession
from dosemap.live.update import LiveUpdate
from dosemap.placement import (
    BeamPlacement,
    PlacedProcedure,
    Pose,
    place_on_table,
    place_procedure,
    poses_along,
)
from dosemap.procedure import Event, Procedure, Provenance
from dosemap.scenes import Scenes
from dosemap.surface import Surface

_PAUSE_S = 2.0
"""Between events, whose true pauses nobody wants to sit through."""
FRAMES_PER_SECOND = (0.1, 120.0)
_MOST_FRAMES = 50_000
"""Of one event, half an hour of them: a duration in a wrong unit would be played for hours."""


Step = tuple[float | None, Callable[[], LiveUpdate]]
"""Time of a frame, and what pushes it."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A session, and the frames that are for it, in their order."""

    session: LiveSession
    steps: Iterable[Step]


def replay_report(  # noqa: PLR0913  (all but the first are keywords)
    procedure: Procedure,
    *,
    surface: Surface | Body | None = None,
    equipment: Family | str | PathLike[str] | None = None,
    levels: Sequence[Level] | None = None,
    fps: float = 15.0,
    journal: str | PathLike[str] | None = None,
) -> Replay:
    """Return a replay of a report: the frames of its events, along the way of each beam.

    Frames of an event share its air kerma as poses of the way do in :func:`dosemap.estimate`, whose
    doses the snapshot at the end has; what was assumed for the report a problem of it names. Events
    follow each other after a pause of two seconds.

    Parameters
    ----------
    procedure
        From :func:`dosemap.read_rdsr`.
    surface, equipment
        As of :func:`dosemap.estimate`.
    levels, journal
        As of :class:`LiveSession`.
    fps
        Frames per second of events that state how long they took; others have a frame per pose.

    Raises
    ------
    DosemapError
        No event can be placed; the text is the reason for which there is no map.
    """
    low, high = FRAMES_PER_SECOND
    if not low <= fps <= high:
        raise DosemapError(f"fps is {fps:g}; it must lie between {low:g} and {high:g}")
    family = family_for(procedure.device, equipment)
    profile = family if isinstance(family, Profile) else None
    surface = surface or Body.for_patient(procedure.patient)
    skin = _skin(surface, profile) if profile else None
    placed = place_procedure(
        procedure, family, skin_distance=skin.skin_distance_mm if skin else None
    )
    if placed.reason is not None or profile is None:
        raise DosemapError(placed.reason or "no map: no equipment profile fits")
    _refuse_two_meters(placed, profile)
    first = next(entry for entry in placed.placements if isinstance(entry, BeamPlacement))
    session = LiveSession(
        surface=surface,
        equipment=profile,
        levels=levels,
        journal=journal,
        patient_position=first.patient_position,
        started=procedure.started,
        study_instance_uid=procedure.study_instance_uid,
        pedal_gap_s=_PAUSE_S / 2 if fps > 2 / _PAUSE_S else 1.5 / fps,
    )
    session.note(replayed(placed.assumptions))
    frames = _frames(placed, fps)
    return Replay(
        session=session,
        steps=((frame["time_s"], partial(session.push, **frame)) for frame in frames),
    )


def replay_journal(
    path: str | PathLike[str],
    *,
    surface: Surface | Body | None = None,
    equipment: Profile | str | PathLike[str] | None = None,
    levels: Sequence[Level] | None = None,
) -> Replay:
    """Return a replay of a journal; the file stays as it is.

    Parameters
    ----------
    path
        The journal.
    surface, equipment, levels
        As of :meth:`LiveSession.resume`.
    """
    session, rows = LiveSession.recorded(path, surface=surface, equipment=equipment, levels=levels)
    return Replay(
        session=session,
        steps=((_time_s(row), partial(session.push_row, row)) for row in rows),
    )


def _time_s(row: bytes) -> float | None:
    time_s: float = ROW.unpack(row)[TIME]
    return None if time_s == ABSENT else time_s


def _skin(surface: Surface | Body, profile: Profile) -> Scenes:
    place = place_on_table(profile, head_gap_mm=None, lateral_shift_mm=None)
    return Scenes(surface, place=place, support=profile.support, corrections=Corrections())


def _refuse_two_meters(placed: PlacedProcedure, profile: Profile) -> None:
    """Refuse what a frame cannot say: that its kerma passed no meter and has no factor."""
    of_output = any(
        isinstance(entry, BeamPlacement)
        and entry.provenance["reference_air_kerma_gy"] is Provenance.PROFILE
        for entry in placed.placements
    )
    if of_output and profile.calibration is not None:
        raise DosemapError(
            "the report has air kerma by the tube output of the profile, which also has calibration"
            " factors of the meter: frames cannot tell the two apart; use dosemap estimate"
        )


def _frames(placed: PlacedProcedure, fps: float) -> Iterator[Frame]:
    time_s, number = 0.0, 0
    for event, placement in zip(placed.procedure.events, placed.placements, strict=True):
        if not isinstance(placement, BeamPlacement):
            if event.reference_air_kerma_gy != 0:
                yield _not_placed(event, time_s, number)
                time_s, number = time_s + _PAUSE_S, number + 1
            continue
        for pose, kerma_share in _poses(placement, event, fps):
            yield _frame(event, placement, pose, time_s=time_s, frame_id=number, share=kerma_share)
            time_s, number = time_s + 1 / fps, number + 1
        time_s += max(_PAUSE_S, 3 / fps)


def _poses(placement: BeamPlacement, event: Event, fps: float) -> Iterator[tuple[Pose, float]]:
    """Yield pose and share of the air kerma of every frame of an event."""
    poses = poses_along(placement, event)
    wanted = min((event.irradiation_duration_s or 0.0) * fps, _MOST_FRAMES)
    each = max(1, round(wanted / len(poses)))
    for pose, share in poses:
        for _ in range(each):
            yield pose, share / each


def _frame(  # noqa: PLR0913  (what a frame is made of)
    event: Event,
    placement: BeamPlacement,
    pose: Pose,
    *,
    time_s: float,
    frame_id: int,
    share: float,
) -> Frame:
    kap = event.kerma_area_product_gy_m2
    return Frame(
        time_s=time_s,
        frame_id=frame_id,
        plane=event.acquisition_plane if event.acquisition_plane in ("A", "B") else "single",
        reference_air_kerma_gy=placement.reference_air_kerma_gy * share,
        kerma_area_product_gy_m2=None if kap is None else kap * share,
        kvp=placement.kvp,
        added_filters=placement.added_filters,
        primary_angle_deg=pose.primary_angle_deg,
        secondary_angle_deg=pose.secondary_angle_deg,
        detector_rotation_deg=pose.detector_rotation_deg,
        angle_space=pose.angle_space,
        source_to_isocenter_mm=pose.source_to_isocenter_mm,
        source_to_reference_point_mm=placement.source_to_reference_point_mm,
        table_origin_in_isocenter_mm=pose.table_origin_in_isocenter_mm,
        table_horizontal_rotation_deg=pose.table_horizontal_rotation_deg,
        table_head_tilt_deg=pose.table_head_tilt_deg,
        table_cradle_tilt_deg=pose.table_cradle_tilt_deg,
        field_at_1m_mm=placement.field_at_1m_mm,
        patient_position=placement.patient_position,
    )


def _not_placed(event: Event, time_s: float, frame_id: int) -> Frame:
    """Return a frame for an event that has no beam, so that its air kerma is not lost."""
    return Frame(
        time_s=time_s,
        frame_id=frame_id,
        reference_air_kerma_gy=event.reference_air_kerma_gy,
        kerma_area_product_gy_m2=event.kerma_area_product_gy_m2,
    )
