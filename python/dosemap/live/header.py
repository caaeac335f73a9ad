"""The head of a journal: what a session is made of again, or recognised by."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from dosemap import _core
from dosemap.body import Body
from dosemap.corrections import Corrections
from dosemap.equipment import Profile
from dosemap.errors import DosemapError
from dosemap.live.columns import ANGLE_SPACES, COLUMNS, PLANES, POSITIONS
from dosemap.live.settings import LiveSettings
from dosemap.procedure import Assumption, Problem, Provenance
from dosemap.surface import Surface

_LAYOUT = {
    "columns": [[column.field, column.part] for column in COLUMNS],
    "planes": list(PLANES),
    "positions": list(POSITIONS),
    "angle_spaces": list(ANGLE_SPACES),
}
_DESCRIBES_BODY = tuple(
    entry.name for entry in fields(Body) if entry.init and entry.name not in ("notes", "problems")
)


def header_of(
    surface: Surface | Body, profile: Profile, corrections: Corrections, settings: LiveSettings
) -> dict[str, Any]:
    """Return the head of a session's journal as JSON can hold it."""
    return {
        "software": _core.__version__,
        "layout": _LAYOUT,
        "surface": _surface(surface),
        "equipment": {"name": profile.name, "digest": _digest(profile)},
        "corrections": _corrections(corrections),
        "settings": settings.to_dict(),
    }


def check_layout(header: Mapping[str, Any]) -> None:
    """Raise where a journal's rows are not those of this version."""
    if header["layout"] != _LAYOUT:
        raise DosemapError(
            f"the journal was written by dosemap {header['software']}, whose frames have other"
            " columns; resume it with that version"
        )


def other_version(header: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return a problem where another version of dosemap began the journal."""
    if header["software"] == _core.__version__:
        return ()
    return (
        Problem(
            code="journal-of-other-version",
            message=f"the journal was begun by dosemap {header['software']}; its frames are"
            f" computed anew by {_core.__version__}, which may give other doses",
        ),
    )


def surface_again(header: Mapping[str, Any], given: Surface | Body | None) -> Surface | Body:
    """Return the surface of a journal: the given one where it is the same, else its body."""
    kept = header["surface"]
    if given is not None:
        if _surface(given) != kept:
            raise DosemapError("the surface is another one than that of the journal")
        return given
    if "body" not in kept:
        raise DosemapError(
            f"the journal is of a surface of the caller ({kept['description']}), which it does not"
            " hold; give it with surface"
        )
    notes = tuple(
        Assumption(
            **{
                **entry,
                "provenance": Provenance(entry["provenance"]),
                "events": tuple(entry["events"]),
            }
        )
        for entry in kept["notes"]
    )
    problems = tuple(
        Problem(**{**entry, "events": tuple(entry["events"])}) for entry in kept["problems"]
    )
    return Body(**kept["body"], notes=notes, problems=problems)


def profile_again(header: Mapping[str, Any], given: Profile | None) -> Profile:
    """Return the equipment of a journal: the given one, else the shipped one of its name."""
    kept = header["equipment"]
    profile = given or Profile.named(kept["name"])
    if _digest(profile) != kept["digest"]:
        raise DosemapError(
            f"the equipment profile {profile.name} is another one than that of the journal"
            f" ({kept['name']}); give that one with equipment"
        )
    return profile


def corrections_again(header: Mapping[str, Any], given: Corrections | None) -> Corrections:
    """Return the corrections of a journal: the given ones where they are the same."""
    kept = header["corrections"]
    if given is not None:
        if _corrections(given) != kept:
            raise DosemapError("the corrections are others than those of the journal")
        return given
    if "function" in kept.values():
        raise DosemapError(
            "the journal is of a session with corrections by functions, which it does not hold;"
            " give them with corrections"
        )
    return Corrections(**kept)


def _surface(surface: Surface | Body) -> dict[str, Any]:
    if isinstance(surface, Body):
        return {
            "body": {name: getattr(surface, name) for name in _DESCRIBES_BODY},
            "notes": [
                {**asdict(note), "provenance": str(note.provenance), "events": list(note.events)}
                for note in surface.notes
            ],
            "problems": [
                {**asdict(entry), "events": list(entry.events)} for entry in surface.problems
            ],
        }
    arrays = surface.vertices_mm.tobytes() + surface.triangles.tobytes()
    return {
        "description": surface.description,
        "vertices": len(surface),
        "digest": hashlib.sha256(arrays).hexdigest(),
    }


def _digest(profile: Profile) -> str:
    return hashlib.sha256(repr(profile).encode()).hexdigest()


def _corrections(corrections: Corrections) -> dict[str, Any]:
    chosen = {entry.name: getattr(corrections, entry.name) for entry in fields(corrections)}
    return {name: "function" if callable(value) else value for name, value in chosen.items()}
