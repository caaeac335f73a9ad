"""The audit of many reports: found, estimated once, counted once, summed up."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dosemap.auditing.duplicates import mark_superseded
from dosemap.auditing.ledger import Ledger
from dosemap.auditing.pool import LocalWorkers, Workers, cores
from dosemap.auditing.row import COLUMNS, Column, Row
from dosemap.auditing.run import AuditRun, Progress
from dosemap.auditing.settings import AuditSettings
from dosemap.auditing.walk import Walk, resolved
from dosemap.errors import DosemapError

__all__ = ["COLUMNS", "Audit", "AuditSettings", "Column", "Progress", "Row", "audit"]


class Audit:
    """What an audit found; made by :func:`dosemap.audit`.

    A context manager: it keeps a file open, the ledger, from which rows are read one by one.
    """

    def __init__(self, ledger: Ledger, settings: AuditSettings, skipped: Mapping[str, int]) -> None:
        self._ledger = ledger
        self._settings = settings
        self._skipped = dict(skipped)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()

    def rows(self) -> Iterator[Row]:
        """Yield a row per report and per file that failed, in the order of their paths.

        The keys of every row are those of ``dosemap.auditing.COLUMNS``
        (``docs/json_audit.md``).
        """
        return self._ledger.rows()


def audit(
    paths: Sequence[str | os.PathLike[str]],
    *,
    settings: AuditSettings | None = None,
    ledger: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Audit:
    """Estimate all reports below some folders and sum them up."""
    settings = settings or AuditSettings()
    roots = resolved(paths)
    jobs = jobs or cores()
    with ExitStack() as stack:
        if ledger is None:
            ledger = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "ledger"
        kept = Ledger(ledger, settings=settings)
        stack.callback(kept.close)
        walk = Walk(roots=roots, leave_out=frozenset({os.path.realpath(ledger)}))
        workers = LocalWorkers(settings, jobs=jobs)
        stack.callback(workers.close)
        AuditRun(ledger=kept, workers=workers, on_progress=on_progress).do(walk)
        workers.close()
        mark_superseded(kept)
        stack.pop_all()
        return Audit(kept, settings, walk.skipped)
