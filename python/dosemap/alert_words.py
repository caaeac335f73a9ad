"""Alert levels in words, for every place where people read them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dosemap.quantity_words import for_people

if TYPE_CHECKING:
    from dosemap.alerts import Level
    from dosemap.history import RaisedAlert

_MOST_NAMED = 5
"""Lower thresholds that are named one by one."""


def reached(alert: Mapping[str, Any]) -> str:
    """Return what a level's quantity reached, which threshold that is, and where.

    Parameters
    ----------
    alert
        An entry of ``alerts`` of the JSON document.
    """
    site = f", {alert['site']}" if alert["site"] else ""
    return threshold_reached(alert) + site


def threshold_reached(alert: Mapping[str, Any]) -> str:
    """Return what a level's quantity reached, and which threshold that is.

    Parameters
    ----------
    alert
        As of :func:`reached`.
    """
    factor, unit = for_people(alert["unit"], alert["threshold"])
    at_least = "at least " if alert["value_is_lower_bound"] else ""
    return (
        f"{alert['level']}: {at_least}{_number(alert['value'] * factor, unit)} {unit} reached"
        f" {alert['threshold'] * factor:g} {unit}"
    )


def level_names(ids: Iterable[str], levels: "Iterable[Level]") -> list[str]:
    """Return the names of levels by their ids; of one that is not among the levels its id."""
    names = {level.id: level.name for level in levels}
    return [names.get(level_id, level_id) for level_id in ids]


def by_level(alerts: "Iterable[RaisedAlert]") -> "list[list[RaisedAlert]]":
    """Return the alerts of a procedure, one list for the steps that were passed at once."""
    groups: dict[tuple[object, ...], list[RaisedAlert]] = {}
    for alert in alerts:
        key = (alert.level_id, alert.value, alert.withdrawn, alert.withdrawn_reason)
        groups.setdefault(key, []).append(alert)
    return [sorted(steps, key=lambda alert: alert.number) for steps in groups.values()]


def steps_reached(steps: "Sequence[RaisedAlert]") -> str:
    """Return what the steps of a level that were passed at once say.

    Parameters
    ----------
    steps
        One list of :func:`by_level`.
    """
    *lower, alert = steps
    window = f" within {alert.window_days} days" if alert.window_days else ""
    factor, unit = for_people(alert.unit, alert.threshold)
    numbers = [f"{step.threshold * factor:g}" for step in lower]
    also = ", ".join(numbers)
    if len(numbers) > _MOST_NAMED:
        also = f"{len(numbers)} lower ones from {numbers[0]} to {numbers[-1]}"
    # An alert that does not say so may be of a lower bound, too.
    at_least = "" if alert.value_is_lower_bound is False else "at least "
    return (
        f"{alert.level}: {at_least}{_number(alert.value * factor, unit)} {unit}{window} reached"
        f" {alert.threshold * factor:g} {unit}{f' (also {also} {unit})' if also else ''}."
        f" {alert.wording}"
    )


def _number(value: float, unit: str) -> str:
    """Return a value with as many digits as it has elsewhere: doses three, areas and times four."""
    return f"{value:#.3g}".removesuffix(".") if unit == "Gy" else f"{value:.4g}"
