"""Names procedures by patient, day and file where the store tells something of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from dosemap.history.added import OfProcedure
from dosemap.history.finding import KEYS_AT_ONCE
from dosemap.history.pseudonym import HIDDEN_SOURCE
from dosemap.history.rows import source_of
from dosemap.history.tables import PATIENT, PROCEDURE, REVISION

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
    numbers = sorted({entry.procedure for entry in entries})
    names: dict[int, dict[str, Any]] = {}
    for start in range(0, len(numbers), KEYS_AT_ONCE):
        names |= _names(connection, numbers[start : start + KEYS_AT_ONCE])
    return tuple(replace(entry, **names[entry.procedure]) for entry in entries)


def _names(connection: Connection, procedures: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = connection.execute(
        select(
            PROCEDURE.c.id,
            PATIENT.c.patient_id,
            PATIENT.c.issuer,
            REVISION.c.started,
            REVISION.c.document,
        )
        .join(REVISION, REVISION.c.procedure == PROCEDURE.c.id)
        .outerjoin(PATIENT, PATIENT.c.id == PROCEDURE.c.patient)
        .where(PROCEDURE.c.id.in_(procedures))
        # The state that counts, else (the procedure was replaced) the last one.
        .order_by(REVISION.c.counts, REVISION.c.number)
    )
    last = {row.id: row for row in rows}
    return {
        number: {
            "patient_id": row.patient_id,
            "issuer": row.issuer or None,
            "started": row.started,
            "file": None if (file := source_of(row.document)) == HIDDEN_SOURCE else file,
        }
        for number, row in last.items()
    }
