"""Looking up items of a parsed report by code and scheme."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from dosemap.reading.codes import Concept, canonical_scheme


class ReportItem(Protocol):
    """One content item as the parser (:mod:`dosemap._core`) hands it over."""

    @property
    def parent(self) -> int | None:
        """Place of the containing item in the same list."""

    @property
    def code(self) -> str:
        """Code value of the concept name."""

    @property
    def scheme(self) -> str:
        """Coding scheme designator of the concept name."""

    @property
    def value_type(self) -> str:
        """DICOM value type, for example ``"NUM"``."""

    @property
    def numbers(self) -> Sequence[float]:
        """Numeric values; none when the item is empty."""

    @property
    def unit(self) -> str | None:
        """Code value of the unit."""

    @property
    def coded(self) -> tuple[str, str, str] | None:
        """Code value, scheme and meaning of a coded value."""

    @property
    def text(self) -> str | None:
        """Value of a text, date-time or UID item."""


class Items:
    """The items of one event, or of the report outside its events."""

    def __init__(self, items: Iterable[ReportItem]) -> None:
        self._set(dict(enumerate(items)))

    def _set(self, by_place: dict[int, ReportItem]) -> None:
        self._by_place = by_place
        self._places: dict[tuple[str, str], list[int]] = {}
        for place, item in by_place.items():
            key = (item.code.strip(), canonical_scheme(item.scheme))
            self._places.setdefault(key, []).append(place)

    def _within(self, parent: int | None) -> "Items":
        """Return the items directly inside one item; they keep their places in the list."""
        content = Items(())
        content._set({at: item for at, item in self._by_place.items() if item.parent == parent})
        return content

    def all(self, code: str, scheme: str = "DCM") -> list[ReportItem]:
        """Return every item of the concept, in document order."""
        return [self._by_place[place] for place in self._places.get((code, scheme), [])]

    def of(self, concept: Concept) -> list[ReportItem]:
        """Return every item of a concept of the tables."""
        return self.all(concept.code, concept.scheme)

    def first(self, code: str, scheme: str = "DCM") -> ReportItem | None:
        """Return the first item of the concept."""
        return next(iter(self.all(code, scheme)), None)

    def text(self, code: str) -> str | None:
        """Return the first non-blank text of the concept."""
        texts = (item.text.strip() for item in self.all(code) if item.text)
        return next((text for text in texts if text), None)

    def containers(self, code: str) -> list["Items"]:
        """Return the direct content of each container of the concept."""
        return [self._within(place) for place in self._places.get((code, "DCM"), [])]

    def top_level(self) -> "Items":
        """Return the items that no other item contains."""
        return self._within(None)
