"""Reading takes time in proportion to the number of events; counted, not timed."""

import sys
from types import FrameType

import pytest
from report_items import Item, cod, filters, kerma, num, procedure, txt

from dosemap.procedure import Procedure

MANY = 20_000


def event(index: int) -> list[Item]:
    """Return an event that is like no other, with problems of its own."""
    strip = [cod("113757", "C-127F9", "SRT"), num("113758", 0.3, unit="mm")]
    return [
        *filters(strip),
        kerma(1e-3),
        cod("113721", "P5-06000", "SRT"),
        cod("113764", "113620" if index % 2 else "113621"),
        num("112012", 1000.0 + index, unit="deg"),
        # Far longer than its pulses take.
        num("113742", 500.0, unit="s"),
        num("113791", 7.5, unit="{pulse}/s"),
        num("113768", 30, unit="1"),
        txt("111526", f"20240101{index // 3600 % 24:02d}{index // 60 % 60:02d}{index % 60:02d}"),
        txt("113769", f"1.2.{index}"),
    ]


def planes(number: int) -> list[Item]:
    """Return accumulated data, as no real report has so many of."""
    items: list[Item] = []
    for index in range(number):
        at = len(items)
        items += [
            Item("113702", value_type="CONTAINER"),
            cod("113764", "113620" if index % 2 else "113621", parent=at),
            num("113725", 1e-3, unit="Gy", parent=at),
            num("113737", 600.0, unit="mm", parent=at),
        ]
    return items


def sources(number: int) -> list[Item]:
    """Return accumulated data of as many X-ray sources, each with a name of its own."""
    items: list[Item] = []
    for index in range(number):
        at = len(items)
        items += [
            Item("130500", value_type="CONTAINER"),
            txt("113832", f"tube {index} and {index + 1}", parent=at),
            num("113722", 1e-3, unit="Gym2", parent=at),
        ]
    return items


def read(events: int, around: list[Item]) -> Procedure:
    return procedure(*(event(index) for index in range(events)), items=around)


def calls(events: int, around: list[Item]) -> int:
    """Return how many functions are called, those written in C too."""
    count = 0

    def counted(_frame: FrameType, what: str, _argument: object) -> None:
        nonlocal count
        count += what in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        read(events, around)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("around", [planes, sources])
def test_twice_the_report_is_twice_the_work(around: object) -> None:
    assert callable(around)
    once, twice = (calls(number, around(number)) for number in (400, 800))
    assert 1.9 < twice / once < 2.1


def test_many_events_are_read() -> None:
    procedure = read(MANY, planes(2))
    assert len(procedure.events) == MANY
    assert sum(event.reference_air_kerma_gy or 0 for event in procedure.events) > 0.99 * MANY / 1000
    # One problem per event: its angle is none.
    assert sum(p.code == "value-implausible" for p in procedure.problems) == MANY
