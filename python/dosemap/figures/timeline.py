"""The procedures of a patient over time: what each gave, and the peak of their sum."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from dosemap.figures.marks import LEVEL_COLOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BLUE, _ORANGE, _RED = "#0072b2", "#e69f00", "#d55e00"
_MOST_DAYS = 12
_ROOM = 1.3
"""A level is drawn where it is at most so many times the highest dose."""


@dataclass(frozen=True, kw_only=True)
class TimePoint:
    """One procedure."""

    number: int
    started: datetime | None
    own_peak_gy: float | None
    """``None``: it has no map."""
    peak_then_gy: float | None
    """Peak of the sum right after it."""
    is_lower_bound: bool
    """Whether that sum is."""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """All procedures in time order, and the levels of their sum."""

    points: tuple[TimePoint, ...]
    levels_gy: tuple[float, ...]


def draw_timeline(axes: "Axes", timeline: Timeline, *, text_size: float) -> None:
    """Draw the procedures in their order, each with its day.

    Parameters
    ----------
    axes
        Empty.
    timeline
        What to draw.
    text_size
        Points.
    """
    points = timeline.points
    heights = [point.own_peak_gy or 0.0 for point in points]
    axes.bar(range(len(points)), heights, width=0.5, color=_ORANGE, label="own peak")
    then = [(x, p.peak_then_gy) for x, p in enumerate(points) if p.peak_then_gy is not None]
    bounds = [(x, height) for x, height in then if points[x].is_lower_bound]
    if then:
        x, y = zip(*then, strict=True)
        axes.step(x, y, where="post", color=_BLUE, marker="o", ms=4, label="peak of the sum")
    if bounds:
        x, y = zip(*bounds, strict=True)
        axes.plot(x, y, "^", color=_RED, ms=8, fillstyle="none", label="it is at least that")
    missing = [x for x, point in enumerate(points) if point.own_peak_gy is None]
    if missing:
        zero = [0.0] * len(missing)
        axes.plot(missing, zero, "x", color=_RED, clip_on=False, zorder=5, label="no map")
    _draw_levels(axes, timeline.levels_gy, text_size)
    axes.set_ylim(bottom=0)
    axes.set_xlim(-0.6, len(points) - 0.4)
    every = -(-len(points) // _MOST_DAYS)
    axes.set_xticks(range(0, len(points), every), [_day(point) for point in points[::every]])
    axes.tick_params(labelsize=text_size)
    axes.set_ylabel("skin dose, Gy", fontsize=text_size)
    axes.legend(
        fontsize=text_size,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=4,
        frameon=False,
        borderpad=0.1,
    )


def _draw_levels(axes: "Axes", levels_gy: tuple[float, ...], text_size: float) -> None:
    top = _ROOM * axes.get_ylim()[1]
    for level in levels_gy:
        if level <= top:
            axes.axhline(level, color=LEVEL_COLOUR, linewidth=1.2, linestyle="--")
            axes.annotate(
                f"alert level {level:g} Gy",
                (1, level),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="bottom",
                fontsize=text_size,
                color=LEVEL_COLOUR,
            )


def _day(point: TimePoint) -> str:
    day = f"{point.started:%Y-%m-%d}" if point.started else "no date"
    return f"{day}\nno. {point.number}"
