"""The run of an audit: batches to workers, outcomes to the ledger, culprits found and left out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from dosemap.auditing.ledger import Ledger
from dosemap.auditing.pool import Workers
from dosemap.auditing.row import Row
from dosemap.auditing.walk import FoundFile, Unreadable
from dosemap.auditing.work import Outcome, Task, failed_with_its_worker
from dosemap.errors import DosemapError

if TYPE_CHECKING:
    from dosemap.history import Added, History

BATCH_FILES = 8
"""Files that a worker does in one go: enough that sending them costs nothing beside a report, few
enough that little is lost and little waits when the program is stopped."""
_BATCHES_PER_JOB = 2
"""Handed over at a time, so that no worker waits and the number of files does not matter."""
_DONE_PER_CHECKPOINT = 1000
_WAIT_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an audit is."""

    files: int
    """Looked at, all together."""
    reports: int
    """Of them estimated."""
    done_before: int
    """Of the files those that an earlier run did."""
    total: int | None = None
    """Files that there are; ``None``: not counted yet."""


@dataclass(kw_only=True)
class AuditRun:
    """One pass over the files.

    Parameters
    ----------
    ledger
        Where outcomes go.
    workers
        What does the files.
    on_progress
        Called whenever something is done.
    history
        Where results are added, by this process alone.
    on_added
        Called with what the history did.
    total
        Says how many files there are.
    """

    ledger: Ledger
    workers: Workers
    on_progress: Callable[[Progress], None] | None = None
    history: "History | None" = None
    on_added: "Callable[[Added], None] | None" = None
    total: Callable[[], int | None] = lambda: None
    _found: dict[str, FoundFile] = field(default_factory=dict)
    """Files that are handed over, by their path."""
    _files: int = 0
    _reports: int = 0
    done_before: int = 0
    """Files that an earlier run did."""

    def do(self, entries: Iterable[FoundFile | Unreadable]) -> None:
        """Do all files.

        Parameters
        ----------
        entries
            What a walk finds.

        Raises
        ------
        KeyboardInterrupt
            The program was told to stop; what was done until then is in the ledger.
        """
        pending: dict[Future[list[Outcome]], list[Task]] = {}
        try:
            self._do_all(self._batches(entries), pending)
        except KeyboardInterrupt:
            self.workers.stop()
            for future, tasks in pending.items():
                if not future.cancel():
                    self._collect(future, tasks)
            raise
        finally:
            self.ledger.checkpoint()
        self._tell()

    def _do_all(
        self, batches: Iterator[list[Task]], pending: dict[Future[list[Outcome]], list[Task]]
    ) -> None:
        while True:
            room = self.workers.jobs * _BATCHES_PER_JOB - len(pending)
            for tasks in islice(batches, room):
                pending[self._hand_over(tasks)] = tasks
            if not pending:
                return
            done = self._wait(pending)
            suspects: list[Task] = []
            for future in done:
                suspects += self._collect(future, pending.pop(future))
            if suspects:
                # The death of one process takes the batches of all others with it.
                for future in list(pending):
                    suspects += self._collect(future, pending.pop(future))
                self._do_one_by_one(suspects)

    def _hand_over(self, tasks: Sequence[Task]) -> "Future[list[Outcome]]":
        try:
            return self.workers.submit(tasks)
        except self.workers.deaths:
            # A process died just now; what was pending tells so when it is collected.
            self.workers.restart(jobs=self.workers.jobs)
            return self.workers.submit(tasks)

    def _collect(self, future: "Future[list[Outcome]]", tasks: Sequence[Task]) -> list[Task]:
        """Store what a batch came to; return its files if its process died under it."""
        self._wait([future])
        try:
            outcomes = future.result()
        except self.workers.deaths:
            return list(tasks)
        except CancelledError:
            self.workers.check()  # a scheduler that is gone has cancelled all
            raise
        for outcome in outcomes:
            self._store(outcome)
        self.ledger.checkpoint()
        self._tell()
        return []

    def _wait(self, futures: Iterable["Future[list[Outcome]]"]) -> "set[Future[list[Outcome]]]":
        """Return those that are done; wait until one is, or it is of no use."""
        while True:
            done, _ = wait(futures, timeout=_WAIT_S, return_when=FIRST_COMPLETED)
            if done:
                return done
            self.workers.check()

    def _do_one_by_one(self, tasks: Sequence[Task]) -> None:
        """Do files alone, so that one that ends its process takes no other with it."""
        jobs = self.workers.jobs
        self.workers.restart(jobs=1)
        for task in tasks:
            # Twice: a process may be killed for what is not in the file.
            if not (self._dies_alone(task) and self._dies_alone(task)):
                continue
            self._store(failed_with_its_worker(task.path))
        self.workers.restart(jobs=jobs)

    def _dies_alone(self, task: Task) -> bool:
        dies = bool(self._collect(self.workers.submit([task]), [task]))
        if dies:
            self.workers.restart(jobs=1)
        return dies

    def _batches(self, entries: Iterable[FoundFile | Unreadable]) -> Iterator[list[Task]]:
        tasks = self._tasks(entries)
        while batch := list(islice(tasks, BATCH_FILES)):
            yield batch

    def _tasks(self, entries: Iterable[FoundFile | Unreadable]) -> Iterator[Task]:
        """Yield the files that are not done, storing what else is found."""
        for entry in entries:
            if isinstance(entry, Unreadable):
                self.ledger.store_unreadable(entry)
            elif entry.path in self._found:
                pass  # met again, by way of a link
            elif self.ledger.is_done(entry):
                self._files += 1
                self.done_before += 1
                if self.done_before % _DONE_PER_CHECKPOINT == 0:
                    self.ledger.checkpoint()
                    self._tell()
            else:
                self._found[entry.path] = entry
                yield Task(
                    path=entry.path,
                    doses=self.ledger.known_doses(entry),
                    with_record=self.history is not None,
                )

    def _store(self, outcome: Outcome) -> None:
        # First the history, which can take the same again; then the ledger says it is there.
        added, not_added = self._added(outcome)
        found = self._found.pop(outcome.path)
        self.ledger.store(found, outcome, added=added, not_added=not_added)
        self._files += 1
        self._reports += outcome.status == "estimated"

    def _added(self, outcome: Outcome) -> tuple[Row | None, str | None]:
        """Add a result to the history; return what it did, or why it did not take it."""
        if self.history is None or outcome.record is None:
            return None, None
        try:
            added = self.history.add_record(outcome.record)
        except DosemapError as error:
            return None, str(error)
        if self.on_added is not None:
            self.on_added(added)
        return {
            "history_status": added.status,
            "history_procedure": added.procedure,
            "revision": added.revision,
            "history_notes": "; ".join(added.notes) or None,
        }, None

    def _tell(self) -> None:
        if self.on_progress is not None:
            self.on_progress(
                Progress(
                    files=self._files,
                    reports=self._reports,
                    done_before=self.done_before,
                    total=self.total(),
                )
            )
