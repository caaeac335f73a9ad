"""``dosemap estimate``: the skin dose map of one or more reports."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from dosemap.cli.data_output import failed_document, print_json
from dosemap.cli.estimate_options import EstimateOptions
from dosemap.cli.fail_on import fail_on_status
from dosemap.cli.messages import Messages
from dosemap.cli.no_effect import of_the_call, without_effect
from dosemap.cli.options import Settings
from dosemap.cli.run_estimate import estimate_file
from dosemap.cli.shared_options import taking
from dosemap.errors import DosemapError
from dosemap.mesh.axes import PATIENT_AXES
from dosemap.result import DoseResult

_OUTPUT = "Output"


@taking(EstimateOptions)
def estimate(  # noqa: PLR0913  one argument per option is how typer reads a command
    files: Annotated[list[Path], typer.Argument(help="X-Ray Radiation Dose SR files (DICOM).")],
    *,
    options: EstimateOptions,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print one JSON document and nothing else; an array for several files.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False,
    events: Annotated[
        bool,
        typer.Option("--events", help="Also list every event.", rich_help_panel=_OUTPUT),
    ] = False,
    netcdf: Annotated[
        Path | None,
        typer.Option(help="Also write the result to this netCDF file.", rich_help_panel=_OUTPUT),
    ] = None,
    risk: Annotated[
        bool,
        typer.Option(
            "--risk",
            help="Also give the published skin reactions of the peak skin dose and when to look"
            " (docs/risk.md); information for a qualified person.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False,
) -> None:
    """Estimate the peak skin dose and its place from radiation dose reports.

    Where a report lacks the geometry there is no map: totals and the reason are given instead.
    """
    log = Messages()
    try:
        settings = options.settings(risk=risk)
        _one_file_for(netcdf, files)
        for sentence in of_the_call(
            surface=options.surface,
            mesh_unit=options.mesh_unit,
            other_axes=options.mesh_axes != PATIENT_AXES,
            events=events,
            as_json=as_json,
        ):
            log.say(sentence)
    except DosemapError as error:
        log.say_error(str(error))
        raise typer.Exit(2) from error
    documents, failed = _run_all(
        files, settings, log, as_json=as_json, events=events, netcdf=netcdf
    )
    if as_json:
        print_json(documents[0] if len(files) == 1 else documents)
    if failed:
        raise typer.Exit(2)
    if options.fail_on is not None and (
        status := fail_on_status(options.fail_on, documents, log.console)
    ):
        raise typer.Exit(status)


def _run_all(  # noqa: PLR0913  (all but the first three are keywords)
    files: list[Path],
    settings: Settings,
    log: Messages,
    *,
    as_json: bool,
    events: bool,
    netcdf: Path | None,
) -> tuple[list[dict[str, Any]], bool]:
    """Estimate file after file; one that fails does not stop the others."""
    documents: list[dict[str, Any]] = []
    failed = False
    show = None if as_json else _shown(events=events)
    for file in files if len(files) == 1 else _with_progress(files, log, as_json=as_json):
        try:
            result = estimate_file(file, settings)
            if netcdf is not None:
                result.to_netcdf(netcdf)
        except DosemapError as error:
            failed = True
            log.say_error(str(error))
            documents.append(failed_document(file.name, str(error)))
            continue
        for sentence in without_effect(settings, result):
            log.say(sentence)
        documents.append(result.to_dict())
        if show is not None:
            show(result)
    return documents, failed


def _shown(*, events: bool) -> Callable[[DoseResult], None]:
    from dosemap.cli.console import Output  # noqa: PLC0415  (rich, which JSON does not need)
    from dosemap.cli.render import render_result  # noqa: PLC0415  (as above)

    return partial(render_result, console=Output(), events=events)


def _with_progress(files: list[Path], log: Messages, *, as_json: bool) -> Iterable[Path]:
    from dosemap.cli.console import Output, with_progress  # noqa: PLC0415  (as above)

    # Reports that scroll by in the same terminal show how far it is, and would break the bar.
    scrolling = not as_json and Output().is_terminal
    return files if scrolling else with_progress(files, log.console)


def _one_file_for(netcdf: Path | None, files: list[Path]) -> None:
    if netcdf is not None and len(files) != 1:
        raise DosemapError(f"--netcdf takes one report at a time, not {len(files)}")
