"""Free-text definitions of the reference point: one length, one thing that it counts from.

Makers write the definition in words of their own ("15cm below BeamIsocenter", "530 mm from focus"),
as PS3.16 TID 10003B allows. The words are those of ``data/rdsr/reference_point_words.csv``. A text
that names no length or more than one, or not exactly one thing to count from, is not understood.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(mm|cm|m|inch|inches)\b")
_MM_PER = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4, "inches": 25.4}
_AWAY = re.compile(r"\b(behind|beyond|hinter|derriere|dietro|detras)\b")
_ABOVE = re.compile(r"\b(above|over|uber|oberhalb|au-dessus|sopra|encima|sobre)\b")
_BELOW = re.compile(r"\b(below|under|beneath|unter|unterhalb|sous|sotto|debajo|bajo)\b")
_AT_ITSELF = re.compile(r"^(at|in|on|auf|an|am|sur|sul|sulla|en)\b(?!.*(\d|\b(front|vor)\b))")


@dataclass(frozen=True)
class Wording:
    """What a text says: so far from something, along the central ray."""

    anchor: str
    """As in the table of words: ``"isocenter"``, ``"detector"``, ``"table top"`` ..."""
    length_mm: float
    towards: str | None
    """``"source"``, ``"detector"``, ``"above"``, ``"below"`` or, where the text does not say it,
    ``None``."""


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


def read_wording(text: str) -> Wording | None:
    """Return what a definition says; ``None`` where it is not understood.

    Several texts of one report, separated by semicolons, must not contradict each other.

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
    >>> read_wording("somewhere near the patient") is None
    True
    """
    found = {wording for part in text.split(";") if (wording := _read(_plain(part)))}
    return found.pop() if len(found) == 1 else None


def _read(text: str) -> Wording | None:
    for pattern in _patterns("name").values():
        text = pattern.sub(" ", text)
    directions = {said for said, pattern in _patterns("towards").items() if pattern.search(text)}
    for pattern in _patterns("towards").values():
        text = pattern.sub(" ", text)
    lengths, anchors = lengths_mm(text), _anchors(text)
    if len(anchors) != 1 or len(lengths) > 1:
        return None
    if not lengths and anchors != {"skin"} and not _AT_ITSELF.search(text.strip()):
        return None
    if _AWAY.search(text):
        directions.add("detector")
    if _ABOVE.search(text):
        directions.add("above")
    if _BELOW.search(text):
        directions.add("below")
    if len(directions) > 1:
        return None
    return Wording(anchors.pop(), min(lengths, default=0.0), min(directions, default=None))


def _anchors(text: str) -> set[str]:
    """Return what the text counts from; words that one anchor takes do not count for the next."""
    found = set()
    for anchor, pattern in _patterns("anchor").items():
        if pattern.search(text):
            found.add(anchor)
            text = pattern.sub(" ", text)
    return found


def _plain(text: str) -> str:
    """Lower case without accents, one space between words."""
    letters = unicodedata.normalize("NFKD", text.replace("’", "'"))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(letters.lower().replace("_", " ").split())


@cache
def _patterns(role: str) -> dict[str, re.Pattern[str]]:
    """Return one pattern per meaning, in the order of the table."""
    folder = files("dosemap") / "data" / "rdsr"
    text = (folder / "reference_point_words.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    by_meaning: dict[str, list[str]] = {}
    for row in rows:
        if row["role"] == role:
            by_meaning.setdefault(row["meaning"], []).append(row["pattern"])
    return {meaning: re.compile("|".join(parts)) for meaning, parts in by_meaning.items()}
