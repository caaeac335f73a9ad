"""X-ray sources of an Enhanced X-Ray Radiation Dose SR as acquisition planes.

TID 10041 and 10042 name a source by a text of the maker's choice. Only "A" and "B" can be known
from it; others get a number, so that no text of the report is repeated. An entry may be for several
sources ("A and B"), whose dose the entries of the single ones hold too.
"""

import re
from collections.abc import Iterable, Mapping

from dosemap.reading.items import Items

_NAME = "113832"
_PLAIN = frozenset(
    {"and", "plane", "planes", "source", "sources", "tube", "x", "ray", "xray", "the"}
)
_SEVERAL = frozenset({"all", "both", "biplane", "ab"})
_A_AND_B = frozenset({"a", "b"})
_MOST_SOURCES = 16
"""More than any system has; a report with more is none whose names are worth comparing."""


class SourceNames:
    """All names of sources in a report, and the plane that stands for each."""

    def __init__(self, parts: Iterable[Items]) -> None:
        texts = (item.text.strip() for part in parts for item in part.all(_NAME) if item.text)
        self._planes = _planes(dict.fromkeys(text for text in texts if text))

    def plane(self, items: Items) -> str | None:
        """Return the plane of an entry; ``None`` where it names no source."""
        return self._planes.get(items.text(_NAME) or "")


def _planes(names: Iterable[str]) -> Mapping[str, str]:
    """Return the plane for each name, in the order of the report.

    Examples
    --------
    >>> _planes(["Plane A", "Plane B", "A and B"])
    {'Plane A': 'A', 'Plane B': 'B', 'A and B': 'all'}
    >>> _planes(["frontal", "lateral", "frontal + lateral"])
    {'frontal': 'source 1', 'lateral': 'source 2', 'frontal + lateral': 'all'}
    >>> _planes(["Tube 1"])
    {'Tube 1': 'single'}
    """
    words = {name: _words(name) for name in names}
    known = set(words.values()) if len(words) <= _MOST_SOURCES else set()
    several = {
        name
        for name, of_name in words.items()
        if of_name & _SEVERAL
        or of_name >= _A_AND_B
        or sum(bool(other) and other < of_name for other in known) > 1
    }
    single = [name for name in words if name not in several]
    planes = dict.fromkeys(words, "all")
    for number, name in enumerate(single, 1):
        planes[name] = "single" if len(single) == 1 else f"source {number}"
        if len(words[name]) == 1 and words[name] < _A_AND_B:
            planes[name] = max(words[name]).upper()
    return planes


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", name.casefold())) - _PLAIN
