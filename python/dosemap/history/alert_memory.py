"""Writes the alerts that are raised, and withdraws those that do not hold any more.

An alert is the same while patient, procedure, level and threshold are: each raising is a row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from dosemap.alerts import Crossing, Level, highest_number, threshold
from dosemap.dose_words import gy
from dosemap.history.adding import now
from dosemap.history.held import known_now
from dosemap.history.patient_maps import PatientMaps
from dosemap.history.tables import ALERT, PROCEDURE

Row = Mapping[str, Any]
SAME_ALERT = (
    "procedure",
    "patient",
    "level_id",
    "scope",
    "window_days",
    "quantity",
    "unit",
    "threshold",
)
"""By what an alert is the same. The number of the threshold says nothing once a level changed."""


@dataclass(frozen=True, kw_only=True)
class Now:
    """What counts at present of a patient, or of a procedure of nobody."""

    patient: int | None
    maps: PatientMaps
    revisions: Mapping[int, int]
    """The state that counts of each procedure."""
    levels: Mapping[str, Level]
    are_all: bool
    """There are no other levels."""


def standing(
    connection: Connection, *, patient: int | None = None, procedure: int | None = None
) -> list[Row]:
    """Return the alerts that stand for a patient, or for procedures that are theirs now.

    Parameters
    ----------
    connection
        To read from.
    patient, procedure
        A patient, or a procedure of nobody.
    """
    query = select(ALERT, PROCEDURE.c.patient.label("patient_now"), PROCEDURE.c.replaced_by).join(
        PROCEDURE, PROCEDURE.c.id == ALERT.c.procedure
    )
    of = (
        ALERT.c.procedure == procedure
        if patient is None
        else or_(ALERT.c.patient == patient, PROCEDURE.c.patient == patient)
    )
    rows = connection.execute(
        query.where(of, ALERT.c.withdrawn.is_(None)).order_by(ALERT.c.id)
    ).mappings()
    return [dict(row) for row in rows]


def remember(
    connection: Connection,
    reached: Iterable[tuple[int, Crossing]],
    stood: Sequence[Row],
    present: Now,
) -> tuple[list[Row], list[Row]]:
    """Write what is different; return the rows of the alerts that are raised and withdrawn.

    Parameters
    ----------
    connection
        In whose transaction.
    reached
        The thresholds that are reached, with the number of the procedure.
    stood
        From :func:`standing`.
    present
        By what they are reached.
    """
    holding = [_values(procedure, crossing, present) for procedure, crossing in reached]
    keys = {_key(row) for row in holding}
    withdrawn: list[Row] = []
    for row in stood:
        reason = None if _key(row) in keys else _why_withdrawn(row, present)
        if reason is not None:
            values = {"withdrawn": now(), "withdrawn_reason": reason}
            connection.execute(update(ALERT).where(ALERT.c.id == row["id"]).values(values))
            withdrawn.append({**row, **values})
    known = {_key(row) for row in stood}
    raised: list[Row] = [row for row in holding if _key(row) not in known]
    if raised:
        connection.execute(insert(ALERT), raised)
    return raised, withdrawn


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in SAME_ALERT)


def _why_withdrawn(row: Row, present: Now) -> str | None:
    """Return why an alert that is not reached does not hold; ``None``: nobody says so."""
    if row["replaced_by"] is not None:
        return "the procedure is part of another one now"
    if row["patient_now"] != row["patient"]:
        whose = "a patient's" if row["patient"] is None else "another patient's"
        return f"the procedure is {whose} now"
    level = present.levels.get(row["level_id"])
    if level is None:
        return "the level is not among the levels any more" if present.are_all else None
    if not _has_threshold(level, row):
        return "the level changed: it has no such threshold any more"
    return _why_below(row, level, present)


def _why_below(row: Row, level: Level, present: Now) -> str:
    """Return why a threshold that the level still has is not reached with the procedure."""
    known = known_now(present.maps, level, row["procedure"])
    if known is None:
        return "the level is not, or perhaps not, for procedures of this type"
    if highest_number(replace(level, first=row["threshold"]), value=known.at_least) is not None:
        return "it was reached with an earlier procedure"
    least = gy(known.at_least) if level.unit == "Gy" else f"{known.at_least:.4g} {level.unit}"
    bound = "" if known.at_least == known.at_most else "at least "
    return f"after a change of procedures or levels it is not reached any more: {bound}{least} now"


def _has_threshold(level: Level, row: Row) -> bool:
    of_level = (level.scope, level.window_days, level.quantity, level.unit)
    number = highest_number(level, value=row["threshold"])
    return (
        of_level == tuple(row[name] for name in ("scope", "window_days", "quantity", "unit"))
        and number is not None
        and threshold(level, number=number) == row["threshold"]
    )


def _values(procedure: int, crossing: Crossing, present: Now) -> dict[str, Any]:
    level = crossing.level
    return {
        "procedure": procedure,
        "patient": present.patient,
        "revision": present.revisions[procedure],
        "level_id": level.id,
        "number": crossing.number,
        "level": level.name,
        "scope": level.scope,
        "window_days": level.window_days,
        "quantity": level.quantity,
        "unit": level.unit,
        "threshold": crossing.threshold,
        "value": crossing.value,
        "value_is_lower_bound": crossing.value_is_lower_bound,
        "wording": level.wording,
        "source": level.source,
        "verified": level.verification,
        "raised": now(),
        "withdrawn": None,
        "withdrawn_reason": None,
    }
