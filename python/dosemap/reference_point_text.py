"""Free-text definitions of the reference point: one length, one thing that it counts from.

Makers write the definition in words of their own ("15cm below BeamIsocenter", "530 mm from focus"),
as PS3.16 TID 10003B allows. The words are those of ``data/rdsr/reference_point_words.csv``. A text
that names no length or more than one, not exactly one thing to count from, or has any word that is
not in the table, is not understood: "15 cm +/- 1 cm" and "not at the isocentre" are no places.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(mm|cm|m|inch|inches)\b")
_MM_PER = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4, "inches": 25.4}
_SIGNED = re.compile(r"(^|\s)[-+]\d")
_BETWEEN_WORDS = re.compile(r"[\s():.,'-]+")
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
    parts = [plain for part in text.split(";") if not _says_nothing(plain := _plain(part))]
    found = {_read(part) for part in parts}
    return found.pop() if len(found) == 1 else None


def _read(part: str) -> Wording | None:
    """Return what one text says; ``None`` where any of its words is not understood."""
    _, text = _take("name", part)
    directions, text = _take("towards", text)
    lengths = lengths_mm(text)
    is_at_itself = _AT_ITSELF.search(text.strip()) is not None
    text = _LENGTH.sub(" ", text)
    sides, _ = _take("side", text)
    anchors, text = _take("anchor", text)  # "above the table" is an anchor too
    _, text = _take("side", text)
    if _unknown_words(text) or _SIGNED.search(part):
        return None
    directions |= sides
    if len(anchors) != 1 or len(lengths) > 1 or len(directions) > 1:
        return None
    if not lengths and anchors != {"skin"} and not is_at_itself:
        return None
    return Wording(anchors.pop(), min(lengths, default=0.0), min(directions, default=None))


def _says_nothing(part: str) -> bool:
    """Return whether a text only names the point."""
    _, rest = _take("name", part)
    anchors, _ = _take("anchor", rest)
    return not anchors and not _LENGTH.search(rest) and not _unknown_words(rest)


def _take(role: str, text: str) -> tuple[set[str], str]:
    """Return what words of a role mean, and the text without them.

    Words that one meaning takes do not count for the next.
    """
    found = set()
    for meaning, pattern in _patterns(role).items():
        if pattern.search(text):
            found.add(meaning)
            text = pattern.sub(" ", text)
    return found, text


def _unknown_words(text: str) -> list[str]:
    """Return the words left that are not known to say nothing.

    One of them may turn the sense around ("not", "left of", "up to", "+/-").
    """
    (fillers,) = _patterns("filler").values()
    words = _BETWEEN_WORDS.split(text)
    return [word for word in words if word and not fillers.fullmatch(word)]


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
