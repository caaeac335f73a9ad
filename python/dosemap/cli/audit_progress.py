"""How far an audit is, on stderr where a person looks on."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from dosemap.auditing import Progress


def progress_of_audit(log: Console, stack: ExitStack) -> Callable[[Progress], None] | None:
    """Return what shows how far an audit is; ``None`` where stderr is no terminal.

    Parameters
    ----------
    log
        Messages.
    stack
        With which the bar ends.
    """
    if not log.is_terminal:
        return None
    columns = (
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("files{task.fields[pace]}"),
        TimeElapsedColumn(),
    )
    bar = stack.enter_context(Bar(*columns, console=log, transient=True))
    task = bar.add_task("", total=None, pace="")
    began = time.monotonic()

    def show(progress: Progress) -> None:
        text = pace(progress, elapsed_s=time.monotonic() - began)
        # A file that a link leads to can be met once more than it was counted.
        total = progress.total and max(progress.total, progress.files)
        bar.update(task, total=total, completed=progress.files, pace=text)

    return show


def pace(progress: Progress, *, elapsed_s: float) -> str:
    """Return rate and time left in words, as far as they are known.

    Parameters
    ----------
    progress
        How far it is; what an earlier run did says nothing of how fast this one is.
    elapsed_s
        Since the beginning, s.

    Examples
    --------
    >>> pace(Progress(files=150, reports=40, done_before=100, total=250), elapsed_s=25.0)
    ', 2.0/s, 0:00:50 left'
    """
    now = progress.files - progress.done_before
    if not now or elapsed_s <= 0.0:
        return ""
    rate = now / elapsed_s
    if progress.total is None:
        return f", {rate:.1f}/s"
    left_s = max(progress.total - progress.files, 0) / rate
    return f", {rate:.1f}/s, {timedelta(seconds=round(left_s))} left"
