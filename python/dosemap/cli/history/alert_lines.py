"""Alerts of a store as a person reads them: of whom, which level, how far; also for an audit."""

from collections.abc import Iterable
from dataclasses import replace

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from dosemap.alert_words import by_level, steps_reached
from dosemap.history import NotEvaluated, RaisedAlert
from dosemap.quantity_words import count

_INDENT = (0, 0, 0, 4)
_MOST_PROCEDURES = 50
"""Of which levels that nobody can say are listed."""


def print_alerts(
    alerts: Iterable[RaisedAlert],
    console: Console,
    *,
    mark: str = "ALERT",
    style: str = "bold red",
    with_patient: bool = True,
) -> None:
    """Print alerts, those of a procedure together, steps of a level as one.

    Parameters
    ----------
    alerts
        In any order; the first of a procedure says where it stands.
    console
        Where to.
    mark, style
        What stands before each procedure, and how; an empty mark: when the alerts were raised.
    with_patient
        Name the patient.
    """
    groups: dict[tuple[str, str], list[RaisedAlert]] = {}
    for alert in alerts:
        raised = "" if mark else alert.raised
        groups.setdefault((alert.named, raised), []).append(alert)
    for (_, raised), of_procedure in groups.items():
        first = of_procedure[0]
        name = first.named if with_patient else first.named_without_patient
        console.print(Text(f"{mark or raised}  ", style=style) + Text(name))
        for steps in by_level(of_procedure):
            console.print(Padding(Text(steps_reached(steps)), _INDENT))
            if steps[0].withdrawn is not None:
                text = f"withdrawn {steps[0].withdrawn}: {steps[0].withdrawn_reason}"
                console.print(Padding(Text(text, style="dim"), _INDENT))


def print_not_evaluated(
    entries: Iterable[NotEvaluated], console: Console, *, with_patient: bool = True
) -> None:
    """Print of which levels nobody can say whether they were reached, by procedure.

    Parameters
    ----------
    entries
        In any order.
    console
        Where to.
    with_patient
        Name patient and file.
    """
    groups: dict[str, dict[str, list[str]]] = {}
    for entry in entries:
        name = entry.named if with_patient else replace(entry, file=None).named_without_patient
        groups.setdefault(name, {}).setdefault(entry.reason, []).append(entry.level_id)
    if groups:
        console.print(Text("Alert levels not evaluated", style="bold"))
    for name, reasons in list(groups.items())[:_MOST_PROCEDURES]:
        console.print(Text(f"  {name}", style="bold yellow"))
        for reason, levels in reasons.items():
            console.print(Padding(Text(f"{', '.join(levels)}: {reason}"), _INDENT))
    if (more := len(groups) - _MOST_PROCEDURES) > 0:
        console.print(Text(f"  and of {count(more, 'more procedure')}: --json lists all"))
