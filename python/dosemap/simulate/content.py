"""A structured report's content tree as plain data, before it becomes DICOM.

Styles build this tree, edits (:mod:`dosemap.simulate.edits`) alter it, and only then is it
encoded. So a test can damage a report in any way without knowing how DICOM nests its sequences.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from dosemap.simulate.concepts import DCM_MEANINGS

ValueType = Literal["CONTAINER", "CODE", "NUM", "TEXT", "UIDREF", "DATETIME", "PNAME", "IMAGE"]


class Code(NamedTuple):
    """A coded concept: what DICOM calls a code sequence item."""

    value: str
    scheme: str
    meaning: str


class ImageReference(NamedTuple):
    """Reference to a stored image."""

    sop_class_uid: str
    sop_instance_uid: str


@dataclass(frozen=True)
class Item:
    """One content item.

    ``value`` is a string (a decimal string for NUM, "SEPARATE" or "CONTINUOUS" for CONTAINER), a
    tuple of strings for a multi-valued NUM, a code, an image reference, or ``None``: for NUM no
    measured value, for CONTAINER no word on continuity, for the others a value of zero length.
    ``relationship`` is ``None`` for the root and for items of makers who leave it out.
    """

    value_type: ValueType
    concept: Code
    value: str | tuple[str, ...] | Code | ImageReference | None
    relationship: str | None = "CONTAINS"
    unit: Code | None = None
    qualifier: Code | None = None
    """Numeric Value Qualifier (context group 42): why a NUM holds no value."""
    children: tuple["Item", ...] = ()

    def altered(self, alter: Callable[["Item"], "Item"]) -> "Item":
        """Return the item with itself and all below it altered, children first."""
        children = tuple(child.altered(alter) for child in self.children)
        return alter(replace(self, children=children))

    def walk(self) -> Iterator["Item"]:
        """Yield the item itself and all below it, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()


def dcm(value: str) -> Code:
    """Return a concept of the DICOM scheme by its code value."""
    return Code(value, "DCM", DCM_MEANINGS[value])


def ucum(unit: str, meaning: str | None = None) -> Code:
    """Return a unit; its meaning is the unit itself unless given."""
    return Code(unit, "UCUM", meaning or unit)


def container(concept: Code, *children: Item, relationship: str | None = "CONTAINS") -> Item:
    """Return a container with its content."""
    return Item("CONTAINER", concept, "SEPARATE", relationship, children=children)


def srt(value: str, meaning: str) -> Code:
    """Return a concept of the retired SNOMED scheme that most systems in the field write."""
    return Code(value, "SRT", meaning)


def code(
    concept: Code, value: Code, *children: Item, relationship: str | None = "CONTAINS"
) -> Item:
    """Return an item whose value is a concept."""
    return Item("CODE", concept, value, relationship, children=children)


def text(concept: Code, value: str, *, relationship: str = "CONTAINS") -> Item:
    """Return a free-text item."""
    return Item("TEXT", concept, value, relationship)


def uidref(concept: Code, uid: str, *, relationship: str = "CONTAINS") -> Item:
    """Return an item that holds a UID."""
    return Item("UIDREF", concept, uid, relationship)


def instant(concept: Code, value: str) -> Item:
    """Return a date-time item; ``value`` is in DICOM's DT form."""
    return Item("DATETIME", concept, value)
