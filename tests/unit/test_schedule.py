"""Schedules: which value holds for which event, and every way to get one wrong."""

from datetime import UTC, datetime, time
from typing import Any

import pytest

from dosemap.errors import DosemapError
from dosemap.procedure import Event
from dosemap.schedule import Schedule, Span, parse_schedule


def events(*clock: str | None) -> list[Event]:
    """Return events that start at these times, on the day that a time after midnight falls on."""
    return [
        Event(
            index=number,
            started=datetime.fromisoformat(f"2024-03-{'15' if text < '09' else '14'}T{text}")
            if text
            else None,
        )
        for number, text in enumerate(clock)
    ]


FOUR = events("10:00:00", "10:15:00", "10:29:59.500", "10:30:00")


def values(*texts: str, of: list[Event] = FOUR) -> str:
    return "".join(parse_schedule(texts, name="--arms").values(of, name="arms"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["A"], "AAAA"),
        (["A:0-1", "B:2-"], "AABB"),
        (["A:0,2-3", "B:1"], "ABAA"),
        (["B:1-2", "A"], "ABBA"),
        # The start of a span belongs to it, its end does not.
        (["A", "B@10:15-10:30"], "ABBA"),
        (["A@-10:15", "B@10:15-"], "ABBB"),
        (["A@-10:29:59", "B@10:29:59-10:30", "C@10:30-"], "AABC"),
        (["A@10:15-10:20", "B:0,2-3"], "BABB"),
    ],
)
def test_values(texts: list[str], expected: str) -> None:
    assert values(*texts) == expected


def test_a_span_may_pass_midnight() -> None:
    night = events("23:40:00", "23:55:00", "00:10:00", "00:25:00")
    assert values("A", "B@23:50-00:20", of=night) == "ABBA"


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["A:0-2", "B:2-"], "arms: event 2 is in A:0-2 and B:2-"),
        (["A:0-2", "B@10:29-"], "arms: event 2 is in A:0-2 and B@10:29-"),
        (["A:0", "B:3"], "nothing is said of events 1-2; name them, or give one value"),
        (["A:0-4"], "A:0-4 names events that are not there; the report has events 0-3"),
        (["A:0-3", "B:4-"], "B:4- names events that are not there"),
        (["A", "B@11:00-12:00"], "no event starts in B@11:00-12:00; they start from 10:00:00 to"),
        (["A", "B"], "A and B are without events or times"),
    ],
)
def test_schedules_that_do_not_fit_the_events(texts: list[str], words: str) -> None:
    with pytest.raises(DosemapError) as caught:
        values(*texts)
    assert words in str(caught.value)


def test_time_spans_need_the_time_of_every_event() -> None:
    some = events("10:00:00", None, "10:20:00")
    with pytest.raises(DosemapError, match="event 1 of the report has no start time"):
        values("A", "B@10:15-", of=some)
    assert values("A", "B:1", of=some) == "ABA"


@pytest.mark.parametrize(
    "text",
    ["A:", "A:x", "A:1-2-3", "A:-3", ":1", "A@", "A@10:15", "A@-", "A@24:00-", "A@10:60-", "A@1-2"],
)
def test_texts_that_are_no_entry(text: str) -> None:
    with pytest.raises(DosemapError, match=r"--arms .* is not VALUE, VALUE:EVENTS"):
        parse_schedule([text], name="--arms")


TEN = time(10, 0)


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"events": (3, 2)}, "to no smaller one"),
        ({"events": (-1, None)}, "from 0"),
        ({"times": (TEN, TEN)}, "empty"),
        ({"times": (time(10, 0, tzinfo=UTC), None)}, "without a time zone"),
        ({"events": (0, 1), "times": (TEN, None)}, "not both"),
    ],
)
def test_spans_that_cannot_be(ranges: dict[str, Any], words: str) -> None:
    with pytest.raises(DosemapError, match=words):
        Span("A", **ranges)


def test_a_text_and_its_span_say_the_same() -> None:
    for text in ("A", "A:3", "A:0-12", "A:13-", "A@10:15-10:30", "A@-10:30:05", "A@10:15-"):
        (span,) = parse_schedule([text], name="x").spans
        assert str(span) == text


def test_no_event_no_value() -> None:
    assert Schedule((Span("A"),)).values([], name="x") == ()
