"""Totals of a procedure as the documents show them: by fluoroscopy and acquisition, and by plane.

The report's own totals count; where it has none, the sum over its events stands in and says so.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from dosemap.procedure import Event, KindTotals, PlaneTotals, Procedure, Totals

KINDS = ("fluoroscopy", "acquisition")
_NOTHING = PlaneTotals(plane=None)
_OF_THE_WHOLE = frozenset({"all", "single"})
"""Planes whose totals are those of the report."""
_OF_EVENTS = {
    "reference_air_kerma_gy": "reference_air_kerma_gy",
    "kerma_area_product_gy_m2": "kerma_area_product_gy_m2",
    "time_s": "irradiation_duration_s",
}
"""Field of an event that adds up to each total."""

Value = tuple[float | None, str | None]
"""A total, and whether it is the ``"report"``'s or the ``"sum of events"``."""


def totals_entry(procedure: Procedure) -> dict[str, Any]:
    """Return ``totals`` of the JSON document (``docs/json.md``).

    Parameters
    ----------
    procedure
        The report.
    """
    events, totals = procedure.events, procedure.totals
    return {
        **_both(totals, events),
        "sum_of_event_air_kerma_gy": math.fsum(known_kermas_gy(events)),
        "sum_of_event_kerma_area_product_gy_m2": _sum_of_stated(events, "kerma_area_product_gy_m2"),
        "fluoroscopy_time_s": totals.fluoroscopy_time_s,
        "sum_of_event_fluoroscopy_time_s": _sum_of_stated(of_kind(events, "fluoroscopy"), "time_s"),
        "events_with_unknown_kerma_area_product": sum(
            event.kerma_area_product_gy_m2 is None for event in events
        ),
        "events_of_unknown_type": sum(event.event_type is None for event in events),
        **_by_kind(totals, events),
        "planes": [
            {"plane": plane, **_both(stated, of_plane), **_by_kind(stated, of_plane)}
            for plane, stated, of_plane in planes(procedure)
        ],
    }


def planes(procedure: Procedure) -> list[tuple[str | None, PlaneTotals, list[Event]]]:
    """Return every plane with the totals that the report states for it, and its events."""
    stated: dict[str | None, PlaneTotals] = {}
    for of_plane in procedure.totals.planes:
        stated.setdefault(of_plane.plane, of_plane)
    events: dict[str | None, list[Event]] = {plane: [] for plane in stated}
    for event in procedure.events:
        events.setdefault(event.acquisition_plane, []).append(event)
    return [(plane, stated.get(plane, _NOTHING), found) for plane, found in events.items()]


def beyond_total(stated: Iterable[str | None], of_events: Iterable[str | None]) -> list[str | None]:
    """Return the planes of events that a total does not hold: it is only that of other planes.

    Parameters
    ----------
    stated
        The planes that state a value of their own for it; none: it is the total of all.
    of_events
        The planes that have events.

    Examples
    --------
    >>> beyond_total(["A"], ["A", "B"])
    ['B']
    >>> beyond_total(["A", "B"], ["A", None])
    []
    """
    held = set(stated)
    if not held or held == {None} or held & _OF_THE_WHOLE:
        return []
    # Events that do not say their plane are of one of several that the report tells apart.
    if len(held) > 1:
        held.add(None)
    return sorted(set(of_events) - held, key=str)


def is_kerma_beyond_total(totals: Totals, of_events: Iterable[str | None]) -> bool:
    """Return whether the report's total air kerma is not that of some of these planes."""
    stated = [entry.plane for entry in totals.planes if entry.reference_air_kerma_gy]
    return bool(beyond_total(stated, of_events))


def of_kind(events: Iterable[Event], kind: str) -> list[Event]:
    """Return the events of a kind; those of unknown type are of neither."""
    return [
        event
        for event in events
        if event.event_type is not None
        and (event.event_type == "fluoroscopy") == (kind == "fluoroscopy")
    ]


def known_kermas_gy(events: Iterable[Event]) -> list[float]:
    """Return the reference air kerma of the events that state it, Gy."""
    return [e.reference_air_kerma_gy for e in events if e.reference_air_kerma_gy is not None]


def summed(events: Sequence[Event], name: str) -> float | None:
    """Return the sum of a total's quantity over events; ``None`` where none states it.

    Of times that some events do not state, there is no sum: nothing would say that it is too low.
    """
    values = [getattr(event, _OF_EVENTS[name]) for event in events]
    known = [value for value in values if value is not None]
    if values and (not known or (name == "time_s" and len(known) < len(values))):
        return None
    return math.fsum(known)


def _sum_of_stated(events: Iterable[Event], name: str) -> float:
    """Return the sum of a total's quantity over the events that state it."""
    values = (getattr(event, _OF_EVENTS[name]) for event in events)
    return math.fsum(value for value in values if value is not None)


def _both(stated: Totals | PlaneTotals, events: Sequence[Event]) -> dict[str, Any]:
    """Return events, air kerma and kerma-area product of fluoroscopy and acquisition together."""
    entry = _counts(events)
    for name in ("reference_air_kerma_gy", "kerma_area_product_gy_m2"):
        total: float | None = getattr(stated, name)
        of_events = summed(events, name) if events else None
        # Some systems write a total of 0 beside events with dose: never a silent zero.
        is_left_out = total is None or (total == 0 and (of_events or 0.0) > 0)
        _put(entry, name, _either(None if is_left_out else total, of_events))
    return entry


def _by_kind(stated: Totals | PlaneTotals, events: Sequence[Event]) -> dict[str, Any]:
    """Return the same and the times, for each kind."""
    parts: dict[str, tuple[KindTotals, list[Event]]] = {
        kind: (getattr(stated, kind), of_kind(events, kind)) for kind in KINDS
    }
    entries = {kind: _counts(of_events) for kind, (_, of_events) in parts.items()}
    for name in _OF_EVENTS:
        of_report = {kind: getattr(totals, name) for kind, (totals, _) in parts.items()}
        of_events = {k: summed(found, name) if events else None for k, (_, found) in parts.items()}
        # Zeros in both kinds beside events with dose are left out, as above; a zero in one kind is
        # how the report books its dose.
        is_split = any(of_report.values()) or not any(of_events.values())
        for kind, entry in entries.items():
            _put(entry, name, _either(of_report[kind] if is_split else None, of_events[kind]))
    entries["acquisition"]["radiographic_frames"] = stated.radiographic_frames
    return entries


def _counts(events: Sequence[Event]) -> dict[str, Any]:
    kermas = [event.reference_air_kerma_gy for event in events]
    return {
        "events": len(events),
        "events_with_zero_air_kerma": sum(kerma == 0 for kerma in kermas),
        "events_with_unknown_air_kerma": sum(kerma is None for kerma in kermas),
    }


def _either(of_report: float | None, of_events: float | None) -> Value:
    if of_report is not None:
        return of_report, "report"
    return of_events, None if of_events is None else "sum of events"


def _put(entry: dict[str, Any], name: str, value: Value) -> None:
    """Add a total and where it is from, as ``air_kerma_gy`` and ``air_kerma_from``."""
    entry[name] = value[0]
    entry[name.removesuffix("_gy_m2").removesuffix("_gy").removesuffix("_s") + "_from"] = value[1]
