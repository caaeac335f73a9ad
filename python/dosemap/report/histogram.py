"""How much skin has how much dose: the cumulative dose-area histogram, as SVG."""

import math
from typing import TYPE_CHECKING

import numpy as np

from dosemap.figures.scale import DoseScale
from dosemap.report.fragments import notes, section, table
from dosemap.report.levels import Mark
from dosemap.report.markup import Markup, element, joined
from dosemap.report.scale_svg import told_doses
from dosemap.result import DoseResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WIDTH, _HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 622, 26, 268
_POINTS = 240
_APART = 40
_LEAST_CM2 = 0.01


def histogram_section(result: DoseResult, scale: DoseScale, marks: list[Mark]) -> Markup:
    """Return curve and table of a result with a map."""
    document = result.document
    rows = [
        (f"{entry['dose_gy']:g} Gy", f"{entry['area_cm2']:.3g} cm²")
        for entry in document["skin_area_above"]
    ]
    return section(
        "histogram",
        "How much skin has how much dose",
        element(
            "div",
            element(
                "figure",
                _curve(result, scale, marks),
                element("figcaption", "Area of skin with at least a dose; blue: alert levels."),
            ),
            table("Area of skin with at least", ("dose", "area"), rows, numbers=(0, 1)),
            class_="beside",
        ),
        notes(("Areas are sums over the patches of the map's points.",)),
    )


def area_curve(
    dose_gy: "NDArray[np.float64]", area_cm2: "NDArray[np.float64]", doses_gy: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Return the area with at least each of some doses, cm².

    Parameters
    ----------
    dose_gy, area_cm2
        Of each vertex, (n_vertex,).
    doses_gy
        The doses asked for, (n,).
    """
    order = np.argsort(dose_gy)
    below = np.concatenate([[0.0], np.cumsum(area_cm2[order])])
    area: NDArray[np.float64] = below[-1] - below[np.searchsorted(dose_gy[order], doses_gy)]
    return area


def _curve(result: DoseResult, scale: DoseScale, marks: list[Mark]) -> Markup:
    assert result.surface is not None
    assert result.skin_dose_gy is not None
    doses = np.linspace(scale.top_gy / _POINTS, scale.top_gy, _POINTS)
    areas = area_curve(result.skin_dose_gy, result.surface.areas_mm2 / 100, doses)
    top = 10.0 ** math.ceil(math.log10(max(float(areas.max()), 1.0)))
    decades = math.log10(top / _LEAST_CM2)
    shown = areas >= _LEAST_CM2

    def x(dose: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * dose / scale.top_gy, 1)

    def y(area: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * math.log10(area / _LEAST_CM2) / decades, 1)

    points = [f"{x(d)} {y(a)}" for d, a in zip(doses[shown], areas[shown], strict=True)]
    path = "M" + "L".join(points) if points else ""
    ticks_x = told_doses(scale, width=_RIGHT - _LEFT, apart=_APART)
    ticks_y = [_LEAST_CM2 * 10**n for n in range(round(decades) + 1)]
    first = float(areas[0])
    label = (
        f"Area of skin against dose: {first:.3g} cm² have at least {scale.words(float(doses[0]))},"
        " falling to none at the peak"
    )
    return element(
        "svg",
        *(
            joined(
                element("line", x1=_LEFT, x2=_RIGHT, y1=y(a), y2=y(a), class_="grid"),
                element("text", f"{a:g}", x=_LEFT - 7, y=y(a) + 4, text_anchor="end"),
            )
            for a in ticks_y
        ),
        *(
            joined(
                element("line", x1=x(d), x2=x(d), y1=_TOP, y2=_BOTTOM, class_="grid"),
                element("text", scale.number(d), x=x(d), y=_BOTTOM + 18, text_anchor="middle"),
            )
            for d in ticks_x
        ),
        *(
            element("line", x1=x(m.dose_gy), x2=x(m.dose_gy), y1=_TOP, y2=_BOTTOM, class_="level")
            for m in marks
            if m.dose_gy <= scale.top_gy
        ),
        element("path", d=path, class_="curve"),
        element(
            "text",
            f"dose, {scale.unit}",
            x=(_LEFT + _RIGHT) / 2,
            y=_HEIGHT - 12,
            text_anchor="middle",
            class_="axis",
        ),
        element("text", "area, cm²", x=_LEFT, y=_TOP - 6, class_="axis"),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label=label,
        class_="plot",
    )
