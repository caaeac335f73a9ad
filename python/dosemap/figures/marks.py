"""Contours with their doses, and the peak, in matplotlib axes."""

from typing import TYPE_CHECKING

import numpy as np

from dosemap.figures.colours import LEVEL_RGB, PEAK_RGB, hex_colour
from dosemap.figures.free_place import farthest_place, free_place
from dosemap.figures.letters import Letters

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.tri import Triangulation
    from numpy.typing import NDArray

    from dosemap.figures.layout import Layout
    from dosemap.figures.skin_map import SkinMap

LEVEL_COLOUR = hex_colour(LEVEL_RGB)
PEAK_COLOUR = hex_colour(PEAK_RGB)
_LARGE = 1.1

_LONG_LINE = 6.0
"""A second line of the same dose has a label where it is so many labels long."""
_LOUD = 0.15
"""Of the peak: where there is more, a label hides something."""


def _paper(*, alpha: float, pad: float) -> dict[str, object]:
    """Return a piece of paper under a text, which then is readable on any colour."""
    style = f"round,pad={pad},rounding_size=0.2"
    return {"boxstyle": style, "facecolor": "white", "alpha": alpha, "edgecolor": "none"}


def draw_contours(
    axes: "Axes",
    mesh: "Triangulation",
    doses_gy: "NDArray[np.float64]",
    skin_map: "SkinMap",
    letters: Letters,
) -> None:
    """Draw lines of equal dose, each with its dose; alert levels thick and blue.

    Parameters
    ----------
    axes
        Those of the map.
    mesh
        Points and triangles of a part.
    doses_gy
        At its points.
    skin_map
        What is drawn.
    letters
        Of the doses.
    """
    scale = skin_map.scale
    taken: list[tuple[float, float]] = []
    lines = [(dose, LEVEL_COLOUR, 1.8) for dose in reversed(scale.levels_gy)]
    lines += [(dose, "black", 0.6) for dose in reversed(scale.contours_gy)]
    for dose, colour, width in lines:
        if not doses_gy.min() < dose < doses_gy.max():
            continue
        drawn = axes.tricontour(mesh, doses_gy, levels=[dose], colors=colour, linewidths=width)
        words = scale.number(dose)
        label_mm = letters.width_mm(f"{words} ")
        pieces = sorted(drawn.allsegs[0], key=len, reverse=True)
        for index, piece in enumerate(pieces):
            if index and np.ptp(piece, axis=0).sum() < _LONG_LINE * label_mm:
                break
            place = farthest_place(piece, taken, least=label_mm)
            if place is not None:
                taken.append(place)
                _write(axes, place, words, colour=colour, size=letters.size)


def _write(
    axes: "Axes", place: tuple[float, float], words: str, *, colour: str, size: float
) -> None:
    axes.text(
        *place,
        words,
        fontsize=size,
        color=colour,
        ha="center",
        va="center",
        bbox=_paper(alpha=0.85, pad=0.12),
    )


def mark_peak(
    axes: "Axes",
    skin_map: "SkinMap",
    layout: "Layout",
    letters: Letters,
) -> None:
    """Draw a ring where the peak is and its dose beside it, where that hides little."""
    place = layout.point_of(skin_map.peak_vertex)
    if place is None:
        return
    for colour, width in (("white", 3.5), (PEAK_COLOUR, 1.6)):
        axes.plot(
            *([value] for value in place),
            marker="o",
            markersize=8,
            markerfacecolor="none",
            markeredgecolor=colour,
            markeredgewidth=width,
        )
    words = f"peak {skin_map.peak_words}"
    large = letters.times(_LARGE)
    loud = np.concatenate(
        [
            placed.points_mm[skin_map.skin_dose_gy[placed.part.vertex] > _LOUD * skin_map.peak_gy]
            for placed in layout.parts
        ]
    )
    middle = free_place(
        place,
        (large.width_mm(words), 1.4 * large.height_mm),
        obstacles=loud,
        limits=layout.limits_mm,
    )
    axes.annotate(
        words,
        place,
        xytext=middle,
        fontsize=large.size,
        fontweight="bold",
        ha="center",
        va="center",
        arrowprops={"arrowstyle": "-", "color": PEAK_COLOUR, "lw": 1.2, "shrinkB": 5},
        bbox=_paper(alpha=0.8, pad=0.15),
    )
