"""What a skin dose may lead to, as a person reads it."""

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dosemap.cli.entries import print_entries
from dosemap.dose_words import gy
from dosemap.quantity_words import count


def render_risk(risk: Mapping[str, Any], console: Console) -> None:
    """Print the entry ``risk`` of a document (``docs/risk.md``).

    Parameters
    ----------
    risk
        The entry.
    console
        Where to.
    """
    console.print(Text("Skin reactions", style="bold"))
    console.print(Text(f"  {risk['statement']}"))
    for note in risk["notes"]:
        console.print(Text(f"  {note}", style="yellow"))
    problems = [(problem["code"], None, problem["message"]) for problem in risk["problems"]]
    print_entries(console, "Problems of the procedures together", problems, style="yellow")
    for band in risk["bands"]:
        console.print(_reactions(band))
        console.print(Text(f"  To tell: {band['tell']}"))
    if risk["sessions"] is not None:
        _render_sessions(risk["sessions"], console)
    looks = [(look["date"] or f"{look['weeks']} weeks", None, look["why"]) for look in risk["look"]]
    print_entries(console, "When to look (the site's own rules come first)", looks, style="cyan")
    caveats = [(entry["about"], None, _checked(entry)) for entry in risk["caveats"]]
    print_entries(console, "What changes it", caveats, style="cyan")
    console.print(Text(f"{risk['notice']} Source: {risk['source']}; {risk['verified']}.", "dim"))


def _checked(caveat: Mapping[str, Any]) -> str:
    text = str(caveat["text"])
    return f"{text} (from memory, not verified)" if caveat["verified"] == "memory" else text


def _reactions(band: Mapping[str, Any]) -> Table:
    upper = "" if band["to_gy"] is None else f" to {band['to_gy']:g}"
    title = (
        f"Band {band['band']}, from {band['from_gy']:g}{upper} Gy, NCI grade {band['nci_grade']}"
    )
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("window", no_wrap=True)
    table.add_column("weeks", no_wrap=True)
    table.add_column("days", no_wrap=True)
    table.add_column("seen", overflow="fold")
    for entry in band["reactions"]:
        weeks = _span(entry["from_weeks"], entry["to_weeks"])
        days = _span(entry["from_date"], entry["to_date"]) if entry["from_date"] else "-"
        table.add_row(entry["window"], weeks, days, Text(entry["expected"]))
    return table


def _span(start: object, end: object) -> str:
    return f"from {start}" if end is None else f"{start} to {end}"


def _render_sessions(sessions: Mapping[str, Any], console: Console) -> None:
    days = len(sessions["sessions"])
    console.print(Text(f"  Linear sum of {count(days, 'session')} {gy(sessions['linear_sum_gy'])}"))
    for entry in sessions["equivalents"]:
        text = (
            f"  advisory, {entry['endpoint']}, alpha/beta {entry['alpha_beta_gy']:g} Gy: as"
            f" {gy(entry['single_dose_gy'])} at once, EQD2 {gy(entry['eqd2_gy'])}"
        )
        console.print(Text(text, style="dim"))
    console.print(Text(f"  {sessions['advisory']}", style="dim"))
