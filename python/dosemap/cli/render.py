"""A result as a person reads it in a terminal; text of a report is printed as plain text."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dosemap.cli.entries import NARROW, print_entries
from dosemap.cli.option_names import in_options
from dosemap.cli.render_alerts import render_alerts
from dosemap.cli.render_interval import render_interval
from dosemap.cli.render_risk import render_risk
from dosemap.dose_words import gy
from dosemap.field_words import field_words
from dosemap.result import DoseResult
from dosemap.result_words import (
    LOUD,
    assumed_for,
    at_least,
    changed_corrections,
    coverage,
    is_well_covered,
    kind_of_report,
    moment,
    skin_area,
    system,
)
from dosemap.totals_words import totals_rows

_TOP_EVENTS = 8
_LEAST_SHARE = 1e-3


def render_result(result: DoseResult, console: Console, *, events: bool) -> None:
    """Print a result.

    Parameters
    ----------
    result
        What was estimated.
    console
        Where to.
    events
        Also print one line per event.
    """
    document = result.document
    console.rule(Text(str(document["source"])), align="left")
    console.print(_key_numbers(result))
    for problem in document["problems"]:
        if problem["code"] in LOUD:
            loud = Text(in_options(problem["message"]), style="red")
            console.print(Text("CHECK  ", style="bold red") + loud)
    if document["interval"] is not None:
        render_interval(document["interval"], console)
    if result.peak is not None:
        console.print(_contributions(document["peak"]["events"], result.peak.dose_gy))
    if events:
        console.print(_events(result, width=console.width))
    render_alerts(document, console)
    if document["risk"] is not None:
        render_risk(document["risk"], console)
    problems = [
        (e["code"], None, in_options(e["message"]))
        for e in document["problems"]
        if e["code"] not in LOUD
    ]
    print_entries(console, "Problems", problems, style="yellow")
    changed = [(field_words(name), None, text) for name, _, text in changed_corrections(document)]
    print_entries(console, "Corrections", changed, style="bold yellow")
    assumed = [(e["field"], e["value"], e["why"]) for e in document["assumptions"]]
    print_entries(console, "Assumed", assumed, style="cyan")
    unchecked = [entry["claim"] for entry in document["equipment"]["not_validated"]]
    if unchecked:
        text = f"Not validated in the equipment profile: {', '.join(unchecked)}"
        console.print(Text(text, style="dim"))
    console.print(Text(document["software"]["notice"], style="dim"))


def _key_numbers(result: DoseResult) -> Table:
    document = result.document
    procedure, totals, mapped = document["procedure"], document["totals"], document["map"]
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")

    def row(name: str, value: str, style: str = "") -> None:
        table.add_row(name, Text(value, style=style))

    row("system", system(document))
    row("report", kind_of_report(document))
    row("started", moment(procedure["started"]))
    for name, text in totals_rows(totals):
        row(name, text)
    if not mapped["available"]:
        reason = str(mapped["reason"]).removeprefix("no map: ")
        row("map", f"none: {in_options(reason)}", "bold yellow")
        row("not mapped", gy(mapped["air_kerma_not_mapped_gy"]))
        return table
    row("patient", f"{procedure['patient_position']}, {mapped['surface']}")
    row("peak skin dose", at_least(document) + gy(result.peak_skin_dose_gy), "bold green")
    row("hottest 1 cm²", at_least(document) + gy(result.hottest_1cm2_dose_gy))
    row("where", str(document["peak"]["site"]))
    if changed := changed_corrections(document):
        names = ", ".join(field_words(name) for name, _, _ in changed)
        row("corrections", f"changed: {names}", "bold yellow")
    row("skin area", skin_area(document))
    missed = mapped["air_kerma_not_mapped_gy"]
    row("not mapped", gy(missed), "" if missed == 0 else "bold yellow")
    trust = document["trust"]
    if (covered := coverage(trust)) is not None:
        row("on skin", covered, "" if is_well_covered(trust) else "bold yellow")
        row("assumed for", assumed_for(trust))
    return table


def _contributions(events: Sequence[Mapping[str, Any]], peak_gy: float) -> Table:
    table = Table("event", title="Contributions at the peak", title_justify="left")
    table.add_column("dose", justify="right")
    table.add_column("share", justify="right")
    shown = [e for e in events[:_TOP_EVENTS] if e["dose_gy"] >= _LEAST_SHARE * peak_gy]
    for entry in shown:
        share = entry["dose_gy"] / peak_gy
        table.add_row(str(entry["event"]), gy(entry["dose_gy"]), f"{share:.1%}")
    rest = [entry["dose_gy"] for entry in events[len(shown) :]]
    if rest:
        total = sum(rest)
        table.add_row(f"{len(rest)} more", gy(total), f"{total / peak_gy:.1%}")
    return table


_LEFT_OUT_WHERE_NARROW = ("half_value_layer_mm_al", "kvp")
_EVENT_COLUMNS = (
    ("reference_air_kerma_gy", "K_ref\nmGy", 1e3, 3),
    ("kvp", "kV", 1, 0),
    ("half_value_layer_mm_al", "HVL\nmm Al", 1, 2),
    ("primary_angle_deg", "prim.\n°", 1, 1),
    ("secondary_angle_deg", "sec.\n°", 1, 1),
    ("share_on_skin", "skin\n%", 100, 0),
    ("dose_at_peak_gy", "peak\nmGy", 1e3, 3),
)
"""Column of the event table, heading, factor and decimals."""


def _events(result: DoseResult, *, width: int) -> Table:
    """Return the events; the plane where there are several, less columns on a narrow terminal."""
    is_narrow = width < NARROW
    columns = [
        column
        for column in _EVENT_COLUMNS
        if not (is_narrow and column[0] in _LEFT_OUT_WHERE_NARROW)
    ]
    planes = result.events.texts["acquisition_plane"]
    has_planes = len(set(planes)) > 1
    table = Table(
        title="Events",
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column("event", justify="right", no_wrap=True)
    if has_planes:
        table.add_column("plane", no_wrap=True)
    table.add_column("type", no_wrap=True)
    if not is_narrow:
        table.add_column("filter", min_width=9)
    for _, heading, _, _ in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    numbers, texts = result.events.numbers, result.events.texts
    for index in range(len(result.events)):
        values = [numbers[name][index] * factor for name, _, factor, _ in columns]
        cells = [
            "-" if np.isnan(value) else f"{value:z.{decimals}f}"
            for value, (_, _, _, decimals) in zip(values, columns, strict=True)
        ]
        words = [planes[index]] if has_planes else []
        words.append(texts["event_type"][index])
        words += [] if is_narrow else [texts["added_filters"][index]]
        table.add_row(str(index), *map(Text, words), *cells)
    return table
