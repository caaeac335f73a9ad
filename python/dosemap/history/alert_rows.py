"""Reads the alerts of the store, and the levels of which nobody can say."""

from sqlalchemy import Connection, select

from dosemap.history.added import NotEvaluated, RaisedAlert
from dosemap.history.naming import named, named_alerts
from dosemap.history.tables import ALERT, NOT_EVALUATED, PROCEDURE
from dosemap.history.timeline import not_evaluated_entry


def alerts_of(connection: Connection, patient: int | None) -> list[RaisedAlert]:
    """Return every alert that was ever raised, of all or of a patient, the oldest first."""
    query = select(ALERT).order_by(ALERT.c.raised, ALERT.c.id)
    if patient is not None:
        query = query.where(ALERT.c.patient == patient)
    rows = connection.execute(query).mappings().all()
    return list(named_alerts(connection, (dict(row) for row in rows)))


def not_evaluated_of(connection: Connection, patient: int | None) -> list[NotEvaluated]:
    """Return the levels of which nobody can say, of all or of a patient, by procedure."""
    table = NOT_EVALUATED
    query = select(table).order_by(table.c.procedure, table.c.id)
    if patient is not None:
        query = query.join(PROCEDURE, PROCEDURE.c.id == table.c.procedure).where(
            PROCEDURE.c.patient == patient
        )
    rows = connection.execute(query).mappings().all()
    return list(named(connection, (not_evaluated_entry(dict(row)) for row in rows)))
