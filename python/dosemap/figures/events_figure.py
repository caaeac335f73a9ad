"""The events of a report over their order: air kerma, dose at the peak, angles."""

from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from dosemap.dose_words import unit_for
from dosemap.figures.settings import drawing, shown
from dosemap.quantity_words import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from dosemap.result import DoseResult

_BLUE, _ORANGE, _GREEN, _RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
"""Of Okabe and Ito, for colour-blind people too."""
_GREY = "#b0b0b0"
_INCHES = (9.0, 6.5)
_LINE_LETTERS = 120
_LEAST_DEG = 10.0
"""Angles are shown to here at least, so that none looks like many."""


def events_figure(result: "DoseResult") -> Figure:
    """Return the events of a result; see :meth:`DoseResult.plot_events`."""
    with drawing():
        return _drawn(result)


def _drawn(result: "DoseResult") -> Figure:
    numbers = result.events.numbers
    event = np.arange(len(result.events))
    figure = Figure(figsize=_INCHES, layout="constrained")
    is_in_map = np.isfinite(numbers["half_value_layer_mm_al"]) & (result.peak is not None)
    figure.suptitle("\n".join(wrap(_summary(result, is_in_map), _LINE_LETTERS)), fontsize=9)
    if not len(event):
        return figure
    rows = figure.subplots(3 if result.peak else 2, 1, sharex=True, squeeze=False)[:, 0]
    _draw_kerma(rows[0], event, numbers["reference_air_kerma_gy"], is_in_map)
    if result.peak is not None:
        _draw_bars(rows[1], event, numbers["dose_at_peak_gy"], colours=_ORANGE)
        title = f"dose at the peak: {result.peak.site}"
        rows[1].set_title(shown(title, longest=100), fontsize=9, loc="left")
    _draw_angles(rows[-1], event, result)
    rows[-1].set_xlabel("event, in the order of the report")
    rows[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def _summary(result: "DoseResult", is_in_map: "NDArray[np.bool_]") -> str:
    missing = int((~is_in_map).sum())
    words = count(len(is_in_map), "event")
    if result.peak is None:
        return f"{words}; {shown(result.reason or 'no map')}"
    return f"{words}, {missing} of them not in the map" if missing else f"{words}, all in the map"


def _explain(axes: "Axes") -> None:
    """Put the legend above the axes, where it hides nothing."""
    axes.legend(
        fontsize=8, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, borderpad=0
    )


def _draw_kerma(
    axes: "Axes",
    event: "NDArray[np.int64]",
    kerma_gy: "NDArray[np.float64]",
    is_in_map: "NDArray[np.bool_]",
) -> None:
    colours = np.where(is_in_map, _BLUE, _GREY)
    _draw_bars(axes, event, kerma_gy, colours=colours)
    axes.set_title("air kerma at the reference point", fontsize=9, loc="left")
    unknown = ~np.isfinite(kerma_gy)
    if (~is_in_map & ~unknown).any():
        axes.bar(event[:1], 0, color=_GREY, label="not in the map")
    if unknown.any():
        _cross(axes, event[unknown], "air kerma not known")
    if axes.get_legend_handles_labels()[0]:
        _explain(axes)


def _cross(axes: "Axes", event: "NDArray[np.int64]", label: str) -> None:
    zero = np.zeros(len(event))
    axes.plot(event, zero, "x", color=_RED, clip_on=False, zorder=5, label=label)


def _draw_bars(
    axes: "Axes",
    event: "NDArray[np.int64]",
    dose_gy: "NDArray[np.float64]",
    *,
    colours: "str | NDArray[np.str_]",
) -> None:
    highest = float(np.nanmax(dose_gy, initial=0.0))
    factor, unit = unit_for(highest if highest > 0 else 1.0)
    # Snapped to whole pixels thinner bars would vanish, as if there were no dose.
    axes.bar(event, np.nan_to_num(dose_gy) * factor, width=0.9, color=colours, snap=False)
    axes.set_ylabel(unit)
    axes.set_ylim(bottom=0)


def _draw_angles(axes: "Axes", event: "NDArray[np.int64]", result: "DoseResult") -> None:
    numbers = result.events.numbers
    is_placed = np.isfinite(numbers["primary_angle_deg"])
    for name, marker, colour, label in (
        ("primary_angle_deg", "o", _BLUE, "primary"),
        ("secondary_angle_deg", "^", _GREEN, "secondary"),
    ):
        if is_placed.any():
            axes.plot(event, numbers[name], marker, color=colour, markersize=3.5, label=label)
    if not is_placed.all():
        _cross(axes, event[~is_placed], "not placed: no angles")
    axes.axhline(0, color=_GREY, linewidth=0.5, zorder=0)
    axes.set_ylabel("degrees")
    axes.set_title("angles of the C-arm at the start", fontsize=9, loc="left")
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, -_LEAST_DEG), max(high, _LEAST_DEG))
    axes.set_xlim(-0.7, len(event) - 0.3)
    _explain(axes)
