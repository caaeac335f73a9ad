"""Reads procedures and records out of the store."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from dosemap.alerts import known_quantities
from dosemap.errors import DosemapError
from dosemap.history.finding import KEYS_AT_ONCE
from dosemap.history.record import ProcedureRecord
from dosemap.history.rows import document_of, record_of
from dosemap.history.stored import StateDoses, StoredProcedure, in_time_order
from dosemap.history.tables import PATIENT, PROCEDURE, REVISION

_SHOWN = (
    "added",
    "manufacturer",
    "model",
    "procedure_type",
    "software_version",
    "reference_air_kerma_gy",
    "kerma_area_product_gy_m2",
    "fluoroscopy_time_s",
    "peak_skin_dose_gy",
)


def patient_numbers(connection: Connection, patient_id: str, issuer: str | None) -> list[int]:
    """Return the numbers of the patients with an ID; one at most where the issuer is given."""
    query = select(PATIENT.c.id).where(PATIENT.c.patient_id == patient_id)
    if issuer is not None:
        query = query.where(PATIENT.c.issuer == issuer)
    return list(connection.scalars(query.order_by(PATIENT.c.id)).all())


def one_patient(connection: Connection, patient_id: str, issuer: str | None) -> int:
    """Return the number of the patient with an ID.

    Raises
    ------
    DosemapError
        There is none, or there are several, of different issuers.
    """
    found = patient_numbers(connection, patient_id, issuer)
    if not found:
        with_id = patient_numbers(connection, patient_id, None)
        if with_id:
            raise DosemapError(
                "the store has this patient ID, but not with this issuer; dosemap history list"
                " shows the issuers"
            )
        raise DosemapError("the store has no such patient; see dosemap history list")
    if len(found) > 1:
        raise DosemapError(
            f"{len(found)} patients have this ID, of different issuers: name the issuer"
            ' (--issuer; "" is the one without)'
        )
    return found[0]


def procedures_of_same_id(connection: Connection, patient: int) -> int:
    """Return how many procedures count of other patients who have the same ID.

    With another issuer, or with none: they may be the same person.
    """
    own = select(PATIENT.c.patient_id).where(PATIENT.c.id == patient).scalar_subquery()
    found: int | None = connection.scalar(
        select(func.count())
        .select_from(REVISION)
        .join(PATIENT, PATIENT.c.id == REVISION.c.patient)
        .where(REVISION.c.counts, PATIENT.c.patient_id == own, PATIENT.c.id != patient)
    )
    return found or 0


def lower_bounds(connection: Connection, procedures: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return of which quantities of procedures no more than a lower bound is known.

    Parameters
    ----------
    connection
        To read from.
    procedures
        Their numbers; of each the document of the state that counts is read.
    """
    numbers = sorted(procedures)
    found = {}
    for start in range(0, len(numbers), KEYS_AT_ONCE):
        chosen = REVISION.c.procedure.in_(numbers[start : start + KEYS_AT_ONCE])
        query = select(REVISION.c.procedure, REVISION.c.document).where(REVISION.c.counts, chosen)
        for number, packed in connection.execute(query):
            known = known_quantities(document_of(packed)).items()
            found[number] = tuple(name for name, of in known if of.at_least != of.at_most)
    return found


def procedures_of(
    connection: Connection, patient: int | None = None, *, procedure: int | None = None
) -> list[StoredProcedure]:
    """Return the procedures that count, in time order: all, of a patient, or a single one."""
    query = _counting()
    if patient is not None:
        query = query.where(PROCEDURE.c.patient == patient)
    if procedure is not None:
        query = query.where(PROCEDURE.c.id == procedure)
    found = [_stored(row) for row in connection.execute(query)]
    others = _other_states(connection, patient, procedure)
    return in_time_order(
        replace(entry, other_revisions=others.get(entry.procedure, ())) for entry in found
    )


def _other_states(
    connection: Connection, patient: int | None, procedure: int | None
) -> dict[int, tuple[StateDoses, ...]]:
    query = state_doses().where(REVISION.c.counts.is_(False)).order_by(REVISION.c.number)
    if patient is not None:
        query = query.join(PROCEDURE, PROCEDURE.c.id == REVISION.c.procedure).where(
            PROCEDURE.c.patient == patient
        )
    if procedure is not None:
        query = query.where(REVISION.c.procedure == procedure)
    found: dict[int, tuple[StateDoses, ...]] = {}
    for row in connection.execute(query).mappings():
        state = StateDoses(**row)
        found[state.procedure] = (*found.get(state.procedure, ()), state)
    return found


def state_doses() -> Select[Any]:
    """Return the question for the doses of states: all that a :class:`StateDoses` has."""
    return select(
        REVISION.c.procedure,
        REVISION.c.number.label("revision"),
        REVISION.c.added,
        REVISION.c.software_version,
        REVISION.c.peak_skin_dose_gy,
        REVISION.c.reference_air_kerma_gy,
    )


def _counting() -> Select[Any]:
    states = (
        select(REVISION.c.procedure, func.count().label("revisions"))
        .group_by(REVISION.c.procedure)
        .subquery()
    )
    return (
        select(
            PROCEDURE.c.id,
            PROCEDURE.c.study_instance_uid,
            PATIENT.c.patient_id,
            PATIENT.c.issuer,
            REVISION.c.number,
            REVISION.c.started,
            REVISION.c.grid,
            states.c.revisions,
            *(REVISION.c[name] for name in _SHOWN),
        )
        .join(REVISION, and_(REVISION.c.procedure == PROCEDURE.c.id, REVISION.c.counts))
        .join(states, states.c.procedure == PROCEDURE.c.id)
        .outerjoin(PATIENT, PATIENT.c.id == PROCEDURE.c.patient)
    )


def _stored(row: Row[Any]) -> StoredProcedure:
    values = row._mapping
    return StoredProcedure(
        procedure=values["id"],
        revision=values["number"],
        revisions=values["revisions"],
        patient_id=values["patient_id"],
        issuer=values["issuer"] or None,
        study_instance_uid=values["study_instance_uid"],
        started=datetime.fromisoformat(values["started"]) if values["started"] else None,
        has_map=values["grid"] is not None,
        **{name: values[name] for name in _SHOWN},
    )


def counting_records(
    connection: Connection, procedures: Iterable[int]
) -> dict[int, ProcedureRecord]:
    """Return the record that counts of each of some procedures, by their numbers."""
    query = _revisions().where(REVISION.c.counts, REVISION.c.procedure.in_(list(procedures)))
    rows = connection.execute(query).mappings()
    return {row["procedure"]: record_of(row) for row in rows}


def all_records(connection: Connection) -> Iterator[tuple[int, int, str, ProcedureRecord]]:
    """Yield every state: its procedure, its number, when it was added, its record."""
    query = _revisions().order_by(REVISION.c.id).execution_options(yield_per=50)
    for row in connection.execute(query).mappings():
        yield row["procedure"], row["number"], row["added"], record_of(row)


def _revisions() -> Select[Any]:
    return select(REVISION, PATIENT.c.patient_id, PATIENT.c.issuer).outerjoin(
        PATIENT, PATIENT.c.id == REVISION.c.patient
    )


def patients_of_all(connection: Connection) -> list[tuple[int, int | None]]:
    """Return the number of every procedure that is not replaced, and its patient's."""
    rows = connection.execute(
        select(PROCEDURE.c.id, PROCEDURE.c.patient).where(PROCEDURE.c.replaced_by.is_(None))
    ).all()
    return [(row.id, row.patient) for row in rows]
