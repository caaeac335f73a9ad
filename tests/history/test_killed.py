"""A program that adds is killed again and again: what it said was added is there, whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from killed_adder import numbered
from sqlalchemy import create_engine, inspect, text

from dosemap import History

KILLS = {"sqlite": 100, "postgres": 20}
CHECKED_EACH = 20
"""Kills after which the file itself is checked, which takes long."""


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_what_was_acknowledged_survives_kill_9(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_file = kind == "sqlite"
    store = str(tmp_path / "doses.db") if is_file else request.getfixturevalue("postgres_url")
    acknowledged: set[int] = set()
    kills, wanted = 0, KILLS[kind]
    adder = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("killed_adder.py")), store],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert adder.stdin is not None
    assert adder.stdout is not None
    with adder:
        for number in range(wanted):
            adder.stdin.write(f"go {max(acknowledged, default=-1) + 1}\n")
            adder.stdin.flush()
            was, *numbers = adder.stdout.readline().split()
            kills += was == "killed"
            acknowledged |= {int(word) for word in numbers}
            assert acknowledged <= whole_procedures(store, check=number % CHECKED_EACH == 0), (
                f"after {kills} kills"
            )
    assert kills == wanted
    assert len(acknowledged) > wanted  # it was not only killed before it could add
    there = whole_procedures(store, check=True)
    assert len(there - acknowledged) <= wanted  # one at most was written and not told, each time
    with History(store) as history:
        # Every procedure that is visible has its alert: 4 Gy is above the 3 Gy of one procedure.
        alerted = {alert.procedure for alert in history.alerts() if alert.scope == "procedure"}
        assert alerted == {entry.procedure for entry in history.procedures()}
        assert history.add_record(numbered(min(acknowledged))).status == "unchanged"
    assert not (tmp_path / "doses.db-journal").exists()


def whole_procedures(store: str, *, check: bool) -> set[int]:
    """Return the numbers of the records in the store; each must have all of its rows."""
    is_file = "://" not in store
    if is_file and not Path(store).exists():
        return set()
    url = f"sqlite:///{store}" if is_file else store.replace("postgresql:", "postgresql+psycopg:")
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        if "revision" not in tables:
            assert "procedure" not in tables
            return set()
        if is_file and check:
            assert connection.scalar(text("PRAGMA quick_check(1)")) == "ok"
        rows = connection.execute(
            text(
                "SELECT study_instance_uid, (SELECT count(*) FROM revision r WHERE r.procedure ="
                " p.id AND r.counts AND length(r.skin_dose) > 1000), (SELECT count(*) FROM event e"
                " WHERE e.procedure = p.id), (SELECT count(*) FROM alert a WHERE a.procedure ="
                " p.id AND a.scope = 'procedure' AND a.quantity = 'peak_skin_dose_gy')"
                " FROM procedure p"
            )
        ).all()
    engine.dispose()
    assert {tuple(counts) for _, *counts in rows} <= {(1, 20, 1)}
    return {int(study.split(".")[-1]) for study, *_ in rows}
