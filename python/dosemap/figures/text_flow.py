"""Lines of text that fill columns and pages; what does not fit is counted, never lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from matplotlib.font_manager import FontProperties, findfont, get_font

from dosemap.figures.texts import unbroken

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PRECISION = 64
"""Units of a font's width per point."""
_MEASURED_AT = 100.0


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a column."""

    text: str
    is_bold: bool = False
    colour: str = "black"
    indent_mm: float = 0.0
    size: float = 7.0
    """Points."""
    before_mm: float = 0.0
    """Room above it; not at the head of a column."""

    @property
    def height_mm(self) -> float:
        """Height of the line."""
        return 1.28 * self.size * 25.4 / 72


@dataclass(frozen=True, kw_only=True)
class Column:
    """Where lines go, from the lower left corner of the page."""

    left_mm: float
    top_mm: float
    bottom_mm: float


def width_mm(text: str, *, size: float, is_bold: bool) -> float:
    """Return the width of a text.

    Parameters
    ----------
    text
        That the font can show.
    size
        Points.
    is_bold
        Of the bold font.
    """
    return sum(_advance(letter, is_bold) for letter in text) * size / _MEASURED_AT * 25.4 / 72


@lru_cache(maxsize=4096)
def _advance(letter: str, is_bold: bool) -> float:  # noqa: FBT001  (keys of the cache)
    font = get_font(findfont(FontProperties(weight="bold" if is_bold else "normal")))
    font.set_size(_MEASURED_AT, 72)
    return float(font.load_char(ord(letter)).linearHoriAdvance) / 65536


def broken(line: Line, *, within_mm: float) -> list[Line]:
    """Return a line as the lines that a column of a width takes; long words are broken.

    Parameters
    ----------
    line
        Of any length.
    within_mm
        Width of the column.
    """
    room_mm = within_mm - line.indent_mm
    texts = [""]
    for word in unbroken(line.text).split(" "):
        longer = f"{texts[-1]} {word}" if texts[-1] else word
        if width_mm(longer, size=line.size, is_bold=line.is_bold) <= room_mm:
            texts[-1] = longer
            continue
        *full, rest = _pieces(word, line, room_mm)
        texts += [*full, rest] if texts[-1] else []
        if not texts[0]:
            texts = [*full, rest]
    first, *others = (replace(line, text=text) for text in texts)
    return [first, *(replace(other, before_mm=0.0) for other in others)]


def _pieces(word: str, line: Line, room_mm: float) -> list[str]:
    pieces = [""]
    used_mm = 0.0
    for letter in word:
        letter_mm = width_mm(letter, size=line.size, is_bold=line.is_bold)
        if pieces[-1] and used_mm + letter_mm > room_mm:
            pieces.append("")
            used_mm = 0.0
        pieces[-1] += letter
        used_mm += letter_mm
    return pieces


def fill(lines: Sequence[Line], columns: Sequence[Column]) -> Iterator[tuple[Line, float, float]]:
    """Yield lines with their places, left and base line, as long as the columns have room.

    Parameters
    ----------
    lines
        Broken to the width of the columns.
    columns
        One after the other.
    """
    remaining = list(lines)
    for column in columns:
        y = column.top_mm
        while remaining:
            line = remaining[0]
            before = line.before_mm if y < column.top_mm else 0.0
            y -= before + line.height_mm
            if y < column.bottom_mm:
                break
            yield line, column.left_mm + line.indent_mm, y
            remaining.pop(0)


def write(figure: "Figure", line: Line, left_mm: float, base_mm: float) -> None:
    """Write a line on a page, a figure of the page's size."""
    width, height = figure.get_size_inches()
    figure.text(
        left_mm / 25.4 / width,
        (base_mm + 0.22 * line.height_mm) / 25.4 / height,
        line.text,
        fontsize=line.size,
        fontweight="bold" if line.is_bold else "normal",
        color=line.colour,
        va="baseline",
    )
