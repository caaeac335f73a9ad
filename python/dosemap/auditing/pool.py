"""Worker processes of this machine."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Protocol

from dosemap.auditing.settings import AuditSettings
from dosemap.auditing.work import Outcome, Stop, Task, audit_batch
from dosemap.errors import DosemapError

THREADS = "RAYON_NUM_THREADS"
LONGEST_S = 1800.0
"""For one file: the largest report takes minutes at the finest map, so that more is no work."""


class Workers(Protocol):
    """Processes that do batches of files, here or on a cluster."""

    jobs: int
    """How many batches they do at a time."""
    deaths: tuple[type[BaseException], ...]
    """What a batch raises when its process ended under it."""

    def submit(self, tasks: Sequence[Task]) -> "Future[list[Outcome]]":
        """Hand over a batch."""

    def restart(self, *, jobs: int) -> None:
        """Be ready again after a death; what was handed over before is lost."""

    def check(self) -> None:
        """Raise a DosemapError where waiting is of no use; called every few seconds."""

    def stop(self) -> None:
        """Let the batches that are under way end after their present file."""

    def close(self) -> None:
        """End all processes."""


class LocalWorkers:
    """A pool of processes that are started afresh, not forked.

    Parameters
    ----------
    settings
        How files are done.
    jobs
        Number of processes; together they use as many threads as there are cores.
    """

    deaths: tuple[type[BaseException], ...] = (BrokenProcessPool,)

    def __init__(self, settings: AuditSettings, *, jobs: int) -> None:
        self._settings = settings
        self._context = multiprocessing.get_context("spawn")
        self._stop = self._context.Event()
        self._pool: ProcessPoolExecutor | None = None
        self.restart(jobs=jobs)
        self._check_start()

    def submit(self, tasks: Sequence[Task]) -> "Future[list[Outcome]]":
        """Hand over a batch."""
        if self._pool is None:
            raise RuntimeError("the workers were closed")
        with _without_interrupts():
            return self._pool.submit(_batch, tasks, self._settings)

    def restart(self, *, jobs: int) -> None:
        """Start processes in place of those that were there."""
        self.close()
        self.jobs = jobs
        self._pool = ProcessPoolExecutor(
            max_workers=jobs,
            mp_context=self._context,
            initializer=_begin,
            initargs=(self._stop, max(1, cores() // jobs), LONGEST_S),
        )

    def check(self) -> None:
        """Do nothing: what becomes of a process is told by its batch."""

    def stop(self) -> None:
        """Let the batches that are under way end after their present file."""
        self._stop.set()

    def close(self) -> None:
        """End all processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _check_start(self) -> None:
        assert self._pool is not None
        try:
            with _without_interrupts():
                first = self._pool.submit(cores)
            first.result()
        except BrokenProcessPool as error:
            self.close()
            raise DosemapError(
                "no process could be started; where a script calls dosemap.audit, that must stand"
                ' below if __name__ == "__main__":'
            ) from error
        except BaseException:
            # A process that still starts needs what this one holds.
            self.close()
            raise


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Let processes that are started be deaf to Ctrl-C already before :func:`_begin`."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_limits: dict[str, Any] = {}
"""What a worker knows between batches: when to stop, and how long a file may take."""


def _begin(stop: Stop, threads: int, longest_s: float) -> None:
    """Prepare a worker process."""
    _limits.update(stop=stop, longest_s=longest_s)
    os.environ[THREADS] = str(threads)  # read when the core starts its threads
    # The terminal sends Ctrl-C to all processes; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the parent is gone, which a kill keeps from saying goodbye."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _batch(tasks: Sequence[Task], settings: AuditSettings) -> list[Outcome]:
    return audit_batch(tasks, settings, **_limits)
