"""Writes a record: a new procedure, a revision of one, or nothing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, or_, select, update

from dosemap.dose_words import gy
from dosemap.history.added import Status
from dosemap.history.finding import (
    AnyRow,
    candidates_of,
    counting_states,
    current_of,
    finer_state,
    inserted_key,
    known_state,
    part_of,
    patient_of,
    study_of,
)
from dosemap.history.identity import (
    Decision,
    body_spacing_mm,
    decide,
    is_coarser,
    made_of,
    short_key,
)
from dosemap.history.reading import state_doses
from dosemap.history.record import ProcedureRecord
from dosemap.history.rows import document_of, events_of, revision_values
from dosemap.history.stored import StateDoses
from dosemap.history.tables import EVENT, PROCEDURE, REVISION

_ROUNDING = 1e-9
"""Relative: air kermas that differ by less are the same."""

_OLDER = (
    "it has fewer events than what is known of this procedure, or was made earlier: it does not"
    " count"
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was written."""

    status: Status
    procedure: int
    revision: int
    patients: frozenset[int] = frozenset()
    """Whose procedures changed."""
    of_nobody: frozenset[int] = frozenset()
    """Procedures that changed and have no patient."""
    before: tuple[StateDoses, ...] = ()
    """Of a revision: the states in whose place it is."""
    now: StateDoses | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """What is to be written."""

    record: ProcedureRecord
    patient: int | None
    added: str


