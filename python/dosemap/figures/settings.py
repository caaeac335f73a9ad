"""How matplotlib draws here, whatever a person has set for own figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from matplotlib import style
from matplotlib.font_manager import findfont, get_font

from dosemap.figures.texts import readable

_FONT = "DejaVu Sans"
"""Comes with matplotlib."""
_OWN: dict[str, Any] = {
    "font.family": [_FONT],
    "text.usetex": False,
    # A "$" of a report is a dollar sign.
    "text.parse_math": False,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "dosemap",
}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with the settings of this package; a person's own are back afterwards."""
    with style.context(["default", _OWN]):
        yield


def shown(text: object, *, longest: int = 400) -> str:
    """Return a text as the figures' font can show it, on one line.

    Parameters
    ----------
    text
        Anything, such as a text of a report.
    longest
        Characters; what is beyond is counted.
    """
    known = _characters()
    line = readable(text, longest=longest)
    return "".join(
        letter if ord(letter) in known else "\N{REPLACEMENT CHARACTER}" for letter in line
    )


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    return frozenset(get_font(findfont(_FONT)).get_charmap())
