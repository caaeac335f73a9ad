"""Dose levels at which a person should be told; the levels are data (``docs/alerts.md``).

``level`` is what a level is, ``level_toml`` reads a file of them, ``levels`` puts the files
together, ``crossings`` counts thresholds, ``known`` says how well a document knows a quantity, and
``evaluate`` compares.
"""

from dosemap.alerts.crossings import Crossing, crossings, highest_number, threshold
from dosemap.alerts.evaluate import Evaluation, alert_parts, evaluate
from dosemap.alerts.known import Known, known_quantities
from dosemap.alerts.level import NUMBER_IS, QUANTITIES, SCOPES, Level
from dosemap.alerts.levels import load_levels

__all__ = [
    "NUMBER_IS",
    "QUANTITIES",
    "SCOPES",
    "Crossing",
    "Evaluation",
    "Known",
    "Level",
    "alert_parts",
    "crossings",
    "evaluate",
    "highest_number",
    "known_quantities",
    "load_levels",
    "threshold",
]
