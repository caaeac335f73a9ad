"""A value that changes during a procedure, and the events for which each value holds."""

import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import time
from typing import Generic, TypeVar

from dosemap.errors import DosemapError
from dosemap.procedure import Event
from dosemap.reading.log import event_list

T = TypeVar("T")

_EVENTS = re.compile(r"(\d+)(-(\d+)?)?")
_TIME = r"((?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)?"
_TIMES = re.compile(f"{_TIME}-{_TIME}")


@dataclass(frozen=True)
class Span(Generic[T]):
    """A value and the events for which it holds; without either range, all that no other span has.

    Examples
    --------
    >>> str(Span("HFP", events=(0, 12))), str(Span("HFS", times=(time(10, 15), None)))
    ('HFP:0-12', 'HFS@10:15-')
    """

    value: T
    _: KW_ONLY
    events: tuple[int, int | None] | None = None
    """First and last event, both included, counted from 0; ``None``: to the last of the report."""
    times: tuple[time | None, time | None] | None = None
    """Events that start from the first to before the second time of day, which is the local time
    of the report; ``None``: open. A span may pass midnight."""

    def __post_init__(self) -> None:
        if self.events is not None and self.times is not None:
            raise DosemapError(f"{self}: give events or times, not both")
        if self.events is not None:
            first, last = self.events
            if first < 0 or (last is not None and last < first):
                raise DosemapError(f"{self}: events run from a number, from 0, to no smaller one")
        if self.times is not None:
            start, end = self.times
            if start == end:
                raise DosemapError(f"{self}: the time span is empty")
            if any(moment is not None and moment.tzinfo for moment in self.times):
                raise DosemapError(f"{self}: times are those of the report, without a time zone")

    def __str__(self) -> str:
        if self.events is not None:
            first, last = self.events
            return f"{self.value}:{first}" + ("" if first == last else f"-{_text(last)}")
        if self.times is not None:
            start, end = self.times
            return f"{self.value}@{_clock(start)}-{_clock(end)}"
        return str(self.value)

    @property
    def is_rest(self) -> bool:
        """Whether it holds for all events that no other span has."""
        return self.events is None and self.times is None

    def holds(self, event: Event) -> bool:
        """Return whether the event lies in the range; an event without a time lies in no span."""
        if self.events is not None:
            first, last = self.events
            return first <= event.index and (last is None or event.index <= last)
        if self.times is None or event.started is None:
            return False
        moment = event.started.time()
        start, end = self.times
        is_from = start is None or start <= moment
        is_before = end is None or moment < end
        passes_midnight = start is not None and end is not None and end < start
        return (is_from or is_before) if passes_midnight else (is_from and is_before)


@dataclass(frozen=True)
class Schedule(Generic[T]):
    """Which value holds for which events of a procedure.

    Examples
    --------
    >>> schedule = Schedule((Span("HFP", events=(0, 1)), Span("HFS")))
    >>> schedule.values([Event(index=number) for number in range(3)], name="patient_position")
    ('HFP', 'HFP', 'HFS')
    """

    spans: tuple[Span[T], ...]

    def values(self, events: Sequence[Event], *, name: str) -> tuple[T, ...]:
        """Return the value of every event.

        Parameters
        ----------
        events
            All events of a report, in its order.
        name
            What the values are, for messages.

        Raises
        ------
        DosemapError
            An event is in two spans or in none, has no time where there are time spans, or a span
            names events that the report does not have.
        """
        self._check_ranges(events, name)
        held = [[span for span in self.spans if span.holds(event)] for event in events]
        for event, spans in zip(events, held, strict=True):
            if len(spans) > 1:
                both = " and ".join(map(str, spans))
                raise DosemapError(f"{name}: event {event.index} is in {both}; one must hold")
        rest = [span for span in self.spans if span.is_rest]
        if len(rest) > 1:
            both = " and ".join(map(str, rest))
            raise DosemapError(f"{name}: {both} are without events or times; only one can be")
        gaps = tuple(e.index for e, spans in zip(events, held, strict=True) if not spans)
        if gaps and not rest:
            raise DosemapError(
                f"{name}: nothing is said of {event_list(gaps)}; name them, or give one value"
                " without events or times, which holds for all others"
            )
        return tuple((*spans, *rest)[0].value for spans in held)

    def _check_ranges(self, events: Sequence[Event], name: str) -> None:
        for span in self.spans:
            if span.events is not None:
                first, last = span.events
                if max(first, last or 0) >= len(events):
                    raise DosemapError(
                        f"{name}: {span} names events that are not there; the report has"
                        f" {event_list(tuple(range(len(events))))}"
                    )
            elif span.times is not None:
                timeless = tuple(e.index for e in events if e.started is None)
                if timeless:
                    raise DosemapError(
                        f"{name}: {span} is a time span, but {event_list(timeless)} of the report"
                        " has no start time; name events by number"
                    )
                if not any(span.holds(event) for event in events):
                    times = sorted(e.started for e in events if e.started)
                    raise DosemapError(
                        f"{name}: no event starts in {span}; they start from"
                        f" {times[0]:%H:%M:%S} to {times[-1]:%H:%M:%S}"
                    )


def parse_schedule(texts: Sequence[str], *, name: str) -> Schedule[str]:
    """Read ``VALUE``, ``VALUE:EVENTS`` and ``VALUE@TIME-TIME``.

    Parameters
    ----------
    texts
        One per value. EVENTS are numbers and ranges with commas between, ``3``, ``0-12`` or
        ``13-``; a TIME is ``10:15`` or ``10:15:30``, and either end can be left out.
    name
        What the values are, for messages.

    Raises
    ------
    DosemapError
        A text is none of the three.

    Examples
    --------
    >>> schedule = parse_schedule(["HFP:0-3,7", "HFS"], name="--patient-position")
    >>> [str(span) for span in schedule.spans]
    ['HFP:0-3', 'HFP:7', 'HFS']
    """
    return Schedule(tuple(span for text in texts for span in _parse(text, name)))


def _parse(text: str, name: str) -> list[Span[str]]:
    value, colon, numbers = text.partition(":")
    timed, at, times = text.partition("@")
    if at and timed and (found := _TIMES.fullmatch(times)) and any(found.groups()):
        start, end = (_parsed_time(part) for part in found.groups())
        return [Span(timed, times=(start, end))]
    ranges = [_EVENTS.fullmatch(part) for part in numbers.split(",")]
    if not at and colon and value and all(ranges):
        return [Span(value, events=_parsed_range(found)) for found in ranges if found]
    if not at and not colon:
        return [Span(text)]
    raise DosemapError(
        f"{name} {text!r} is not VALUE, VALUE:EVENTS (3 or 0-12 or 13- or 0-3,7) or"
        " VALUE@TIME-TIME (10:15-10:30)"
    )


def _parsed_range(found: re.Match[str]) -> tuple[int, int | None]:
    first, dash, last = found.groups()
    if dash is None:
        return int(first), int(first)
    return int(first), None if last is None else int(last)


def _parsed_time(text: str | None) -> time | None:
    if text is None:
        return None
    hour, minute, second = (int(part) for part in f"{text}:0".split(":")[:3])
    return time(hour, minute, second)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _clock(moment: time | None) -> str:
    if moment is None:
        return ""
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
