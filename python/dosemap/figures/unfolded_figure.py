"""The unfolded map as a figure of its own: for matplotlib, and as SVG for a page."""

import re
from html import escape
from io import BytesIO, StringIO
from textwrap import wrap
from typing import TYPE_CHECKING

from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure

from dosemap.dose_words import gy
from dosemap.errors import DosemapError
from dosemap.figures.colours import LEAST_SHARE, LEVEL_RGB, NO_DOSE_RGB, hex_colour
from dosemap.figures.layout import Layout, lay_out
from dosemap.figures.settings import drawing, shown
from dosemap.figures.skin_map import SkinMap
from dosemap.figures.texts import unbroken
from dosemap.figures.unfolded_axes import dose_colormap, dose_norm, draw_unfolded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

    from dosemap.result import DoseResult

_ID_PREFIX = "dosemap-unfolded-"
_TEXT_SIZE = 9.0
_MAP_INCHES, _SCALE_INCHES = 8.4, 1.1
_LINE_INCHES = 0.185
_LINE_LETTERS = 125


def unfolded_figure(result: "DoseResult") -> Figure:
    """Return the unfolded map of a result; see :meth:`DoseResult.plot_unfolded`."""
    with drawing():
        return figure_of_map(_map_of(result))


def figure_of_map(skin_map: SkinMap) -> Figure:
    """Return the unfolded map with its scale and what it does not show.

    Raises
    ------
    DosemapError
        The surface cannot be unfolded.
    """
    layout = lay_out(skin_map)
    low, high = layout.limits_mm
    width, height = high - low
    lines = [
        line for entry in caption_lines(skin_map, layout) for line in wrap(entry, _LINE_LETTERS)
    ]
    map_inches = min(_MAP_INCHES * height / width, 1.1 * _MAP_INCHES)
    all_inches = map_inches + _LINE_INCHES * (len(lines) + 1)
    figure = Figure(figsize=(_MAP_INCHES + _SCALE_INCHES, all_inches))
    bottom, share = 1 - map_inches / all_inches, _MAP_INCHES / (_MAP_INCHES + _SCALE_INCHES)
    axes = figure.add_axes((0.01, bottom, share - 0.01, 1 - bottom))
    draw_unfolded(axes, skin_map, layout, text_size=_TEXT_SIZE)
    middle, half = (1 + bottom) / 2, 0.38 * (1 - bottom)
    draw_scale(
        figure,
        figure.add_axes((share + 0.01, middle - half, 0.02, 2 * half)),
        skin_map,
        text_size=_TEXT_SIZE,
    )
    figure.text(0.02, bottom, "\n".join(lines), fontsize=_TEXT_SIZE, va="top", linespacing=1.4)
    return figure


def draw_scale(figure: "FigureBase", axes: "Axes", skin_map: SkinMap, *, text_size: float) -> None:
    """Draw the colours of doses with the alert levels marked."""
    scale = skin_map.scale
    bar = figure.colorbar(ScalarMappable(dose_norm(scale), dose_colormap()), cax=axes)
    steps = [0.0, *scale.contours_gy, *scale.levels_gy, scale.top_gy]
    ticks = [
        dose
        for index, dose in enumerate(steps)
        if all(abs(dose - other) > 0.03 * scale.top_gy for other in steps[index + 1 :])
    ]
    bar.set_ticks(ticks, labels=[scale.number(dose) for dose in ticks])
    bar.ax.tick_params(labelsize=text_size)
    bar.set_label(f"skin dose, {scale.unit}", fontsize=text_size)
    bar.ax.set_ylim(0.0, scale.top_gy)
    bar.ax.axhspan(0.0, LEAST_SHARE * scale.top_gy, color=hex_colour(NO_DOSE_RGB))
    colour = hex_colour(LEVEL_RGB)
    for level in scale.levels_gy:
        bar.ax.axhline(level, color=colour, linewidth=2.5)
        for label, dose in zip(bar.ax.get_yticklabels(), ticks, strict=True):
            if dose == level:
                label.set_color(colour)
                label.set_fontweight("bold")


