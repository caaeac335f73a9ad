"""Holds a patient's procedures, in time order, against the levels: each crossing is told once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from dosemap.alerts import Crossing, Level, crossings, known_quantities
from dosemap.history.added import RaisedAlert
from dosemap.history.adding import now
from dosemap.history.patient_maps import PatientMaps
from dosemap.history.reading import counting_records, procedures_of
from dosemap.history.stored import StoredProcedure
from dosemap.history.tables import ALERT, PROCEDURE
from dosemap.history.window import in_window

_PEAK = "peak_skin_dose_gy"
_SCOPES = ("procedure", "window")

Key = tuple[int, str, int]
"""Procedure, id of the level, number of the threshold."""


@dataclass(frozen=True, kw_only=True)
class AlertChanges:
    """What is different after an evaluation."""

    raised: tuple[RaisedAlert, ...] = ()
    withdrawn: tuple[RaisedAlert, ...] = ()

    def __add__(self, other: "AlertChanges") -> "AlertChanges":
        return AlertChanges(
            raised=self.raised + other.raised, withdrawn=self.withdrawn + other.withdrawn
        )


def reevaluate(
    connection: Connection,
    levels: Sequence[Level],
    *,
    patient: int | None = None,
    procedure: int | None = None,
) -> AlertChanges:
    """Hold all procedures of a patient, or one procedure of nobody, against the levels.

    Parameters
    ----------
    connection
        In whose transaction.
    levels
        Those that apply.
    patient, procedure
        One of the two.
    """
    counting = procedures_of(connection, patient, procedure=procedure)
    records = counting_records(connection, [entry.procedure for entry in counting])
    reached = {
        (entry.procedure, crossing.level.id, crossing.number): crossing
        for entry, crossing in _all_crossings(PatientMaps.of(counting, records), levels)
    }
    return _remember(connection, reached, _known(connection, patient, procedure))


def reevaluate_some(
    connection: Connection,
    levels: Sequence[Level],
    *,
    patients: Iterable[int] = (),
    procedures: Iterable[int] = (),
) -> AlertChanges:
    """Do :func:`reevaluate` for several patients and for procedures of nobody."""
    changes = AlertChanges()
    for patient in sorted(patients):
        changes += reevaluate(connection, levels, patient=patient)
    for procedure in sorted(procedures):
        changes += reevaluate(connection, levels, procedure=procedure)
    return changes


def _all_crossings(
    patient: PatientMaps, levels: Sequence[Level]
) -> Iterable[tuple[StoredProcedure, Crossing]]:
    known = {
        number: known_quantities(record.document) for number, record in patient.records.items()
    }

    def value(level: Level, procedures: Sequence[StoredProcedure]) -> float:
        total = sum(known[entry.procedure][level.quantity].at_least for entry in procedures)
        # The peak of the sum is at most the sum of the peaks: most often that says enough.
        if level.quantity != _PEAK or total < level.first:
            return total
        peak = patient.peak(procedures)
        return peak.dose_gy if peak else 0.0

    for place, entry in enumerate(patient.procedures):
        for level in levels:
            if level.scope not in _SCOPES or not _is_for(level, entry):
                continue
            before = _counts_with(level, patient.procedures[: place + 1])
            for crossing in crossings(
                level, before=value(level, before), after=value(level, [*before, entry])
            ):
                yield entry, crossing


def _is_for(level: Level, entry: StoredProcedure) -> bool:
    return not level.procedure_types or entry.procedure_type in level.procedure_types


def _counts_with(level: Level, procedures: Sequence[StoredProcedure]) -> list[StoredProcedure]:
    """Return what counts together with the last of some procedures: its window, or its study."""
    *earlier, last = procedures
    if level.scope == "window":
        window = in_window(procedures, days=level.window_days, end=last.started)
        return [entry for entry in window if entry is not last]
    study = last.study_instance_uid
    return [entry for entry in earlier if study is not None and entry.study_instance_uid == study]


def _known(
    connection: Connection, patient: int | None, procedure: int | None
) -> dict[Key, Mapping[str, Any]]:
    """Return the alerts that were ever raised."""
    of = PROCEDURE.c.patient == patient if patient is not None else PROCEDURE.c.id == procedure
    rows = connection.execute(
        select(ALERT).join(PROCEDURE, PROCEDURE.c.id == ALERT.c.procedure).where(of)
    ).mappings()
    return {(row["procedure"], row["level_id"], row["number"]): dict(row) for row in rows}


def _remember(
    connection: Connection,
    reached: Mapping[Key, Crossing],
    known: Mapping[Key, Mapping[str, Any]],
) -> AlertChanges:
    raised, withdrawn = [], []
    for key, crossing in reached.items():
        row = known.get(key)
        if row is not None and row["withdrawn"] is None:
            continue
        values = _values(key, crossing)
        if row is None:
            connection.execute(insert(ALERT).values(values))
        else:
            connection.execute(update(ALERT).where(ALERT.c.id == row["id"]).values(values))
        raised.append(RaisedAlert(**values))
    for key, row in known.items():
        if key in reached or row["withdrawn"] is not None:
            continue
        values = {
            "withdrawn": now(),
            "withdrawn_reason": "after a change of procedures or levels it is not reached any more",
        }
        connection.execute(update(ALERT).where(ALERT.c.id == row["id"]).values(values))
        withdrawn.append(alert_of({**row, **values}))
    return AlertChanges(raised=tuple(raised), withdrawn=tuple(withdrawn))


def _values(key: Key, crossing: Crossing) -> dict[str, Any]:
    level = crossing.level
    return {
        "procedure": key[0],
        "level_id": level.id,
        "number": crossing.number,
        "level": level.name,
        "scope": level.scope,
        "window_days": level.window_days,
        "quantity": level.quantity,
        "unit": level.unit,
        "threshold": crossing.threshold,
        "value": crossing.value,
        "wording": level.wording,
        "source": level.source,
        "verified": level.verification,
        "raised": now(),
        "withdrawn": None,
        "withdrawn_reason": None,
    }


def alert_of(row: Mapping[str, Any]) -> RaisedAlert:
    """Return the alert of a row."""
    return RaisedAlert(**{name: row[name] for name in RaisedAlert.__dataclass_fields__})
