"""``dosemap levels``: the alert levels that apply, and where each comes from."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from dosemap.alerts import NUMBER_IS, Level
from dosemap.cli.console import Output, messages, print_data, print_error
from dosemap.cli.level_files import LevelsOption, levels_of
from dosemap.errors import DosemapError


def levels(
    *,
    files: LevelsOption = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Also levels that are switched off.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON array and nothing else.")
    ] = False,
) -> None:
    """List the alert levels that apply, with their sources.

    Levels of scope 'procedure' are looked at by 'dosemap estimate'.
    """
    try:
        found = levels_of(files or [], include_inactive=show_all)
    except DosemapError as error:
        print_error(messages(), str(error))
        raise typer.Exit(2) from error
    if as_json:
        entries = [{**asdict(level), "unit": level.unit} for level in found]
        print_data(json.dumps(entries, indent=2, ensure_ascii=False))
        return
    console = Output()
    console.print(_table(found))
    words = (f"{word}: {meaning}" for word, meaning in NUMBER_IS.items())
    console.print(f"  number from {'; '.join(words)}", markup=False, style="dim")
    for source in dict.fromkeys(level.source for level in found):
        console.print(f"  {source}", markup=False, style="dim")


def _table(found: tuple[Level, ...]) -> Table:
    table = Table(box=SIMPLE_HEAD, title="Alert levels", title_justify="left")
    table.add_column("id", no_wrap=True)
    table.add_column("scope")
    for column in ("first", "step"):
        table.add_column(column, justify="right")
    table.add_column("number from")
    for level in found:
        days = f" {level.window_days} d" if level.window_days else ""
        table.add_row(
            level.id,
            f"{level.scope}{days}{'' if level.active else ' (off)'}",
            f"{level.first:g} {level.unit}",
            f"{level.step:g} {level.unit}" if level.step else "",
            level.verified,
        )
    return table
