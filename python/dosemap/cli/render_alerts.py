"""Alert levels of a result as a person reads them: those reached, and those nobody can judge."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

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
    for alert in document["alerts"]:
        at_least = "at least " if alert["value_is_lower_bound"] else ""
        text = (
            f"{alert['level']}: {at_least}{alert['value']:.4g} {alert['unit']} reached"
            f" {alert['threshold']:g} {alert['unit']}"
            f"{', ' + alert['site'] if alert['site'] else ''}"
        )
        console.print(Text("ALERT  ", style="bold red") + Text(text))
        console.print(Text(f"       {alert['wording']}", style="dim"))
    unknown = [
        (entry["level_id"], None, entry["reason"]) for entry in document["alerts_not_evaluated"]
    ]
    print_entries(console, "Alert levels not evaluated", unknown, style="bold yellow")
