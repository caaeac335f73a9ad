"""The code tables are consistent, and synonyms mean the same."""

from collections import defaultdict

import pytest

from dosemap.procedure import Event, KindTotals, Totals
from dosemap.reading.codes import coded_value, coded_values, concepts
from dosemap.reading.units import FACTORS
from dosemap.totals import KINDS


def test_every_concept_fills_an_existing_field_with_a_known_quantity() -> None:
    for level, holder in (("event", Event), ("plane", Event), ("total", Totals)):
        for name, sources in concepts(level).items():
            kind, _, field = name.rpartition(".")
            fields = KindTotals if kind in KINDS and level == "total" else holder
            known = kind == "private" or field in fields.__dataclass_fields__
            assert known, name
            assert {source.quantity for source in sources} <= set(FACTORS)


def test_a_code_means_one_thing_within_its_field_in_every_scheme() -> None:
    # The reader relies on this when it accepts a code under an unexpected scheme.
    meanings: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (field, code, _), value in coded_values().items():
        meanings[field, code].add(value)
    assert all(len(values) == 1 for values in meanings.values())


@pytest.mark.parametrize(
    ("field", "code", "scheme", "value"),
    [
        ("filter_material", "C-12700", "SRT", "Cu"),
        ("filter_material", "C-12700", "SNM3", "Cu"),
        ("filter_material", "66925006", "SCT", "Cu"),
        ("filter_material", "12503006", "SCT", "Al"),
        ("event_type", "44491008", "SCT", "fluoroscopy"),
        ("event_type", "P5-06000", "SRT", "fluoroscopy"),
    ],
)
def test_synonyms(field: str, code: str, scheme: str, value: str) -> None:
    assert coded_value(field, code, scheme) == (value, True)


def test_unexpected_scheme_is_read_and_told() -> None:
    assert coded_value("filter_material", "C-120F9", "DCM") == ("Al", False)


def test_unknown_code_has_no_meaning() -> None:
    assert coded_value("filter_material", "999", "SCT") == (None, False)
