"""The procedures of a patient over time: what each gave, and the peak of their sum."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from dosemap.figures.settings import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BLUE, _ORANGE, _RED, _LEVEL = "#0072b2", "#e69f00", "#d55e00", "#0072b2"


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
    places = list(range(len(points)))
    own = [(x, p.own_peak_gy) for x, p in zip(places, points, strict=True) if p.own_peak_gy is not None]
    axes.bar([x for x, _ in own], [y for _, y in own], width=0.5, color=_ORANGE, label="own peak")
    then = [(x, p) for x, p in zip(places, points, strict=True) if p.peak_then_gy is not None]
    axes.step(
        [x for x, _ in then],
        [p.peak_then_gy or 0.0 for _, p in then],
        where="post",
        color=_BLUE,
        marker="o",
        markersize=4,
        label="peak of the sum",
    )
    bounds = [(x, p.peak_then_gy or 0.0) for x, p in then if p.is_lower_bound]
    if bounds:
        axes.plot(*zip(*bounds, strict=True), "^", color=_RED, markersize=7, fillstyle="none",
                  label="at least: the sum is a lower bound")
    missing = [x for x, p in zip(places, points, strict=True) if p.own_peak_gy is None]
    if missing:
        axes.plot(missing, [0.0] * len(missing), "x", color=_RED, clip_on=False, zorder=5,
                  label="no map")
    top = axes.get_ylim()[1]
    for level in timeline.levels_gy:
        if level <= 1.3 * top:
            axes.axhline(level, color=_LEVEL, linewidth=1.2, linestyle="--")
            axes.annotate(f"level {level:g} Gy", (1, level), xycoords=("axes fraction", "data"),
                          ha="right", va="bottom", fontsize=text_size, color=_LEVEL)
    axes.set_ylim(bottom=0)
    days = [
        f"{p.started:%Y-%m-%d}\nno. {p.number}" if p.started else f"no date\nno. {p.number}"
        for p in points
    ]
    every = -(-len(points) // 14) or 1
    axes.set_xticks(places[::every], [shown(day) if "\n" not in day else day for day in days[::every]])
    axes.set_xlim(-0.6, max(len(points), 1) - 0.4)
    axes.tick_params(labelsize=text_size)
    axes.set_ylabel("skin dose, Gy", fontsize=text_size)
    axes.legend(fontsize=text_size, loc="lower left", bbox_to_anchor=(0, 1), ncols=4,
                frameon=False, borderpad=0.1)
