"""``dosemap history cumulative`` and ``risk``: a patient's procedures together."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from dosemap.cli.console import Output, messages
from dosemap.cli.data_output import print_json
from dosemap.cli.entries import print_entries
from dosemap.cli.history.alert_lines import print_not_evaluated
from dosemap.cli.history.lists import started_text
from dosemap.cli.history.options import (
    AtOption,
    IssuerOption,
    JsonOption,
    KeyOption,
    OnlyProceduresOption,
    PatientArgument,
    StoreOption,
    WindowOption,
    opened,
)
from dosemap.cli.render_risk import render_risk
from dosemap.dose_words import gy
from dosemap.history import Cumulative
from dosemap.history.words import air_kerma, peak_of_sum, span


def cumulative(  # noqa: PLR0913  one argument per option is how typer reads a command
    patient: PatientArgument,
    *,
    window: WindowOption = None,
    at: AtOption = None,
    procedure: OnlyProceduresOption = None,
    issuer: IssuerOption = None,
    netcdf: Annotated[
        Path | None, typer.Option(help="Also write the maps to this netCDF file.")
    ] = None,
    zarr: Annotated[
        Path | None, typer.Option(help="Also write the maps to this new Zarr folder.")
    ] = None,
    db: StoreOption = None,
    site_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add up the skin dose of a patient's procedures, place by place.

    The peak of the sum is not the sum of the peaks.
    """
    with opened(db, key=site_key) as history:
        found = history.cumulative(
            patient, issuer=issuer, window=window, at=at, procedures=procedure
        )
        if netcdf is not None:
            found.to_netcdf(netcdf)
        if zarr is not None:
            found.to_zarr(zarr)
    if as_json:
        print_json(found.to_dict())
    else:
        _render(found)
    for path in (netcdf, zarr):
        if path is not None:
            messages().print(f"written: {path}", markup=False)


def risk(  # noqa: PLR0913  one argument per option is how typer reads a command
    patient: PatientArgument,
    *,
    window: WindowOption = None,
    issuer: IssuerOption = None,
    db: StoreOption = None,
    site_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what the skin dose of a patient's procedures together may lead to.

    Information for a qualified person, from published bands.
    """
    with opened(db, key=site_key) as history:
        entry = history.risk(patient, issuer=issuer, window=window).to_dict()
    if as_json:
        print_json(entry)
    else:
        render_risk(entry, Output())


def _render(found: Cumulative) -> None:
    console = Output()
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("added", Text(span(found)))
    style = "bold yellow" if found.is_lower_bound else "bold green"
    grid.add_row("peak of the sum", Text(peak_of_sum(found), style=style))
    grid.add_row("where", Text(found.site or "not known"))
    grid.add_row("air kerma", Text(air_kerma(found)))
    console.print(grid)
    for reason in found.reasons:
        text = Text("LOWER BOUND  ", style="bold yellow") + Text(reason)
        console.print(text)
    if found.reference_air_kerma_why is not None:
        text = Text("AIR KERMA IS A LOWER BOUND  ", style="bold yellow")
        console.print(text + Text(found.reference_air_kerma_why))
    console.print(_table(found))
    entries = [(problem["code"], None, problem["message"]) for problem in found.problems]
    print_entries(console, "Problems", entries, style="yellow")
    print_not_evaluated(found.not_evaluated, console, with_patient=False)


def _table(found: Cumulative) -> Table:
    table = Table()
    table.add_column("no.", justify="right")
    table.add_column("started", no_wrap=True)
    for heading in ("K_ref", "own peak", "at the peak of all", "peak of the sum then"):
        table.add_column(heading, justify="right")
    for entry, then in zip(found.contributions, found.over_time, strict=True):
        stored = entry.procedure
        at_peak = gy(entry.dose_at_peak_gy) if entry.not_added is None else "not added"
        mark = "≥ " if then.is_lower_bound and then.peak_skin_dose_gy is not None else ""
        own_mark = "≥ " if entry.is_lower_bound and stored.has_map else ""
        table.add_row(
            str(stored.procedure),
            started_text(stored),
            gy(stored.reference_air_kerma_gy),
            own_mark + gy(stored.peak_skin_dose_gy),
            at_peak,
            mark + gy(then.peak_skin_dose_gy),
        )
    return table
