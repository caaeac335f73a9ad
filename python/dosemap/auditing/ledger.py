"""What an audit has done so far: an SQLite file that survives a kill.

One row per file, by its path; it counts as done while size, time and settings stay the same.
"""

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dosemap.auditing.history_changes import AddedFile, State
from dosemap.auditing.row import Row, complete_row
from dosemap.auditing.settings import AuditSettings
from dosemap.auditing.walk import FoundFile, Unreadable
from dosemap.auditing.work import Outcome
from dosemap.errors import DosemapError

_APPLICATION = 0x646F7365
"""Marks the file as ours (``PRAGMA application_id``)."""
_VERSION = 4
_SCHEMA = """
CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,     -- as the operating system has it, which may be no text
    name TEXT NOT NULL,            -- the same for people
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    run INTEGER NOT NULL,          -- the last run that met it
    settings TEXT NOT NULL,        -- digest of what the row depends on
    dose_settings TEXT NOT NULL,   -- digest of what the doses depend on
    stored TEXT,                   -- ID of the history that has it
    added TEXT NOT NULL,           -- JSON: what that history did with it
    told INTEGER NOT NULL,         -- whether a run that ended has told that
    status TEXT NOT NULL,
    reason TEXT,
    message TEXT,
    is_lasting INTEGER NOT NULL,
    doses TEXT NOT NULL,           -- JSON
    row TEXT NOT NULL,             -- JSON
    study TEXT,
    sop TEXT,
    first_event TEXT,
    superseded_by INTEGER          -- another state of the same procedure, which counts
);
CREATE TABLE history_before (      -- as it was before changes that nobody was told of yet
    store TEXT PRIMARY KEY,
    state TEXT NOT NULL            -- JSON
);
CREATE INDEX file_sop ON file (sop) WHERE sop IS NOT NULL;
CREATE INDEX file_study ON file (study) WHERE study IS NOT NULL;
CREATE INDEX file_first_event ON file (first_event) WHERE first_event IS NOT NULL;
"""
_NOTHING = "{}"
DONE_BEFORE = "done_before"
"""In place of what the history did with a result, where an earlier run has told that."""
NOT_ADDED = "not added to the history"
"""Reason in the row of a result that a history should have and has not."""


