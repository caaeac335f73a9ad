"""``dosemap estimate``: the skin dose map of one or more reports."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dosemap.cli.console import Output, messages, print_error, print_json, with_progress
from dosemap.cli.entries import failed_document
from dosemap.cli.estimate_options import EstimateOptions
from dosemap.cli.fail_on import fail_on_status
from dosemap.cli.no_effect import of_the_call, without_effect
from dosemap.cli.options import Settings
from dosemap.cli.render import render_result
from dosemap.cli.run_estimate import estimate_file
from dosemap.cli.shared_options import taking
from dosemap.errors import DosemapError
from dosemap.mesh.axes import PATIENT_AXES

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
            messages().print(sentence, markup=False)
    except DosemapError as error:
        print_error(messages(), str(error))
        raise typer.Exit(2) from error
    documents, failed = _run_all(files, settings, as_json=as_json, events=events, netcdf=netcdf)
    if as_json:
        print_json(documents[0] if len(files) == 1 else documents)
    if failed:
        raise typer.Exit(2)
    if options.fail_on is not None and (
        status := fail_on_status(options.fail_on, documents, messages())
    ):
        raise typer.Exit(status)


def _run_all(
    files: list[Path], settings: Settings, *, as_json: bool, events: bool, netcdf: Path | None
) -> tuple[list[dict[str, Any]], bool]:
    """Estimate file after file; one that fails does not stop the others."""
    documents: list[dict[str, Any]] = []
    failed = False
    console, log = Output(), messages()
    # Reports that scroll by in the same terminal show how far it is, and would break the bar.
    scrolling = console.is_terminal and not as_json
    for file in files if scrolling else with_progress(files, log):
        try:
            result = estimate_file(file, settings)
            if netcdf is not None:
                result.to_netcdf(netcdf)
        except DosemapError as error:
            failed = True
            print_error(log, str(error))
            documents.append(failed_document(file.name, str(error)))
            continue
        for sentence in without_effect(settings, result):
            log.print(sentence, markup=False)
        documents.append(result.to_dict())
        if not as_json:
            render_result(result, console, events=events)
    return documents, failed


def _one_file_for(netcdf: Path | None, files: list[Path]) -> None:
    if netcdf is not None and len(files) != 1:
        raise DosemapError(f"--netcdf takes one report at a time, not {len(files)}")
