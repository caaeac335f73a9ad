"""Names procedures by patient, day and file where the store tells something of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from dosemap.history.added import OfProcedure, RaisedAlert
from dosemap.history.finding import KEYS_AT_ONCE, AnyRow
from dosemap.history.pseudonym import HIDDEN_SOURCE
from dosemap.history.rows import source_of
from dosemap.history.tables import ALERT, PATIENT, PROCEDURE, REVISION

_ALERT = tuple(column.name for column in ALERT.c if column.name not in ("id", "patient"))
Told = TypeVar("Told", bound=OfProcedure)


def named(connection: Connection, entries: Iterable[Told]) -> tuple[Told, ...]:
    """Return what is told of procedures with patient, day and file.

    Parameters
    ----------
    connection
        To read from.
    entries
        That know the number of their procedure.
    """
    entries = tuple(entries)
    # The state that counts, else (the procedure was replaced) the last one.
    last = {row.id: row for row in _states(connection, {entry.procedure for entry in entries})}
    names = {
        number: {**_whose(row), "started": row.started, "file": _file(row)}
        for number, row in last.items()
    }
    return tuple(replace(entry, **names[entry.procedure]) for entry in entries)


def named_alerts(
    connection: Connection, rows: Iterable[Mapping[str, Any]]
) -> tuple[RaisedAlert, ...]:
    """Return the alerts of rows with the patient, day and file with which each was raised.

    Parameters
    ----------
    connection
        To read from.
    rows
        Of the table of alerts.
    """
    rows = tuple(rows)
    states, days = {}, {}
    for state in _states(connection, {row["procedure"] for row in rows}):
        states[state.id, state.number] = state
        days[state.id] = state.started
    patients = {patient.id: _whose(patient) for patient in connection.execute(select(PATIENT))}
    alerts = []
    for row in rows:
        raised_with = states.get((row["procedure"], row["revision"]))
        known = {name: row[name] for name in _ALERT}
        alerts.append(
            RaisedAlert(
                **known,
                **patients.get(row["patient"], {}),
                started=raised_with.started if raised_with else days.get(row["procedure"]),
                file=_file(raised_with) if raised_with else None,
            )
        )
    return tuple(alerts)


def _states(connection: Connection, procedures: set[int]) -> Iterator[AnyRow]:
    """Yield the states of procedures, of each the one that counts, or the last one, last."""
    numbers = sorted(procedures)
    for start in range(0, len(numbers), KEYS_AT_ONCE):
        yield from connection.execute(
            select(
                PROCEDURE.c.id,
                PATIENT.c.patient_id,
                PATIENT.c.issuer,
                REVISION.c.number,
                REVISION.c.started,
                REVISION.c.document,
            )
            .join(REVISION, REVISION.c.procedure == PROCEDURE.c.id)
            .outerjoin(PATIENT, PATIENT.c.id == PROCEDURE.c.patient)
            .where(PROCEDURE.c.id.in_(numbers[start : start + KEYS_AT_ONCE]))
            .order_by(REVISION.c.counts, REVISION.c.number)
        )


def _whose(row: AnyRow) -> dict[str, Any]:
    return {"patient_id": row.patient_id, "issuer": row.issuer or None}


def _file(state: AnyRow) -> str | None:
    file = source_of(state.document)
    return None if file == HIDDEN_SOURCE else file
