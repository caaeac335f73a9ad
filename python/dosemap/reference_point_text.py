"""Free-text definitions of the reference point: one length, one thing that it counts from.

Makers write the definition in words of their own ("15cm below BeamIsocenter", "530 mm from focus"),
as PS3.16 TID 10003B allows. The words are those of ``data/rdsr/reference_point_words.csv``. A text
that names no length or more than one, or not exactly one thing to count from, is not understood;
nor is one with a word, a number or a sign that the table does not have: "not", "±" and "about"
change what all the others say.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from dosemap.data_tables import table_rows

# Three digits behind a comma may be thousands, unless a zero stands before it.
_LENGTH = re.compile(r"(?<![\d.,])(0[.,]\d+|\d+(?:[.,]\d{1,2})?)\s*(mm|cm|m|inch|inches)\b")
_MM_PER = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4, "inches": 25.4}
_PUNCTUATION = re.compile(r"[\s(),.:]*")
_AT_ITSELF = re.compile(r"^(at|in|on|auf|an|am|sur|sul|sulla|en)\b(?!.*(\d|\b(front|vor)\b))")


@dataclass(frozen=True)
class Wording:
    """What a text says: so far from something, along the central ray."""

    anchor: str
    """As in the table of words: ``"isocenter"``, ``"detector"``, ``"table top"`` ..."""
    length_mm: float
    towards: str | None
    """``"source"``, ``"detector"``, ``"patient"``, ``"above"``, ``"below"`` or, where the text
    does not say it, ``None``."""


@lru_cache(maxsize=64)
def lengths_mm(text: str) -> set[float]:
    """Return the lengths that a text names, mm.

    Examples
    --------
    >>> lengths_mm("15 cm (150 mm) from the isocentre")
    {150.0}
    """
    return {
        float(number.replace(",", ".")) * _MM_PER[unit]
        for number, unit in _LENGTH.findall(_plain(text))
    }


@lru_cache(maxsize=64)  # the events of a report have one text, two at most
def read_wording(text: str) -> Wording | None:
    """Return what a definition says; ``None`` where it is not understood.

    Of several texts of one report, separated by semicolons, all must be understood, and none may
    contradict another; one that only names the point says nothing.

    Parameters
    ----------
    text
        The definition.

    Examples
    --------
    >>> read_wording("15cm below BeamIsocenter")
    Wording(anchor='isocenter', length_mm=150.0, towards='below')
    >>> read_wording("IRP; 530 mm from focus")
    Wording(anchor='source', length_mm=530.0, towards=None)
    >>> read_wording("15 cm ± 2 cm from isocenter"), read_wording("not 15 cm from isocenter")
    (None, None)
    """
    parts = [without_names for part in text.split(";") if (without_names := _unnamed(part))]
    found = {_read(part) for part in parts}
    return found.pop() if len(found) == 1 else None


def _unnamed(text: str) -> str:
    """Return the plain text without names of the point; empty where nothing else is in it."""
    text = _without("name", _plain(text)).strip()
    return "" if _PUNCTUATION.fullmatch(text) else text


def _read(text: str) -> Wording | None:
    directions = {said for said, pattern in _patterns("towards").items() if pattern.search(text)}
    text = _without("towards", text)
    lengths, (anchors, rest) = lengths_mm(text), _anchors(_LENGTH.sub(" ", text))
    if len(anchors) != 1 or len(lengths) > 1:
        return None
    if not lengths and anchors != {"skin"} and not _AT_ITSELF.search(text.strip()):
        return None
    directions |= {side for side, pattern in _patterns("side").items() if pattern.search(text)}
    if not _PUNCTUATION.fullmatch(_without("filler", _without("side", rest))):
        return None
    if len(directions) > 1:
        return None
    return Wording(anchors.pop(), min(lengths, default=0.0), min(directions, default=None))


def _anchors(text: str) -> tuple[set[str], str]:
    """Return what the text counts from, and the words that are left.

    Words that one anchor takes do not count for the next.
    """
    found = set()
    for anchor, pattern in _patterns("anchor").items():
        if pattern.search(text):
            found.add(anchor)
            text = pattern.sub(" ", text)
    return found, text


def _without(role: str, text: str) -> str:
    for pattern in _patterns(role).values():
        text = pattern.sub(" ", text)
    return text


def _plain(text: str) -> str:
    """Lower case without accents, one space between words."""
    letters = unicodedata.normalize("NFKD", text.replace("’", "'"))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(letters.lower().replace("_", " ").split())


@cache
def _patterns(role: str) -> dict[str, re.Pattern[str]]:
    """Return one pattern per meaning, in the order of the table."""
    by_meaning: dict[str, list[str]] = {}
    for row in table_rows("rdsr", "reference_point_words.csv"):
        if row["role"] == role:
            by_meaning.setdefault(row["meaning"], []).append(row["pattern"])
    return {
        # Whole words; a number may stand right before one ("15cm"), an elided article does ("l'").
        meaning: re.compile(rf"(?<![^\W\d_])(?:{'|'.join(parts)})(?:(?<=')|(?![^\W_]))")
        for meaning, parts in by_meaning.items()
    }
