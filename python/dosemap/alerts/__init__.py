"""Dose levels at which a person should be told; the levels are data (``docs/alerts.md``).

``level`` is what a level is, ``level_toml`` reads a file of them, ``levels`` puts the files
together, ``thresholds`` counts what a value passes, ``known`` says how well a document knows a
quantity, and ``evaluate`` compares.
"""

from dosemap.alerts.evaluate import Evaluation, alert_parts, evaluate, level_applies, may_reach
from dosemap.alerts.knowledge import Known
from dosemap.alerts.known import known_quantities
from dosemap.alerts.level import QUANTITIES, SCOPES, Level, Scope, level_entry
from dosemap.alerts.levels import load_levels
from dosemap.alerts.thresholds import Crossing, crossings, highest_number, threshold

__all__ = [
    "QUANTITIES",
    "SCOPES",
    "Crossing",
    "Evaluation",
    "Known",
    "Level",
    "Scope",
    "alert_parts",
    "crossings",
    "evaluate",
    "highest_number",
    "known_quantities",
    "level_applies",
    "level_entry",
    "load_levels",
    "may_reach",
    "threshold",
]
