"""Pages that describe JSON documents: their tables of keys and types, held against documents."""

import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "array of 3 numbers": (list,),
    "array of integers": (list,),
    "array of texts": (list,),
    "object": (dict,),
    "null": (type(None),),
    "any": (object,),
}


def described_keys(table: str) -> dict[str, str]:
    """Return key and type of every line of a table; ``*`` stands for any key."""
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+?) \|", table, re.MULTILINE))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and value of everything in a document; list entries share one path."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from leaves(entry, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for entry in value:
            if isinstance(entry, dict):
                for key, inner in entry.items():
                    yield from leaves(inner, f"{path}[].{key}")


def name_of(path: str, table: dict[str, str]) -> str:
    """Return the key of a table that describes a path; the path itself where none does."""
    if path in table:
        return path
    for key in table:
        if key.endswith(".*") and path.startswith(key[:-1]):
            return key
    return path


def is_of(value: Any, types: str) -> bool:
    """Return whether a value has one of the types of a line (``number or null``)."""
    return any(_is(value, kind) for kind in re.split(r", | or ", types))


def _is(value: Any, kind: str) -> bool:
    fits = isinstance(value, TYPES[kind]) and (
        kind in ("boolean", "any") or not isinstance(value, bool)
    )
    if not fits or not isinstance(value, list):
        return fits
    if kind == "array of 3 numbers":
        return len(value) == 3 and all(isinstance(entry, float) for entry in value)
    if kind in ("array of integers", "array of texts"):
        wanted = int if kind == "array of integers" else str
        return all(isinstance(entry, wanted) for entry in value)
    return True
