"""All of a store to a file of JSON lines, and such a file into a store."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select

from dosemap.errors import DosemapError
from dosemap.files import written_whole
from dosemap.history.adding import Written, write_record
from dosemap.history.alert_memory import SAME_ALERT
from dosemap.history.reading import all_records, patients_of_all
from dosemap.history.record import ProcedureRecord
from dosemap.history.record_json import record_from_json, record_to_json
from dosemap.history.sources import EXPORT_FORMAT, is_export_file
from dosemap.history.tables import ALERT, REVISION

_PRIVATE = 0o600
_OF_THIS_STORE = ("id", "procedure", "patient", "revision")
"""Columns of an alert that say nothing in another store."""


@dataclass(frozen=True, kw_only=True)
class ExportFile:
    """What an export holds."""

    records: list[tuple[str, ProcedureRecord]]
    """With the time when each was added first."""
    alerts: list[tuple[int, bool, dict[str, Any]]] = field(default_factory=list)
    """With the place, among the records, of a state of its procedure, and whether that is the
    state that raised it."""


def write_export(connection: Connection, path: str | PathLike[str]) -> int:
    """Write every state of every procedure and every alert; return how many states.

    Parameters
    ----------
    connection
        To read from.
    path
        File of JSON lines, readable by its owner alone.
    """
    count = 0
    with written_whole(path) as complete:
        complete.touch(mode=_PRIVATE)
        with complete.open("w", encoding="utf-8") as file:
            _write_line(file, {"format": EXPORT_FORMAT})
            places: dict[tuple[int, int | None], int] = {}
            for procedure, revision, added, record in all_records(connection):
                _write_line(file, {"added": added, "record": record_to_json(record)})
                # Of an alert of which nobody wrote the state, the last one says the procedure.
                places[procedure, revision] = places[procedure, None] = count
                count += 1
            for row in connection.execute(select(ALERT).order_by(ALERT.c.id)).mappings():
                state = (row["procedure"], row["revision"])
                state = state if state in places else (row["procedure"], None)
                alert = {name: row[name] for name in row if name not in _OF_THIS_STORE}
                entry = {"of_record": places[state], "is_of_state": state[1] is not None}
                _write_line(file, {**entry, "alert": alert})
    return count


def _write_line(file: Any, entry: Mapping[str, Any]) -> None:  # noqa: ANN401  (a text file)
    file.write(json.dumps(entry, ensure_ascii=False, allow_nan=False) + "\n")


def read_export(path: str | PathLike[str]) -> ExportFile:
    """Read an export.

    Raises
    ------
    DosemapError
        It cannot be read, or is something else.
    """
    found = ExportFile(records=[])
    try:
        is_one = is_export_file(path)
        with Path(path).open(encoding="utf-8") as file:
            # Read as a whole: an export that was cut off must not be taken in part.
            for entry in [json.loads(line) for line in file][1:]:
                if "record" in entry:
                    found.records.append((entry["added"], record_from_json(entry["record"])))
                else:
                    is_of_state = bool(entry.get("is_of_state"))
                    found.alerts.append((entry["of_record"], is_of_state, entry["alert"]))
    except OSError as error:
        raise DosemapError(f"{path} cannot be read: {error.strerror}; check the path") from None
    except DosemapError:
        raise
    except (ValueError, KeyError, TypeError):
        raise DosemapError(
            f"{path} is no whole export; give what dosemap history export wrote"
        ) from None
    if not is_one:
        raise DosemapError(f"{path} is no export; give what dosemap history export wrote")
    return found


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What was written of an export."""

    counts: Counter[str]
    """How many states had which status."""
    patients: set[int]
    """Whose procedures or alerts changed."""
    of_nobody: set[int]
    """Procedures of no patient that changed, or whose alerts did."""


def write_import(connection: Connection, export: ExportFile) -> Imported:
    """Add everything of an export, alerts as they were raised."""
    written = [write_record(connection, record, added=added) for added, record in export.records]
    restored = {
        written[place].procedure
        for place, is_of_state, alert in export.alerts
        if _restore(connection, written[place], alert, is_of_state=is_of_state)
    }
    owners = {n: owner for n, owner in patients_of_all(connection) if n in restored}
    return Imported(
        counts=Counter(entry.status for entry in written),
        patients={patient for entry in written for patient in entry.patients}
        | {owner for owner in owners.values() if owner is not None},
        of_nobody={number for entry in written for number in entry.of_nobody}
        | {number for number, owner in owners.items() if owner is None},
    )


def _restore(
    connection: Connection, state: Written, alert: Mapping[str, Any], *, is_of_state: bool
) -> bool:
    """Write an alert as known, where the store does not know it; return whether it did not."""
    patient = connection.scalar(
        select(REVISION.c.patient).where(
            REVISION.c.procedure == state.procedure, REVISION.c.number == state.revision
        )
    )
    values = {**alert, "procedure": state.procedure, "patient": patient}
    same = (ALERT.c[name].is_not_distinct_from(values[name]) for name in SAME_ALERT)
    is_same_raising = and_(ALERT.c.raised == alert["raised"], ALERT.c.value == alert["value"])
    stands = ALERT.c.withdrawn.is_(None)
    known = connection.scalar(
        select(ALERT.c.id)
        .where(*same, is_same_raising if alert["withdrawn"] else or_(is_same_raising, stands))
        .limit(1)
    )
    if known is None:
        revision = state.revision if is_of_state else None
        connection.execute(insert(ALERT).values(**values, revision=revision))
    return known is None
