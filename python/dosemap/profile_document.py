"""What equipment profiles say and rest on, as JSON documents (``docs/json_equipment.md``)."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Literal

from dosemap.equipment import Claim, Family, NotKnown, Profile, TotalsOnly

LIST_SCHEMA = "dosemap.equipment_list/1"
PROFILE_SCHEMA = "dosemap.equipment/1"
_NOT_STATED = {"claim", "name", "title", "match"}
"""Names of a part and what it rests on, not what it states."""
_AS_IN_THE_FILE = {
    "inherent_filters": "inherent_filter",
    "added_filters": "added_filter",
    "plane_mm": "plane",
}
"""Keys that the TOML file writes in another way than the code."""
Origin = Literal["shipped", "site"]
Gives = Literal["map", "map with table offset", "map with table origin", "totals"]


def gives(family: Family) -> Gives:
    """Return what reports of a family yield, or what the caller has to add for a map."""
    if isinstance(family, TotalsOnly):
        return "totals"
    axes = (family.table_x, family.table_y, family.table_z)
    if any(isinstance(axis, NotKnown) for axis in axes):
        return "map with table origin"
    known = [axis for axis in axes if not isinstance(axis, NotKnown)]
    has_zeros = all(axis.zero_item is not None or axis.zero_mm is not None for axis in known)
    return "map" if has_zeros else "map with table offset"


def claims(family: Family) -> list[Claim]:
    """Return the claims of a family."""
    if isinstance(family, TotalsOnly):
        return [family.claim]
    return [claim for _, claim in family.claims()]


def list_document(profiles: Sequence[tuple[Family, Origin]]) -> dict[str, Any]:
    """Return a line on each family.

    Parameters
    ----------
    profiles
        With where each comes from.
    """
    return {
        "schema": LIST_SCHEMA,
        "profiles": [
            {
                "name": family.name,
                "title": family.title,
                "origin": origin,
                "gives": gives(family),
                "claims": len(claims(family)),
                "claims_validated": sum(claim.validated for claim in claims(family)),
            }
            for family, origin in profiles
        ],
    }


def profile_document(family: Family, origin: Origin) -> dict[str, Any]:
    """Return everything that a profile says, each statement with what it rests on."""
    (summary,) = list_document([(family, origin)])["profiles"]
    return {
        "schema": PROFILE_SCHEMA,
        **summary,
        "caution": family.caution if isinstance(family, Profile) else None,
        "measurement_geometry": family.support.measurement_geometry
        if isinstance(family, Profile)
        else None,
        "match": [
            {f.name: pattern for f in fields(rule) if (pattern := getattr(rule, f.name))}
            for rule in family.match
        ],
        "statements": [
            {
                "claim": place,
                "values": _values(part),
                "evidence": part.claim.evidence,
                "validated": part.claim.validated,
                "basis": part.claim.basis,
            }
            for place, part in _statements(family)
        ],
    }


def _statements(family: Family) -> Iterator[tuple[str, Any]]:
    if isinstance(family, TotalsOnly):
        yield "no_geometry", family
    else:
        yield from _parts("", family)


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


def _values(part: Any) -> dict[str, Any]:  # noqa: ANN401  (any part of a family)
    """Return the plain values of a part, those of its own parts (filters) in place."""
    values = {}
    for entry in fields(part):
        value = getattr(part, entry.name)
        if entry.name not in _NOT_STATED and value is not None and not hasattr(value, "claim"):
            values[_AS_IN_THE_FILE.get(entry.name, entry.name)] = _plain(value)
    return values


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, tuple):
        return [_plain(element) for element in value]
    if is_dataclass(value):
        return {
            _AS_IN_THE_FILE.get(entry.name, entry.name): _plain(getattr(value, entry.name))
            for entry in fields(value)
        }
    return value
