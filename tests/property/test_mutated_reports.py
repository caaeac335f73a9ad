"""Damaged reports through the whole chain: a result, or a DosemapError; nothing else gets out."""

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO

import pytest

from dicom_tree import DataSet, copied, parsed, written
from dosemap.simulate import SimulatedEvent, write_rdsr
from dosemap.simulate.content import Code, Item, ucum
from mutations import (
    BYTE_DAMAGE,
    ODD_NUMBERS,
    ODD_TEXTS,
    ODD_UNITS,
    TREE_DAMAGE,
    ByteDamage,
    TreeDamage,
    flip_bits,
    other_digits,
)
from report_chain import check_chain, written_procedures
from simulated_reports import RDSR, artis_bytes

CASES = 200
LEAVE_SOME_WHOLE = (flip_bits, other_digits)
"""Bytes that are added or taken away shift all that follows: no report survives that."""


@cache
def sources() -> tuple[bytes, ...]:
    """Return whole reports: one of each style, and the smaller real ones where they are."""
    reports = []
    for style, procedure in written_procedures().items():
        buffer = BytesIO()
        write_rdsr(procedure, buffer, style=style)
        reports.append(buffer.getvalue())
    real = [path.read_bytes() for path in sorted(RDSR.glob("*.dcm"))]
    return (*reports, *(data for data in real if len(data) < 70_000))


@cache
def trees() -> tuple[DataSet, ...]:
    return tuple(parsed(source) for source in sources())


def test_the_sources_are_whole() -> None:
    for source, tree in zip(sources(), trees(), strict=True):
        assert check_chain(source)
        assert check_chain(written(tree))


@pytest.mark.parametrize("damage", BYTE_DAMAGE)
def test_damaged_bytes(damage: ByteDamage) -> None:
    dice = random.Random(damage.__name__)
    read = 0
    for number in range(CASES):
        data = bytearray(sources()[number % len(sources())])
        damage(data, dice)
        read += check_chain(bytes(data), dice)
    assert read > 0 or damage not in LEAVE_SOME_WHOLE


@pytest.mark.parametrize("damage", dict.fromkeys(TREE_DAMAGE))
def test_damaged_content(damage: TreeDamage) -> None:
    dice = random.Random(damage.__name__)
    read = 0
    for number in range(CASES // 4):
        tree = copied(trees()[number % len(trees())])
        damage(tree, dice)
        read += check_chain(written(tree), dice)
    assert read > 0


def test_odd_values_in_a_whole_report() -> None:
    dice = random.Random("odd values")
    read = 0
    for _ in range(CASES // 2):
        alter = _alteration(dice)
        events = (SimulatedEvent(), SimulatedEvent(started_s=9.0))
        read += check_chain(artis_bytes(*events, edits=[alter]))
    assert read > CASES / 4


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
            return replace(changed, value=dice.choice(ODD_TEXTS))
        if item.value_type == "CODE":
            return replace(changed, value=Code(dice.choice(("", "113860", "9" * 16)), "DCM", "?"))
        return changed

    return alter
