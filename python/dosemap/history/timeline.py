"""Remembers what came of the levels: each crossing is told once, what is not known stands there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from dosemap.alerts import Level
from dosemap.history.added import NotEvaluated, RaisedAlert
from dosemap.history.alert_memory import Now, remember, standing
from dosemap.history.held import NotKnown, held_against
from dosemap.history.naming import named, named_alerts
from dosemap.history.patient_maps import PatientMaps
from dosemap.history.reading import counting_records, procedures_of
from dosemap.history.tables import NOT_EVALUATED, PROCEDURE

_NOT_EVALUATED = tuple(column.name for column in NOT_EVALUATED.c if column.name != "id")


@dataclass(frozen=True, kw_only=True)
class AlertChanges:
    """What is different after an evaluation."""

    raised: tuple[RaisedAlert, ...] = ()
    withdrawn: tuple[RaisedAlert, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    """Of which nobody can say, changed or not."""

    def __add__(self, other: "AlertChanges") -> "AlertChanges":
        return AlertChanges(
            raised=self.raised + other.raised,
            withdrawn=self.withdrawn + other.withdrawn,
            not_evaluated=self.not_evaluated + other.not_evaluated,
        )


def reevaluate(
    connection: Connection,
    levels: Sequence[Level],
    *,
    patient: int | None = None,
    procedure: int | None = None,
    are_all: bool = False,
) -> AlertChanges:
    """Hold all procedures of a patient, or one procedure of nobody, against the levels.

    Parameters
    ----------
    connection
        In whose transaction.
    levels
        Those that apply.
    patient, procedure
        One of the two.
    are_all
        There are no other levels: what was said of others does not hold any more. Otherwise it
        stands, for a program that knows fewer levels must not withdraw the alerts of another one.
    """
    counting = procedures_of(connection, patient, procedure=procedure)
    records = counting_records(connection, [entry.procedure for entry in counting])
    maps = PatientMaps.of(counting, records)
    held = held_against(maps, levels)
    of = PROCEDURE.c.patient == patient if patient is not None else PROCEDURE.c.id == procedure
    raised, withdrawn = remember(
        connection,
        held.crossings,
        standing(connection, patient=patient, procedure=procedure),
        Now(
            patient=patient,
            maps=maps,
            revisions={entry.procedure: entry.revision for entry in counting},
            levels={level.id: level for level in levels},
            are_all=are_all,
        ),
    )
    ids = None if are_all else {level.id for level in levels}
    not_evaluated = _write_not_known(connection, held.not_known, of, ids)
    return AlertChanges(
        raised=named_alerts(connection, raised),
        withdrawn=named_alerts(connection, withdrawn),
        not_evaluated=named(connection, not_evaluated),
    )


def reevaluate_some(
    connection: Connection,
    levels: Sequence[Level],
    *,
    patients: Iterable[int] = (),
    procedures: Iterable[int] = (),
    are_all: bool = False,
) -> AlertChanges:
    """Do :func:`reevaluate` for several patients and for procedures of nobody."""
    changes = AlertChanges()
    for patient in sorted(patients):
        changes += reevaluate(connection, levels, patient=patient, are_all=are_all)
    for procedure in sorted(procedures):
        changes += reevaluate(connection, levels, procedure=procedure, are_all=are_all)
    return changes


def _write_not_known(
    connection: Connection,
    not_known: Sequence[NotKnown],
    of: ColumnElement[bool],
    ids: set[str] | None,
) -> tuple[NotEvaluated, ...]:
    """Write of which levels nobody can say in place of what was written before."""
    before = delete(NOT_EVALUATED).where(
        NOT_EVALUATED.c.procedure.in_(select(PROCEDURE.c.id).where(of))
    )
    if ids is not None:
        before = before.where(NOT_EVALUATED.c.level_id.in_(ids))
    connection.execute(before)
    entries = tuple(_entry(found) for found in not_known)
    if entries:
        rows = [{name: getattr(entry, name) for name in _NOT_EVALUATED} for entry in entries]
        connection.execute(insert(NOT_EVALUATED), rows)
    return entries


def _entry(found: NotKnown) -> NotEvaluated:
    level = found.level
    return NotEvaluated(
        procedure=found.procedure,
        level_id=level.id,
        level=level.name,
        scope=level.scope,
        window_days=level.window_days,
        quantity=level.quantity,
        unit=level.unit,
        at_least=found.at_least,
        threshold=level.first,
        reason=found.reason,
    )


def not_evaluated_entry(row: Mapping[str, Any]) -> NotEvaluated:
    """Return the entry of a row; :func:`named` says of whom it is."""
    return NotEvaluated(**{name: row[name] for name in _NOT_EVALUATED})
