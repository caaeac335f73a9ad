"""Holds a patient's procedures, in time order, against the levels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dosemap.alerts import (
    Crossing,
    Known,
    Level,
    crossings,
    highest_number,
    level_applies,
    may_reach,
)
from dosemap.alerts.evaluate import TYPE_NOT_KNOWN
from dosemap.history.patient_maps import PatientMaps
from dosemap.history.stored import StoredProcedure
from dosemap.history.window import in_window

_SCOPES = ("procedure", "window")


@dataclass(frozen=True, kw_only=True)
class NotKnown:
    """A level of which nobody can say whether it was reached with a procedure."""

    procedure: int
    level: Level
    at_least: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Held:
    """What came of it; what is in neither was certainly not reached."""

    crossings: Sequence[tuple[int, Crossing]]
    """With the number of the procedure."""
    not_known: Sequence[NotKnown]


def held_against(patient: PatientMaps, levels: Iterable[Level]) -> Held:
    """Return which thresholds each procedure passed, and which levels it may have reached.

    A level for types of procedure looks at procedures of these types only.

    Parameters
    ----------
    patient
        All procedures, of one patient.
    levels
        Those that apply; of scope ``procedure`` and ``window`` are looked at.
    """
    passed: list[tuple[int, Crossing]] = []
    not_known = []
    looked_at = [level for level in levels if level.scope in _SCOPES]
    for place, entry in enumerate(patient.procedures):
        for level in looked_at:
            if level_applies(level, entry.procedure_type) is False:
                continue
            crossed, unknown = _held(patient, level, _together(patient, level, place))
            passed += [(entry.procedure, found) for found in crossed]
            not_known += [unknown] if unknown else []
    return Held(crossings=passed, not_known=not_known)


def known_now(patient: PatientMaps, level: Level, procedure: int) -> Known | None:
    """Return what is known of the quantity of a level with one of the procedures.

    Parameters
    ----------
    patient
        All procedures, of one patient.
    level
        One of those that are held against them.
    procedure
        Its number.

    Returns
    -------
    ``None`` where the level is not, or perhaps not, for the type of the procedure.
    """
    numbers = [entry.procedure for entry in patient.procedures]
    together = _together(patient, level, numbers.index(procedure))
    of_type = [entry for entry in together if level_applies(level, entry.procedure_type)]
    if not of_type or of_type[-1].procedure != procedure:
        return None
    return patient.known_together(level.quantity, of_type)


def _held(
    patient: PatientMaps, level: Level, together: Sequence[StoredProcedure]
) -> tuple[Sequence[Crossing], NotKnown | None]:
    """Hold the last of some procedures, with those before it, against a level."""
    *before, entry = together
    # Most often the sum of the peaks says enough, for which no map is needed.
    if not may_reach(level, patient.known_apart(level.quantity, together)):
        return (), None
    all_of_them = patient.known_together(level.quantity, together)
    if not may_reach(level, all_of_them):
        return (), None
    of_type = [other for other in together if level_applies(level, other.procedure_type)]
    is_sure = len(of_type) == len(together)
    sure = all_of_them if is_sure else patient.known_together(level.quantity, of_type)
    if entry in of_type and highest_number(level, value=sure.at_least) is not None:
        earlier = patient.known_together(level.quantity, [o for o in before if o in of_type])
        crossed = crossings(
            level,
            before=earlier.at_least,
            after=sure.at_least,
            is_lower_bound=sure.at_least != sure.at_most,
        )
        return crossed, None
    reason = all_of_them.why if is_sure else TYPE_NOT_KNOWN
    return (), NotKnown(
        procedure=entry.procedure,
        level=level,
        at_least=sure.at_least if entry in of_type else 0.0,
        reason=reason or "not known",
    )


def _together(patient: PatientMaps, level: Level, place: int) -> list[StoredProcedure]:
    """Return what counts together with a procedure, which is the last: its window, or its study."""
    *earlier, last = patient.procedures[: place + 1]
    if level.scope == "window":
        window = in_window([*earlier, last], days=level.window_days, end=last.started)
        counted = [entry for entry in window if entry is not last]
    else:
        study = last.study_instance_uid
        counted = [e for e in earlier if study is not None and e.study_instance_uid == study]
    of_type = [e for e in counted if level_applies(level, e.procedure_type) is not False]
    return [*of_type, last]
