"""What can be simulated, and what was, as a person reads it in a terminal."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dosemap.cli.entries import NARROW, print_entries
from dosemap.dose_words import gy
from dosemap.quantity_words import duration

_UNSEEN = "report not seen"
_WORDS = {
    "fluoroscopy_time_s": "fluoroscopy",
    "kerma_area_product_gy_m2": "P_KA",
    "reference_air_kerma_gy": "air kerma",
    "peak_skin_dose_gy": "peak skin dose",
}


def render_list(document: Mapping[str, Any], console: Console) -> None:
    """Print the procedures, and the devices that they can be put on.

    Parameters
    ----------
    document
        What :func:`dosemap.simulate.document.list_document` returns.
    console
        Where to.
    """
    by_kinds: dict[str, list[Mapping[str, Any]]] = {}
    for entry in document["procedures"]:
        by_kinds.setdefault(", ".join(entry["kinds"]), []).append(entry)
    for kinds, entries in by_kinds.items():
        console.print(Text(f"On: {kinds}", style="bold"))
        console.print(_procedures(entries, is_narrow=console.width < NARROW))
    sourced = (
        " Sourced: how many groups of numbers are published or measured on a file; the rest is"
        " assumed."
    )
    console.print(
        "Usual totals, on the first kind of device that fits: on another a simulation may come to"
        " more or less, and says so. One in ( ) is assumed."
        f"{'' if console.width < NARROW else sourced} docs/simulate.md has titles and sources.\n",
        style="dim",
    )
    devices = _table("device", "is a", "written as", "how it writes")
    devices.columns[0].no_wrap = True  # a name is copied
    devices.columns[1].min_width = len("angiography")
    for entry in document["devices"]:
        known = Text("known") if entry["habits_known"] else Text(_UNSEEN, style="yellow")
        made_as = f"{entry['manufacturer']} {entry['model']}"
        devices.add_row(Text(entry["name"], style="bold"), entry["kind"], made_as, known)
    console.print(devices)


def render_simulation(document: Mapping[str, Any], console: Console) -> None:
    """Print what was simulated, beside what is usual, and what the numbers rest on.

    Parameters
    ----------
    document
        What :func:`dosemap.simulate.document.simulation_document` returns.
    console
        Where to.
    """
    console.rule(Text(f"{document['name']}: {document['title']}"), align="left")
    totals = document["totals"]
    events = ", ".join(f"{number} {kind}" for kind, number in totals["events_by_type"].items())
    known = "" if document["habits_known"] else f" ({_UNSEEN}: how it writes is not known)"
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("device", Text(f"{document['device']}, {document['kind']}{known}"))
    table.add_row("position", ", ".join(document["positions"]))
    table.add_row("events", f"{totals['events']} ({events})")
    table.add_row("seed", str(document["seed"]))
    console.print(table)
    console.print(_totals(totals, document["expected"]))
    if _beyond(totals, document["expected"]):
        usual = document["usual_device"]
        of_device = (
            "on the device it was made for"
            if document["device"] == usual
            else f"for {usual}; {document['device']} has another technique or geometry"
        )
        text = f"  ! beyond what is usual: the usual totals are {of_device}"
        console.print(Text(text, style="yellow"))
    sources = [(group, s["evidence"], s["basis"]) for group, s in document["sources"].items()]
    sources += [
        (_WORDS[quantity], expected["evidence"], expected["basis"])
        for quantity, expected in document["expected"].items()
    ]
    print_entries(console, "Sources", sources, style="cyan")
    console.print(Text("Synthetic: no patient, no measurement.", style="dim"))


def _totals(totals: Mapping[str, Any], expected: Mapping[str, Any]) -> Table:
    table = _table("total", "here", "usual", "within", "evidence")
    beyond = _beyond(totals, expected)
    for quantity, usual in expected.items():
        here = _amount(quantity, totals[quantity]) if quantity in totals else "see estimate"
        table.add_row(
            _WORDS[quantity],
            f"{here} !" if quantity in beyond else here,
            _amount(quantity, usual["value"]),
            f"x {usual['within_factor']:g}",
            usual["evidence"],
        )
    return table


def _beyond(totals: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Return the totals that are further from the usual ones than they are said to vary."""
    return [
        quantity
        for quantity, usual in expected.items()
        if quantity in totals
        and not usual["value"] / usual["within_factor"]
        <= totals[quantity]
        <= usual["value"] * usual["within_factor"]
    ]


def _amount(quantity: str, value: float) -> str:
    if quantity == "fluoroscopy_time_s":
        return duration(value)
    return f"{value * 1e4:.3g} Gy cm²" if quantity == "kerma_area_product_gy_m2" else gy(value)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


_COLUMNS: Mapping[str, tuple[str, Callable[[float], str]]] = {
    "fluoro\nmin:s": ("fluoroscopy_time_s", _clock),
    "P_KA\nGy cm²": ("kerma_area_product_gy_m2", lambda value: f"{value * 1e4:.4g}"),
    "air kerma\nmGy": ("reference_air_kerma_gy", lambda value: f"{value * 1e3:.4g}"),
}
_WIDTHS = (33, 8, 7, 9, 7)
_NARROW_WIDTHS = (31, 7, 9)
"""Of the columns of the list, so that those of one table stand below those of another."""


def _procedures(entries: Sequence[Mapping[str, Any]], *, is_narrow: bool) -> Table:
    """Return the procedures; on a narrow terminal without times and without what they rest on."""
    shown = dict(list(_COLUMNS.items())[is_narrow:])
    table = _table("procedure", *shown, *([] if is_narrow else ["sourced"]))
    widths = _NARROW_WIDTHS if is_narrow else _WIDTHS
    for column, width in zip(table.columns, widths, strict=True):
        column.min_width, column.no_wrap = width, True
    for column in table.columns[1:]:
        column.justify = "right"
    for entry in entries:
        cells = []
        for quantity, written in shown.values():
            usual = entry["expected"][quantity]
            cell = written(usual["value"])
            cells.append(f"({cell})" if usual["evidence"] == "assumed" else f"{cell} ")
        groups, assumed = sum(entry["evidence"].values()), entry["evidence"]["assumed"]
        sourced = [] if is_narrow else [f"{groups - assumed} of {groups}"]
        table.add_row(Text(entry["name"]), *cells, *sourced)
    return table


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