class Ledger:
    """The files of an audit and what became of them.

    Parameters
    ----------
    path
        The SQLite file; made if it is not there, readable by its owner only.
    settings
        How the reports are estimated.
    store
        ID of the history that reports are added to; a file counts as done only if it is there.

    Raises
    ------
    DosemapError
        The file is no ledger, or another audit is writing it.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, settings: AuditSettings, store: str | None = None
    ) -> None:
        self.path = Path(path)
        self._store = store
        self._digest, self._dose_digest = settings.digest(), settings.digest_of_doses()
        self._database = _opened(self.path)
        self._database.execute("BEGIN IMMEDIATE")
        ((last,),) = self.select("SELECT coalesce(max(run), 0) FROM file")
        self.run: int = last + 1

    def close(self) -> None:
        """Keep everything and close the file."""
        if self._database.in_transaction:  # a full disk has ended it
            self._database.execute("COMMIT")
        # Unlocking removes the journal, which is kept while the file is locked.
        self._database.execute("PRAGMA locking_mode = NORMAL")
        self._database.execute("SELECT count(*) FROM file").fetchone()
        self._database.close()

    def history_before(self, now: State) -> State:
        """Return how the history was before the changes that nobody was told of yet.

        Parameters
        ----------
        now
            How it is; that is kept, where all was told.
        """
        query = "SELECT state FROM history_before WHERE store = ?"
        known = self.one(query, self._store)
        if known is None:
            state = _json(now)
            self.change("INSERT INTO history_before VALUES (?, ?)", self._store, state)
            self.checkpoint()
            return now
        before: State = json.loads(known[0])
        return before

    def all_is_told(self) -> None:
        """Keep that everything was told."""
        self.change("DELETE FROM history_before WHERE store = ?", self._store)
        self.change("UPDATE file SET told = 1 WHERE run = ?", self.run)

    def added_files(self) -> dict[int, AddedFile]:
        """Return the files of this run that the history has, by the number of their procedure."""
        query = (
            "SELECT name, added FROM file WHERE run = ? AND status = 'estimated' AND stored = ?"
            " ORDER BY superseded_by IS NULL, path"  # of several the one that counts is the last
        )
        found: dict[int, AddedFile] = {}
        for name, added in self.select(query, self.run, self._store):
            values = json.loads(added)
            file = AddedFile(name=name, notes=values["history_notes"])
            found[values["history_procedure"]] = file
        return found

    def checkpoint(self) -> None:
        """Make sure that all that was stored so far outlives a kill."""
        self._database.execute("COMMIT")
        self._database.execute("BEGIN IMMEDIATE")

    def is_done(self, found: FoundFile) -> bool:
        """Return whether a file needs nothing more; then it belongs to this run."""
        known = self.one(
            "SELECT id, size, mtime_ns, run, settings, stored, status, is_lasting FROM file"
            " WHERE path = ?",
            os.fsencode(found.path),
        )
        if known is None:
            return False
        number, size, mtime_ns, run, settings, stored, status, is_lasting = known
        if run == self.run:
            return True  # met twice, by way of a link
        is_same = (size, mtime_ns, settings) == (found.size, found.mtime_ns, self._digest)
        in_store = self._store is None or status != "estimated" or stored == self._store
        if not (is_same and in_store and is_lasting):
            return False
        self._database.execute("UPDATE file SET run = ? WHERE id = ?", (self.run, number))
        return True

    def known_doses(self, found: FoundFile) -> Row | None:
        """Return what was computed for a file, if only names and levels have changed since."""
        if self._store is not None:
            return None  # the history needs the map, which is not kept here
        known = self.one(
            "SELECT doses FROM file WHERE path = ? AND size = ? AND mtime_ns = ?"
            " AND dose_settings = ? AND status = 'estimated'",
            os.fsencode(found.path),
            found.size,
            found.mtime_ns,
            self._dose_digest,
        )
        return json.loads(known[0]) if known else None

    def store(
        self,
        found: FoundFile,
        outcome: Outcome,
        *,
        added: Row | None = None,
        not_added: str | None = None,
    ) -> None:
        """Keep what became of a file.

        Parameters
        ----------
        found
            The file.
        outcome
            What a worker made of it.
        added
            What the history did with the result.
        not_added
            Why the history did not take the result; it is tried again.
        """
        doses = outcome.doses
        is_stored = outcome.status == "estimated" and not_added is None
        self._put(
            path=os.fsencode(found.path),
            name=printable(found.path),
            size=found.size,
            mtime_ns=found.mtime_ns,
            stored=self._store if is_stored else None,
            added=_json(added or {}),
            status=outcome.status,
            reason=outcome.reason if not_added is None else NOT_ADDED,
            message=outcome.message if not_added is None else not_added,
            is_lasting=outcome.is_lasting,
            doses=_json(doses),
            row=_json(outcome.row),
            study=doses.get("study_instance_uid"),
            sop=doses.get("sop_instance_uid"),
            first_event=doses.get("first_event"),
        )

    def store_unreadable(self, unreadable: Unreadable) -> None:
        """Keep that a folder could not be looked into, or a file not be looked at."""
        self._put(
            path=os.fsencode(unreadable.path),
            name=printable(unreadable.path),
            size=0,
            mtime_ns=0,
            stored=None,
            added=_NOTHING,
            status="failed",
            reason=unreadable.reason,
            message=unreadable.message,
            is_lasting=False,
            doses=_NOTHING,
            row=_NOTHING,
            study=None,
            sop=None,
            first_event=None,
        )

    def rows(self, *, only_untold: bool = False) -> Iterator[Row]:
        """Yield the rows of this run in the order of their paths, without what is no report.

        Parameters
        ----------
        only_untold
            Say :data:`DONE_BEFORE` where an earlier run has told what the history did.
        """
        query = (
            "SELECT file.*, other.name AS other_name FROM file"
            " LEFT JOIN file AS other ON other.id = file.superseded_by"
            " WHERE file.run = ? AND file.status != 'skipped' ORDER BY file.path"
        )
        for record in self.select(query, self.run):
            in_store = self._store is not None and record["stored"] == self._store
            added = json.loads(record["added"]) if in_store else {}
            if added and only_untold and record["told"]:
                added |= {"history_status": DONE_BEFORE, "history_notes": None}
            yield _row_of(record, added)

    def skipped(self) -> dict[str, int]:
        """Return how many files of this run are no reports, by what they are."""
        query = "SELECT reason, count(*) FROM file WHERE run = ? AND status = 'skipped' GROUP BY 1"
        return dict(map(tuple, self.select(query, self.run)))

    def descriptions(self) -> Counter[str]:
        """Return the texts of reports without a type, and of how many that count each is."""
        query = (
            "SELECT row FROM file WHERE run = ? AND status = 'estimated' AND superseded_by IS NULL"
        )
        found = Counter[str]()
        for (row,) in self.select(query, self.run):
            found.update(json.loads(row)["descriptions"])
        return found

    def select(self, query: str, *values: object) -> Iterator[sqlite3.Row]:
        """Yield the records of a query one by one."""
        yield from self._database.execute(query, values)

    def one(self, query: str, *values: object) -> sqlite3.Row | None:
        """Return the only record of a query."""
        record: sqlite3.Row | None = self._database.execute(query, values).fetchone()
        return record

    def change(self, query: str, *values: object) -> None:
        """Change records."""
        self._database.execute(query, values)

    def _put(self, **values: object) -> None:
        values |= {
            "run": self.run,
            "settings": self._digest,
            "dose_settings": self._dose_digest,
            "superseded_by": None,
            "told": 0,
        }
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        changes = ", ".join(f"{name} = excluded.{name}" for name in values if name != "path")
        self._database.execute(
            f"INSERT INTO file ({names}) VALUES ({marks})"
            f" ON CONFLICT (path) DO UPDATE SET {changes}",
            values,
        )


@contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite, a full disk above all, into one that says what to do.

    Parameters
    ----------
    path
        The ledger.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise DosemapError(
            f"{path}: {error}; see that the disk has room, and give the same command again: what"
            " was done is kept"
        ) from error


def printable(path: str) -> str:
    r"""Return a path that can be written as text, whatever its bytes are.

    Examples
    --------
    >>> printable("a/b.dcm"), printable("caf\udce9.dcm")
    ('a/b.dcm', 'caf\\xe9.dcm')
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _row_of(record: sqlite3.Row, added: Row) -> Row:
    own = {
        "file": record["name"],
        "status": record["status"],
        "reason": record["reason"],
        "message": record["message"],
        "counts": record["status"] == "estimated" and record["superseded_by"] is None,
        "superseded_by": record["other_name"],
    }
    return complete_row((json.loads(record["doses"]), json.loads(record["row"]), added, own))


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _opened(path: Path) -> sqlite3.Connection:
    try:
        # Made private before SQLite opens it: paths and UIDs stand in it.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        database = sqlite3.connect(path, isolation_level=None, timeout=2.0)
        database.row_factory = sqlite3.Row
        # One audit at a time; and no files beside it that a share might lose.
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("BEGIN EXCLUSIVE")
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables == 0:
            for statement in filter(str.strip, _SCHEMA.split(";")):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            database.execute(f"PRAGMA user_version = {_VERSION}")
        elif (application, version) != (_APPLICATION, _VERSION):
            raise DosemapError(
                f"{path} is no ledger of this version of dosemap; delete it, or write to another"
                " --out"
            )
        database.execute("COMMIT")
    except OSError as error:
        raise DosemapError(f"{path} cannot be written: {error.strerror}") from error
    except sqlite3.OperationalError as error:
        raise DosemapError(f"{path}: {error}; does another audit write to it?") from error
    except sqlite3.DatabaseError as error:
        raise DosemapError(f"{path} is no ledger ({error}); write to another --out") from error
    return database
