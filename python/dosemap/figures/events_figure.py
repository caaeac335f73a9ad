"""The events of a report over their order: air kerma, dose at the peak, angles."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from dosemap.figures.settings import drawing, shown
from dosemap.quantity_words import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from dosemap.result import DoseResult

_BLUE, _ORANGE, _GREEN, _RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
"""Of Okabe and Ito, for colour-blind people too."""
_INCHES = (9.0, 6.5)
_UNITS = ((1.0, "Gy"), (1e3, "mGy"), (1e6, "µGy"))


def events_figure(result: "DoseResult") -> Figure:
    """Return the events of a result; see :meth:`DoseResult.plot_events`."""
    with drawing():
        return _drawn(result)


def _drawn(result: "DoseResult") -> Figure:
    numbers = result.events.numbers
    event = np.arange(len(result.events))
    figure = Figure(figsize=_INCHES, layout="constrained")
    has_map = result.peak is not None
    rows = figure.subplots(3 if has_map else 2, 1, sharex=True, squeeze=False)[:, 0]
    is_placed = np.isfinite(numbers["primary_angle_deg"])
    is_in_map = np.isfinite(numbers["half_value_layer_mm_al"])
    _draw_kerma(rows[0], event, numbers["reference_air_kerma_gy"], is_in_map)
    if result.peak is not None:
        dose = numbers["dose_at_peak_gy"]
        title = f"dose at the peak, {result.peak.site}"
        _draw_bars(rows[1], event, dose, colours=_ORANGE, what=shown(title, longest=100))
    _draw_angles(rows[-1], event, result, is_placed)
    rows[-1].set_xlabel("event, in the order of the report")
    figure.suptitle(_summary(result, is_in_map), fontsize=9)
    return figure


def _summary(result: "DoseResult", is_in_map: "NDArray[np.bool_]") -> str:
    missing = int((~is_in_map).sum())
    words = count(len(is_in_map), "event")
    if result.peak is None:
        return f"{words}; {shown(result.reason or 'no map', longest=110)}"
    return f"{words}, {missing} of them not in the map" if missing else f"{words}, all in the map"


def _draw_kerma(
    axes: "Axes",
    event: "NDArray[np.int64]",
    kerma_gy: "NDArray[np.float64]",
    is_in_map: "NDArray[np.bool_]",
) -> None:
    colours = np.where(is_in_map, _BLUE, "#bbbbbb")
    _draw_bars(axes, event, kerma_gy, colours=colours, what="air kerma at the reference point")
    unknown = ~np.isfinite(kerma_gy)
    if not is_in_map.all() and (known := ~is_in_map & ~unknown).any():
        axes.bar(event[known], 0, color="#bbbbbb", label="not in the map")
    if unknown.any():
        axes.plot(
            event[unknown], np.zeros(unknown.sum()), "x", color=_RED, clip_on=False,
            label="air kerma not known",
        )
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=8, loc="upper right")


def _draw_bars(
    axes: "Axes",
    event: "NDArray[np.int64]",
    dose_gy: "NDArray[np.float64]",
    *,
    colours: "str | NDArray[np.str_]",
    what: str,
) -> None:
    highest = float(np.nanmax(dose_gy, initial=0.0))
    factor, unit = next((entry for entry in _UNITS if highest * entry[0] >= 1), _UNITS[-1])
    if not highest > 0:
        factor, unit = _UNITS[0]
    axes.bar(event, np.nan_to_num(dose_gy) * factor, width=0.9, color=colours)
    axes.set_ylabel(unit)
    axes.set_title(what, fontsize=9, loc="left")
    axes.set_ylim(bottom=0)


def _draw_angles(
    axes: "Axes", event: "NDArray[np.int64]", result: "DoseResult", is_placed: "NDArray[np.bool_]"
) -> None:
    numbers = result.events.numbers
    for name, marker, colour, label in (
        ("primary_angle_deg", "o", _BLUE, "primary"),
        ("secondary_angle_deg", "^", _GREEN, "secondary"),
    ):
        axes.plot(event, numbers[name], marker, color=colour, markersize=3.5, label=label)
    if not is_placed.all():
        axes.plot(
            event[~is_placed], np.zeros((~is_placed).sum()), "x", color=_RED,
            label="not placed: no angles",
        )
    axes.axhline(0, color="#999999", linewidth=0.5, zorder=0)
    axes.set_ylabel("degrees")
    axes.set_title("angles of the C-arm at the start of the event", fontsize=9, loc="left")
    axes.margins(y=0.1)
    axes.legend(fontsize=8, loc="upper right")
    axes.set_xlim(-0.7, max(len(event), 1) - 0.3)
