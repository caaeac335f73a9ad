"""Numbers that are read without further looks: what the whole reading says of them, and no word."""

import math
from dataclasses import dataclass
from itertools import product

import pytest

from dosemap.reading.codes import Concept, concepts
from dosemap.reading.items import Items
from dosemap.reading.log import ProblemLog
from dosemap.reading.numbers import LARGEST, SMALLEST, NumberReader, _plain_value
from dosemap.reading.units import FACTORS

CONCEPTS = [
    concept
    for level in ("event", "plane", "total")
    for of_field in concepts(level).values()
    for concept in of_field
]


@dataclass(frozen=True)
class Item:
    code: str
    scheme: str
    numbers: tuple[float, ...]
    unit: str | None
    text: str | None = None
    parent: int | None = None
    value_type: str = "NUM"
    coded: tuple[str, str, str] | None = None


def numbers_around_the_limits(concept: Concept) -> list[float]:
    limits = (LARGEST[concept.quantity], SMALLEST.get(concept.name, 1.0), 5e-324)
    around = [f for limit in limits for f in (limit, math.nextafter(limit, 0), 1.001 * limit)]
    return [0.0, -0.0, math.inf, math.nan, *around, *(-number for number in around)]


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.field)
def test_as_the_whole_reading_has_it(concept: Concept) -> None:
    plain = 0
    units = (*FACTORS[concept.quantity], "", None, "furlong")
    for number, unit in product(numbers_around_the_limits(concept), units):
        item = Item(concept.code, concept.scheme, (number,), unit)
        found = _plain_value(item, concept)
        if found is None:
            continue
        plain += 1
        log = ProblemLog()
        assert NumberReader(log)._read_one([item], concept, quiet=False) == found
        assert log.problems() == ()
        assert NumberReader(log).read(Items([item]), [concept]) == found
    assert plain > 0


def test_several_numbers_are_looked_at() -> None:
    concept = concepts("event")["kvp"][0]
    assert _plain_value(Item(concept.code, concept.scheme, (70.0, 80.0), "kV"), concept) is None
    assert _plain_value(Item(concept.code, concept.scheme, (), "kV"), concept) is None
