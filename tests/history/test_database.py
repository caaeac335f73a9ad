"""Migrations, export and import, and stores that cannot be used."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from history_records import plain_record, record
from sqlalchemy import Column, MetaData, Table, insert, select

from dosemap import DosemapError, History
from dosemap.history.database import Database, upgrade
from dosemap.history.record_json import record_to_json
from dosemap.history.tables import ALERT, METADATA, NOT_EVALUATED

_LATER = ("id", "patient", "revision", "value_is_lower_bound")
"""Columns of alerts that stores of the first versions did not have, or number by themselves."""


def test_the_migrations_make_the_tables_of_the_code(location: str) -> None:
    database = Database(location)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []
    database.close()


def test_an_older_store_is_brought_up_to_date(location: str) -> None:
    """Made up to the first step, filled, then opened by the program of today."""
    database = Database(location)
    with database.writing() as connection:
        for table in reversed(METADATA.sorted_tables):
            table.drop(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
        upgrade(connection, "0001")
        connection.exec_driver_sql(
            "INSERT INTO patient (patient_id, issuer) VALUES ('ID-4711', '')"
        )
    database.close()
    with History(location) as history:
        assert history.procedures("ID-4711") == []
        assert len(history.add_record(record(peak_gy=4.0)).alerts) > 0
        assert len(history.alerts("ID-4711")) > 0


def test_alerts_of_an_older_store_are_kept(location: str) -> None:
    """Whose they are is certain; with which state they were raised only where there is one."""
    with History(location) as history:
        history.add_record(record(peak_gy=4.0))
        for peak_gy in (4.1, 4.2):
            history.add_record(record("b", study="1.9", patient_id="OTHER", peak_gy=peak_gy))
        alerts = history.alerts()
    database = Database(location)
    with database.writing() as connection:
        rows = [dict(row) for row in connection.execute(select(ALERT)).mappings()]
        for table in (ALERT, NOT_EVALUATED):
            table.drop(connection)
        connection.exec_driver_sql("DELETE FROM setting WHERE name = 'store_id'")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        upgrade(connection, "0003")
        columns = [c for c in ALERT.c if c.name not in _LATER]
        earlier = Table("alert", MetaData(), *(Column(c.name, c.type) for c in columns))
        names = {c.name for c in columns}
        connection.execute(
            insert(earlier), [{n: v for n, v in row.items() if n in names} for row in rows]
        )
    database.close()
    with History(location) as history:
        expected = [
            replace(
                alert if alert.procedure == 1 else replace(alert, revision=None, file=None),
                value_is_lower_bound=None,
            )
            for alert in alerts
        ]
        assert history.alerts() == expected
        assert history.alerts("OTHER")
        assert history.reevaluate() == ((), ())
        assert history.store_id


def test_a_store_of_a_newer_program_is_left_alone(location: str) -> None:
    with History(location) as history:
        history.add_record(plain_record())
    database = Database(location)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(DosemapError, match="newer version of dosemap"):
        History(location)


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE accounts (id INTEGER)")
    with pytest.raises(DosemapError, match="database of another program"):
        History(path)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("missing/folder/doses.db", "cannot be opened: No such file"),
        ("report.dcm", "cannot be used: file is not a database"),
        ("mysql://somewhere/db", "sqlite:///FILE or postgresql://, not mysql"),
        ("postgresql://tester:secret@127.0.0.1:1/db", "cannot be used: connection failed"),
        ("postgresql://127.0.0.1:1/db?user=x&password=secret", "cannot be used: connection failed"),
        ("postgresql://tester:secret@127.0.0.1:port/db", "cannot be read: write postgresql://USER"),
        ("postgresql://tester:p@secret@127.0.0.1:1/db", "a password with signs such as @"),
        ("sqlite://", "not sqlite://"),
    ],
)
def test_what_is_no_store(location: str, words: str, report: Path) -> None:
    where = location if "://" in location else str(report.parent / location)
    with pytest.raises(DosemapError) as raised:
        History(where)
    assert words in str(raised.value)
    assert "secret" not in str(raised.value)


def test_export_and_import(location: str, tmp_path: Path) -> None:
    with History(location) as history:
        history.add_record(record("ab", peak_gy=2.0))
        history.add_record(record("cd", peak_gy=3.5))
        history.add_record(record("abcd", peak_gy=4.0))
        history.add_record(record("a", peak_gy=1.0))
        history.add_record(record(("9",), study="9", patient_id=None))
        assert history.export(tmp_path / "all.jsonl") == 5
        shown = [(e.patient_id, e.revisions, e.peak_skin_dose_gy) for e in history.procedures()]
        added = [entry.added for entry in history.procedures()]
        alerts = history.alerts()
        assert any(alert.withdrawn for alert in alerts)
    with History(tmp_path / "other.db") as other:
        counts, raised = other.import_export(tmp_path / "all.jsonl")
        assert counts == {"new": 3, "revision": 1, "older_state": 1}
        assert raised == ()  # they were raised before, in the other store
        assert [
            (e.patient_id, e.revisions, e.peak_skin_dose_gy) for e in other.procedures()
        ] == shown
        assert [entry.added for entry in other.procedures()] == added
        assert other.alerts() == alerts
        counts, raised = other.import_export(tmp_path / "all.jsonl")
        assert (counts, raised) == ({"unchanged": 5}, ())
        assert other.export(tmp_path / "again.jsonl") == 5
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "all.jsonl").read_bytes()


def test_an_export_becomes_pseudonymised_and_not_back(tmp_path: Path) -> None:
    key = b"a key of sixteen bytes or more"
    with History(tmp_path / "plain.db") as plain:
        plain.add_record(record(peak_gy=4.0))
        plain.export(tmp_path / "plain.jsonl")
        with History(tmp_path / "hidden.db", pseudonymise=True, site_key=key) as hidden:
            hidden.import_export(tmp_path / "plain.jsonl")
            assert len(hidden.procedures("ID-4711")) == 1
            assert len(hidden.alerts("ID-4711")) == len(plain.alerts("ID-4711"))
            hidden.export(tmp_path / "hidden.jsonl")
        assert "ID-4711" not in (tmp_path / "hidden.jsonl").read_text()
        with pytest.raises(DosemapError, match="record has pseudonyms and the store has none"):
            plain.import_export(tmp_path / "hidden.jsonl")
    with (
        History(tmp_path / "third.db", pseudonymise=True, site_key=b"another key of 16 b") as third,
        pytest.raises(DosemapError, match="another site key"),
    ):
        third.import_export(tmp_path / "hidden.jsonl")


def test_an_export_that_was_cut_off_is_not_taken_in_part(tmp_path: Path) -> None:
    with History(tmp_path / "doses.db") as history:
        history.add_record(record("ab"))
        history.add_record(record("cd"))
        history.export(tmp_path / "all.jsonl")
    data = (tmp_path / "all.jsonl").read_bytes()
    (tmp_path / "cut.jsonl").write_bytes(data[:-100])
    with History(tmp_path / "other.db") as other:
        with pytest.raises(DosemapError, match="no whole export"):
            other.import_export(tmp_path / "cut.jsonl")
        assert other.procedures() == []


def test_a_url_of_a_file_is_the_file(tmp_path: Path) -> None:
    with History(f"sqlite:///{tmp_path / 'doses.db'}") as history:
        history.add_record(record())
        assert "doses.db" in repr(history)
    with History(tmp_path / "doses.db") as history:
        assert len(history.procedures()) == 1


@pytest.mark.parametrize("kind", ["no database", "another program", "another user of alembic"])
def test_a_file_that_is_no_store_is_not_changed(kind: str, tmp_path: Path) -> None:
    """Neither its permissions nor its journal: a slip of --db must not hide somebody's file."""
    path = tmp_path / "precious.db"
    if kind == "no database":
        path.write_bytes(b"DICM and so on")
    else:
        table = "accounts" if kind == "another program" else "alembic_version"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"CREATE TABLE {table} (version_num TEXT)")
    path.chmod(0o644)
    before = path.read_bytes()
    with pytest.raises(DosemapError, match=r"another program|not a database"):
        History(path)
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o644
    assert [entry.name for entry in tmp_path.iterdir()] == ["precious.db"]


