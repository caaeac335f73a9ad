"""The unfolded map as a figure of its own: for matplotlib, and as SVG for a page."""

import re
from io import StringIO
from typing import TYPE_CHECKING

from matplotlib import rc_context
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure

from dosemap.errors import DosemapError
from dosemap.figures.colours import LEVEL_RGB, hex_colour
from dosemap.figures.layout import Layout, lay_out
from dosemap.figures.skin_map import SkinMap
from dosemap.figures.texts import plain
from dosemap.figures.unfolded_axes import dose_colormap, dose_norm, draw_unfolded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

    from dosemap.result import DoseResult

_SVG_RC = {"svg.fonttype": "none", "svg.hashsalt": "dosemap", "font.family": "sans-serif"}
_ID_PREFIX = "dosemap-unfolded-"
_TEXT_SIZE = 9.0


def unfolded_figure(result: "DoseResult") -> Figure:
    """Return the unfolded map of a result; see :meth:`DoseResult.plot_unfolded`."""
    skin_map = SkinMap.of_result(result)
    if skin_map is None:
        raise DosemapError(result.reason or "there is no map")
    return figure_of_map(skin_map)


def figure_of_map(skin_map: SkinMap) -> Figure:
    """Return the unfolded map with its scale and what it does not show.

    Raises
    ------
    DosemapError
        The surface cannot be unfolded.
    """
    layout = lay_out(skin_map)
    figure = Figure(figsize=(10, 7.5), layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(30, 1), height_ratios=(30, 3.2))
    draw_unfolded(figure.add_subplot(grid[0, 0]), skin_map, layout, text_size=_TEXT_SIZE)
    draw_scale(figure, figure.add_subplot(grid[0, 1]), skin_map, text_size=_TEXT_SIZE)
    caption = figure.add_subplot(grid[1, :])
    caption.axis("off")
    caption.text(
        0, 1, "\n".join(caption_lines(skin_map, layout)), fontsize=_TEXT_SIZE, va="top"
    )
    return figure


def draw_scale(
    figure: "FigureBase", axes: "Axes", skin_map: SkinMap, *, text_size: float
) -> None:
    """Draw the colours of doses with the alert levels marked."""
    scale = skin_map.scale
    bar = figure.colorbar(ScalarMappable(dose_norm(scale), dose_colormap()), cax=axes)
    steps = [0.0, *scale.contours_gy, *scale.levels_gy, scale.top_gy]
    ticks = [
        dose
        for index, dose in enumerate(steps)
        if all(abs(dose - other) > 0.03 * scale.top_gy for other in steps[index + 1 :])
    ]
    bar.set_ticks(ticks, labels=[plain(scale.number(dose)) for dose in ticks])
    bar.ax.tick_params(labelsize=text_size)
    bar.set_label(f"skin dose, {scale.unit}", fontsize=text_size)
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
    lines = [f"Seen from outside the skin, {seen} in the middle{cut}. Grey: no dose."]
    if skin_map.site:
        lines.append(f"Peak: {plain(skin_map.peak_words)}, {plain(skin_map.site)}.")
    scale = skin_map.scale
    if scale.levels_gy:
        levels = ", ".join(plain(scale.number(dose)) for dose in scale.levels_gy)
        lines.append(f"Blue lines: alert level of {levels} {scale.unit}.")
    if layout.not_shown:
        told = ", ".join(
            f"{entry.name} {plain(scale.words(float(f'{entry.highest_gy:.3g}')))}"
            for entry in layout.not_shown
        )
        lines.append(f"Not shown, with highest dose: {told}.")
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
    with rc_context(_SVG_RC):
        figure = unfolded_figure(result)
        text = StringIO()
        figure.savefig(text, format="svg", dpi=150, metadata={"Date": None, "Creator": "dosemap"})
    return _embeddable(text.getvalue())


def _embeddable(svg: str) -> str:
    element = svg[svg.index("<svg") :]
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    element = re.sub(r'\bid="', f'id="{_ID_PREFIX}', element)
    element = re.sub(r"url\(#", f"url(#{_ID_PREFIX}", element)
    return re.sub(r'href="#', f'href="#{_ID_PREFIX}', element)
