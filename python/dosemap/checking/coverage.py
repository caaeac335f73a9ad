"""For each field: how many events have it, where it came from, and within which limits it lies."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dosemap.placement import BeamPlacement, PlacedProcedure
from dosemap.procedure import Event, Filter, Provenance, describe_filters

_NOT_LISTED = {"index", "private", "provenance"}
_WITHOUT_VALUES = {
    "irradiation_event_uid",
    "started",
    "protocol",
    "target_region",
    "shutters",
    "inherent_filters",
}
"""Identify the patient or may be typed by people, or have no limits; only counted."""
_MOST_VALUES = 4
_LONGEST_TEXT = 60


def report_fields(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return the coverage of everything that an event can report.

    Parameters
    ----------
    events
        The events of a report.

    Returns
    -------
    One entry per field: number of events that have a value, counts by provenance (those of missing
    ones too), and limits of the numbers or the texts that occur. No identifier.
    """
    names = [name for name in Event.__dataclass_fields__ if name not in _NOT_LISTED]
    private = sorted({name for event in events for name in event.private})
    return [
        _row(name, [(getattr(event, name), event.provenance.get(name)) for event in events])
        for name in names
    ] + [
        _row(name, [(event.private.get(name), event.provenance.get(name)) for event in events])
        for name in private
    ]


def beam_values(placed: PlacedProcedure) -> list[dict[str, Any]]:
    """Return the same for what the beams that can be placed were made from."""
    beams = [entry for entry in placed.placements if isinstance(entry, BeamPlacement)]
    names = dict.fromkeys(name for beam in beams for name in beam.provenance)
    return [
        _row(name, [(getattr(beam, name), beam.provenance.get(name)) for beam in beams])
        for name in names
    ]


def _row(name: str, found: Sequence[tuple[object, Provenance | None]]) -> dict[str, Any]:
    values = [value for value, _ in found if value is not None]
    counts = Counter(provenance or _unstated(value) for value, provenance in found)
    shown = [] if name in _WITHOUT_VALUES else values
    numbers = [float(value) for value in shown if isinstance(value, int | float)]
    return {
        "field": name,
        "events_with_value": len(values),
        "provenance": {str(kind): counts[kind] for kind in Provenance if counts[kind]},
        "minimum": min(numbers, default=None),
        "maximum": max(numbers, default=None),
        "texts": _texts(shown),
    }


def _unstated(value: object) -> Provenance:
    return Provenance.MISSING if value is None else Provenance.REPORTED


def _texts(values: Sequence[object]) -> list[str]:
    """Return the texts that occur, the most frequent first; no more than some."""
    counts = Counter(
        describe_filters(value) if isinstance(value, tuple) else str(value)[:_LONGEST_TEXT]
        for value in values
        if isinstance(value, str) or _are_filters(value)
    )
    shown = [text for text, _ in counts.most_common(_MOST_VALUES)]
    more = len(counts) - len(shown)
    return [*shown, f"{more} more"] if more else shown


def _are_filters(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(part, Filter) for part in value)
