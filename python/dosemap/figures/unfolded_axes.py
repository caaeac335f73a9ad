"""Draws the unfolded map into matplotlib axes."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize
from matplotlib.tri import Triangulation

from dosemap.figures.colours import LEAST_SHARE, NO_DOSE_RGB, colour_table, hex_colour
from dosemap.figures.layout import Layout, PlacedPart
from dosemap.figures.letters import Letters
from dosemap.figures.marks import draw_contours, mark_peak

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from dosemap.figures.scale import DoseScale
    from dosemap.figures.skin_map import SkinMap
    from dosemap.figures.unfolded import UnfoldedPart

_GREY = "#707070"
_BAR_MM = 100.0
_SMALL = 0.8
_LONGEST_EDGE = 5.0
"""In median edges: what is longer is a fold and no border of the map."""


def dose_colormap() -> Colormap:
    """Return the colours of doses for matplotlib; below the scale is grey."""
    shares, colours = colour_table()
    pairs = list(zip(shares.tolist(), (colours / 255).tolist(), strict=True))
    colormap = LinearSegmentedColormap.from_list("dosemap dose", pairs, N=512)
    return colormap.with_extremes(under=hex_colour(NO_DOSE_RGB))


def dose_norm(scale: "DoseScale") -> Normalize:
    """Return the positions of doses on the scale; what has no colour is below it."""
    return Normalize(vmin=LEAST_SHARE * scale.top_gy, vmax=scale.top_gy)


def draw_unfolded(axes: "Axes", skin_map: "SkinMap", layout: Layout, *, text_size: float) -> None:
    """Draw colours, contours, sides, vertebrae, a bar of 10 cm and the peak.

    Parameters
    ----------
    axes
        Empty, at their final place on the figure.
    skin_map
        What to draw.
    layout
        Its parts.
    text_size
        Of the labels, points.
    """
    low, high = layout.limits_mm
    axes.set_aspect("equal")
    axes.axis("off")
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    letters = Letters(size=text_size, mm_per_point=_mm_per_point(axes, high - low))
    for placed in layout.parts:
        _draw_part(axes, skin_map, placed, letters)
    mark_peak(axes, skin_map, layout, letters)
    y = low[1] + 0.8 * letters.height_mm
    x = layout.parts[0].points_mm[:, 0].min()
    axes.plot([x, x + _BAR_MM], [y, y], color="black", lw=2, solid_capstyle="butt")
    axes.text(x + 1.1 * _BAR_MM, y, "10 cm along the skin", fontsize=text_size, va="center")


def _mm_per_point(axes: "Axes", size_mm: "NDArray[np.float64]") -> float:
    box = axes.get_position()
    figure = axes.get_figure(root=True)
    if figure is None:
        raise AssertionError("the axes are on a figure")
    width, height = 72 * figure.get_size_inches()
    return float(max(size_mm[0] / (box.width * width), size_mm[1] / (box.height * height)))


def _draw_part(axes: "Axes", skin_map: "SkinMap", placed: PlacedPart, letters: Letters) -> None:
    part, points = placed.part, placed.points_mm
    doses = skin_map.skin_dose_gy[part.vertex]
    # Where skin lies on other skin the higher dose is on top.
    order = np.argsort(doses[part.triangles].max(axis=1), kind="stable")
    axes.tripcolor(
        Triangulation(points[:, 0], points[:, 1], part.triangles[order]),
        doses,
        cmap=dose_colormap(),
        norm=dose_norm(skin_map.scale),
        shading="gouraud",
        rasterized=True,
    )
    _draw_outline(axes, points, part.triangles)
    mesh = Triangulation(points[:, 0], points[:, 1], part.triangles)
    draw_contours(axes, mesh, doses, skin_map, letters.times(_SMALL))
    _label_sides(axes, placed, letters)
    _label_vertebrae(axes, placed, letters.times(_SMALL))


def _draw_outline(
    axes: "Axes", points: "NDArray[np.float64]", triangles: "NDArray[np.int64]"
) -> None:
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    unique, number = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
    lines = points[unique]
    lengths = np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1)
    shown = (number == 1) & (lengths < _LONGEST_EDGE * np.median(lengths))
    axes.add_collection(LineCollection(lines[shown].tolist(), colors=_GREY, linewidths=0.5))


def _label_sides(axes: "Axes", placed: PlacedPart, letters: Letters) -> None:
    """Write what side of the patient is where, below a part; the name of a limb above it."""
    part, points = placed.part, placed.points_mm
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    gap = 0.6 * letters.height_mm
    middle = placed.right_mm
    if part.name not in ("trunk", "surface"):
        x = (left + right) / 2
        axes.text(
            x, top + gap, part.name, fontsize=letters.size, ha="center", va="bottom", weight="bold"
        )
    for place, words, ha, weight in _side_words(
        part, letters, left=left, right=right, middle=middle
    ):
        axes.text(
            place, bottom - gap, words, fontsize=letters.size, ha=ha, va="top", fontweight=weight
        )


def _side_words(
    part: "UnfoldedPart", letters: Letters, *, left: float, right: float, middle: float
) -> list[tuple[float, str, str, str]]:
    """Return place, words, alignment and weight of the sides."""
    sides = ("left", "right") if part.centre == "back" else ("right", "left")
    if part.name.endswith(("arm", "leg")):
        is_outer_first = part.name.startswith(sides[0])
        outer_inner = ("outer", "inner") if is_outer_first else ("inner", "outer")
        room = min(middle - left, right - middle)
        has_room = room > letters.width_mm(f"{outer_inner[0]}  {part.centre[:2]}")
        return [
            *([(middle, part.centre, "center", "normal")] if has_room else []),
            (left, outer_inner[0], "left", "normal"),
            (right, outer_inner[1], "right", "normal"),
        ]
    words = [f"patient's {side}" for side in sides]
    if letters.width_mm(words[1]) > (right - left) / 5:
        words = list(sides)
    found = [(middle, part.centre.upper(), "center", "bold")]
    if not part.is_cut:
        return [*found, (left, words[0], "left", "bold"), (right, words[1], "right", "bold")]
    found.append(((middle + left) / 2, words[0], "center", "bold"))
    found.append(((middle + right) / 2, words[1], "center", "bold"))
    if part.name != "head and neck":
        other = "front" if part.centre == "back" else "back"
        found.append((left, other, "left", "normal"))
        found.append((right, other, "right", "normal"))
    return found


def _label_vertebrae(axes: "Axes", placed: PlacedPart, letters: Letters) -> None:
    left = placed.points_mm[:, 0].min()
    tick, before = 4 * letters.mm_per_point, np.inf
    for name, vertical in placed.part.levels:
        row = vertical + placed.up_mm
        has_room = before - row > 1.1 * letters.height_mm
        axes.plot([left - 2 * tick, left - tick], [row, row], color=_GREY, lw=0.6)
        if has_room:
            before = row
            axes.text(
                left - 2.5 * tick,
                row,
                name,
                fontsize=letters.size,
                color=_GREY,
                ha="right",
                va="center",
            )