def caption_lines(skin_map: SkinMap, layout: Layout) -> list[str]:
    """Return what a person must know to read the map."""
    first = layout.parts[0].part
    seen = "back" if first.centre == "back" else "front"
    opposite = "front" if seen == "back" else "back"
    cut = f", cut along the {opposite} midline" if first.is_cut else ""
    grey = gy(LEAST_SHARE * skin_map.scale.top_gy, digits=2)
    lines = [
        f"Seen from outside the skin, {seen} in the middle{cut}; left and right are the patient's."
        f" Grey: below {grey}."
    ]
    if layout.point_of(skin_map.peak_vertex) is None:
        lines.append("THE PEAK LIES ON SKIN THAT IS NOT SHOWN HERE.")
    if skin_map.site:
        lines.append(f"Peak: {skin_map.peak_words}, {shown(skin_map.site)}.")
    lines += _level_lines(skin_map)
    told = [
        f"{entry.name} {gy(entry.highest_gy)}" for entry in layout.not_shown if entry.highest_gy > 0
    ]
    nothing = [entry.name for entry in layout.not_shown if not entry.highest_gy > 0]
    if told:
        lines.append(f"Not shown, with highest dose: {', '.join(told)}.")
    if nothing:
        lines.append(f"Not shown, without dose: {', '.join(nothing)}.")
    return [unbroken(line) for line in lines]


def _level_lines(skin_map: SkinMap) -> list[str]:
    scale = skin_map.scale
    peak_gy = skin_map.peak_gy
    reached = [scale.number(level) for level in scale.levels_gy if level <= peak_gy]
    above = [scale.number(level) for level in scale.levels_gy if level > peak_gy]
    lines = []
    if reached:
        lines.append(f"Thick blue lines: alert level of {', '.join(reached)} {scale.unit}.")
    if above:
        by_what = " by the dose that is known" if skin_map.is_lower_bound else ""
        lines.append(
            f"Blue on the scale: alert level of {', '.join(above)} {scale.unit}, not"
            f" reached{by_what}."
        )
    return lines


def unfolded_svg(result: "DoseResult") -> str:
    """Return the unfolded map as an ``<svg>`` element for a page.

    Text is text, colours are an embedded picture, there is no script and no link; all ids begin
    with ``dosemap-unfolded-``.

    Parameters
    ----------
    result
        With a map.

    Raises
    ------
    DosemapError
        There is no map, or its surface cannot be unfolded; the text says why.
    """
    skin_map = _map_of(result)
    text = StringIO()
    with drawing():
        figure = figure_of_map(skin_map)
        figure.savefig(text, format="svg", dpi=150, metadata={"Date": None, "Creator": "dosemap"})
    what = f"unfolded map of the skin dose, peak {skin_map.peak_words}, {skin_map.site}"
    return _embeddable(text.getvalue(), label=what)


def _map_of(result: "DoseResult") -> SkinMap:
    skin_map = SkinMap.of_result(result)
    if skin_map is None:
        raise DosemapError(result.reason or "there is no map")
    return skin_map


def figure_png(figure: Figure, *, dots_per_inch: int) -> bytes:
    """Return a figure as a PNG file."""
    with drawing():
        picture = BytesIO()
        figure.savefig(picture, format="png", dpi=dots_per_inch, metadata={"Software": None})
    return picture.getvalue()


def _embeddable(svg: str, *, label: str) -> str:
    element = svg[svg.index("<svg") :].replace(
        "<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1
    )
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    element = re.sub(r'\bid="', f'id="{_ID_PREFIX}', element)
    element = re.sub(r"url\(#", f"url(#{_ID_PREFIX}", element)
    return re.sub(r'href="#', f'href="#{_ID_PREFIX}', element)
