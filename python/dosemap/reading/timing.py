"""Pulses and durations: a number that follows from others, and durations that contradict them."""

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from dosemap.procedure import Event, Provenance, Totals
from dosemap.reading.codes import Concept
from dosemap.reading.items import Items
from dosemap.reading.log import ProblemLog
from dosemap.reading.numbers import NumberReader, Reading

_PULSE_WIDTH = Concept("113793", "DCM", "pulse_width_ms", "time_ms")
_PULSE_RATE = Concept("113791", "DCM", "pulse_rate_per_s", "rate")
_MOST_PULSES = 1e6
"""Nine hours at 30 per second; more is a slip in one of the two times."""
_AGREEMENT = 3.0
"""Factor within which a duration counts as the same: it may hold a pause, or the time that the
first pulses need. A unit or scale of its own is off by more (Canon: 100)."""
_WHOLE_SECONDS = 1.0
"""Rounding of the duration of an event, s."""


def pulses_by_time(
    exposure_time_ms: float | None, items: Items, log: ProblemLog, event: int
) -> Reading:
    """Return the number of pulses as exposure time over pulse width, where that is possible.

    A Canon rotation has no Number of Pulses; there the quotient, 217, equals the total number of
    frames.

    Parameters
    ----------
    exposure_time_ms
        Of all pulses of the event together.
    items
        Of the event.
    log
        Where findings on the pulse width go.
    event
        Its index.
    """
    if not exposure_time_ms:
        return None, Provenance.MISSING
    width_ms = NumberReader(log, event).read(items, (_PULSE_WIDTH,))[0]
    pulses = exposure_time_ms / width_ms if width_ms else 0.0
    if not 1 <= pulses <= _MOST_PULSES:
        return None, Provenance.MISSING
    return float(round(pulses)), Provenance.DERIVED


def usable_durations(
    events: Sequence[Event], event_items: Sequence[Items], totals: Totals, log: ProblemLog
) -> tuple[Event, ...]:
    """Return the events, without their irradiation durations where those cannot be true.

    A maker who writes durations on a scale of its own does so in all events. So durations are
    compared for the report as a whole, with pulses over pulse rate and with the total fluoroscopy
    time, and all of them count or none.

    Parameters
    ----------
    events, event_items
        The events, and the items that they were read from.
    totals
        Of the report.
    log
        Where the finding goes.
    """
    factors = {
        "number of pulses and pulse rate give": _against_pulses(events, event_items),
        "the total fluoroscopy time allows": _against_total(events, totals),
    }
    wrong = {
        what: factor
        for what, factor in factors.items()
        if factor is not None and not 1 / _AGREEMENT <= factor <= _AGREEMENT
    }
    if not wrong:
        return tuple(events)
    what, factor = next(iter(wrong.items()))
    usable: list[Event] = []
    for event in events:
        if event.irradiation_duration_s is None:
            usable.append(event)
            continue
        log.add(
            "durations-implausible",
            f"the irradiation durations are {factor:.3g} times what {what}",
            "none of them is used",
            event=event.index,
        )
        usable.append(_without_duration(event))
    return tuple(usable)


def _without_duration(event: Event) -> Event:
    provenance = {**event.provenance, "irradiation_duration_s": Provenance.INVALID}
    return replace(event, irradiation_duration_s=None, provenance=provenance)


def _against_pulses(events: Sequence[Event], event_items: Sequence[Items]) -> float | None:
    """Return how long the events last over what their pulses take, in the middle of all events."""
    factors = []
    for event, items in zip(events, event_items, strict=True):
        # What is wrong with a rate is not worth a word: it is read for this alone.
        rate_per_s = NumberReader(ProblemLog()).read(items, (_PULSE_RATE,))[0]
        if event.irradiation_duration_s and event.number_of_pulses and rate_per_s:
            factors.append(event.irradiation_duration_s * rate_per_s / event.number_of_pulses)
    return median(factors) if factors else None


def _against_total(events: Sequence[Event], totals: Totals) -> float | None:
    """Return how long the fluoroscopy events last over the report's total, if that is longer."""
    seconds = [
        event.irradiation_duration_s
        for event in events
        if event.event_type == "fluoroscopy" and event.irradiation_duration_s is not None
    ]
    longest_s = math.fsum(seconds) - _WHOLE_SECONDS * len(seconds)
    total_s = totals.fluoroscopy_time_s
    return longest_s / total_s if total_s and longest_s > total_s else None
