"""Stores to test: an SQLite file, and a database of a real PostgreSQL server where there is one."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

pytest.importorskip("sqlalchemy")


def _programs() -> Path | None:
    """Return the folder of the server's programs; Debian keeps them off the path."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("pg_ctl")
    candidates = [*homes, *([Path(found).parent] if found else [])]
    return next((home for home in candidates if (home / "initdb").exists()), None)


def _unprivileged() -> tuple[list[str], str]:
    """Return how to start a program as somebody else than root, whom the server refuses."""
    if os.geteuid():
        return [], pwd.getpwuid(os.geteuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return [
        "setpriv",
        f"--reuid={user}",
        f"--regid={pwd.getpwnam(user).pw_gid}",
        "--clear-groups",
    ], user


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A server of its own on a free port, in a folder of its own; its URL without database."""
    pytest.importorskip("psycopg")
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server: apt-get install postgresql, as .ci/run does")
    before, user = _unprivileged()
    # Not in pytest's folder, which others may not enter.
    with tempfile.TemporaryDirectory(prefix="dosemap-postgres-") as name:
        folder, port = Path(name), _free_port()
        if before:
            shutil.chown(folder, user)

        def run(*command: str) -> None:
            subprocess.run(
                [*before, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=60
            )

        data = folder / "data"
        run(
            f"{programs}/initdb", "-D", str(data), "-U", "tester", "-A", "trust", "-E", "UTF8", "-N"
        )
        options = f"-p {port} -h 127.0.0.1 -k {folder}"
        control = f"{programs}/pg_ctl"
        run(control, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://tester@127.0.0.1:{port}"
        finally:
            run(control, "-D", str(data), "-w", "-m", "immediate", "stop")


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """A new, empty schema, which is made faster than a database."""
    psycopg = pytest.importorskip("psycopg")
    name = f"history_{uuid4().hex}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{postgres_server}/postgres?options=-csearch_path%3D{name}"


@pytest.fixture(params=["sqlite", "postgres"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store is to be: on both databases."""
    if request.param == "sqlite":
        return str(tmp_path / "doses.db")
    return str(request.getfixturevalue("postgres_url"))
