"""``dosemap audit``: all reports below some folders, estimated and summed up."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dosemap.alerts import Level
from dosemap.auditing import Audit, AuditSettings, check_output, resolved
from dosemap.auditing import audit as run_audit
from dosemap.cli.audit_progress import progress_of_audit
from dosemap.cli.console import Output, messages, print_error
from dosemap.cli.equipment_files import site_profiles
from dosemap.cli.fail_on import fail_on_rows, fail_on_words
from dosemap.cli.history.options import KeyOption, PseudonymiseOption
from dosemap.cli.level_files import LevelsOption, chosen_levels
from dosemap.cli.render_audit import render_alerts_until, render_audit
from dosemap.errors import DosemapError
from dosemap.procedure_types import read_procedure_map
from dosemap.surface import DEFAULT_SPACING_MM

if TYPE_CHECKING:
    from dosemap.history import History, RaisedAlert

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
            help="Also write the UIDs of studies and reports, and show the patient IDs of the"
            " history: by them a patient can be found.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False,
    database: Annotated[
        str | None,
        typer.Option("--db", help="Also add the results to this history.", rich_help_panel=_OUTPUT),
    ] = None,
    pseudonymise: PseudonymiseOption = None,
    site_key: KeyOption = None,
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
    with_descriptions: Annotated[
        bool,
        typer.Option(
            "--with-descriptions",
            help="Also list what people typed about procedures whose type is not known, for your"
            " --procedure-map: names may be in it.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False,
    spacing_mm: Annotated[
        float,
        typer.Option(help="Distance between points of the map, 3 to 15 mm.", rich_help_panel=_WORK),
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
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no progress.", rich_help_panel=_WORK)
    ] = False,
) -> None:
    """Estimate all reports below folders; who exceeded what, and which devices give no map."""
    log = messages()
    raised: list[RaisedAlert] = []
    try:
        settings = AuditSettings(
            spacing_mm=spacing_mm,
            interval=interval,
            site=site_profiles(),
            procedure_map=read_procedure_map(procedure_map) if procedure_map else None,
            with_descriptions=with_descriptions,
            levels=chosen_levels(levels),
        )
        fail_on_words(fail_on, settings.levels)
        if out is not None:
            check_output(out)
        resolved(paths)  # before a store is made
        with ExitStack() as stack:
            history = _history(database, site_key, pseudonymise, settings.levels, stack)
            found = run_audit(
                paths,
                settings=settings,
                ledger=None if out is None else out.with_name(f"{out.name}.ledger"),
                jobs=jobs,
                scheduler=scheduler,
                history=history,
                on_added=lambda added: raised.extend(added.alerts),
                on_progress=None if quiet else progress_of_audit(log, stack),
            )
            stack.callback(found.close)
            if out is not None and found.summary.files:
                found.write(out, with_uids=with_uids)
            render_audit(found, Output(), with_ids=with_uids)
            found.changes_are_told()
            raised.clear()
            status = _status(found, fail_on, settings)
    except DosemapError as error:
        render_alerts_until(raised, Output(), with_ids=with_uids)
        print_error(log, str(error))
        raise typer.Exit(2) from error
    except KeyboardInterrupt as error:
        render_alerts_until(raised, Output(), with_ids=with_uids)
        again = "; the same command goes on from here" if out is not None else ""
        print_error(log, f"stopped{again}")
        raise typer.Exit(130) from error
    raise typer.Exit(status)


def _status(found: Audit, fail_on: str | None, settings: AuditSettings) -> int:
    """Return the exit code."""
    if not found.summary.reports:
        raise DosemapError("there is no dose report that could be estimated below these paths")
    if found.summary.not_added:
        raise DosemapError("the history did not take all results; the same command tries again")
    return 0 if fail_on is None else fail_on_rows(fail_on, found.rows(), settings.levels)


def _history(
    database: str | None,
    site_key: Path | None,
    pseudonymise: bool | None,  # noqa: FBT001  (typer gives None where it is not given)
    levels: tuple[Level, ...],
    stack: ExitStack,
) -> "History | None":
    if database is None:
        if pseudonymise:
            raise DosemapError("--pseudonymise is for a new history; name it with --db")
        return None
    from dosemap.history import History  # noqa: PLC0415  (SQLAlchemy)

    return stack.enter_context(
        History(database, pseudonymise=pseudonymise, site_key=site_key, levels=levels)
    )
