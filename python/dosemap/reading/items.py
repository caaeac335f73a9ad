"""Looking up items of a parsed report by code and scheme."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
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

    def __init__(self, items: Sequence[ReportItem]) -> None:
        self._items = items
        self._concepts = [_canonical(item.code, item.scheme) for item in items]
        self._places = _by_concept(self._concepts, range(len(items)))
        self._inside: dict[int | None, list[int]] | None = None

    def _part(self, places: Iterable[int]) -> "Items":
        """Return some of the items; they keep their places in the list."""
        part = Items(())
        part._items = self._items
        part._concepts = self._concepts
        part._places = _by_concept(self._concepts, places)
        part._inside = self._inside
        return part

    def _within(self, parent: int | None) -> list[int]:
        """Return the places of the items directly inside one item."""
        if self._inside is None:
            self._inside = {}
            for place, item in enumerate(self._items):
                self._inside.setdefault(item.parent, []).append(place)
        return self._inside.get(parent, [])

    def concepts(self) -> Iterable[tuple[str, str]]:
        """Return code and scheme of every concept that is there."""
        return self._places.keys()

    def all(self, code: str, scheme: str = "DCM") -> list[ReportItem]:
        """Return every item of the concept, in document order."""
        places = self._places.get((code, scheme))
        return [self._items[place] for place in places] if places else []

    def of(self, concept: Concept) -> list[ReportItem]:
        """Return every item of a concept of the tables."""
        places = self._places.get(concept.key)
        return [self._items[place] for place in places] if places else []

    def first(self, code: str, scheme: str = "DCM") -> ReportItem | None:
        """Return the first item of the concept."""
        places = self._places.get((code, scheme))
        return self._items[places[0]] if places else None

    def text(self, code: str) -> str | None:
        """Return the first non-blank text of the concept."""
        texts = (item.text.strip() for item in self.all(code) if item.text)
        return next((text for text in texts if text), None)

    def containers(self, code: str, *, opened: Collection[str] = ()) -> list["Items"]:
        """Return the direct content of each container of the concept.

        Parameters
        ----------
        code
            Of the containers, in the DICOM scheme.
        opened
            Concepts of containers in them whose content counts as theirs.
        """
        found, boxed = [], {(concept, "DCM") for concept in opened}
        for place in self._places.get((code, "DCM"), ()):
            content = self._within(place)
            boxes = [at for at in content if self._concepts[at] in boxed] if boxed else ()
            found.append(self._part([*content, *(at for box in boxes for at in self._within(box))]))
        return found

    def top_level(self) -> "Items":
        """Return the items that no other item contains."""
        return self._part(self._within(None))


def _by_concept(
    concepts: Sequence[tuple[str, str]], places: Iterable[int]
) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for place in places:
        concept = concepts[place]
        if concept in found:
            found[concept].append(place)
        else:
            found[concept] = [place]
    return found


@lru_cache(maxsize=4096)  # reports repeat some hundred concepts a thousand times
def _canonical(code: str, scheme: str) -> tuple[str, str]:
    return code.strip(), canonical_scheme(scheme)