def now() -> str:
    """Return the time, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_record(
    connection: Connection, record: ProcedureRecord, *, added: str | None = None
) -> Written:
    """Write a record in the transaction of a connection.

    Parameters
    ----------
    connection
        Of :meth:`Database.writing`, so that nobody else writes.
    record
        With pseudonyms where the store has them.
    added
        When; by default now.
    """
    candidates = candidates_of(connection, record)
    patient = patient_of(connection, record, candidates)
    entry = _Entry(record=record, patient=patient, added=added or now())
    known = known_state(connection, record, patient, candidates)
    if known is not None:
        return _known_already(connection, entry, known)
    finer = finer_state(connection, record, patient, candidates)
    if finer is not None:
        return _known_already(connection, entry, finer, notes=[_finer(record, finer)])
    current = sorted(current_of(connection, candidates))
    parts = [part_of(connection, procedure) for procedure in current]
    identities = () if record.is_totals_only else record.event_identities
    decision = decide(identities, parts, made=made_of(record.document))
    if decision.procedure is None:
        return _write_new(connection, entry)
    if decision.relation == "older_state":
        number = _write_revision(connection, decision.procedure, entry, counts=False)
        return Written(
            status="older_state",
            procedure=decision.procedure,
            revision=number,
            notes=(_OLDER,),
        )
    return _write_over(connection, decision, entry)


def _finer(record: ProcedureRecord, finer: AnyRow) -> str:
    kept_mm = body_spacing_mm(document_of(finer.document))
    own_mm = body_spacing_mm(record.document)
    return f"kept the finer map of {kept_mm:g} mm: this one of {own_mm:g} mm is not added"


def _known_already(
    connection: Connection, entry: _Entry, known: AnyRow, *, notes: Sequence[str] = ()
) -> Written:
    """Return what to say of a state that was seen before; it learns its type of procedure."""
    notes = list(notes)
    patient = connection.scalar(
        select(PROCEDURE.c.patient).where(PROCEDURE.c.id == known.procedure)
    )
    if not known.counts:
        notes.append("this state is known and does not count: another one does")
    learns = entry.record.procedure_type not in (None, known.procedure_type)
    if learns:
        connection.execute(
            update(REVISION)
            .where(REVISION.c.id == known.id)
            .values(procedure_type=entry.record.procedure_type)
        )
        notes.append("its type of procedure is new: levels for types were looked at again")
    changes = learns and known.counts
    return Written(
        status="unchanged",
        procedure=known.procedure,
        revision=known.number,
        patients=_some(patient) if changes else frozenset(),
        of_nobody=frozenset({known.procedure}) if changes and patient is None else frozenset(),
        notes=tuple(notes),
    )


def _write_new(connection: Connection, entry: _Entry) -> Written:
    patient = entry.patient
    values = {"patient": patient, "study_instance_uid": study_of(entry.record)}
    procedure = inserted_key(connection.execute(insert(PROCEDURE).values(values)))
    number = _write_revision(connection, procedure, entry, counts=True)
    return Written(
        status="new",
        procedure=procedure,
        revision=number,
        patients=_some(patient),
        of_nobody=frozenset() if patient else frozenset({procedure}),
    )


def _write_over(connection: Connection, decision: Decision, entry: _Entry) -> Written:
    """Let a record take the place of one or several procedures."""
    procedure, record, patient = decision.procedure, entry.record, entry.patient
    assert procedure is not None
    concerned = (procedure, *decision.replaces)
    before = counting_states(connection, concerned)
    doses_before = _doses_that_count(connection, concerned)
    known = [row.patient for row in before if row.patient is not None]
    if patient is None and known:
        patient = known[0]
    if record.procedure_type is None:
        record = replace(record, procedure_type=before[0].procedure_type)
    entry = replace(entry, record=record, patient=patient)
    connection.execute(
        update(REVISION).where(REVISION.c.procedure.in_(concerned)).values(counts=False)
    )
    if decision.replaces:
        # Those that an earlier one had replaced point to the one that counts, too.
        connection.execute(
            update(PROCEDURE)
            .where(
                or_(
                    PROCEDURE.c.id.in_(decision.replaces),
                    PROCEDURE.c.replaced_by.in_(decision.replaces),
                )
            )
            .values(replaced_by=procedure, patient=patient)
        )
    connection.execute(
        update(PROCEDURE)
        .where(PROCEDURE.c.id == procedure)
        .values(patient=patient, study_instance_uid=study_of(record))
    )
    number = _write_revision(connection, procedure, entry, counts=True)
    notes = []
    if any(earlier != patient for earlier in known):
        notes.append("the report names another patient than before: the procedure is now theirs")
    notes += _what_is_less(record, before)
    return Written(
        status="revision",
        procedure=procedure,
        revision=number,
        patients=frozenset(known) | _some(patient),
        of_nobody=frozenset() if patient else frozenset(concerned),
        before=doses_before,
        now=_doses_that_count(connection, (procedure,))[0],
        notes=tuple(notes),
    )


def _doses_that_count(connection: Connection, procedures: Sequence[int]) -> tuple[StateDoses, ...]:
    query = state_doses().where(REVISION.c.counts, REVISION.c.procedure.in_(procedures))
    rows = connection.execute(query.order_by(REVISION.c.procedure)).mappings()
    return tuple(StateDoses(**row) for row in rows)


def _what_is_less(record: ProcedureRecord, before: Sequence[AnyRow]) -> list[str]:
    """Return what counted before and does not count with a record in its place."""
    notes = []
    kept = frozenset[str]().union(*(events_of(row.details) for row in before))
    lost = len(kept - set(record.event_identities))
    if lost:
        what = "1 event" if lost == 1 else f"{lost} events"
        notes.append(f"not in it, and not counted now: {what} of the earlier state")
    documents = [document_of(row.document) for row in before]
    kerma_gy = math.fsum(row.reference_air_kerma_gy or 0.0 for row in before)
    now_gy = record.document["totals"]["reference_air_kerma_gy"] or 0.0
    if now_gy < kerma_gy * (1 - _ROUNDING):
        notes.append(
            f"the air kerma that counts falls from {gy(kerma_gy)} to {gy(now_gy)}: check that"
            " the report is of the whole procedure"
        )
    finer = [known for known in documents if is_coarser(record.document, than=known)]
    if finer:
        notes.append(
            f"its map has points {body_spacing_mm(record.document):g} mm apart, that of the"
            f" earlier state {body_spacing_mm(finer[0]):g} mm"
        )
    return notes


def _write_revision(
    connection: Connection,
    procedure: int,
    entry: _Entry,
    *,
    counts: bool,
) -> int:
    last = connection.scalar(
        select(func.max(REVISION.c.number)).where(REVISION.c.procedure == procedure)
    )
    number = (last or 0) + 1
    connection.execute(
        insert(REVISION).values(
            procedure=procedure,
            patient=entry.patient,
            number=number,
            counts=counts,
            added=entry.added,
            **revision_values(entry.record),
        )
    )
    keys = {short_key(text) for text in entry.record.event_identities}
    there = set(connection.scalars(select(EVENT.c.key).where(EVENT.c.procedure == procedure)).all())
    if keys - there:
        connection.execute(
            insert(EVENT), [{"key": key, "procedure": procedure} for key in sorted(keys - there)]
        )
    return number


def _some(patient: int | None) -> frozenset[int]:
    return frozenset() if patient is None else frozenset({patient})
