"""What can be simulated, and what was, as a person reads it in a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dosemap.cli.entries import print_entries
from dosemap.cli.render import duration, gy

_UNSEEN = "report not seen"


def render_list(document: Mapping[str, Any], console: Console) -> None:
    """Print the procedures, and the devices that they can be put on.

    Parameters
    ----------
    document
        What :func:`dosemap.simulate.document.list_document` returns.
    console
        Where to.
    """
    procedures = _table("procedure", "on", "usual totals", "evidence\npub. file ass.")
    for entry in document["procedures"]:
        evidence = entry["evidence"]
        numbers = " ".join(f"{evidence[name]:4}" for name in evidence)
        about = Text(entry["name"], style="bold") + Text(f"\n{entry['title']}", style="not bold")
        about.append(f"\n{', '.join(entry['positions'])}", style="dim")
        procedures.add_row(about, ", ".join(entry["kinds"]), _usual(entry["expected"]), numbers)
    console.print(procedures)
    console.print(
        Padding(
            "Evidence: how many groups of numbers are published, measured on a file, assumed. A"
            " usual total in ( ) is assumed; dosemap simulate PROCEDURE tells the sources.",
            (0, 0, 1, 0),
        ),
        style="dim",
    )
    devices = _table("device", "is a", "written as", "how it writes")
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
    rows = (
        ("device", f"{document['device']}, {document['kind']}{known}"),
        ("position", ", ".join(document["positions"])),
        ("events", f"{totals['events']} ({events})"),
        ("seed", str(document["seed"])),
    )
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, Text(value))
    console.print(table)
    amounts = _table("total", "here", "usual", "within", "evidence")
    for quantity, expected in document["expected"].items():
        here = _amount(quantity, totals[quantity]) if quantity in totals else "see estimate"
        usual = _amount(quantity, expected["value"])
        within = f"x{expected['within_factor']:g}"
        amounts.add_row(_WORDS[quantity], here, usual, within, expected["evidence"])
    console.print(amounts)
    sources = [(group, s["evidence"], s["basis"]) for group, s in document["sources"].items()]
    sources += [
        (_WORDS[quantity], expected["evidence"], expected["basis"])
        for quantity, expected in document["expected"].items()
    ]
    print_entries(console, "Sources", sources, style="cyan")
    console.print(Text("Synthetic: no patient, no measurement.", style="dim"))


_WORDS = {
    "fluoroscopy_time_s": "fluoroscopy",
    "kerma_area_product_gy_m2": "P_KA",
    "reference_air_kerma_gy": "air kerma",
    "peak_skin_dose_gy": "peak skin dose",
}


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _amount(quantity: str, value: float) -> str:
    if quantity == "fluoroscopy_time_s":
        return duration(value)
    return f"{value * 1e4:.3g} Gy cm²" if quantity.startswith("kerma_area") else gy(value)


def _usual(expected: Mapping[str, Any]) -> str:
    lines = []
    for quantity, entry in expected.items():
        amount = f"{_WORDS[quantity]} {_amount(quantity, entry['value'])}"
        lines.append(f"({amount})" if entry["evidence"] == "assumed" else amount)
    return "\n".join(lines)
