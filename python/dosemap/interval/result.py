"""An interval and how it came about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dosemap.interval.event import EventInterval
from dosemap.interval.ranges import Bound, Range
from dosemap.procedure import Assumption, Problem


@dataclass(frozen=True, kw_only=True, repr=False)
class SkinDoseInterval:
    """The lowest and the highest peak skin dose compatible with a report.

    Made by :func:`dosemap.estimate_interval`. There is no value between the ends that is more
    likely than another.
    """

    source: str
    low_gy: float | None
    """``None``: nothing bounds the dose of any event from below."""
    high_gy: float | None
    """``None``: something in the report has no upper bound; ``reason`` says what."""
    reason: str | None
    largest_event: int | None
    """The event whose dose is the low end."""
    unlisted_air_kerma_gy: float
    """What the report's total has above its events; it counts in the high end."""
    events: tuple[EventInterval, ...]
    of_totals: EventInterval | None
    """Of a report without events: all its dose in one field."""
    assumptions: tuple[Assumption, ...]
    problems: tuple[Problem, ...]

    def __repr__(self) -> str:
        low, high = ("?" if end is None else f"{end:.3g} Gy" for end in (self.low_gy, self.high_gy))
        return f"<SkinDoseInterval of {self.source}: between {low} and {high}>"

    def bounds(self) -> list[dict[str, Any]]:
        """Return what bounded each quantity, over all events that share the source."""
        found: dict[tuple[str, str, str, str], list[tuple[int, Bound]]] = {}
        for entry in (self.of_totals,) if self.of_totals else self.events:
            for bound in entry.bounds:
                key = (bound.quantity, bound.unit, bound.source, str(bound.provenance))
                found.setdefault(key, []).append((entry.event, bound))
        merged = []
        for (quantity, unit, source, provenance), entries in found.items():
            over = Range(
                min(bound.range.low for _, bound in entries),
                max(bound.range.high for _, bound in entries),
            )
            merged.append(
                {
                    "quantity": quantity,
                    "low": over.low,
                    "high": over.high,
                    "unit": unit,
                    "source": source,
                    "provenance": provenance,
                    "events": [] if self.of_totals else [event for event, _ in entries],
                }
            )
        return merged

    def to_dict(self) -> Mapping[str, Any]:
        """Return the interval as it stands in the JSON document (``docs/json.md``)."""
        return {
            "low_gy": self.low_gy,
            "high_gy": self.high_gy,
            "reason": self.reason,
            "largest_event": self.largest_event,
            "unlisted_air_kerma_gy": self.unlisted_air_kerma_gy,
            "events": [_event(entry) for entry in self.events],
            "bounds": self.bounds(),
            "assumptions": [
                {
                    "field": entry.field,
                    "value": entry.value,
                    "why": entry.why,
                    "provenance": str(entry.provenance),
                    "events": list(entry.events),
                }
                for entry in self.assumptions
            ],
            "problems": [
                {"code": entry.code, "events": list(entry.events), "message": entry.message}
                for entry in self.problems
            ],
        }


def _event(entry: EventInterval) -> dict[str, Any]:
    return {
        "event": entry.event,
        "low_gy": entry.dose_gy.low if entry.dose_gy else None,
        "high_gy": entry.dose_gy.high if entry.dose_gy else None,
        "reason": entry.reason,
    }
