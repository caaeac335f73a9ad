"""What a report says once per plane or X-ray source, and what of it holds for the events too."""

from collections.abc import Sequence
from dataclasses import dataclass

from dosemap.procedure import Provenance
from dosemap.reading.codes import coded_value, concepts
from dosemap.reading.identifiers import Identifiers
from dosemap.reading.items import Items
from dosemap.reading.log import ProblemLog
from dosemap.reading.numbers import NumberReader, Reading
from dosemap.reading.sources import SourceNames

_OPENED = ("122505", "130502")
"""What accumulated data say of the dose meter, and TID 10041 of its reference point, stands in
containers of their own."""

Definition = tuple[str | None, Provenance]


@dataclass(frozen=True)
class Accumulated:
    """The accumulated data of one plane or X-ray source."""

    plane: str | None
    """As :attr:`~dosemap.procedure.Event.acquisition_plane`; ``None``: the report does not say."""
    items: Items


def accumulated_data(items: Items, sources: SourceNames) -> tuple[Accumulated, ...]:
    """Return the accumulated data of every plane (TID 10002, or 10041), in document order."""
    of_planes = (
        Accumulated(_plane(found), found) for found in items.containers("113702", opened=_OPENED)
    )
    of_sources = (
        Accumulated(sources.plane(found), found)
        for found in items.containers("130500", opened=_OPENED)
    )
    return (*of_planes, *of_sources)


def _plane(items: Items) -> str | None:
    item = items.first("113764")
    if item is None or item.coded is None:
        return None
    return coded_value("acquisition_plane", item.coded[0], item.coded[1])[0]


def reference_point_definition(items: Items, identifiers: Identifiers) -> Definition:
    """Return the definition of the reference point, a code before a text.

    Several texts stand side by side, with semicolons between. Messages show it, so it goes without
    the names and numbers of people.
    """
    found = items.all("113780")
    for item in found:
        if item.coded:
            return item.coded[0], Provenance.REPORTED
    texts = (" ".join(item.text.split()) for item in found if item.text)
    if text := "; ".join(dict.fromkeys(filter(None, texts))):
        return identifiers.removed_from(text), Provenance.FREE_TEXT
    return None, Provenance.MISSING


class Planes:
    """Looks up what the planes state for their events; each value is read once per plane."""

    def __init__(
        self, accumulated: Sequence[Accumulated], identifiers: Identifiers, log: ProblemLog
    ) -> None:
        self._of_plane: dict[str | None, list[Items]] = {}
        for data in accumulated:
            if data.plane is not None:
                self._of_plane.setdefault(data.plane, []).append(data.items)
        self._identifiers = identifiers
        self._all = [data.items for data in accumulated]
        self._reader = NumberReader(log)
        self._readings: dict[tuple[str | None, str], Reading] = {}
        self._definitions: dict[str | None, Definition] = {}

    def reading(self, plane: str | None, field: str) -> Reading:
        """Return a number for the events of a plane, if all its data agree on it.

        Parameters
        ----------
        plane
            The plane of the event; all planes count when none is named so.
        field
            Name in the tables.
        """
        key = (plane, field)
        if key not in self._readings:
            sources = concepts("plane")[field]
            stated = {self._reader.read(items, sources) for items in self._data_of(plane)}
            agreed = stated.pop() if len(stated) == 1 else (None, Provenance.MISSING)
            self._readings[key] = agreed
        return self._readings[key]

    def reference_point(self, plane: str | None) -> Definition:
        """Return the first definition of the reference point (TID 10007) for a plane."""
        if plane not in self._definitions:
            found = (
                reference_point_definition(items, self._identifiers)
                for items in self._data_of(plane)
            )
            known = (definition for definition in found if definition[0] is not None)
            self._definitions[plane] = next(known, (None, Provenance.MISSING))
        return self._definitions[plane]

    def _data_of(self, plane: str | None) -> list[Items]:
        return self._of_plane.get(plane, self._all)
