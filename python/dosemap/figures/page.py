"""Pages to print and to file: key numbers, map, views, and all that must be known of them."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Literal

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imread

from dosemap.errors import DosemapError
from dosemap.figures.colours import dose_colours
from dosemap.figures.layout import lay_out
from dosemap.figures.settings import shown
from dosemap.figures.text_flow import Column, Line, broken, fill, write
from dosemap.figures.timeline import draw_timeline
from dosemap.figures.unfolded_axes import draw_unfolded
from dosemap.figures.unfolded_figure import caption_lines, draw_scale
from dosemap.figures.views import best_views
from dosemap.picture import picture_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dosemap.figures.key_numbers import KeyNumber
    from dosemap.figures.page_content import PageContent
    from dosemap.figures.skin_map import SkinMap

Paper = Literal["a4", "letter"]
PAPERS_MM: Mapping[Paper, tuple[float, float]] = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}

_MARGIN_MM = 12.0
_GUTTER_MM = 6.0
_FOOT_MM = 9.0
_NAME_MM = 23.0
_LEAST_MAP_MM, _MOST_MAP_MM = 62.0, 92.0
_VIEWS_MM = 48.0
_SCALE_MM = 16.0
_TIMELINE_MM = 50.0
_PAGE_MM = 20.0
_STEP_MM = 4.0
_MOST_PAGES = 6
_SMALL, _NORMAL, _LARGE, _TITLE = 6.5, 7.5, 10.0, 13.0
_LONGEST = 600
"""Characters of one entry; what is beyond is counted."""
_LONGEST_NUMBER = 300
_LOUD, _GREY = "#b00020", "#555555"
_VIEW_PIXELS = 700


class Pages:
    """Pages under way: the first from the top down, then texts in columns and on further pages."""

    def __init__(self, content: "PageContent", *, paper: Paper) -> None:
        self._content = content
        self._width_mm, self._height_mm = PAPERS_MM[paper]
        self._inner_mm = self._width_mm - 2 * _MARGIN_MM
        self._top_mm = self._height_mm - _MARGIN_MM
        self._map_mm = _MOST_MAP_MM
        self._first = self._new_page()

    def drawn(self) -> list[Figure]:
        """Draw everything and return the pages."""
        content = self._content
        self._block([Line(text=content.title, is_bold=True, size=_TITLE)])
        self._block([_line(content.subtitle, colour=_GREY, longest=120)])
        self._block([_line(text, colour=_LOUD, is_bold=True) for text in content.warnings])
        self._numbers()
        if content.skin_map is not None:
            self._map(content.skin_map)
        elif content.no_map is not None:
            self._block([_line(f"There is no map of the skin: {content.no_map}", is_bold=True)])
        if content.timeline is not None:
            draw_timeline(
                self._axes(_MARGIN_MM + 8, self._inner_mm - 8, _TIMELINE_MM - 14, below_mm=5),
                content.timeline,
                text_size=_SMALL,
            )
            self._top_mm -= _TIMELINE_MM
        figures = self._with_sections()
        for number, figure in enumerate(figures, 1):
            self._foot(figure, f"page {number} of {len(figures)}")
        return figures

    def _new_page(self) -> Figure:
        return Figure(figsize=(self._width_mm / 25.4, self._height_mm / 25.4))

    def _axes(
        self, left_mm: float, width_mm: float, height_mm: float, *, below_mm: float = 0.0
    ) -> "Axes":
        """Return axes on the first page whose upper edge is so far below what is drawn."""
        bottom = self._top_mm - below_mm - height_mm
        return self._first.add_axes(
            (
                left_mm / self._width_mm,
                bottom / self._height_mm,
                width_mm / self._width_mm,
                height_mm / self._height_mm,
            )
        )

    def _block(self, lines: Sequence[Line]) -> None:
        """Write lines over the whole width of the first page."""
        for line in lines:
            for piece in broken(line, within_mm=self._inner_mm):
                self._top_mm -= piece.height_mm
                write(self._first, piece, _MARGIN_MM, self._top_mm)

    def _numbers(self) -> None:
        """Write key numbers on the left and the report on the right."""
        self._top_mm -= 1.5
        half = (self._inner_mm - _GUTTER_MM) / 2
        ends = [
            self._number_column(numbers, left, half)
            for left, numbers in (
                (_MARGIN_MM, self._content.key_numbers),
                (_MARGIN_MM + half + _GUTTER_MM, self._content.about),
            )
        ]
        self._top_mm = min(ends) - 2.0

    def _number_column(
        self, numbers: "Sequence[KeyNumber]", left_mm: float, width_mm: float
    ) -> float:
        y = self._top_mm
        for number in numbers:
            is_first = number is self._content.key_numbers[0]
            value = _line(
                number.text,
                is_bold=number.is_loud or is_first,
                colour=_LOUD if number.is_loud else "black",
                size=_LARGE if is_first and not number.is_loud else _NORMAL,
                longest=_LONGEST_NUMBER,
            )
            for index, piece in enumerate(broken(value, within_mm=width_mm - _NAME_MM)):
                y -= piece.height_mm
                if not index:
                    name = _line(number.name, colour=_GREY, longest=40)
                    write(self._first, name, left_mm, y)
                write(self._first, piece, left_mm + _NAME_MM, y)
        return y

    def _map(self, skin_map: "SkinMap") -> None:
        """Draw the unfolded map with its scale and two views; four views where it cannot be."""
        right_mm = _MARGIN_MM + self._inner_mm
        try:
            layout = lay_out(skin_map)
        except DosemapError as error:
            self._block([_line(error)])
            self._scale(skin_map, right_mm - _SCALE_MM)
            self._views(skin_map, self._inner_mm - _SCALE_MM, right_mm - _SCALE_MM, number=4)
            self._top_mm -= self._map_mm
            return
        room = self._inner_mm - _VIEWS_MM - _SCALE_MM
        low, high = layout.limits_mm
        needed = room * (high[1] - low[1]) / (high[0] - low[0])
        self._map_mm = float(np.clip(needed, _LEAST_MAP_MM, _MOST_MAP_MM))
        axes = self._axes(_MARGIN_MM, room, self._map_mm)
        draw_unfolded(axes, skin_map, layout, text_size=_SMALL)
        self._scale(skin_map, _MARGIN_MM + room)
        self._views(skin_map, _VIEWS_MM, right_mm, number=2)
        self._top_mm -= self._map_mm
        self._block([Line(text=text, size=_SMALL) for text in caption_lines(skin_map, layout)])

    def _scale(self, skin_map: "SkinMap", left_mm: float) -> None:
        axes = self._axes(left_mm + 2, 3.0, 0.75 * self._map_mm, below_mm=0.1 * self._map_mm)
        draw_scale(self._first, axes, skin_map, text_size=_SMALL)

    def _views(self, skin_map: "SkinMap", width_mm: float, right_mm: float, *, number: int) -> None:
        """Draw the surface from the sides on which most of the dose is."""
        colours = dose_colours(skin_map.skin_dose_gy, top_gy=skin_map.scale.top_gy)
        views = best_views(skin_map)[:number]
        pictures = [
            imread(
                BytesIO(
                    picture_png(
                        skin_map.surface,
                        views=[view],
                        colours=colours,
                        longest_side_pixels=_VIEW_PIXELS,
                    )
                ),
                format="png",
            )
            for view in views
        ]
        # All on one scale, standing on one line.
        rows, columns = (max(picture.shape[axis] for picture in pictures) for axis in (0, 1))
        each = width_mm / number
        for place, (view, picture) in enumerate(zip(views, pictures, strict=True)):
            left = right_mm - width_mm + place * each
            axes = self._axes(left, each, self._map_mm - 5, below_mm=5)
            half = picture.shape[1] / 2
            axes.imshow(picture, extent=(-half, half, 0, picture.shape[0]))
            axes.set_xlim(-columns / 2, columns / 2)
            axes.set_ylim(0, rows)
            axes.axis("off")
            words = view if view in ("front", "back") else f"patient's {view}"
            axes.set_title(words, fontsize=_SMALL, pad=2)

    def _with_sections(self) -> list[Figure]:
        """Write the sections in two columns, below what is drawn and on further pages."""
        width = (self._inner_mm - _GUTTER_MM) / 2
        lines = [piece for line in self._section_lines() for piece in broken(line, within_mm=width)]
        figures = [self._first]
        top = self._top_mm - 2.0
        while True:
            lefts = (_MARGIN_MM, _MARGIN_MM + width + _GUTTER_MM)
            placed = _balanced(lines, lefts, top_mm=top)
            for line, left, base in placed:
                write(figures[-1], line, left, base)
            lines = lines[len(placed) :]
            if not lines:
                return figures
            if len(figures) == _MOST_PAGES:
                words = f"{len(lines)} more lines do not fit: see the JSON document"
                self._note(figures[-1], words)
                return figures
            figures.append(self._new_page())
            top = self._height_mm - _MARGIN_MM

    def _section_lines(self) -> list[Line]:
        lines = []
        for section in self._content.sections:
            colour = _LOUD if section.is_loud else "black"
            lines.append(
                _line(section.heading, is_bold=True, colour=colour, size=_NORMAL, before_mm=1.6)
            )
            lines += [
                _line(text, size=_SMALL, indent_mm=2.0, before_mm=0.3) for text in section.entries
            ]
        return lines

    def _note(self, figure: Figure, words: str) -> None:
        write(figure, _line(words, colour=_LOUD, is_bold=True), _MARGIN_MM, _MARGIN_MM + 5.0)

    def _foot(self, figure: Figure, number: str) -> None:
        line = _line(self._content.footer, colour=_GREY, size=_SMALL)
        for row, piece in enumerate(broken(line, within_mm=self._inner_mm - _PAGE_MM)):
            write(figure, piece, _MARGIN_MM, _MARGIN_MM - 2 - row * piece.height_mm)
        left = self._width_mm - _MARGIN_MM - _PAGE_MM
        write(figure, _line(number, colour=_GREY, size=_SMALL), left, _MARGIN_MM - 2)


def _balanced(
    lines: Sequence[Line], lefts_mm: Sequence[float], *, top_mm: float
) -> list[tuple[Line, float, float]]:
    """Return lines with their places in columns, of one height where all have room."""
    bottom = _MARGIN_MM + _FOOT_MM
    tried = [*np.arange(top_mm - _STEP_MM, bottom, -_STEP_MM), bottom]
    placed: list[tuple[Line, float, float]] = []
    for end in tried:
        columns = [Column(left_mm=left, top_mm=top_mm, bottom_mm=end) for left in lefts_mm]
        placed = list(fill(lines, columns))
        if len(placed) == len(lines):
            break
    return placed


def _line(  # noqa: PLR0913  (how a line looks)
    text: object,
    *,
    is_bold: bool = False,
    colour: str = "black",
    size: float = _NORMAL,
    indent_mm: float = 0.0,
    before_mm: float = 0.0,
    longest: int = _LONGEST,
) -> Line:
    """Return a line with a text that may be anything."""
    return Line(
        text=shown(text, longest=longest),
        is_bold=is_bold,
        colour=colour,
        size=size,
        indent_mm=indent_mm,
        before_mm=before_mm,
    )
