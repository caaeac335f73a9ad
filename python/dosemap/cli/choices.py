"""Options that take one of a few words."""

from typing import get_args

from dosemap.errors import DosemapError


def choice(option: str, value: str | None, choices: object) -> str | None:
    """Return the value of an option that takes one of a few words (a ``Literal``), in any case."""
    known = {word.casefold(): word for word in get_args(choices)}
    if value is None:
        return None
    if value.casefold() not in known:
        raise DosemapError(f"{option} {value!r} must be one of {', '.join(known.values())}")
    return str(known[value.casefold()])
