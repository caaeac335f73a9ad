"""Texts of a report as figures and pages show them: one line, no control characters, no end."""

import re
import unicodedata

_LONGEST = 400
_UNIT = re.compile(r"(?<=\d) (Gy|mGy|µGy|cm|mm|cm²|%)(?!\w)")
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode categories that are not shown: control, marks that turn the direction, unassigned."""


def readable(text: object, *, longest: int = _LONGEST) -> str:
    r"""Return a text on one line, without characters that are not shown, cut where it is too long.

    Parameters
    ----------
    text
        Anything; ``str`` of it.
    longest
        Characters; what is beyond is counted.

    Examples
    --------
    >>> readable("a\x00\u202eb\n c"), readable("x" * 12, longest=10)
    ('a b c', 'xxxxxxxxxx [2 more characters]')
    """
    shown = "".join(
        " " if unicodedata.category(character) in _HIDDEN else character for character in str(text)
    )
    line = " ".join(shown.split())
    if len(line) <= longest:
        return line
    return f"{line[:longest]} [{len(line) - longest} more characters]"


def unbroken(text: str) -> str:
    r"""Return a text in which no number is parted from its unit where a line ends.

    Examples
    --------
    >>> unbroken("4 mGy at L5")
    '4\xa0mGy at L5'
    """
    return _UNIT.sub("\N{NO-BREAK SPACE}\\1", text)
