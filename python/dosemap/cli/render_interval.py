"""An interval of the peak skin dose as a person reads it in a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from dosemap.cli.entries import print_entries
from dosemap.cli.option_names import in_options
from dosemap.document import AREA_LEVELS_GY
from dosemap.interval_words import distinct_bounds, ends


def render_interval(interval: Mapping[str, Any], console: Console) -> None:
    """Print the ends, in one unit, and all bounds that went into them.

    Parameters
    ----------
    interval
        As it stands in the JSON document.
    console
        Where to.
    """
    console.print(Text("Peak skin dose: ") + Text(ends(interval), style="bold green"))
    if interval["reason"] is not None:
        console.print(Text(f"  {interval['reason']}", style="bold yellow"))
    high_gy, least_gy = interval["high_gy"], AREA_LEVELS_GY[0]
    if high_gy is not None and high_gy < least_gy:
        console.print(
            Text(
                f"  of this procedure alone; skin reactions begin at {least_gy:g} Gy (Balter 2010)"
            )
        )
    console.print(
        Text("  an interval of what is possible; no value in it is more likely", style="dim")
    )
    print_entries(console, "Bounds", _bounds(interval["bounds"]), style="cyan")
    assumed = [(e["field"], e["value"], e["why"]) for e in interval["assumptions"]]
    print_entries(console, "Assumed for the interval", assumed, style="cyan")
    problems = [(e["code"], None, in_options(e["message"])) for e in interval["problems"]]
    print_entries(console, "Problems of the interval", problems, style="yellow")


def _bounds(bounds: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Return one entry per quantity and source, equal lines once, the quantity once."""
    entries: list[tuple[str, str, str]] = []
    before = None
    for quantity, limits, source in distinct_bounds(bounds):
        entries.append(("" if quantity == before else quantity, limits, source))
        before = quantity
    return entries
