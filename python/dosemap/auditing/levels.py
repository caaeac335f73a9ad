"""Alert levels as an audit uses them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dosemap.alerts import evaluate


@dataclass(frozen=True, kw_only=True)
class Levels:
    """Levels that reports are held against."""

    levels: tuple[Any, ...] = ()

    def reached(self, doses: Mapping[str, Any], procedure_type: str | None) -> list[dict[str, Any]]:
        """Return the levels that a report reached."""
        return [
            {**entry, "level_id": entry["level"], "number": 0}
            for entry in evaluate(doses, peak_site=doses["peak_site"])
        ]

    def label(self, entry: Mapping[str, Any]) -> str:
        """Return how a reached level stands in a row."""
        return str(entry["level_id"])

    def not_evaluated(self, doses: Mapping[str, Any], procedure_type: str | None) -> list[str]:
        """Return the levels that could not be held against a report."""
        return []

    def peak_is_lower_bound(self, doses: Mapping[str, Any]) -> bool | None:
        """Return whether the peak skin dose may be higher than stated."""
        return None


def standard_levels() -> Levels:
    """Return the levels that come with the package."""
    return Levels()
