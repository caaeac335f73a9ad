"""All of a store to a file of JSON lines, and such a file into a store."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from dosemap.errors import DosemapError
from dosemap.files import written_whole
from dosemap.history.adding import write_record
from dosemap.history.reading import all_records, patients_of_all
from dosemap.history.record import ProcedureRecord
from dosemap.history.record_json import record_from_json, record_to_json
from dosemap.history.sources import EXPORT_FORMAT, is_export_file
from dosemap.history.tables import ALERT

_PRIVATE = 0o600
_OF_THIS_STORE = ("id", "procedure")
"""Columns of an alert that say nothing in another store."""


@dataclass(frozen=True, kw_only=True)
class ExportFile:
    """What an export holds."""

    records: list[tuple[str, ProcedureRecord]]
    """With the time when each was added first."""
    alerts: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """With the place, among the records, of a state of its procedure."""


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
            last: dict[int, int] = {}
            for procedure, added, record in all_records(connection):
                _write_line(file, {"added": added, "record": record_to_json(record)})
                last[procedure] = count
                count += 1
            for row in connection.execute(select(ALERT).order_by(ALERT.c.id)).mappings():
                alert = {name: row[name] for name in row if name not in _OF_THIS_STORE}
                _write_line(file, {"of_record": last[row["procedure"]], "alert": alert})
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
                    found.alerts.append((entry["of_record"], entry["alert"]))
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
        for place, alert in export.alerts
        if _restore(connection, written[place].procedure, alert)
    }
    owners = {n: owner for n, owner in patients_of_all(connection) if n in restored}
    return Imported(
        counts=Counter(entry.status for entry in written),
        patients={patient for entry in written for patient in entry.patients}
        | {owner for owner in owners.values() if owner is not None},
        of_nobody={number for entry in written for number in entry.of_nobody}
        | {number for number, owner in owners.items() if owner is None},
    )


def _restore(connection: Connection, procedure: int, alert: Mapping[str, Any]) -> bool:
    """Write an alert as known, where the store does not know it; return whether it did not."""
    known = connection.scalar(
        select(ALERT.c.id).where(
            ALERT.c.procedure == procedure,
            ALERT.c.level_id == alert["level_id"],
            ALERT.c.number == alert["number"],
        )
    )
    if known is None:
        connection.execute(insert(ALERT).values(procedure=procedure, **alert))
    return known is None
