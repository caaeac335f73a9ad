"""``dosemap audit``: all reports below some folders, estimated and summed up."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from dosemap.alerts import Level
from dosemap.auditing import Audit, AuditSettings, Progress, check_output
from dosemap.auditing import audit as run_audit
from dosemap.cli.console import Output, messages, print_error
from dosemap.cli.equipment_files import site_profiles
from dosemap.cli.fail_on import fail_on_rows, fail_on_words
from dosemap.cli.level_files import LevelsOption, chosen_levels
from dosemap.cli.render_audit import render_audit
from dosemap.errors import DosemapError
from dosemap.procedure_types import read_procedure_map
from dosemap.surface import DEFAULT_SPACING_MM

if TYPE_CHECKING:
    from dosemap.history import History

_OUTPUT = "Output"
_WORK = "Work"


def audit(  # noqa: PLR0913  one argument per option is how typer reads a command
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files and folders.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write a table: .csv, .json, .parquet or .html. Beside it stands a file .ledger"
            " that knows what was done: the same command goes on where it was stopped.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    with_uids: Annotated[
        bool,
        typer.Option(
            "--with-uids",
            help="Also write the UIDs of studies and reports, by which a patient can be found.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False,
    database: Annotated[
        str | None,
        typer.Option("--db", help="Also add the results to this history.", rich_help_panel=_OUTPUT),
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL",
            help="Exit with 1 if a report reached this level (id, quantity or 'any'), with 3 if"
            " nobody can say.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    levels: LevelsOption = None,
    procedure_map: Annotated[
        Path | None,
        typer.Option(
            help="Your names for procedures by codes or texts (CSV, see docs/audit.md).",
            rich_help_panel=_WORK,
        ),
    ] = None,
    spacing_mm: Annotated[
        float,
        typer.Option(help="Distance between points of the map, mm.", rich_help_panel=_WORK),
    ] = DEFAULT_SPACING_MM,
    interval: Annotated[
        bool,
        typer.Option(
            "--interval",
            help="Also bound the peak skin dose of reports without a map.",
            rich_help_panel=_WORK,
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, help="Number of processes; one per core if not given.", rich_help_panel=_WORK
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="dask://HOST:PORT|local",
            help="Work on a Dask cluster, which sees the same files by the same paths.",
            rich_help_panel=_WORK,
        ),
    ] = None,
) -> None:
    """Estimate all reports below folders; who exceeded what, and which devices give no map."""
    log = messages()
    try:
        settings = AuditSettings(
            spacing_mm=spacing_mm,
            interval=interval,
            site=site_profiles(),
            procedure_map=read_procedure_map(procedure_map) if procedure_map else None,
            levels=chosen_levels(levels),
        )
        fail_on_words(fail_on, settings.levels)
        if out is not None:
            check_output(out)
        with ExitStack() as stack:
            found = run_audit(
                paths,
                settings=settings,
                ledger=None if out is None else out.with_name(f"{out.name}.ledger"),
                jobs=jobs,
                scheduler=scheduler,
                history=_history(database, settings.levels, stack),
                on_progress=_progress(log, stack),
            )
            stack.callback(found.close)
            status = _finish(found, out, fail_on, settings, with_uids=with_uids)
    except DosemapError as error:
        print_error(log, str(error))
        raise typer.Exit(2) from error
    except KeyboardInterrupt as error:
        again = "; the same command goes on from here" if out is not None else ""
        print_error(log, f"stopped{again}")
        raise typer.Exit(130) from error
    raise typer.Exit(status)


def _finish(
    found: Audit,
    out: Path | None,
    fail_on: str | None,
    settings: AuditSettings,
    *,
    with_uids: bool,
) -> int:
    """Write, show, and return the exit code."""
    if out is not None:
        found.write(out, with_uids=with_uids)
    render_audit(found, Output())
    if not found.summary.reports:
        raise DosemapError("there is no dose report that could be estimated below these paths")
    return 0 if fail_on is None else fail_on_rows(fail_on, found.rows(), settings.levels)


def _history(database: str | None, levels: tuple[Level, ...], stack: ExitStack) -> "History | None":
    if database is None:
        return None
    from dosemap.history import History  # noqa: PLC0415  (SQLAlchemy)

    return stack.enter_context(History(database, levels=levels))


def _progress(log: Console, stack: ExitStack) -> Callable[[Progress], None] | None:
    """Return what shows how far it is, where a person looks on.

    How many files there are is not known before the walk has ended: there is no share to show.
    """
    if not log.is_terminal:
        return None
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    bar = stack.enter_context(Bar(*columns, console=log, transient=True))
    task = bar.add_task("looking for reports")

    def show(progress: Progress) -> None:
        before = f", {progress.done_before} by an earlier run" if progress.done_before else ""
        text = f"{progress.files} files done{before}; {progress.reports} reports estimated"
        bar.update(task, description=text, completed=progress.files)

    return show
