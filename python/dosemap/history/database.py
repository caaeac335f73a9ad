"""The database under a store: opened, made private, brought up to date, and locked for writing."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, cast

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    Engine,
    String,
    create_engine,
    event,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import column

from dosemap.errors import DosemapError
from dosemap.history.tables import METADATA, PATIENT, SETTING

_WAIT_S = 60
"""How long a writer waits for another one."""
_LOCK = 0x646F73656D6170
"""Advisory lock of PostgreSQL for writers of a store: the letters of the program's name."""
_MIGRATIONS = Path(__file__).parent / "migrations"
_PRIVATE = 0o600
_OF_ANOTHER_PROGRAM = "{} is a database of another program; give a new file or an empty database"


class Database:
    """One SQLite file or one PostgreSQL database; migrated to the newest state when opened."""

    def __init__(self, path_or_url: str | PathLike[str]) -> None:
        self.url = _url(path_or_url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        with _told(self.url):
            self.engine = _sqlite_engine(self.url) if self.is_sqlite else create_engine(self.url)
            try:
                self._migrate()
            except BaseException:
                self.close()
                raise

    def __repr__(self) -> str:
        return f"<Database {_name(self.url)}>"

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the store throughout."""
        isolation = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with (
            _told(self.url),
            self.engine.connect().execution_options(**isolation) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection whose writes are all there or none; one writer at a time."""
        with (
            _told(self.url),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            if not self.is_sqlite:
                # Each statement after the lock must see what the writer before has done, whatever
                # isolation the server has by default.
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection

    def vacuum(self) -> None:
        """Overwrite what deleted rows held; of SQLite also what the log holds of them."""
        with _told(self.url):
            if self.is_sqlite:
                self._vacuum_file()
            else:
                tables = ", ".join(METADATA.tables)
                with self.engine.connect() as plain:
                    plain.execution_options(isolation_level="AUTOCOMMIT").execute(
                        text(f"VACUUM FULL {tables}")
                    )

    def _vacuum_file(self) -> None:
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            busy = True
        finally:
            connection.close()
        if busy:
            raise DosemapError(
                "it is removed, but another program uses the store, whose files still hold it:"
                " close that program and open the store once more"
            )

    def _migrate(self) -> None:
        steps = ScriptDirectory(str(_MIGRATIONS))
        newest = steps.get_current_head()
        with self.engine.connect() as connection:
            if _state(connection) == newest:
                return
        with self.writing() as connection:
            # Another process may have done it while this one waited.
            state = _state(connection)
            known = {step.revision for step in steps.walk_revisions()}
            if _is_of_another_program(set(inspect(connection).get_table_names())):
                raise DosemapError(_OF_ANOTHER_PROGRAM.format(_name(self.url)))
            if state is not None and state not in known:
                raise DosemapError(
                    "the store was made by a newer version of dosemap; update dosemap to use it"
                )
            upgrade(connection)


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the tables to a step, by the transaction of a connection.

    Parameters
    ----------
    connection
        Of :meth:`Database.writing`.
    to
        Name of the step; by default the newest.
    """
    steps = ScriptDirectory(str(_MIGRATIONS))
    environment = EnvironmentContext(
        Config(), steps, fn=lambda done, _context: steps._upgrade_revs(to, cast("str", done))
    )
    with environment:
        environment.configure(connection=connection)
        environment.run_migrations()


def _state(connection: Connection) -> str | None:
    """Return the last step that was done; ``None`` in an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    versions = table("alembic_version", column("version_num", String))
    found: str | None = connection.scalar(select(versions.c.version_num))
    return found


def _is_of_another_program(tables: set[str]) -> bool:
    """Return whether tables are there and the first ones of a store are not among them."""
    return bool(tables) and not {"alembic_version", SETTING.name, PATIENT.name} <= tables


def _url(path_or_url: str | PathLike[str]) -> URL:
    where = str(path_or_url)
    if "://" not in where:
        return URL.create("sqlite", database=str(Path(where).absolute()))
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        url = None
    # Half of a password that has an @ would be taken for the host, and told.
    if url is None or "@" in (url.host or ""):
        raise DosemapError(
            "the URL of the store cannot be read: write postgresql://USER@HOST:PORT/DATABASE, a"
            " password with signs such as @ : / as %40 %3A %2F (docs/history.md)"
        ) from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        return URL.create("sqlite", database=str(Path(str(url.database)).absolute()))
    raise DosemapError(
        f"a store is a file, or an URL sqlite:///FILE or postgresql://, not"
        f" {url.get_backend_name()}://"
    )


def _name(url: URL) -> str:
    """Return what to call a store in a message: its options may hold a password."""
    where = f" at {url.host}" if url.host else ""
    return f"{url.database}{where}"


@contextmanager
def _told(url: URL) -> Iterator[None]:
    """Turn errors of the database into one that says what to do, without values of rows."""
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig).splitlines()[0] if error.orig else type(error).__name__
        raise DosemapError(
            f"the store {_name(url)} cannot be used: {reason}; {_advice(reason)}"
        ) from None
    except sqlite3.Error as error:
        raise DosemapError(
            f"the store {_name(url)} cannot be used: {error}; {_advice(str(error))}"
        ) from None
    except ModuleNotFoundError as error:
        raise DosemapError(f'{error.name} is missing: pip install "dosemap[postgres]"') from error
    except SQLAlchemyError as error:
        raise DosemapError(f"the store {_name(url)} failed: {type(error).__name__}") from None


def _advice(reason: str) -> str:
    if "locked" in reason:
        return f"another program has been writing for {_WAIT_S:g} s: try again"
    if "readonly" in reason:
        return "file or folder may not be written: it can be read only"
    if "malformed" in reason:
        return "its file is damaged: take a backup, or import an export into a new store"
    return "check path or URL, permissions and disk"


def _check_before_it_is_changed(path: Path) -> None:
    """Leave a file alone that is no store: opening one changes permissions and the journal."""
    with closing(
        sqlite3.connect(_address_for_reading(path), uri=True, timeout=_WAIT_S)
    ) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if _is_of_another_program(tables):
        raise DosemapError(_OF_ANOTHER_PROGRAM.format(path))


def _sqlite_engine(url: URL) -> Engine:
    path = Path(str(url.database))
    if path.exists():
        _check_before_it_is_changed(path)
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            return _prepared(_engine_for_reading(path), ("query_only=ON",))
    try:
        # SQLite gives the log files beside it the permissions of the file.
        path.touch(mode=_PRIVATE, exist_ok=True)
        if path.stat().st_mode & 0o077:
            path.chmod(_PRIVATE)
    except OSError as error:
        raise DosemapError(
            f"the store {path} cannot be opened: {error.strerror}; check path and permissions"
        ) from None
    engine = create_engine(url, connect_args={"timeout": _WAIT_S})
    return _prepared(
        engine, ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
    )


def _engine_for_reading(path: Path) -> Engine:
    """Return an engine for a store that may be read and not be written."""

    def connected() -> sqlite3.Connection:
        return sqlite3.connect(
            _address_for_reading(path), uri=True, timeout=_WAIT_S, check_same_thread=False
        )

    return create_engine("sqlite://", creator=connected, poolclass=NullPool)


def _address_for_reading(path: Path) -> str:
    """Return the URI; where a log could not be made and there is none, nobody is writing."""
    log = path.with_name(f"{path.name}-wal")
    is_still = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    return f"{path.absolute().as_uri()}?{'immutable=1' if is_still else 'mode=ro'}"


def _prepared(engine: Engine, pragmas: Sequence[str]) -> Engine:
    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401  (of the driver)
        # The driver starts no transactions by itself; _begin does.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
