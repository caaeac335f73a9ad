"""Damaged reports through the whole chain: a result, or a DosemapError; nothing else gets out."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from dosemap import DosemapError, Surface, estimate, read_rdsr
from dosemap.checking import check_document
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.content import Code, Item, ucum
from simulated_reports import RDSR, artis_bytes

SURFACE = Surface.elliptic_cylinder(width_mm=350, thickness_mm=220, length_mm=1700, spacing_mm=25)
CASES = 400
ODD_NUMBERS = (
    "0", "-0", "1", "-1", "1e-300", "1e300", "-1e30", "nan", "inf", "-inf", "", "  ", ("1", "2"),
    "90", "180", "-180.0001", "360", "99999", "0.0000001", "+7", "1e400", "3000", "20000", "500",
)  # fmt: skip
ODD_UNITS = ("Gy", "mGy", "Gy.m2", "mm", "cm", "m", "kV", "deg", "rad", "", "1", "x" * 16)


def check(data: bytes) -> bool:
    """Read and estimate; returns whether there was a result, whose figures must make sense."""
    try:
        procedure = read_rdsr(data)
        result = estimate(procedure, surface=SURFACE)
    except DosemapError as error:
        assert str(error)  # noqa: PT017  (whether it raises is open)
        return False
    document = json.loads(result.to_json())  # raises on NaN
    peak = document["peak_skin_dose_gy"]
    assert (peak is None) == (document["map"]["reason"] is not None)
    assert peak is None or peak >= 0
    not_mapped = document["map"]["air_kerma_not_mapped_gy"]
    assert not_mapped is None or not_mapped >= 0
    trust = document["trust"]
    if trust["air_kerma_gy"]:
        parts = [trust[f"share_{part}"] for part in ("on_skin", "missed_skin", "not_placed")]
        assert all(-1e-9 <= share <= 1 + 1e-9 for share in parts)
        assert sum(parts) == pytest.approx(1)
    json.dumps(check_document(procedure), allow_nan=False)
    return True


@cache
def sources() -> tuple[bytes, ...]:
    """Return whole reports: two synthetic ones, and the smaller real ones where they are."""
    events = (
        SimulatedEvent(),
        SimulatedEvent(
            event_type="rotational", started_s=9.0, primary_angle_deg=60, primary_end_angle_deg=-60
        ),
    )
    real = [path.read_bytes() for path in sorted(RDSR.glob("*.dcm"))]
    return (artis_bytes(), artis_bytes(*events), *(data for data in real if len(data) < 70_000))


def flip_bits(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 3, 20))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def overwrite(data: bytearray, dice: random.Random) -> None:
    place = dice.randrange(len(data))
    data[place : place + dice.randrange(1, 9)] = dice.randbytes(dice.randrange(1, 9))


def cut_out(data: bytearray, dice: random.Random) -> None:
    place = dice.randrange(len(data))
    del data[place : place + dice.choice((1, 2, 8, 200))]


def double(data: bytearray, dice: random.Random) -> None:
    place = dice.randrange(len(data))
    data[place:place] = data[place : place + dice.choice((2, 8, 200))]


def other_digits(data: bytearray, dice: random.Random) -> None:
    digits = [place for place, byte in enumerate(data) if chr(byte) in "0123456789."]
    for place in dice.sample(digits, min(40, len(digits))):
        data[place] = ord(dice.choice("0123456789.-eE \\"))


@pytest.mark.parametrize(
    ("mutate", "leaves_some_whole"),
    # Bytes that are added or taken away shift all that follows: no report survives that.
    [
        (flip_bits, True),
        (overwrite, False),
        (cut_out, False),
        (double, False),
        (other_digits, True),
    ],
)
def test_damaged_bytes(
    mutate: Callable[[bytearray, random.Random], None], *, leaves_some_whole: bool
) -> None:
    dice = random.Random(mutate.__name__)
    read = 0
    for number in range(CASES):
        data = bytearray(sources()[number % len(sources())])
        mutate(data, dice)
        read += check(bytes(data))
    assert read > 0 or not leaves_some_whole


def test_odd_values_in_a_whole_report() -> None:
    dice = random.Random("odd values")
    read = 0
    for _ in range(CASES // 4):
        alter = _alteration(dice)
        events = (SimulatedEvent(), SimulatedEvent(started_s=9.0))
        read += check(artis_bytes(*events, edits=[alter]))
    assert read > CASES / 8


def _alteration(dice: random.Random) -> Callable[[Item], Item]:
    share = dice.choice((0.02, 0.1, 0.5))

    def alter(item: Item) -> Item:
        children = tuple(alter(child) for child in item.children if dice.random() > share / 10)
        changed = replace(item, children=children)
        if item.relationship is None or dice.random() > share:
            return changed
        if item.value_type == "NUM":
            return replace(
                changed,
                value=dice.choice(ODD_NUMBERS),
                unit=dice.choice((item.unit, ucum(dice.choice(ODD_UNITS)))),
            )
        if item.value_type == "TEXT":
            return replace(changed, value=dice.choice(("", "<a>", "x" * 3000, "HFS", "\t\n")))
        if item.value_type == "CODE":
            return replace(changed, value=Code(dice.choice(("", "113860", "9" * 16)), "DCM", "?"))
        return changed

    return alter
