"""Values that an event lacks, from the nearest event of its plane, where the profile allows."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dosemap.equipment import NeighbourField, Profile
from dosemap.placement.model import PlacementOverrides
from dosemap.placement.notes import Notes
from dosemap.procedure import Event, Provenance

_SAME_KIND = {"kvp", "filters"}
"""Fluoroscopy and acquisition differ in these in the same minute."""

_Group = tuple[list[float], list[Event]]


class NeighbourFinder:
    """Fills events of one procedure from each other."""

    def __init__(
        self, events: Sequence[Event], profile: Profile, overrides: PlacementOverrides
    ) -> None:
        allowed = profile.neighbours.fields if profile.neighbours else ()
        given = _given(overrides)
        self._fields = [name for name in allowed if name not in given]
        self._moments = _moments(events)
        self._groups: dict[tuple[str | None, ...], _Group] = {}
        for event in sorted(events, key=lambda event: self._moments[event.index]):
            for name in self._fields:
                if getattr(event, name) is not None:
                    moments, group = self._groups.setdefault(_key(event, name), ([], []))
                    moments.append(self._moments[event.index])
                    group.append(event)

    def fill(self, event: Event, notes: Notes) -> Event:
        """Return the event with what it lacks and a neighbour has; each value is listed as assumed.

        Parameters
        ----------
        event
            One of the procedure's events.
        notes
            Takes up the assumptions.
        """
        found: dict[str, object] = {}
        for name in self._fields:
            if getattr(event, name) is None and (neighbour := self._nearest(event, name)):
                found[name] = getattr(neighbour, name)
                is_unusable = event.provenance.get(name) is Provenance.INVALID
                lack = "what the report has cannot be used" if is_unusable else "not in the report"
                notes.assume(
                    "added_filters" if name == "filters" else name,
                    "that of the nearest event",
                    f"{lack}; taken from the event of the same plane"
                    f"{' and kind' if name in _SAME_KIND else ''} that is nearest in time,"
                    " as the equipment profile allows",
                    event.index,
                )
        if not found:
            return event
        provenance = {**event.provenance, **dict.fromkeys(found, Provenance.ASSUMED)}
        return replace(event, **found, provenance=provenance)  # type: ignore[arg-type]

    def _nearest(self, event: Event, name: NeighbourField) -> Event | None:
        moments, group = self._groups.get(_key(event, name), ([], []))
        moment = self._moments[event.index]
        at = bisect_left(moments, moment)
        around = range(max(at - 1, 0), min(at + 1, len(group)))
        # Of two as near the earlier one: it was set up for the same view, the later one may not be.
        nearest = min(around, key=lambda i: (abs(moments[i] - moment), moments[i]), default=None)
        return None if nearest is None else group[nearest]


def _given(overrides: PlacementOverrides) -> set[NeighbourField]:
    """Return what the caller gives, which comes before the neighbours'."""
    given: dict[NeighbourField, object] = {
        "kvp": overrides.kvp,
        "filters": overrides.added_filters,
        "source_to_isocenter_mm": overrides.source_to_isocenter_mm,
    }
    return {name for name, value in given.items() if value is not None}


def _key(event: Event, name: NeighbourField) -> tuple[str | None, ...]:
    kind = event.event_type if name in _SAME_KIND else None
    return name, event.acquisition_plane, kind


def _moments(events: Sequence[Event]) -> dict[int, float]:
    """Return a place in time for every event: seconds, else the order of the report."""
    started = [event.started for event in events if event.started]
    if len(started) < len(events):
        return {event.index: float(event.index) for event in events}
    first = min(started, default=datetime.min)
    return {
        event.index: (event.started - first).total_seconds() for event in events if event.started
    }
