"""The colour scale of the map as an SVG: colours, doses, contour lines and alert levels."""

from collections.abc import Sequence

from dosemap.dose_words import gy
from dosemap.figures.colours import colour_table, hex_colour
from dosemap.figures.scale import DoseScale
from dosemap.report.levels import Mark
from dosemap.report.markup import Markup, element

_WIDTH, _HEIGHT = 640, 84
_LEFT, _RIGHT = 14, 626
_TOP, _BOTTOM = 34, 54
_APART = 44
"""Least distance of two numbers, so that they can be read on a phone, too."""


def scale_svg(scale: DoseScale, marks: Sequence[Mark], *, peak_gy: float) -> Markup:
    """Return the scale; levels above it are told beside it, not here.

    Parameters
    ----------
    scale
        Of the map.
    marks
        Alert levels; those on the scale are marked.
    peak_gy
        The highest dose, marked too.
    """
    shares, colours = colour_table()
    stops = (
        element(
            "stop",
            offset=f"{share:.4f}",
            stop_color=hex_colour((round(red), round(green), round(blue))),
        )
        for share, (red, green, blue) in zip(shares, colours, strict=True)
    )
    gradient = element("linearGradient", *stops, id="scale-colours")
    on_scale = [mark for mark in marks if mark.dose_gy <= scale.top_gy]
    doses = sorted({0.0, *scale.contours_gy, *scale.levels_gy, scale.top_gy})
    told = set(told_doses(scale, width=_RIGHT - _LEFT, apart=_APART))
    label = f"Colour scale of the dose from 0 to {scale.words(scale.top_gy)}; the peak is at" + (
        f" {gy(peak_gy)}"
    )
    return element(
        "svg",
        element("defs", gradient),
        element(
            "rect",
            x=_LEFT,
            y=_TOP,
            width=_RIGHT - _LEFT,
            height=_BOTTOM - _TOP,
            fill="url(#scale-colours)",
            class_="frame",
        ),
        *(_tick(scale, dose, is_told=dose in told) for dose in doses),
        *(_level(scale, mark) for mark in on_scale),
        _peak(scale, peak_gy),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label=label,
        class_="scale",
    )


def _x(scale: DoseScale, dose_gy: float) -> float:
    return round(_LEFT + (_RIGHT - _LEFT) * min(dose_gy / scale.top_gy, 1.0), 1)


def told_doses(scale: DoseScale, *, width: float, apart: float) -> list[float]:
    """Return the doses of a scale that are written beside it: ends, levels, and what has room.

    Parameters
    ----------
    scale
        The scale.
    width, apart
        Of the scale, and least distance of two numbers, in the same unit.
    """
    told: list[float] = []
    for dose in (0.0, scale.top_gy, *scale.levels_gy, *scale.contours_gy):
        if all(abs(dose - other) / scale.top_gy * width >= apart for other in told):
            told.append(dose)
    return sorted(told)


def _tick(scale: DoseScale, dose_gy: float, *, is_told: bool) -> Markup:
    x = _x(scale, dose_gy)
    anchor = "start" if dose_gy == 0 else "end" if dose_gy == scale.top_gy else "middle"
    text = scale.words(dose_gy) if dose_gy == scale.top_gy else scale.number(dose_gy)
    return element(
        "g",
        element("line", x1=x, x2=x, y1=_TOP, y2=_BOTTOM + 4, class_="tick"),
        element("text", text, x=x, y=_BOTTOM + 22, text_anchor=anchor) if is_told else None,
    )


def _level(scale: DoseScale, mark: Mark) -> Markup:
    x = _x(scale, mark.dose_gy)
    anchor = "end" if x > _WIDTH / 2 else "start"
    return element(
        "g",
        element("title", f"{mark.name}: {mark.dose_gy:g} Gy"),
        element("line", x1=x, x2=x, y1=_TOP - 8, y2=_BOTTOM + 6, class_="level"),
        element(
            "text",
            f"alert level {mark.dose_gy:g} Gy",
            x=x,
            y=_TOP - 12,
            text_anchor=anchor,
            class_="level-text",
        ),
    )


def _peak(scale: DoseScale, peak_gy: float) -> Markup:
    x = _x(scale, peak_gy)
    return element(
        "path",
        element("title", f"peak {gy(peak_gy)}"),
        d=f"M{x - 5} {_TOP - 7}h10l-5 7z",
        class_="peak-mark",
    )
