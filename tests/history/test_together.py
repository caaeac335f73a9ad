"""Several processes add to one store at once."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

from history_records import FIRST_DAY, record

from dosemap import History
from dosemap.history import ProcedureRecord

PROCESSES = 3
EACH = 12


def add_all(location: str, records: list[ProcedureRecord]) -> list[str]:
    with History(location) as history:
        return [history.add_record(entry).status for entry in records]


def procedures_of_one_patient() -> list[ProcedureRecord]:
    return [
        record(
            (f"1.3.{number}",),
            study=f"1.2.{number}",
            started=FIRST_DAY + timedelta(days=number),
            peak_gy=0.5,
        )
        for number in range(EACH)
    ]


def test_adders_at_once(location: str) -> None:
    """All add the same; each procedure is new once, and each alert is raised once."""
    records = procedures_of_one_patient()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        # The store is new: they also make its tables at once.
        jobs = [pool.submit(add_all, location, records) for _ in range(PROCESSES)]
        statuses = [status for job in jobs for status in job.result(timeout=90)]
    assert statuses.count("new") == EACH
    assert statuses.count("unchanged") == (PROCESSES - 1) * EACH
    with History(location) as history:
        assert len(history.procedures("ID-4711")) == EACH
        # 0.5 Gy twelve times at one place: 3, 4, 5 and 6 Gy within 60 days, and 5 Gy within a year.
        alerts = [(a.level_id, a.number) for a in history.alerts() if "peak" in a.level_id]
        assert sorted(alerts) == [
            ("peak-skin-dose-365-days", 0),
            *(("srdl-peak-skin-dose-60-days", number) for number in range(4)),
        ]


def test_a_reader_sees_one_state_while_another_writes(tmp_path: Path) -> None:
    first, second = procedures_of_one_patient()[:2]
    with History(tmp_path / "doses.db") as one, History(tmp_path / "doses.db") as other:
        one.add_record(first)
        with one._database.reading() as connection:
            before = connection.exec_driver_sql("SELECT count(*) FROM revision").scalar()
            other.add_record(second)
            after = connection.exec_driver_sql("SELECT count(*) FROM revision").scalar()
        assert before == after == 1
        assert len(one.procedures()) == 2
