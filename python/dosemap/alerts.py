"""Which dose levels a procedure reached; the levels are data (``data/alerts/levels.toml``)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def shipped_levels() -> tuple[dict[str, Any], ...]:
    """Return the levels that come with the package, with source and state of verification."""
    text = (files("dosemap") / "data" / "alerts" / "levels.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["level"])


def evaluate(
    quantities: Mapping[str, float | None], *, peak_site: str | None = None
) -> list[dict[str, Any]]:
    """Return the levels that one procedure reached.

    Parameters
    ----------
    quantities
        Totals of the procedure and its ``peak_skin_dose_gy``, by name; ``None`` where unknown.
    peak_site
        Where the peak skin dose is, in words.

    Returns
    -------
    One entry per level reached: level, quantity, value, threshold, unit, source, verified, and
    the site of a dose to the skin.

    Examples
    --------
    >>> [alert["threshold"] for alert in evaluate({"peak_skin_dose_gy": 3.2})]
    [3.0]
    """
    reached = []
    for level in shipped_levels():
        value = quantities.get(level["quantity"])
        if value is not None and value >= level["threshold"]:
            reached.append(
                {
                    "level": level["name"],
                    "quantity": level["quantity"],
                    "value": value,
                    "threshold": level["threshold"],
                    "unit": level["unit"],
                    "site": peak_site if level["quantity"] == "peak_skin_dose_gy" else None,
                    "source": level["source"],
                    "verified": level["verified"],
                }
            )
    return reached
