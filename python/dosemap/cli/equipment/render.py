"""The check of a report as a person reads it in a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dosemap.cli.entries import NARROW, print_entries
from dosemap.cli.option_names import in_options
from dosemap.quantity_words import count
from dosemap.reading.log import event_list
from dosemap.report_kinds import TITLES

_STATUS_STYLE = {"doubtful": "bold yellow", "ok": "green", "not possible": "dim"}
"""In the order in which they are printed."""
_MOST_CANDIDATES = 3


def render_check(document: Mapping[str, Any], console: Console) -> None:
    """Print the document of one report.

    Parameters
    ----------
    document
        What :func:`dosemap.checking.check_document` returns.
    console
        Where to.
    """
    console.rule(Text(str(document["source"])), align="left")
    console.print(_summary(document))
    supply = [
        (entry["field"], event_list(tuple(entry["events"])), entry["how"])
        for entry in document["map"]["supply"]
    ]
    print_entries(console, "To supply for a map", supply, style="bold yellow")
    events, is_narrow = document["events"]["count"], console.width < NARROW
    if events:
        title = f"Fields of the report ({count(events, 'event')})"
        console.print(_coverage(title, document["report_fields"], is_narrow=is_narrow))
        placed = document["map"]["events_placed"]
        title = f"Values that the beams are made from ({count(placed, 'event')} placed)"
        if placed:
            console.print(_coverage(title, document["beam_values"], is_narrow=is_narrow))
        console.print(_checks(document["checks"]))
    problems = [(e["code"], None, in_options(e["message"])) for e in document["problems"]]
    print_entries(console, "Problems", problems, style="yellow")
    assumed = [(e["field"], e["value"], e["why"]) for e in document["assumptions"]]
    print_entries(console, "Assumed", assumed, style="cyan")


def _summary(document: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")

    def row(name: str, value: str, style: str = "") -> None:
        table.add_row(name, Text(value, style=style))

    system, equipment, events = document["system"], document["equipment"], document["events"]
    row(
        "system", " ".join(system[k] for k in ("manufacturer", "model") if system[k]) or "not known"
    )
    row("software", system["software_versions"] or "not known")
    synthetic = ", synthetic report: no patient" if document["synthetic"] else ""
    row("report", TITLES[document["report_kind"]] + synthetic)
    if equipment["profile"]:
        chosen = "" if equipment["chosen_by"] == "match" else ", given by you"
        row("profile", f"{equipment['profile']} ({equipment['title']}){chosen}", "bold")
        fits = equipment["matches"]
        row("", equipment["why"], "" if fits else "bold yellow")
        validated = f"{equipment['claims_validated']} of {equipment['claims']} claims validated"
        row("", f"{validated}; see dosemap equipment show {equipment['profile']}")
    else:
        row("profile", "none fits; the closest:", "bold yellow")
        for candidate in equipment["candidates"][:_MOST_CANDIDATES]:
            row("", f"{candidate['profile']}: {candidate['why']}")
    kinds = ", ".join(f"{number} {kind}" for kind, number in events["by_type"].items())
    row(
        "events",
        f"{events['count']}{f' ({kinds})' if kinds else ''}, {events['with_air_kerma']} with air"
        " kerma",
    )
    mapped = document["map"]
    if mapped["available"]:
        share = mapped["share_of_air_kerma_placed"]
        row(
            "map",
            f"yes: {count(mapped['events_placed'], 'beam')} placed, {share:.0%} of the air kerma",
        )
    else:
        reason = str(mapped["reason"]).removeprefix("no map: ")
        row("map", f"none: {in_options(reason)}", "bold yellow")
    return table


def _coverage(title: str, rows: Sequence[Mapping[str, Any]], *, is_narrow: bool) -> Table:
    """Return a table of the fields that occur; those that never do are named in its caption."""
    missing = [row["field"] for row in rows if set(row["provenance"]) == {"missing"}]
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption=f"never in it: {', '.join(missing)}" if missing else None,
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column("field", no_wrap=not is_narrow, overflow="fold")
    table.add_column("with\nvalue", justify="right", no_wrap=True)
    if not is_narrow:
        table.add_column("values", overflow="fold")
        table.add_column("from", overflow="fold")
    for row in rows:
        if row["field"] in missing:
            continue
        number, field = str(row["events_with_value"]), str(row["field"])
        values, origins = _values(row), _origins(row["provenance"])
        if is_narrow:
            table.add_row(Text(f"{field}\n  {f'{values} ({origins})'.lstrip()}"), number)
        else:
            table.add_row(field, number, Text(values), origins)
    return table


def _origins(provenance: Mapping[str, int]) -> str:
    """Return where the values came from, with the number of events where that differs."""
    if len(provenance) == 1:
        return next(iter(provenance))
    return ", ".join(f"{number} {kind}" for kind, number in provenance.items())


def _values(row: Mapping[str, Any]) -> str:
    low, high = row["minimum"], row["maximum"]
    if low is None:
        return "; ".join(row["texts"])
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"


def _checks(checks: Sequence[Mapping[str, Any]]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.title, table.title_style, table.title_justify = "Checks", "bold", "left"
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for entry in sorted(checks, key=lambda entry: list(_STATUS_STYLE).index(entry["status"])):
        which = f" ({event_list(tuple(entry['events']))})" if entry["events"] else ""
        status = Text(f"  {entry['status']}", style=_STATUS_STYLE[entry["status"]])
        table.add_row(status, Text(entry["message"] + which))
    return table
