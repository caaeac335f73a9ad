"""Reads the alerts of the store, and the levels of which nobody can say."""

from typing import Any

from sqlalchemy import Column, Connection, Select, select

from dosemap.history.added import NotEvaluated, RaisedAlert
from dosemap.history.naming import named
from dosemap.history.tables import ALERT, NOT_EVALUATED, PROCEDURE
from dosemap.history.timeline import alert_of, not_evaluated_entry


def alerts_of(connection: Connection, patient: int | None) -> list[RaisedAlert]:
    """Return every alert that was ever raised, of all or of a patient, the oldest first."""
    query = _of(select(ALERT).order_by(ALERT.c.raised, ALERT.c.id), ALERT.c.procedure, patient)
    rows = connection.execute(query).mappings().all()
    return list(named(connection, (alert_of(dict(row)) for row in rows)))


def not_evaluated_of(connection: Connection, patient: int | None) -> list[NotEvaluated]:
    """Return the levels of which nobody can say, of all or of a patient, by procedure."""
    table = NOT_EVALUATED
    query = _of(select(table).order_by(table.c.procedure, table.c.id), table.c.procedure, patient)
    rows = connection.execute(query).mappings().all()
    return list(named(connection, (not_evaluated_entry(dict(row)) for row in rows)))


def _of(query: Select[Any], procedure: Column[int], patient: int | None) -> Select[Any]:
    if patient is None:
        return query
    return query.join(PROCEDURE, PROCEDURE.c.id == procedure).where(PROCEDURE.c.patient == patient)
