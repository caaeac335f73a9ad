"""The audit of many reports: found, estimated once, counted once, summed up."""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from dosemap.auditing.about import About, utc_now
from dosemap.auditing.duplicates import mark_superseded
from dosemap.auditing.findings import Findings
from dosemap.auditing.history_changes import HistoryChanges, changes_since, state_of
from dosemap.auditing.ledger import NOT_ADDED, Ledger, database_errors
from dosemap.auditing.outputs import check_output, write_output
from dosemap.auditing.pool import LocalWorkers, Workers, cores
from dosemap.auditing.row import COLUMNS, Column, Row
from dosemap.auditing.run import AuditRun, Progress
from dosemap.auditing.settings import AuditSettings
from dosemap.auditing.summary import Summary, summary_of
from dosemap.auditing.walk import FileCount, Walk, resolved
from dosemap.errors import DosemapError

if TYPE_CHECKING:
    from dosemap.history import Added, History

__all__ = [
    "COLUMNS",
    "NOT_ADDED",
    "Audit",
    "AuditSettings",
    "Column",
    "Progress",
    "Row",
    "Summary",
    "audit",
    "check_output",
    "resolved",
]

_JOBS_PER_CORE = 8
"""More processes than this share nothing but the memory; all of them are started at once."""


class Audit:
    """What an audit found; made by :func:`dosemap.audit`.

    A context manager: it keeps a file open, the ledger, from which rows are read one by one. When
    it is left without an error, the changes of the history count as told.
    """

    def __init__(
        self,
        ledger: Ledger,
        skipped: Counter[str],
        resources: ExitStack,
        *,
        about: About,
        history_changes: HistoryChanges | None,
    ) -> None:
        self._ledger = ledger
        self._skipped = Counter(ledger.skipped()) + skipped
        self._resources = resources
        self.about = about
        self.history_changes = history_changes
        """What is otherwise in the history than before; ``None`` without one."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.changes_are_told()
        self.close()

    def changes_are_told(self) -> None:
        """Keep that :attr:`history_changes` was told: the next run tells what comes after."""
        if self.history_changes is not None:
            self._ledger.all_is_told()

    def close(self) -> None:
        """Close the ledger; what was not told of the history is told by the next run."""
        self._resources.close()

    def rows(self) -> Iterator[Row]:
        """Yield a row per report and per file that failed, in the order of their paths.

        The keys of every row are those of ``dosemap.auditing.COLUMNS``
        (``docs/audit.md``).
        """
        yield from self._seen_from_history(self._ledger.rows())

    def _seen_from_history(self, rows: Iterable[Row]) -> Iterator[Row]:
        changes = self.history_changes
        for row in rows:
            yield row if changes is None else row | changes.seen_from(row)

    @cached_property
    def summary(self) -> Summary:
        """What the rows come to."""
        return summary_of(
            self._seen_from_history(self._ledger.rows(only_untold=True)),
            levels=self.about.settings.levels,
            skipped=self._skipped,
            descriptions=self._ledger.descriptions(),
        )

    def write(self, path: str | os.PathLike[str], *, with_uids: bool = False) -> None:
        """Write rows and summary.

        Parameters
        ----------
        path
            The file: ``.csv`` and ``.parquet`` (extra ``parquet``) hold the rows, ``.json`` rows
            and summary, ``.html`` a page for people.
        with_uids
            Also the UIDs of studies and reports, and the patient IDs of the history, by which a
            patient can be found.

        Raises
        ------
        DosemapError
            The file cannot be written.
        """
        check_output(Path(path))
        findings = Findings(
            summary=self.summary,
            about=self.about,
            history_changes=self.history_changes,
            with_uids=with_uids,
        )
        write_output(Path(path), self.rows(), findings)


def audit(  # noqa: PLR0913  keywords, each with a default
    paths: Sequence[str | os.PathLike[str]],
    *,
    settings: AuditSettings | None = None,
    ledger: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    scheduler: str | None = None,
    history: "History | None" = None,
    on_added: "Callable[[Added], None] | None" = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Audit:
    """Estimate all dose reports below some folders and sum them up.

    No file stops it: what cannot be read or computed is a row that says why. Its processes import
    the script that calls it, where it must stand below ``if __name__ == "__main__":``.

    Parameters
    ----------
    paths
        Files and folders.
    settings
        How reports are estimated.
    ledger
        File in which is kept what was done; an audit that was stopped goes on from there, and one
        that is repeated does only what changed. ``None``: kept for this audit only.
    jobs
        Number of processes; ``None``: one for each core.
    scheduler
        ``"dask://host:port"`` or ``"local"``: on a Dask cluster in place of processes of this
        program (extra ``cluster``).
    history
        Where results are added; only this process writes there. What it does not take stays in
        the rows, with the reason, and is tried again.
    on_added
        Called with what the history did with a result; there are the alerts that are new.
    on_progress
        Called whenever something is done.

    Raises
    ------
    DosemapError
        A path does not exist, the ledger cannot be used, no process can be started, or the
        cluster is not there or lost all its workers.
    """
    began = utc_now()
    settings = settings or AuditSettings()
    roots = resolved(paths)
    jobs = cores() if jobs is None else jobs
    most = _JOBS_PER_CORE * cores()
    if not 1 <= jobs <= most:
        raise DosemapError(f"jobs is {jobs}; it must lie between 1 and {most} on this machine")
    with ExitStack() as stack:
        temporary = stack.enter_context(tempfile.TemporaryDirectory()) if ledger is None else None
        path = Path(temporary, "ledger") if temporary else Path(ledger or "")
        stack.enter_context(database_errors(path))
        store = None if history is None else history.store_id
        kept = Ledger(path, settings=settings, store=store)
        stack.callback(kept.close)
        before = None
        if history is not None:
            before = kept.history_before(state_of(history))
        own = os.path.realpath(path)
        walk = Walk(roots=roots, leave_out=frozenset({own, f"{own}-journal"}))
        count = FileCount(replace(walk, skipped=Counter()))
        if on_progress is not None:
            count.start()
        with ExitStack() as working:
            workers = _workers(settings, jobs=jobs, scheduler=scheduler)
            working.callback(workers.close)
            run = AuditRun(
                ledger=kept,
                workers=workers,
                on_progress=on_progress,
                history=history,
                on_added=on_added,
                total=lambda: count.total,
            )
            run.do(walk)
        mark_superseded(kept)
        return Audit(
            kept,
            walk.skipped,
            stack.pop_all(),
            about=About(
                settings=settings,
                paths=roots,
                began=began,
                ended=utc_now(),
                done_before=run.done_before,
            ),
            history_changes=(
                None
                if history is None or before is None
                else changes_since(before, history, kept.added_files())
            ),
        )
    raise AssertionError  # ExitStack swallows nothing


def _workers(settings: AuditSettings, *, jobs: int, scheduler: str | None) -> Workers:
    if scheduler is None:
        return LocalWorkers(settings, jobs=jobs)
    from dosemap.auditing.cluster import ClusterWorkers  # noqa: PLC0415

    return ClusterWorkers(settings, scheduler=scheduler, jobs=jobs)
