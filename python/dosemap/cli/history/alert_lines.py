"""Alerts of a store as a person reads them: of whom, which level, how far; also for an audit."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from dosemap.cli.quantities import for_people
from dosemap.history import RaisedAlert

_INDENT = (0, 0, 0, 4)
_MOST_NAMED = 5
"""Lower thresholds that are named one by one."""


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
        for steps in _by_level(of_procedure):
            console.print(Padding(Text(_in_words(steps)), _INDENT))
            if steps[0].withdrawn is not None:
                text = f"withdrawn {steps[0].withdrawn}: {steps[0].withdrawn_reason}"
                console.print(Padding(Text(text, style="dim"), _INDENT))


def _by_level(alerts: Sequence[RaisedAlert]) -> list[list[RaisedAlert]]:
    """Return the alerts of a procedure, one list for the steps that were passed at once."""
    groups: dict[tuple[object, ...], list[RaisedAlert]] = {}
    for alert in alerts:
        key = (alert.level_id, alert.value, alert.withdrawn, alert.withdrawn_reason)
        groups.setdefault(key, []).append(alert)
    return [sorted(steps, key=lambda alert: alert.number) for steps in groups.values()]


def _in_words(steps: Sequence[RaisedAlert]) -> str:
    *lower, alert = steps
    window = f" within {alert.window_days} days" if alert.window_days else ""
    factor, unit = for_people(alert.unit, alert.threshold)
    numbers = [f"{step.threshold * factor:g}" for step in lower]
    also = ", ".join(numbers)
    if len(numbers) > _MOST_NAMED:
        also = f"{len(numbers)} lower ones from {numbers[0]} to {numbers[-1]}"
    return (
        f"{alert.level}: {alert.value * factor:.4g} {unit}{window} reached"
        f" {alert.threshold * factor:g} {unit}{f' (also {also} {unit})' if also else ''}."
        f" {alert.wording}"
    )
