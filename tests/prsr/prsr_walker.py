"""A walk through a structured report with pydicom alone: no word shared with the writer."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydicom import Dataset, dcmread

PRIVATE = "99DOSEMAP"


@dataclass(frozen=True)
class Found:
    """A content item: code and scheme of its name, those of the items above it, and its value."""

    name: tuple[str, str]
    above: tuple[tuple[str, str], ...]
    relationship: str | None
    value_type: str
    value: Any
    unit: str | None
    dataset: Dataset

    def child(self, code: str, scheme: str = "DCM") -> "Found":
        """Return the only item of a name right below."""
        (found,) = (item for item in children(self) if item.name == (code, scheme))
        return found


def code_of(sequence: Any) -> tuple[str, str]:
    (code,) = sequence
    return code.get("CodeValue") or code.LongCodeValue, code.CodingSchemeDesignator


def walk(path: Path) -> list[Found]:
    """Return all items of a report, the root first."""
    return list(_items(dcmread(path), ()))


def children(item: Found) -> list[Found]:
    below = (*item.above, item.name)
    return [next(_items(child, below)) for child in item.dataset.get("ContentSequence", [])]


def only(items: list[Found], code: str, scheme: str = "DCM") -> Found:
    """Return the only item of a name."""
    (found,) = (item for item in items if item.name == (code, scheme))
    return found


def every(items: list[Found], code: str, scheme: str = "DCM") -> list[Found]:
    return [item for item in items if item.name == (code, scheme)]


def _items(dataset: Dataset, above: tuple[tuple[str, str], ...]) -> Iterator[Found]:
    name = code_of(dataset.ConceptNameCodeSequence)
    value, unit = _value(dataset)
    yield Found(
        name, above, dataset.get("RelationshipType"), dataset.ValueType, value, unit, dataset
    )
    for child in dataset.get("ContentSequence", []):
        yield from _items(child, (*above, name))


def _value(dataset: Dataset) -> tuple[Any, str | None]:
    match dataset.ValueType:
        case "NUM":
            (measured,) = dataset.MeasuredValueSequence
            decimal, double = float(measured.NumericValue), measured.FloatingPointValue
            # The decimal string has 16 characters at most, exponent and all.
            assert abs(decimal - double) <= 1e-10 * abs(double)
            return double, code_of(measured.MeasurementUnitsCodeSequence)[0]
        case "CODE":
            return code_of(dataset.ConceptCodeSequence), None
        case "TEXT":
            return dataset.TextValue, None
        case "UIDREF":
            return dataset.UID, None
        case "IMAGE" | "COMPOSITE":
            (reference,) = dataset.ReferencedSOPSequence
            return (reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID), None
        case "CONTAINER":
            return dataset.ContinuityOfContent, None
    raise AssertionError(dataset.ValueType)
