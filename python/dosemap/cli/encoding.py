"""Text for a stdout that cannot show all of Unicode: never an error in the place of a result."""

import codecs
import json
import re
import sys
import unicodedata
from collections.abc import Callable
from io import TextIOWrapper
from typing import cast

_HANDLER = "dosemap_nearest"
_NEAREST = {"°": "deg", "µ": "u", "μ": "u", "…": "...", "–": "-", "—": "-", "×": "x"}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def show_what_is_possible() -> None:
    """Let stdout and stderr write the nearest ASCII of what their encoding lacks."""
    codecs.register_error(
        _HANDLER, cast("Callable[[UnicodeError], tuple[str | bytes, int]]", _nearest)
    )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _nearest(error: UnicodeEncodeError) -> tuple[str, int]:
    return "".join(map(nearest_ascii, error.object[error.start : error.end])), error.end


def nearest_ascii(character: str) -> str:
    r"""Return what stands for a character: ``cm2`` for ``cm²``; its number where nothing is near.

    Examples
    --------
    >>> "".join(map(nearest_ascii, "2 cm², 3 µGy, é, 漢"))
    '2 cm2, 3 uGy, e, \\u6f22'
    """
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return (
        _NEAREST.get(character) or plain or character.encode("ascii", "backslashreplace").decode()
    )


def encodable_json(text: str, encoding: str) -> str:
    r"""Return a JSON text that an encoding can hold: the same document, escaped if need be.

    Outside strings JSON is ASCII, so that every other character can be escaped where it stands.

    Parameters
    ----------
    text
        The JSON text.
    encoding
        Of the stream that it is for.

    Examples
    --------
    >>> encodable_json('["µ"]', "utf-8"), encodable_json('["µ"]', "ascii")
    ('["µ"]', '["\\u00b5"]')
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)
    return text
