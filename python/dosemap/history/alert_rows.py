"""Reads the alerts of the store."""

from sqlalchemy import Connection, select

from dosemap.history.added import RaisedAlert
from dosemap.history.tables import ALERT, PROCEDURE
from dosemap.history.timeline import alert_of


def alerts_of(connection: Connection, patient: int | None) -> list[RaisedAlert]:
    """Return every alert that was ever raised, of all or of a patient, the oldest first."""
    query = select(ALERT).order_by(ALERT.c.raised, ALERT.c.id)
    if patient is not None:
        query = query.join(PROCEDURE, PROCEDURE.c.id == ALERT.c.procedure).where(
            PROCEDURE.c.patient == patient
        )
    return [alert_of(dict(row)) for row in connection.execute(query).mappings()]
