"""Which levels one procedure reached, which not, and of which nobody can say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dosemap.alerts.knowledge import Known
from dosemap.alerts.known import known_quantities
from dosemap.alerts.level import Level, Scope
from dosemap.alerts.thresholds import highest_number, threshold

TYPE_NOT_KNOWN = "it is for some types of procedure, and of which type this one is is not known"
_NOT_LOOKED_AT = Known(why="it was not looked at")


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Every level that was looked at, in one of three lists."""

    reached: list[dict[str, Any]] = field(default_factory=list)
    """Entries of ``alerts`` in the JSON document."""
    below: list[str] = field(default_factory=list)
    """Ids of levels that were certainly not reached."""
    not_evaluated: list[dict[str, Any]] = field(default_factory=list)
    """Entries of ``alerts_not_evaluated``."""


def evaluate(
    known: Mapping[str, Known],
    *,
    levels: Iterable[Level],
    scope: Scope = "procedure",
    procedure_type: str | None = None,
    peak_site: str | None = None,
) -> Evaluation:
    """Compare quantities with the levels of a scope.

    Parameters
    ----------
    known
        What is known of each quantity, by its name; one that lacks is not known.
    levels
        From :func:`load_levels`; those of other scopes are left out.
    scope
        What the quantities are of.
    procedure_type
        What was done; ``None``: not known, so that levels for single types cannot be evaluated.
    peak_site
        Where the peak skin dose is, in words.

    Examples
    --------
    >>> from dosemap.alerts import load_levels
    >>> found = evaluate({"peak_skin_dose_gy": Known.exactly(3.2)}, levels=load_levels())
    >>> [alert["threshold"] for alert in found.reached]
    [3.0]
    >>> [entry["reason"] for entry in found.not_evaluated][:1]
    ['it was not looked at']
    """
    found = Evaluation()
    for level in levels:
        applies = level_applies(level, procedure_type)
        if level.scope != scope or applies is False:
            continue
        of_level = known.get(level.quantity, _NOT_LOOKED_AT)
        number = highest_number(level, value=of_level.at_least)
        if number is None and not may_reach(level, of_level):
            found.below.append(level.id)
        elif applies is None:
            found.not_evaluated.append(_not_evaluated(level, of_level, TYPE_NOT_KNOWN))
        elif number is not None:
            site = peak_site if level.quantity == "peak_skin_dose_gy" else None
            found.reached.append(_alert(level, of_level, number=number, site=site))
        else:
            reason = of_level.why or "not known"
            found.not_evaluated.append(_not_evaluated(level, of_level, reason))
    return found


def alert_parts(
    document: Mapping[str, Any], levels: Iterable[Level], *, procedure_type: str | None = None
) -> dict[str, Any]:
    """Return the keys of an estimate's document that say which levels were reached.

    Parameters
    ----------
    document
        Of the estimate; these keys themselves are not looked at.
    levels
        From :func:`load_levels`; only those of scope ``procedure`` are looked at.
    procedure_type
        As for :func:`evaluate`.
    """
    peak = document["peak"]
    found = evaluate(
        known_quantities(document),
        levels=levels,
        procedure_type=procedure_type,
        peak_site=peak["site"] if peak else None,
    )
    return {
        "alerts": found.reached,
        "alert_levels_below": found.below,
        "alerts_not_evaluated": found.not_evaluated,
    }


def level_applies(level: Level, procedure_type: str | None) -> bool | None:
    """Return whether a level is for a type of procedure; ``None``: nobody can say.

    Parameters
    ----------
    level
        The level.
    procedure_type
        What was done, several joined by ``+``: a level for one of them applies; ``None``: not
        known.
    """
    if not level.procedure_types:
        return True
    if procedure_type is None:
        return None
    return not set(procedure_type.split("+")).isdisjoint(level.procedure_types)


def may_reach(level: Level, known: Known) -> bool:
    """Return whether a level may have been reached, by the most that a quantity can be.

    Parameters
    ----------
    level
        The level.
    known
        What is known of its quantity.
    """
    return known.at_most is None or highest_number(level, value=known.at_most) is not None


def _alert(level: Level, known: Known, *, number: int, site: str | None) -> dict[str, Any]:
    return {
        "level": level.name,
        "level_id": level.id,
        "quantity": level.quantity,
        "value": known.at_least,
        "value_is_lower_bound": known.at_least != known.at_most,
        "threshold": threshold(level, number=number),
        "number": number,
        "unit": level.unit,
        "site": site,
        "wording": level.wording,
        "source": level.source,
        "verified": level.verification,
    }


def _not_evaluated(level: Level, known: Known, reason: str) -> dict[str, Any]:
    return {
        "level": level.name,
        "level_id": level.id,
        "quantity": level.quantity,
        "at_least": known.at_least,
        "threshold": level.first,
        "unit": level.unit,
        "reason": reason,
    }
