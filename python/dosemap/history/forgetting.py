"""Removes a patient, or a procedure, from the store."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from dosemap.errors import DosemapError
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
    counting = _remove(connection, own)
    others = _named_in_others(connection, patient)
    for table in (ALERT, REVISION):
        connection.execute(delete(table).where(table.c.patient == patient))
    connection.execute(delete(PATIENT).where(PATIENT.c.id == patient))
    return counting, others


def forget_procedure(connection: Connection, procedure: int) -> int | None:
    """Remove one procedure that counts, and its patient where that was the last one.

    Parameters
    ----------
    connection
        In whose transaction.
    procedure
        Its number.

    Returns
    -------
    The patient whose procedures have changed; ``None``: there is none, or none any more.

    Raises
    ------
    DosemapError
        No procedure that counts has this number.
    """
    row = connection.execute(
        select(PROCEDURE.c.patient).where(
            PROCEDURE.c.id == procedure, PROCEDURE.c.replaced_by.is_(None)
        )
    ).first()
    if row is None:
        raise DosemapError(
            f"no procedure that counts has the number {procedure}; see dosemap history show"
        )
    named = set(
        connection.scalars(select(REVISION.c.patient).where(REVISION.c.procedure == procedure))
    )
    _remove(connection, [procedure])
    for patient in named - {None}:
        left = select(PROCEDURE.c.id).where(PROCEDURE.c.patient == patient)
        mentioned = select(REVISION.c.id).where(REVISION.c.patient == patient)
        if connection.scalar(left) is None and connection.scalar(mentioned) is None:
            connection.execute(delete(PATIENT).where(PATIENT.c.id == patient))
    patient = row.patient
    known = connection.scalar(select(PATIENT.c.id).where(PATIENT.c.id == patient))
    return None if known is None else int(known)


def _remove(connection: Connection, procedures: Sequence[int]) -> int:
    """Remove procedures, return how many of them counted.

    Reports that one of them replaced go with it, whomever they named.
    """
    counting = len(
        connection.scalars(
            select(REVISION.c.id).where(REVISION.c.procedure.in_(procedures), REVISION.c.counts)
        ).all()
    )
    replaced = connection.scalars(
        select(PROCEDURE.c.id).where(
            PROCEDURE.c.replaced_by.in_(procedures), PROCEDURE.c.id.not_in(procedures)
        )
    ).all()
    own = [*procedures, *replaced]
    for table in (ALERT, NOT_EVALUATED, EVENT, REVISION):
        connection.execute(delete(table).where(table.c.procedure.in_(own)))
    connection.execute(update(PROCEDURE).where(PROCEDURE.c.id.in_(own)).values(replaced_by=None))
    connection.execute(delete(PROCEDURE).where(PROCEDURE.c.id.in_(own)))
    return counting


def _named_in_others(connection: Connection, patient: int) -> list[int]:
    rows = connection.scalars(
        select(PROCEDURE.c.patient)
        .join(REVISION, REVISION.c.procedure == PROCEDURE.c.id)
        .where(REVISION.c.patient == patient, PROCEDURE.c.patient != patient)
        .distinct()
    ).all()
    return [row for row in rows if row is not None]