def test_a_damaged_procedure_is_told(tmp_path: Path) -> None:
    path = tmp_path / "doses.db"
    with History(path) as history:
        history.add_record(record())
    with closing(sqlite3.connect(path)) as connection:
        (blob,) = connection.execute("SELECT skin_dose FROM revision").fetchone()
        cut_off = (blob[: len(blob) // 2],)
        connection.execute("UPDATE revision SET skin_dose = ?", cut_off)
        connection.commit()
    with History(path) as history, pytest.raises(DosemapError, match="checksum is wrong"):
        history.cumulative("ID-4711")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "doses.db"
    with History(path) as history:
        for number in range(3):
            history.add_record(record((f"{number}",), study=f"1.{number}"))
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(data)
    with pytest.raises(DosemapError, match="its file is damaged"), History(path) as history:
        history.cumulative("ID-4711")


def test_a_writer_sees_what_the_one_before_wrote(postgres_url: str) -> None:
    """Whatever the server's default is: a snapshot from before the lock would be too old."""
    database = Database(f"{postgres_url}%20-cdefault_transaction_isolation%3Drepeatable%5C%20read")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == (
            "repeatable read"
        )
    with database.writing() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == (
            "read committed"
        )
    database.close()


def test_an_export_of_an_older_version_says_what_it_lacks(tmp_path: Path) -> None:
    entry = record()
    document = {**entry.document, "totals": dict(entry.document["totals"])}
    del document["totals"]["reference_air_kerma_gy"]
    line = record_to_json(replace(entry, document=document))
    lines = [
        {"format": "dosemap.history/1"},
        {"added": "2026-01-01T00:00:00+00:00", "record": line},
    ]
    (tmp_path / "older.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with (
        History(tmp_path / "doses.db") as history,
        pytest.raises(DosemapError, match="lacks 'reference_air_kerma_gy'"),
    ):
        history.import_export(tmp_path / "older.jsonl")


_USE = """
import os, sys
import dosemap

def use(path):
    with dosemap.History(path) as history:
        assert len(history.procedures()) == 1
        print(history.cumulative("ID-4711").peak_skin_dose_gy, len(history.alerts()))
        history.forget("ID-4711")

use("copy.db")  # all is imported before the rights are given up
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    use("doses.db")
except dosemap.DosemapError as error:
    print(error)
"""


@pytest.mark.parametrize(("of_folder", "of_file"), [(0o555, 0o444), (0o777, 0o444), (0o555, 0o666)])
def test_a_store_that_may_not_be_written_can_be_read(of_folder: int, of_file: int) -> None:
    """On a share for reading; nothing is made beside it and it keeps its permissions."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with History(folder / "doses.db") as history:
            history.add_record(record(peak_gy=4.0))
        shutil.copy(folder / "doses.db", folder / "copy.db")
        (folder / "doses.db").chmod(of_file)
        folder.chmod(of_folder)
        try:
            done = subprocess.run(
                [sys.executable, "-c", _USE],
                cwd=folder,
                capture_output=True,
                text=True,
                check=True,
                timeout=120,
            )
        finally:
            folder.chmod(0o755)
        as_owner, as_reader, refused = done.stdout.splitlines()
        assert as_reader == as_owner
        assert "may not be written: it can be read only" in refused
        assert (folder / "doses.db").stat().st_mode & 0o777 == of_file
