"""Content items of a report, by the names of ``data/prsr/concepts.csv``. Needs highdicom."""

from collections.abc import Iterable
from functools import cache
from typing import TypeVar

from highdicom.sr import (
    CodeContentItem,
    CodedConcept,
    CompositeContentItem,
    ContainerContentItem,
    ContentItem,
    ContentSequence,
    ImageContentItem,
    NumContentItem,
    RelationshipTypeValues,
    TextContentItem,
    UIDRefContentItem,
)

from dosemap.data_tables import table_rows
from dosemap.prsr.values import lines

CONTAINS = RelationshipTypeValues.CONTAINS
CONCEPT_MOD = RelationshipTypeValues.HAS_CONCEPT_MOD
OBS_CONTEXT = RelationshipTypeValues.HAS_OBS_CONTEXT
PROPERTIES = RelationshipTypeValues.HAS_PROPERTIES

PRIVATE_SCHEME = "99DOSEMAP"

_Item = TypeVar("_Item", bound=ContentItem)


@cache
def _codes() -> dict[str, tuple[str, str, str]]:
    rows = table_rows("prsr", "concepts.csv")
    return {row["name"]: (row["value"], row["scheme"], row["meaning"]) for row in rows}


def concept(name: str) -> CodedConcept:
    """Return the coded concept of a name."""
    value, scheme, meaning = _codes()[name]
    return CodedConcept(value=value, scheme_designator=scheme, meaning=meaning)


def container(
    name: str, *children: ContentItem, template: str | None = None, is_root: bool = False
) -> ContainerContentItem:
    """Return a container with its items."""
    relationship = None if is_root else CONTAINS
    item = ContainerContentItem(concept(name), template_id=template, relationship_type=relationship)
    return _with(item, children)


def text(
    name: str, value: str, *, relationship: RelationshipTypeValues = CONTAINS
) -> TextContentItem:
    """Return a text without characters that DICOM does not allow."""
    return TextContentItem(concept(name), lines(value), relationship_type=relationship)


def code(
    name: str, value: str, *, relationship: RelationshipTypeValues = CONTAINS
) -> CodeContentItem:
    """Return a coded item; the value is a name of the table too."""
    return CodeContentItem(concept(name), concept(value), relationship_type=relationship)


def number(
    name: str,
    value: float,
    unit: str,
    *children: ContentItem,
    relationship: RelationshipTypeValues = CONTAINS,
) -> NumContentItem:
    """Return a number: 16 characters as decimal, and every digit as a double beside it."""
    item = NumContentItem(
        concept(name), float(value), concept(unit), relationship_type=relationship
    )
    return _with(item, children)


def uid(
    name: str, value: str, *, relationship: RelationshipTypeValues = CONTAINS
) -> UIDRefContentItem:
    """Return a UID."""
    return UIDRefContentItem(concept(name), value, relationship_type=relationship)


def image(name: str, sop_class_uid: str, sop_instance_uid: str) -> ImageContentItem:
    """Return a reference to an image."""
    return ImageContentItem(
        concept(name), sop_class_uid, sop_instance_uid, relationship_type=CONTAINS
    )


def composite(
    name: str, sop_class_uid: str, sop_instance_uid: str, *children: ContentItem
) -> CompositeContentItem:
    """Return a reference to an object that is no image."""
    item = CompositeContentItem(
        concept(name), sop_class_uid, sop_instance_uid, relationship_type=CONTAINS
    )
    return _with(item, children)


def _with(item: _Item, children: Iterable[ContentItem]) -> _Item:
    below = ContentSequence(list(children))
    if below:
        item.ContentSequence = below
    return item
