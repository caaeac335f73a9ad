"""Alert levels of a result as a person reads them: those reached, and those nobody can judge."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from dosemap.alert_words import reached
from dosemap.cli.entries import print_entries


def render_alerts(document: Mapping[str, Any], console: Console) -> None:
    """Print the levels that were reached and those that could not be evaluated.

    Parameters
    ----------
    document
        Of an estimate.
    console
        Where to.
    """
    for wording, of_wording in groupby(document["alerts"], key=lambda alert: alert["wording"]):
        for alert in of_wording:
            console.print(Text("ALERT  ", style="bold red") + Text(reached(alert)))
        console.print(Text(f"       {wording}", style="dim"))
    no_map = document["map"]["reason"]  # printed above
    unknown = [
        (entry["level_id"], None, "no map" if entry["reason"] == no_map else entry["reason"])
        for entry in document["alerts_not_evaluated"]
    ]
    print_entries(console, "Alert levels not evaluated", unknown, style="bold yellow")
