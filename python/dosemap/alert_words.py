"""Alert levels in words, for every place where people read them."""

from collections.abc import Mapping
from typing import Any

from dosemap.quantity_words import for_people


def reached(alert: Mapping[str, Any]) -> str:
    """Return what a level's quantity reached, and which threshold that is.

    Parameters
    ----------
    alert
        An entry of ``alerts`` of the JSON document.
    """
    factor, unit = for_people(alert["unit"], alert["threshold"])
    at_least = "at least " if alert["value_is_lower_bound"] else ""
    site = f", {alert['site']}" if alert["site"] else ""
    return (
        f"{alert['level']}: {at_least}{alert['value'] * factor:.4g} {unit} reached"
        f" {alert['threshold'] * factor:g} {unit}{site}"
    )
