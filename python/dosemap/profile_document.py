"""What equipment profiles say and rest on, as JSON documents (``docs/json_equipment.md``)."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Literal

from dosemap.equipment import Claim, Profile

LIST_SCHEMA = "dosemap.equipment_list/1"
PROFILE_SCHEMA = "dosemap.equipment/1"
Origin = Literal["shipped", "site"]


def list_document(profiles: Sequence[tuple[Profile, Origin]]) -> dict[str, Any]:
    """Return a line on each profile.

    Parameters
    ----------
    profiles
        With where each comes from.
    """
    return {
        "schema": LIST_SCHEMA,
        "profiles": [
            {
                "name": profile.name,
                "title": profile.title,
                "origin": origin,
                "gives": "map",
                "claims": len(list(profile.claims())),
                "claims_validated": sum(claim.validated for _, claim in profile.claims()),
            }
            for profile, origin in profiles
        ],
    }


def profile_document(profile: Profile, origin: Origin) -> dict[str, Any]:
    """Return everything that a profile says, each statement with what it rests on."""
    (summary,) = list_document([(profile, origin)])["profiles"]
    return {
        "schema": PROFILE_SCHEMA,
        **summary,
        "match": [
            {f.name: pattern for f in fields(rule) if (pattern := getattr(rule, f.name))}
            for rule in profile.match
        ],
        "statements": [
            {
                "claim": place,
                "values": _values(part),
                "evidence": part.claim.evidence,
                "validated": part.claim.validated,
                "basis": part.claim.basis,
            }
            for place, part in _parts("", profile)
        ],
    }


def _parts(place: str, part: object) -> Iterator[tuple[str, Any]]:
    """Yield every part of a profile that carries a claim, with its place."""
    if isinstance(part, tuple):
        for number, element in enumerate(part):
            yield from _parts(f"{place}[{number}]", element)
    elif is_dataclass(part) and not isinstance(part, Claim):
        if hasattr(part, "claim"):
            yield place, part
        for entry in fields(part):
            yield from _parts(f"{place}.{entry.name}".lstrip("."), getattr(part, entry.name))


def _values(part: Any) -> dict[str, Any]:  # noqa: ANN401  (any part of a profile)
    """Return the plain values of a part, those of its own parts (filters) in place."""
    values = {}
    for entry in fields(part):
        value = getattr(part, entry.name)
        if entry.name != "claim" and value is not None and not hasattr(value, "claim"):
            values[entry.name] = _plain(value)
    return values


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, tuple):
        return [_plain(element) for element in value]
    if is_dataclass(value):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    return value
