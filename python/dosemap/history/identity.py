"""What makes two reports the same procedure: their events and their content."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

_NOT_CONTENT = ("source", "alerts", "alert_levels_below", "alerts_not_evaluated", "risk")
"""Keys of a document that change without the procedure: the file's name, the levels of a site that
it was held against, and what was asked for beside the dose."""

_SAME_FOR_ANY_SPACING = (
    "schema",
    "software",
    "data_tables",
    "procedure",
    "equipment",
    "totals",
    "corrections",
    "interval",
    "assumptions",
)
"""Keys of a document that say what was computed and how, but for the distance between points."""

Relation = Literal["new", "revision", "older_state"]


def short_key(identity: str) -> int:
    """Return 64 bits of an identity, signed, by which a database finds it."""
    return int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8], "big", signed=True)


def document_digest(document: Mapping[str, Any]) -> str:
    """Return a hash of what a document says, whatever its file was called."""
    content = {key: value for key, value in document.items() if key not in _NOT_CONTENT}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def body_spacing_mm(document: Mapping[str, Any]) -> float | None:
    """Return the distance between the points of a body's map; ``None`` without such a map."""
    body = document["map"]["body"]
    return None if body is None else float(body["spacing_mm"])


def is_coarser(document: Mapping[str, Any], than: Mapping[str, Any]) -> bool:
    """Return whether a document has a coarser body than another one."""
    own_mm, other_mm = body_spacing_mm(document), body_spacing_mm(than)
    return own_mm is not None and other_mm is not None and own_mm > other_mm


def is_the_same_but_coarser(document: Mapping[str, Any], than: Mapping[str, Any]) -> bool:
    """Return whether a document says with a coarser body what another one says.

    The same report, computed by the same program with the same settings.
    """
    return is_coarser(document, than) and _but_for_spacing(document) == _but_for_spacing(than)


def _but_for_spacing(document: Mapping[str, Any]) -> list[Any]:
    body = {k: v for k, v in document["map"]["body"].items() if k != "spacing_mm"}
    return [body, *(document[key] for key in _SAME_FOR_ANY_SPACING)]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A procedure of the store as far as it says whether another report is of it."""

    procedure: int
    events: frozenset[str]
    """Identities of the revision that counts; empty for a report of totals only."""
    made: str = ""
    """When its report was made, ISO 8601; empty where it does not say."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a new report is to the procedures of the store."""

    relation: Relation
    procedure: int | None = None
    """Which one it is of; ``None``: a new one."""
    replaces: tuple[int, ...] = ()
    """Further procedures that it holds, which do not count any more."""


def made_of(document: Mapping[str, Any]) -> str:
    """Return when the report of a document was made; empty where it, or an older one, is silent."""
    return document["procedure"].get("content_created") or ""


def decide(events: Iterable[str], parts: Sequence[Part], *, made: str = "") -> Decision:
    """Return what a report is to the parts that could be of the same procedure.

    Parameters
    ----------
    events
        Identities of its events; none for a report of totals only.
    parts
        Those that share an event with it, and those of the same study and device where one of the
        two has totals only; in the order in which they came.
    made
        When the report was made. Where neither holds all events of the other, the one that was made
        later counts; of the same time the one that came later.

    Examples
    --------
    >>> first = Part(procedure=1, events=frozenset("ab"))
    >>> decide("abc", [first]).relation  # more events: it takes the place of the first
    'revision'
    >>> decide("a", [first]).relation  # sent while the procedure was running, and late
    'older_state'
    """
    new = frozenset(events)
    touched = [part for part in parts if part.events & new or not part.events or not new]
    if not touched:
        return Decision(relation="new")
    known: frozenset[str] = frozenset().union(*(part.events for part in touched))
    holder = max(touched, key=lambda part: len(part.events & new))
    is_earlier = not known < new and made < max(part.made for part in touched)
    if new < known or is_earlier:
        return Decision(relation="older_state", procedure=holder.procedure)
    first, *others = (part.procedure for part in touched)
    return Decision(relation="revision", procedure=first, replaces=tuple(others))
