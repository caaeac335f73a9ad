"""``dosemap levels``: the alert levels that apply, and what each rests on."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dosemap.alerts import SCOPES, Level, Scope, level_entry
from dosemap.cli.console import Output, messages, print_error
from dosemap.cli.data_output import print_json
from dosemap.cli.level_files import LevelsOption, chosen_levels
from dosemap.errors import DosemapError, LevelError
from dosemap.quantity_words import for_people

_SCOPES: dict[Scope, str] = {
    "in-procedure": "While a procedure runs",
    "procedure": "One procedure",
    "window": "A patient's procedures within days",
    "group": "Median of a group of patients",
}
_KEY = (
    "number: read in the source, quoted in another document, from memory (not verified), or set by"
    " the site; dosemap levels ID shows source and meaning"
)


def levels(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Show these in full.")
    ] = None,
    *,
    site_files: LevelsOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also levels that are switched off.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the alert levels: shipped ones, and those of --levels and DOSEMAP_LEVELS."""
    try:
        asked = bool(names) or everything
        known = _named(names, chosen_levels(site_files, include_inactive=asked))
    except DosemapError as error:
        print_error(messages(), str(error))
        raise typer.Exit(2) from error
    if as_json:
        entries = [level_entry(level) for level in known]
        document = {"schema": "dosemap.levels/1", "levels": entries}
        print_json(document)
    elif names:
        for level in known:
            _show(level, Output())
    else:
        _list(known, Output())


def _named(names: Sequence[str] | None, known: Sequence[Level]) -> list[Level]:
    if not names:
        return list(known)
    by_id = {level.id: level for level in known}
    for name in names:
        if name not in by_id:
            raise LevelError(f"there is no level {name!r}; known are {', '.join(by_id)}")
    return [by_id[name] for name in names]


def _list(known: Sequence[Level], console: Console) -> None:
    for scope in SCOPES:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, title=_SCOPES[scope], title_justify="left")
        table.add_column("level", overflow="fold")
        table.add_column("from", no_wrap=True)
        table.add_column("number", no_wrap=True)
        for level in known:
            if level.scope == scope:
                style = "" if level.verified in ("source", "site") else "yellow"
                name = level.id + ("" if level.active else " (off)")
                table.add_row(Text(name), Text(_steps(level)), Text(level.verified, style))
        if table.row_count:
            console.print(table)
    console.print(Text(_KEY, style="dim"))


def _show(level: Level, console: Console) -> None:
    console.rule(Text(level.id), align="left")
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in (
        ("name", level.name + ("" if level.active else " (switched off)")),
        ("from", _steps(level)),
        ("compared with", _scope(level)),
        ("the value is", level.statistic),
        ("means", level.wording),
        ("source", f"{level.source} ({level.date})"),
        ("number", level.verification),
        ("set by", level.origin),
    ):
        if value:
            table.add_row(name, Text(value))
    console.print(table)


def _scope(level: Level) -> str:
    if level.scope == "window":
        return f"all procedures of {level.window_days} days"
    if level.scope == "group":
        return f"median of a group: {', '.join(level.procedure_types) or 'all types'}"
    where = "the dose so far" if level.scope == "in-procedure" else "one procedure"
    types = f" ({', '.join(level.procedure_types)})" if level.procedure_types else ""
    return where + types


def _steps(level: Level) -> str:
    factor, unit = for_people(level.unit, level.first)
    steps = f", then every {level.step * factor:g}" if level.step else ""
    return f"{level.first * factor:g}{steps} {unit}"
