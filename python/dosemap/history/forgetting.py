"""Removes a patient from the store."""

from sqlalchemy import Connection, delete, select, update

from dosemap.history.tables import ALERT, EVENT, NOT_EVALUATED, PATIENT, PROCEDURE, REVISION


def forget_patient(connection: Connection, patient: int) -> tuple[int, list[int]]:
    """Remove everything of a patient.

    Parameters
    ----------
    connection
        In whose transaction.
    patient
        Number of the patient.

    Returns
    -------
    How many procedures that count were removed, and other patients whose procedures have changed:
    a revision that named this patient belonged to one of theirs.
    """
    own = list(
        connection.scalars(select(PROCEDURE.c.id).where(PROCEDURE.c.patient == patient)).all()
    )
    counting = len(
        connection.scalars(
            select(REVISION.c.id).where(REVISION.c.procedure.in_(own), REVISION.c.counts)
        ).all()
    )
    # Reports that an own one replaced go with it, whomever they named.
    own += connection.scalars(
        select(PROCEDURE.c.id).where(PROCEDURE.c.replaced_by.in_(own), PROCEDURE.c.id.not_in(own))
    ).all()
    for table in (ALERT, NOT_EVALUATED, EVENT, REVISION):
        connection.execute(delete(table).where(table.c.procedure.in_(own)))
    connection.execute(update(PROCEDURE).where(PROCEDURE.c.id.in_(own)).values(replaced_by=None))
    connection.execute(delete(PROCEDURE).where(PROCEDURE.c.id.in_(own)))
    others = _named_in_others(connection, patient)
    connection.execute(delete(REVISION).where(REVISION.c.patient == patient))
    connection.execute(delete(PATIENT).where(PATIENT.c.id == patient))
    return counting, others


def _named_in_others(connection: Connection, patient: int) -> list[int]:
    rows = connection.scalars(
        select(PROCEDURE.c.patient)
        .join(REVISION, REVISION.c.procedure == PROCEDURE.c.id)
        .where(REVISION.c.patient == patient, PROCEDURE.c.patient != patient)
        .distinct()
    ).all()
    return [row for row in rows if row is not None]
