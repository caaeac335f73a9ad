"""Draws the unfolded map into matplotlib axes."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import patheffects
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.tri import Triangulation

from dosemap.figures.colours import (
    LEVEL_RGB,
    NO_DOSE_RGB,
    PEAK_RGB,
    colour_table,
    hex_colour,
)
from dosemap.figures.layout import Layout, PlacedPart
from dosemap.figures.texts import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet

    from dosemap.figures.scale import DoseScale
    from dosemap.figures.skin_map import SkinMap

_HALO = [patheffects.withStroke(linewidth=1.8, foreground="white")]
_SCALE_BAR_MM = 100.0
_MARGIN_MM = 70.0
_LEVEL_COLOUR = hex_colour(LEVEL_RGB)
_PEAK_COLOUR = hex_colour(PEAK_RGB)
LINE_GREY = "#808080"


def dose_colormap() -> LinearSegmentedColormap:
    """Return the colours of doses for matplotlib; below the scale is grey."""
    shares, colours = colour_table()
    pairs = list(zip(shares.tolist(), (colours / 255).tolist(), strict=True))
    colormap = LinearSegmentedColormap.from_list("dosemap dose", pairs, N=512)
    return colormap.with_extremes(under=hex_colour(NO_DOSE_RGB))


def dose_norm(scale: "DoseScale") -> Normalize:
    """Return the positions of doses on the scale; a dose of 0 is below it."""
    return Normalize(vmin=np.nextafter(0.0, 1.0) + scale.top_gy * 1e-9, vmax=scale.top_gy)


def draw_unfolded(axes: "Axes", skin_map: "SkinMap", layout: Layout, *, text_size: float) -> None:
    """Draw colours, contours, sides, vertebrae, a bar of 10 cm and the peak.

    Parameters
    ----------
    axes
        Empty.
    skin_map
        What to draw.
    layout
        Its parts.
    text_size
        Of the labels, points.
    """
    axes.set_aspect("equal")
    axes.axis("off")
    for placed in layout.parts:
        _draw_part(axes, skin_map, placed, text_size)
    _mark_peak(axes, skin_map, layout, text_size)
    low, high = _limits(layout)
    axes.set_xlim(low[0] - _MARGIN_MM, high[0] + _MARGIN_MM)
    axes.set_ylim(low[1] - 1.6 * _MARGIN_MM, high[1] + 0.7 * _MARGIN_MM)
    _draw_bar(axes, low, text_size)


def _limits(layout: Layout) -> "tuple[np.ndarray, np.ndarray]":
    points = [
        placed.part.points_mm + (placed.right_mm, placed.up_mm) for placed in layout.parts
    ]
    everything = np.concatenate(points)
    return everything.min(axis=0), everything.max(axis=0)


def _draw_part(axes: "Axes", skin_map: "SkinMap", placed: PlacedPart, text_size: float) -> None:
    part, scale = placed.part, skin_map.scale
    points = part.points_mm + (placed.right_mm, placed.up_mm)
    doses = skin_map.skin_dose_gy[part.vertex]
    # Where skin lies on other skin the higher dose is on top.
    order = np.argsort(doses[part.triangles].max(axis=1), kind="stable")
    triangles = part.triangles[order]
    axes.tripcolor(
        Triangulation(points[:, 0], points[:, 1], triangles),
        doses,
        cmap=dose_colormap(),
        norm=dose_norm(scale),
        shading="gouraud",
        rasterized=True,
    )
    _draw_outline(axes, points, part.triangles)
    mesh = Triangulation(points[:, 0], points[:, 1], part.triangles)
    highest = doses.max()
    for doses_gy, colour, width in (
        (scale.contours_gy, "black", 0.6),
        (scale.levels_gy, _LEVEL_COLOUR, 1.6),
    ):
        reached = [dose for dose in doses_gy if dose < highest]
        if reached:
            lines = axes.tricontour(mesh, doses, levels=reached, colors=colour, linewidths=width)
            _label_lines(axes, lines, scale, text_size, colour)
    _label_sides(axes, placed, points, text_size)
    for name, vertical in part.levels:
        row = vertical + placed.up_mm
        axes.text(
            points[:, 0].min() - 14,
            row,
            name,
            fontsize=0.75 * text_size,
            color=LINE_GREY,
            ha="right",
            va="center",
        )
        axes.plot(
            [points[:, 0].min() - 10, points[:, 0].min() - 2], [row, row], color=LINE_GREY, lw=0.5
        )


def _label_lines(
    axes: "Axes", lines: "ContourSet", scale: "DoseScale", text_size: float, colour: str
) -> None:
    labels = axes.clabel(
        lines,
        fmt=lambda dose: plain(scale.number(dose)),
        fontsize=0.8 * text_size,
        inline=False,
        colors=colour,
    )
    for label in labels:
        label.set_path_effects(_HALO)


def _draw_outline(axes: "Axes", points: np.ndarray, triangles: np.ndarray) -> None:
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    unique, number = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
    axes.add_collection(
        LineCollection(points[unique[number == 1]].tolist(), colors=LINE_GREY, linewidths=0.4)
    )


def _label_sides(
    axes: "Axes", placed: PlacedPart, points: np.ndarray, text_size: float
) -> None:
    part = placed.part
    bottom, top = points[:, 1].min(), points[:, 1].max()
    left, right = points[:, 0].min(), points[:, 0].max()
    middle = placed.right_mm

    def text(x: float, words: str, *, ha: str, weight: str = "normal", y: float | None = None) -> None:
        axes.text(
            x,
            bottom - 12 if y is None else y,
            words,
            fontsize=text_size,
            ha=ha,
            va="top" if y is None else "bottom",
            fontweight=weight,
        )

    if part.name not in ("trunk", "surface"):
        text(middle, part.name, ha="center", weight="bold", y=top + 8)
        return
    sides = ("left", "right") if part.centre == "back" else ("right", "left")
    other = "front" if part.centre == "back" else "back"
    text(middle, part.centre.upper(), ha="center", weight="bold")
    if not part.is_cut:
        text(left, f"patient's {sides[0]}", ha="left")
        text(right, f"patient's {sides[1]}", ha="right")
        return
    quarter = (right - left) / 4
    text(middle - quarter, f"patient's {sides[0]}", ha="center", weight="bold")
    text(middle + quarter, f"patient's {sides[1]}", ha="center", weight="bold")
    text(left, other, ha="left")
    text(right, other, ha="right")


def _mark_peak(axes: "Axes", skin_map: "SkinMap", layout: Layout, text_size: float) -> None:
    for placed in layout.parts:
        found = np.flatnonzero(placed.part.vertex == skin_map.peak_vertex)
        if not len(found):
            continue
        x, y = placed.part.points_mm[found[0]] + (placed.right_mm, placed.up_mm)
        low, high = _limits(layout)
        to_right = 1 if x < (low[0] + high[0]) / 2 else -1
        axes.plot(
            [x], [y], marker="o", markersize=9, markerfacecolor="none",
            markeredgecolor="white", markeredgewidth=3,
        )
        axes.plot(
            [x], [y], marker="o", markersize=9, markerfacecolor="none",
            markeredgecolor=_PEAK_COLOUR, markeredgewidth=1.5,
        )
        note = axes.annotate(
            f"peak {plain(skin_map.peak_words)}",
            (x, y),
            xytext=(x + to_right * 90, min(y + 110, high[1] + 30)),
            fontsize=1.1 * text_size,
            fontweight="bold",
            ha="left" if to_right > 0 else "right",
            va="center",
            arrowprops={"arrowstyle": "-", "color": _PEAK_COLOUR, "lw": 1.2, "shrinkB": 5},
        )
        note.set_path_effects([patheffects.withStroke(linewidth=3, foreground="white")])
        return


def _draw_bar(axes: "Axes", low: np.ndarray, text_size: float) -> None:
    y = low[1] - 1.35 * _MARGIN_MM
    axes.plot([low[0], low[0] + _SCALE_BAR_MM], [y, y], color="black", lw=1.5, solid_capstyle="butt")
    axes.text(
        low[0] + _SCALE_BAR_MM + 12, y, "10 cm along the skin", fontsize=text_size, va="center"
    )
