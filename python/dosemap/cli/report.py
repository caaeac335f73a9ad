"""``dosemap report``: what people look at, file and hand on: a page, a sheet, a DICOM object."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from dosemap.cli.choices import choice
from dosemap.cli.console import messages, print_error
from dosemap.cli.estimate_options import EstimateOptions
from dosemap.cli.fail_on import fail_on_status
from dosemap.cli.no_effect import of_the_call, without_effect
from dosemap.cli.run_estimate import estimate_file
from dosemap.cli.shared_options import taking
from dosemap.errors import DosemapError
from dosemap.mesh.axes import PATIENT_AXES

if TYPE_CHECKING:
    from dosemap.result import DoseResult

Paper = Literal["a4", "letter"]

Tell = Callable[[str], Callable[[int, int], None]]
"""Says what is being done; what it returns is told how far that is."""


@taking(EstimateOptions)
def report(  # noqa: PLR0913  one argument per option is how typer reads a command
    file: Annotated[Path, typer.Argument(help="X-Ray Radiation Dose SR file (DICOM).")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Write the interactive page, one HTML file, here (docs/report.md).",
        ),
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option(help="Write the page to print and file, PDF, here.")
    ] = None,
    paper: Annotated[str, typer.Option(help="Of the PDF: a4 or letter.")] = "a4",
    prsr: Annotated[
        Path | None,
        typer.Option(help="Write a Patient Radiation Dose SR (DICOM) here (docs/prsr.md)."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress and no notes; errors only.")
    ] = False,
    options: EstimateOptions,
) -> None:
    """Write the report of a procedure: interactive, to print, or as DICOM.

    The estimate is that of `dosemap estimate` with the same options. Of the dose report no name and
    no identifier of the patient is taken over but its UIDs; a file name that holds one is shown.
    """
    log = messages()
    try:
        _check_outputs(out, pdf, *_of_prsr(prsr))
        size = cast("Paper", choice("--paper", paper, Paper))
        settings = options.settings(risk=True)
        with _progress(log, quiet=quiet) as tell:
            tell(f"estimating {file.name}")
            result = estimate_file(file, settings)
            written = list(_write(result, tell, page=out, pdf=(pdf, size), prsr=prsr))
        notes = [*_of_call(options), *without_effect(settings, result)]
    except DosemapError as error:
        print_error(log, str(error))
        raise typer.Exit(2) from error
    if not quiet:
        for line in (*notes, f"written: {', '.join(written)}"):
            log.print(line, markup=False)
    if options.fail_on is not None and (
        status := fail_on_status(options.fail_on, [result.to_dict()], log)
    ):
        raise typer.Exit(status)


def _write(
    result: "DoseResult",
    tell: Tell,
    *,
    page: Path | None,
    pdf: tuple[Path | None, Paper],
    prsr: Path | None,
) -> Iterator[str]:
    """Write what is asked for, each library loaded where it is needed; yield the paths."""
    if page is not None:
        from dosemap.report.page import write_page  # noqa: PLC0415

        write_page(result, page, on_step=tell(f"writing {page.name}"))
        yield str(page)
    if pdf[0] is not None:
        from dosemap.figures.pdf import write_pdf  # noqa: PLC0415

        tell(f"writing {pdf[0].name}")
        write_pdf(result, pdf[0], paper=pdf[1])
        yield str(pdf[0])
    if prsr is not None:
        from dosemap.prsr.write import write_prsr  # noqa: PLC0415

        tell(f"writing {prsr.name}")
        write_prsr(result, prsr)
        yield from map(str, _of_prsr(prsr))


def _of_prsr(prsr: Path | None) -> tuple[Path, ...]:
    """Return the files of a Patient Radiation Dose SR: the report, and the picture beside it."""
    if prsr is None:
        return ()
    from dosemap.prsr.write import picture_path  # noqa: PLC0415

    return prsr, picture_path(prsr)


def _check_outputs(*paths: Path | None) -> None:
    """Refuse a call without outputs, or with one that would replace another."""
    named = [path.resolve() for path in paths if path is not None]
    if not named:
        raise DosemapError("nothing to write: give -o case.html, --pdf case.pdf or --prsr case.dcm")
    if len(set(named)) < len(named):
        raise DosemapError(
            "-o, --pdf and --prsr name the same file, and one would replace the other (--prsr"
            " case.dcm writes case.map.dcm, too); give each a file of its own"
        )


def _of_call(options: EstimateOptions) -> list[str]:
    return of_the_call(
        surface=options.surface,
        mesh_unit=options.mesh_unit,
        other_axes=options.mesh_axes != PATIENT_AXES,
        events=False,
        as_json=False,
    )


@contextmanager
def _progress(log: Console, *, quiet: bool) -> Iterator[Tell]:
    """Show on stderr what is being done and how far it is, when there is a person to look."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=log, transient=True, disable=quiet or not log.is_terminal
    ) as progress:
        task = progress.add_task("", total=None)

        def tell(what: str) -> Callable[[int, int], None]:
            progress.reset(task, description=what, total=None)
            return lambda done, of: progress.update(task, completed=done, total=of)

        yield tell
