"""An interval of the peak skin dose as a person reads it in a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from dosemap.cli.entries import print_entries
from dosemap.cli.option_names import in_options
from dosemap.document import AREA_LEVELS_GY
from dosemap.dose_words import gy

_UNITS = ((1.0, "Gy"), (1e3, "mGy"), (1e6, "µGy"))


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
    lines = dict.fromkeys(
        (bound["quantity"], _range(bound["low"], bound["high"], bound["unit"]), bound["source"])
        for bound in bounds
    )
    entries: list[tuple[str, str, str]] = []
    before = None
    for quantity, limits, source in lines:
        entries.append(("" if quantity == before else quantity, limits, source))
        before = quantity
    return entries


def ends(interval: Mapping[str, Any]) -> str:
    """Return the two ends in words.

    Examples
    --------
    >>> ends({"low_gy": 0.0004, "high_gy": 0.00213})
    'between 0.40 and 2.1 mGy'
    >>> ends({"low_gy": 0.0004, "high_gy": None})
    'at least 400 µGy, with no upper bound'
    >>> ends({"low_gy": None, "high_gy": 0.45})
    'at most 450 mGy'
    >>> ends({"low_gy": None, "high_gy": None})
    'not known'
    """
    low, high = interval["low_gy"], interval["high_gy"]
    if low is None and high is None:
        return "not known"
    largest = low if high is None else high
    factor, unit = next((entry for entry in _UNITS if largest * entry[0] >= 0.9995), _UNITS[-1])
    if high is None:
        return f"at least {_digits(low * factor)} {unit}, with no upper bound"
    if low is None:
        return f"at most {_digits(high * factor)} {unit}"
    return f"between {_digits(low * factor)} and {_digits(high * factor)} {unit}"


def _digits(value: float) -> str:
    """Two digits: the ends are not known better."""
    return f"{value:#.2g}".removesuffix(".") if value < 100 else f"{value:.0f}"


def _range(low: float, high: float, unit: str) -> str:
    if unit == "Gy":
        return " to ".join(gy(end) for end in dict.fromkeys((low, high)))
    values = " to ".join(
        f"{end:.0f}" if abs(end) >= 1000 else f"{end:.3g}" for end in dict.fromkeys((low, high))
    )
    return f"{values} {unit}".rstrip()
