"""Worker processes of a Dask cluster: the same function per file as on this machine.

The cluster sees the files by the same paths, and has the same version of this package.
"""

import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from typing import Any

from dosemap.auditing.pool import THREADS, cores
from dosemap.auditing.settings import AuditSettings
from dosemap.auditing.work import Outcome, Task, audit_batch
from dosemap.errors import DosemapError

_SCHEME = "dask://"
_WAIT_S = 30.0
WITHOUT_WORKERS_S = 300.0
"""How long a cluster may have no worker: time for a queue or a person to start another one."""
_AGAIN = "see that it runs, and give the same command again: with --out what was done is kept"


class ClusterWorkers:
    """Workers of a Dask scheduler.

    Parameters
    ----------
    settings
        How files are done.
    scheduler
        ``"dask://host:port"``, or ``"local"`` for a cluster of this machine.
    jobs
        Workers of a local cluster; another one has its own number.

    Raises
    ------
    DosemapError
        Dask is not installed, the scheduler does not answer, or it has no workers.
    """

    def __init__(self, settings: AuditSettings, *, scheduler: str, jobs: int) -> None:
        try:
            import distributed  # noqa: PLC0415  (an extra)
        except ImportError as error:
            raise DosemapError(
                'Dask is not installed: pip install "dosemap[cluster]", or leave out --scheduler'
            ) from error
        self.deaths: tuple[type[BaseException], ...] = (distributed.KilledWorker,)
        self._settings = settings
        self._digest = settings.digest()
        self._cluster: Any = None
        self._client: Any = None
        self._without_since: float | None = None
        try:
            self._connect(distributed, scheduler, jobs)
        except BaseException:
            self.close()
            raise

    def _connect(self, distributed: Any, scheduler: str, jobs: int) -> None:  # noqa: ANN401
        if scheduler == "local":
            self._cluster = distributed.LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",  # of this machine alone, at a port that is free
                # A file that ends its worker is not given to the others to end them too.
                scheduler_kwargs={"allowed_failures": 0},
                env={THREADS: str(max(1, cores() // jobs))},
            )
            address = self._cluster.scheduler_address
        elif scheduler.startswith(_SCHEME):
            address = f"tcp://{scheduler.removeprefix(_SCHEME)}"
        else:
            raise DosemapError(f"--scheduler {scheduler!r} must be local or {_SCHEME}host:port")
        try:
            self._client = distributed.Client(address, timeout=_WAIT_S, set_as_default=False)
            self._client.wait_for_workers(1, timeout=_WAIT_S)
        except (OSError, TimeoutError, ValueError) as error:
            raise DosemapError(
                f"--scheduler {scheduler}: no scheduler with a worker answers there within"
                f" {_WAIT_S:g} s; check the address, and that workers run"
            ) from error
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        self.jobs = sum(worker["nthreads"] for worker in workers)
        self._executor: Executor = self._client.get_executor(pure=False, retries=0)

    def submit(self, tasks: Sequence[Task]) -> "Future[list[Outcome]]":
        """Hand over a batch."""
        return self._executor.submit(_batch, tasks, self._settings, self._digest)

    def restart(self, *, jobs: int) -> None:
        """Do nothing: the cluster replaces its dead itself, and the other batches live on."""

    def check(self) -> None:
        """Give up a cluster that is gone, or has had no worker for a while."""
        if self._client.status != "running":
            raise DosemapError(f"the scheduler is gone; {_AGAIN}")
        if self._client.scheduler_info(n_workers=-1)["workers"]:
            self._without_since = None
            return
        now = time.monotonic()
        self._without_since = self._without_since or now
        if now - self._without_since > WITHOUT_WORKERS_S:
            raise DosemapError(
                f"the cluster has had no worker for {WITHOUT_WORKERS_S:g} s; {_AGAIN}"
            )

    def stop(self) -> None:
        """Do nothing: batches that have begun come to their end."""

    def close(self) -> None:
        """Leave the cluster, and end one that was started here."""
        for opened in (self._client, self._cluster):
            if opened is not None:
                opened.close()
        self._client = self._cluster = None


_agreed: set[str] = set()
"""Digests that this worker has compared already."""


def _batch(tasks: Sequence[Task], settings: AuditSettings, digest: str) -> list[Outcome]:
    if digest not in _agreed:
        if settings.digest() != digest:
            raise DosemapError(
                "a worker of the cluster has another version of dosemap or of its data tables:"
                " install the same on all machines"
            )
        _agreed.add(digest)
    return audit_batch(tasks, settings)
