"""How well the totals of a document are known: a total of one plane is not that of the patient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dosemap.alerts.knowledge import Known
from dosemap.dose_words import gy
from dosemap.totals import beyond_total

NOT_STATED = "the report does not state it"

_REPORT = "report"
_DIFFERS = "kerma-total-differs"
"""Problem of a report whose events add up to another air kerma than its total says."""
_ROUNDED = 1.001
_TIME_STEP_S = 2.0
_TIME_WITHIN = 0.05
"""A total time is in whole seconds, cut or rounded per plane, and the durations of events count
other parts of a second: in the real reports at hand they add up to 2.3 % more at most."""


@dataclass(frozen=True, kw_only=True)
class _Total:
    """A total of the report beside what its planes and its events say."""

    total: float
    of_events: float
    """Sum over the events that state the quantity."""
    has_silent_events: bool
    """Some event does not state it, or it is not known whether all do."""
    is_passed: bool
    """Its events add up to more, beyond what roundings explain."""
    planes: Sequence[tuple[str | None, float | None, int]]
    """Name, total of its own where it states one, events that count."""
    text: str
    """The sum over the events with its unit."""

    def known(self) -> Known:
        """Return what is known of the quantity."""
        recorded = max(self.total, self.of_events, *(value or 0.0 for _, value, _ in self.planes))
        if beyond := self._beyond():
            planes = " and ".join(f"plane {plane}" if plane else "no plane" for plane in beyond)
            why = f"the report's total does not hold that of its events of {planes}"
            return Known(at_least=recorded, why=f"{why}: it is a lower bound")
        of_all = max((value or 0.0 for plane, value, _ in self.planes if plane == "all"), default=0)
        if of_all > self.total * _ROUNDED:
            why = "the report states more for all planes than for the single ones together"
            return Known(at_least=recorded, why=f"{why}: it is a lower bound")
        if self.has_silent_events and self.total == 0:
            why = "the report's total is 0 beside events that do not state it: it is a lower bound"
            return Known(at_least=recorded, why=why)
        more = f"its events add up to {self.text}, more than the report's total"
        if self.is_passed and self.of_events > self.total:
            return Known(at_least=recorded, why=f"{more}: it is a lower bound")
        if self.of_events > self.total:
            return Known(at_least=self.total, at_most=self.of_events, why=more)
        return Known.exactly(self.total)

    def _beyond(self) -> list[str | None]:
        # A zero beside events that do not state the quantity says as little as no total.
        stated = [plane for plane, value, _ in self.planes if value or self._is_zero(value)]
        return beyond_total(stated, (plane for plane, _, events in self.planes if events))

    def _is_zero(self, value: float | None) -> bool:
        return value == 0 and not self.has_silent_events


def air_kerma(document: Mapping[str, Any]) -> Known:
    """Return what is known of the reference air kerma, Gy."""
    totals, codes = document["totals"], _codes(document)
    total, unknown = totals["reference_air_kerma_gy"], totals["events_with_unknown_air_kerma"]
    if totals["reference_air_kerma_from"] != _REPORT or total is None:
        return _sum(total, totals, unknown=unknown)
    of_events = totals["sum_of_event_air_kerma_gy"]
    known = _Total(
        total=total,
        of_events=of_events,
        has_silent_events=unknown > 0,
        is_passed=_DIFFERS in codes,
        planes=_planes(totals, "reference_air_kerma"),
        text=gy(of_events),
    ).known()
    if "derived-kerma-beyond-total" not in codes or known.at_most is None:
        return known
    why = "what was derived for events without air kerma is more than the report's total leaves"
    return Known(at_least=known.at_least, why=f"{why} for them: the total is a lower bound")


def unlisted(document: Mapping[str, Any]) -> float:
    """Return the air kerma that the report's total has above its events, Gy; 0: but for rounding.

    Events are missing, which no map can hold.
    """
    totals = document["totals"]
    total_gy, is_stated = totals["reference_air_kerma_gy"], totals["reference_air_kerma_from"]
    if is_stated != _REPORT or _DIFFERS not in _codes(document):
        return 0.0
    return max(0.0, float(total_gy) - float(totals["sum_of_event_air_kerma_gy"]))


def kerma_area_product(document: Mapping[str, Any]) -> Known:
    """Return what is known of the kerma-area product, Gy m2."""
    totals = document["totals"]
    total = totals["kerma_area_product_gy_m2"]
    unknown = totals["events_with_unknown_kerma_area_product"]
    if totals["kerma_area_product_from"] != _REPORT or total is None:
        return _sum(total, totals, unknown=unknown)
    of_events = _sum_of_events(totals, "kerma_area_product_gy_m2")
    return _Total(
        total=total,
        of_events=of_events,
        has_silent_events=unknown > 0,
        is_passed="kerma-area-total-differs" in _codes(document),
        planes=_planes(totals, "kerma_area_product"),
        text=f"{1e4 * of_events:.4g} Gy cm2",
    ).known()


def fluoroscopy_time(document: Mapping[str, Any]) -> Known:
    """Return what is known of the time of fluoroscopy, s."""
    totals = document["totals"]
    stated, fluoroscopy = totals["fluoroscopy_time_s"], totals["fluoroscopy"]
    unknown = totals["events_of_unknown_type"]
    if stated is not None:
        of_events = _sum_of_events(totals, "fluoroscopy_time_s")
        allowed = max(stated * (1 + _TIME_WITHIN), stated + _TIME_STEP_S)
        return _Total(
            total=stated,
            of_events=of_events,
            has_silent_events=fluoroscopy["events"] > 0 and not of_events,
            is_passed=of_events > allowed,
            planes=[
                (entry["plane"], _stated(entry["fluoroscopy"], "time"), _events(entry))
                for entry in totals["planes"]
            ],
            text=f"{of_events:.4g} s",
        ).known()
    of_events = fluoroscopy["time_s"]
    if of_events is None or not unknown:
        return Known(why=NOT_STATED) if of_events is None else Known.exactly(of_events)
    why = f"{unknown} of {totals['events']} events may be fluoroscopy: the sum is a lower bound"
    return Known(at_least=of_events, why=why)


def _sum_of_events(totals: Mapping[str, Any], name: str) -> float:
    """Return the sum over the events; 0 in what a store keeps from before documents had it."""
    value: float = totals.get(f"sum_of_event_{name}", 0.0)
    return value


def _codes(document: Mapping[str, Any]) -> set[str]:
    return {problem["code"] for problem in document["problems"]}


def _planes(totals: Mapping[str, Any], name: str) -> list[tuple[str | None, float | None, int]]:
    return [(entry["plane"], _stated(entry, name), entry["events"]) for entry in totals["planes"]]


def _events(plane: Mapping[str, Any]) -> int:
    """Return how many events of a plane are fluoroscopy."""
    events: int = plane["fluoroscopy"]["events"]
    return events


def _stated(entry: Mapping[str, Any], name: str) -> float | None:
    """Return a total of an entry where it is the report's."""
    unit = {"reference_air_kerma": "_gy", "kerma_area_product": "_gy_m2", "time": "_s"}[name]
    value: float | None = entry[name + unit]
    return value if entry[f"{name}_from"] == _REPORT else None


def _sum(total: float | None, totals: Mapping[str, Any], *, unknown: int) -> Known:
    """Return what a sum over events says when so many of them do not state the quantity."""
    if total is None:
        return Known(why=NOT_STATED)
    if not unknown:
        return Known.exactly(total)
    why = f"{unknown} of {totals['events']} events do not state it: the sum is a lower bound"
    return Known(at_least=total, why=why)
