"""Processes that die, here and on a Dask cluster: files done, culprits named, rows the same."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dosemap as dm
from audit_folders import POISON, SPACING_MM, Sleeper, deadly_settings, fill, report_bytes
from dosemap.auditing import AuditSettings, Progress, cluster, pool, run
from dosemap.auditing.pool import THREADS

SETTINGS = AuditSettings(spacing_mm=SPACING_MM)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few files are many batches."""
    monkeypatch.setattr(run, "BATCH_FILES", 2)


def rows_of(folder: Path, **options: Any) -> list[dict[str, Any]]:
    chosen: Any = {"settings": SETTINGS, "jobs": 2} | options
    with dm.audit([folder], **chosen) as audit:
        return list(audit.rows())


def children() -> list[int]:
    own = os.getpid()
    text = Path(f"/proc/{own}/task/{own}/children").read_text(encoding="utf-8")
    return [
        int(child)
        for child in text.split()
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


class KillOne:
    """Kills one process when the first files are done."""

    def __init__(self, pids: Any) -> None:
        self._pids = pids
        self.killed = 0

    def __call__(self, progress: Progress) -> None:
        if not self.killed and progress.files:
            os.kill(self._pids()[0], signal.SIGKILL)
            self.killed += 1


def test_all_files_are_done_when_a_worker_is_killed(tmp_path: Path) -> None:
    fill(tmp_path, 10)
    kill = KillOne(children)
    rows = rows_of(tmp_path, on_progress=kill)
    assert kill.killed == 1
    assert rows == rows_of(tmp_path)
    assert {row["status"] for row in rows} == {"estimated"}


@pytest.mark.parametrize("scheduler", [None, "local"])
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # distributed's, of sockets
def test_a_file_that_ends_its_worker_is_named(tmp_path: Path, scheduler: str | None) -> None:
    fill(tmp_path, 4)
    (tmp_path / "001b.dcm").write_bytes(report_bytes("poison", description=POISON))
    rows = rows_of(tmp_path, settings=deadly_settings(), scheduler=scheduler)
    assert len(rows) == 5
    (failed,) = (row for row in rows if row["status"] == "failed")
    assert (Path(failed["file"]).name, failed["reason"]) == ("001b.dcm", "process ended")


def test_a_file_that_never_ends_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "LONGEST_S", 2.0)
    (tmp_path / "stuck.dcm").write_bytes(report_bytes("poison", description=POISON))
    (row,) = rows_of(tmp_path, settings=deadly_settings(Sleeper), jobs=1)
    assert (row["status"], row["reason"]) == ("failed", "process ended")


def test_the_core_takes_the_number_of_threads() -> None:
    """Else every worker had one for each core."""
    code = (
        "import os, dosemap as dm\n"
        "dm.Body(sex='F', height_cm=164, mass_kg=81, spacing_mm=15).surface()\n"
        "print(len(os.listdir('/proc/self/task')))"
    )
    threads = [
        int(subprocess.check_output([sys.executable, "-c", code], env=os.environ | {THREADS: text}))
        for text in ("1", "4")
    ]
    assert threads[1] - threads[0] == 3


def test_a_process_is_deaf_to_interrupts_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a second until it can say so itself; until then Ctrl-C printed its traceback."""
    monkeypatch.setattr(pool, "_begin", _began_with)
    workers = pool.LocalWorkers(SETTINGS, jobs=1)
    try:
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
        assert workers._pool is not None
        assert workers._pool.submit(_blocked).result()
    finally:
        workers.close()


def _began_with(*_limits: object) -> None:
    """Stand for what a process does first."""


def _blocked() -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_a_script_without_a_main_guard_is_told(tmp_path: Path) -> None:
    """The processes run the script again, which would start processes."""
    fill(tmp_path / "in", 1)
    script = tmp_path / "script.py"
    script.write_text('import dosemap as dm\ndm.audit(["in"], jobs=1)\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert 'must stand below if __name__ == "__main__":' in done.stderr.splitlines()[-1]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("what", ["worker", "scheduler"])
def test_a_cluster_that_is_lost_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """What was done until then is kept."""
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    monkeypatch.setattr(cluster, "WITHOUT_WORKERS_S", 1.0)
    folder, ledger = tmp_path / "in", tmp_path / "ledger"
    fill(folder, 6)
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            protocol="tcp",
            dashboard_address="127.0.0.1:0",
        ) as local,
    ):
        lose = {"worker": lambda: local.scale(0), "scheduler": local.close}[what]
        lost = False

        def tell(progress: Progress) -> None:
            nonlocal lost
            if progress.files and not lost:
                lost = True
                lose()

        address = local.scheduler_address.replace("tcp://", "dask://")
        words = {"worker": "no worker for 1 s", "scheduler": "the scheduler is gone"}[what]
        with pytest.raises(dm.DosemapError, match=words):
            rows_of(folder, ledger=ledger, scheduler=address, on_progress=tell)
    told: list[Progress] = []
    assert len(rows_of(folder, ledger=ledger, on_progress=told.append)) == 6
    assert 2 <= told[-1].done_before < 6


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_cluster_gives_the_same_rows_also_when_a_worker_is_killed(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    fill(tmp_path, 9)
    (tmp_path / "cut.dcm").write_bytes(report_bytes("cut")[:3000])
    expected = rows_of(tmp_path)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0"
        ) as local,
        distributed.Client(local, set_as_default=False) as client,
    ):
        address = local.scheduler_address.replace("tcp://", "dask://")
        kill = KillOne(lambda: [*client.run(os.getpid).values()])
        rows = rows_of(tmp_path, scheduler=address, on_progress=kill)
    assert kill.killed == 1
    assert rows == expected


@pytest.mark.parametrize("scheduler", ["dask:/wrong", "http://localhost:1"])
def test_a_scheduler_of_no_known_form_is_refused(tmp_path: Path, scheduler: str) -> None:
    fill(tmp_path, 1)
    with pytest.raises(dm.DosemapError, match="must be local or dask://"):
        rows_of(tmp_path, scheduler=scheduler)
