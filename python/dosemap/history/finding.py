"""What the store knows already of a record: its patient, its procedure, its states."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select

from dosemap.history.identity import Part, is_the_same_but_coarser, made_of, short_key
from dosemap.history.record import ProcedureRecord
from dosemap.history.rows import document_of, events_of
from dosemap.history.tables import EVENT, PATIENT, PROCEDURE, REVISION

AnyRow = Row[*tuple[Any, ...]]
_STATE = (
    REVISION.c.id,
    REVISION.c.procedure,
    REVISION.c.number,
    REVISION.c.counts,
    REVISION.c.procedure_type,
)
"""What is told of a state that is known."""
KEYS_AT_ONCE = 500
"""SQLite takes a limited number of parameters."""


def counting_states(connection: Connection, procedures: Sequence[int]) -> list[AnyRow]:
    """Return the states that count of some procedures, in the order of these."""
    rows = connection.execute(
        select(
            REVISION.c.procedure,
            PROCEDURE.c.patient,
            REVISION.c.procedure_type,
            REVISION.c.reference_air_kerma_gy,
            REVISION.c.details,
            REVISION.c.document,
        )
        .join(PROCEDURE, PROCEDURE.c.id == REVISION.c.procedure)
        .where(REVISION.c.counts, REVISION.c.procedure.in_(procedures))
    ).all()
    return sorted(rows, key=lambda row: procedures.index(row.procedure))


def patient_of(connection: Connection, record: ProcedureRecord, candidates: set[int]) -> int | None:
    """Return the number of a record's patient, whom it makes known.

    One that names no issuer and is of a procedure that is known is of its patient, where the ID is
    the same: an issuer that is not named is no other issuer.
    """
    patient_id, issuer = record.patient.patient_id, record.patient.issuer or ""
    if patient_id is None:
        return None
    of_id = select(PATIENT.c.id).where(PATIENT.c.patient_id == patient_id)
    found: int | None = connection.scalar(of_id.where(PATIENT.c.issuer == issuer))
    if not issuer:
        procedures = current_of(connection, candidates)
        known = connection.scalars(
            of_id.join(PROCEDURE, PROCEDURE.c.patient == PATIENT.c.id)
            .where(PROCEDURE.c.id.in_(procedures))
            .order_by(PATIENT.c.issuer)
        ).all()
        found = next(iter(known), found)
    if found is not None:
        return found
    return inserted_key(
        connection.execute(insert(PATIENT).values(patient_id=patient_id, issuer=issuer))
    )


def candidates_of(connection: Connection, record: ProcedureRecord) -> set[int]:
    """Return procedures that have, or once had, an event of a record, or are totals of it."""
    keys = sorted({short_key(text) for text in record.event_identities})
    found: set[int] = set()
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = keys[start : start + KEYS_AT_ONCE]
        found.update(
            connection.scalars(select(EVENT.c.procedure).where(EVENT.c.key.in_(some))).all()
        )
    return found | _of_same_system(connection, record)


def _of_same_system(connection: Connection, record: ProcedureRecord) -> set[int]:
    """Return procedures of the same study and system where either has totals only."""
    study, of_record = study_of(record), record.document["procedure"]
    if study is None:
        return set()
    rows = connection.execute(
        select(PROCEDURE.c.id, REVISION.c.details)
        .join(REVISION, and_(REVISION.c.procedure == PROCEDURE.c.id, REVISION.c.counts))
        .where(
            PROCEDURE.c.study_instance_uid == study,
            REVISION.c.manufacturer.is_not_distinct_from(of_record["manufacturer"]),
            REVISION.c.model.is_not_distinct_from(of_record["model"]),
        )
    ).all()
    return {row.id for row in rows if record.is_totals_only or not events_of(row.details)}


def known_state(
    connection: Connection, record: ProcedureRecord, patient: int | None, candidates: set[int]
) -> AnyRow | None:
    """Return the revision that says the same of the same patient.

    A document whose map is not given with it says the same as one with it.
    """
    lacks_map = record.skin_dose is None and record.document["map"]["available"]
    same = (
        REVISION.c.document_digest == record.document_digest
        if lacks_map
        else REVISION.c.digest == record.digest
    )
    return connection.execute(
        select(*_STATE)
        .where(REVISION.c.procedure.in_(candidates), same, *_of_patient(patient))
        .order_by(REVISION.c.counts.desc(), REVISION.c.number.desc())
        .limit(1)
    ).first()


def finer_state(
    connection: Connection, record: ProcedureRecord, patient: int | None, candidates: set[int]
) -> AnyRow | None:
    """Return the revision that counts and says the same with a finer map of the same body."""
    rows = connection.execute(
        select(*_STATE, REVISION.c.document).where(
            REVISION.c.procedure.in_(candidates),
            REVISION.c.counts,
            REVISION.c.skin_dose.is_not(None),
            *_of_patient(patient),
        )
    ).all()
    return next(
        (
            row
            for row in rows
            if is_the_same_but_coarser(record.document, than=document_of(row.document))
        ),
        None,
    )


def _of_patient(patient: int | None) -> list[ColumnElement[bool]]:
    return [] if patient is None else [REVISION.c.patient == patient]


def current_of(connection: Connection, procedures: set[int]) -> set[int]:
    """Return those procedures that count; of those that were replaced, what replaced them."""
    rows = connection.execute(
        select(PROCEDURE.c.id, PROCEDURE.c.replaced_by).where(PROCEDURE.c.id.in_(procedures))
    ).all()
    return {row.id if row.replaced_by is None else row.replaced_by for row in rows}


def part_of(connection: Connection, procedure: int) -> Part:
    """Return the events of the state of a procedure that counts."""
    row = connection.execute(
        select(REVISION.c.details, REVISION.c.document).where(
            REVISION.c.procedure == procedure, REVISION.c.counts
        )
    ).first()
    assert row is not None, "every procedure that is not replaced has a revision that counts"
    made = made_of(document_of(row.document))
    return Part(procedure=procedure, events=events_of(row.details), made=made)


def study_of(record: ProcedureRecord) -> str | None:
    """Return the study of a record."""
    study: str | None = record.document["procedure"]["study_instance_uid"]
    return study


def inserted_key(result: Any) -> int:  # noqa: ANN401  (CursorResult of any table)
    """Return the number of a row that was inserted."""
    keys: Sequence[int] = result.inserted_primary_key
    return int(keys[0])
