"""A reader of SR content for these tests alone: pydicom, codes, and nothing of dosemap's reader."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydicom.dataset import Dataset


class Found(NamedTuple):
    """One content item as it stands in the file."""

    value_type: str
    code: str
    scheme: str
    value: Any
    unit: str | None
    relationship: str | None
    dataset: Dataset


def read(item: Dataset) -> Found:
    concept = item.ConceptNameCodeSequence[0]
    value, unit = _value(item)
    return Found(
        item.ValueType,
        concept.CodeValue,
        concept.CodingSchemeDesignator,
        value,
        unit,
        item.get("RelationshipType"),
        item,
    )


def walk(item: Dataset) -> Iterator[Found]:
    """Yield everything below an item, depth first, in the order of the document."""
    for child in item.get("ContentSequence") or ():
        yield read(child)
        yield from walk(child)


def find(item: Dataset, code: str, scheme: str = "DCM") -> Found:
    """Return the one item with a code; more or fewer fail the test."""
    (found,) = find_all(item, code, scheme)
    return found


def find_all(item: Dataset, code: str, scheme: str = "DCM") -> list[Found]:
    return [found for found in walk(item) if (found.code, found.scheme) == (code, scheme)]


def events(report: Dataset) -> list[Dataset]:
    return [found.dataset for found in walk(report) if found.code == "113706"]


def _value(item: Dataset) -> tuple[Any, str | None]:
    if item.ValueType == "NUM":
        return _number(item)
    if item.ValueType == "CODE":
        pairs = [(c.CodeValue, c.CodingSchemeDesignator) for c in item.ConceptCodeSequence]
        return (pairs[0] if pairs else None), None
    keyword = {"TEXT": "TextValue", "UIDREF": "UID", "DATETIME": "DateTime"}.get(item.ValueType)
    return (item[keyword].value if keyword else None), None


def _number(item: Dataset) -> tuple[Any, str | None]:
    if not item.MeasuredValueSequence:
        return None, None
    measured = item.MeasuredValueSequence[0]
    number = measured.NumericValue
    # One value or several: pydicom gives a DSfloat or a list of them.
    several = not isinstance(number, (int, float))
    value = [float(n) for n in number] if several else float(number)
    return value, measured.MeasurementUnitsCodeSequence[0].CodeValue
