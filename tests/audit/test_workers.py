"""Processes that die, here and on a Dask cluster: files done, culprits named, rows the same."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

import dosemap as dm
from audit_folders import POISON, SPACING_MM, deadly_settings, fill, report_bytes
from dosemap.auditing import AuditSettings, Progress

SETTINGS = AuditSettings(spacing_mm=SPACING_MM)


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
    fill(tmp_path, 24)
    kill = KillOne(children)
    rows = rows_of(tmp_path, on_progress=kill)
    assert kill.killed == 1
    assert rows == rows_of(tmp_path)
    assert {row["status"] for row in rows} == {"estimated"}


@pytest.mark.parametrize("scheduler", [None, "local"])
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # distributed's, of sockets
def test_a_file_that_ends_its_worker_is_named(tmp_path: Path, scheduler: str | None) -> None:
    fill(tmp_path, 10)
    (tmp_path / "005b.dcm").write_bytes(report_bytes("poison", description=POISON))
    rows = rows_of(tmp_path, settings=deadly_settings(), scheduler=scheduler)
    assert len(rows) == 11
    (failed,) = (row for row in rows if row["status"] == "failed")
    assert (Path(failed["file"]).name, failed["reason"]) == ("005b.dcm", "process ended")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_cluster_gives_the_same_rows_also_when_a_worker_is_killed(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    fill(tmp_path, 24)
    (tmp_path / "cut.dcm").write_bytes(report_bytes("cut")[:3000])
    expected = rows_of(tmp_path)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        kill = KillOne(lambda: [*client.run(os.getpid).values()])
        rows = rows_of(tmp_path, scheduler=address, on_progress=kill)
    assert kill.killed == 1
    assert rows == expected


@pytest.mark.parametrize("scheduler", ["dask:/wrong", "http://localhost:1"])
def test_a_scheduler_of_no_known_form_is_refused(tmp_path: Path, scheduler: str) -> None:
    fill(tmp_path, 1)
    with pytest.raises(dm.DosemapError, match="must be local or dask://"):
        rows_of(tmp_path, scheduler=scheduler)
