"""The dose map on the body as a plotly figure, for notebooks and scripts."""

from typing import TYPE_CHECKING, Any

import numpy as np

from dosemap.dose_words import gy
from dosemap.errors import DosemapError
from dosemap.figures.colours import NO_DOSE_RGB, PEAK_RGB, colour_table, hex_colour
from dosemap.figures.missing import need
from dosemap.figures.scale import DoseScale
from dosemap.report.levels import level_marks
from dosemap.result import DoseResult

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_LEAST_SHARE = 0.001
"""Of the top of the scale; skin with less is grey."""
_MARK_LIFT_MM = 8.0


def map_figure(result: DoseResult) -> "Figure":
    """Return the figure; see :meth:`DoseResult.plot`."""
    surface, dose_gy, peak = result.surface, result.skin_dose_gy, result.peak
    if surface is None or dose_gy is None or peak is None:
        raise DosemapError(result.reason or "there is no map")
    need("plotly", extra="report", what="a figure in three dimensions")
    import plotly.graph_objects as go  # noqa: PLC0415  (an extra, and slow to load)

    levels = [mark.dose_gy for mark in level_marks(result, top_gy=peak.dose_gy)]
    scale = DoseScale.of(peak.dose_gy, levels)
    x, y, z = surface.vertices_mm.T
    i, j, k = surface.triangles.T
    ticks = sorted({0.0, *scale.contours_gy, *scale.levels_gy, scale.top_gy})
    skin = go.Mesh3d(
        x=x,
        y=y,
        z=z,
        i=i,
        j=j,
        k=k,
        intensity=dose_gy / scale.unit_gy,
        cmin=0,
        cmax=scale.top_gy / scale.unit_gy,
        colorscale=_colours(),
        colorbar={
            "title": {"text": f"skin dose, {scale.unit}"},
            "tickvals": [dose / scale.unit_gy for dose in ticks],
            "ticktext": [
                f"<b>{scale.number(dose)} alert level</b>"
                if dose in scale.levels_gy
                else scale.number(dose)
                for dose in ticks
            ],
        },
        lighting={"ambient": 0.72, "diffuse": 0.45, "specular": 0.03},
        text=[
            surface.describe_site(vertex, point) for vertex, point in enumerate(surface.vertices_mm)
        ],
        hovertemplate=f"%{{intensity:.3g}} {scale.unit}<br>%{{text}}<extra></extra>",
        name="skin dose",
    )
    mark = np.array(peak.point_in_patient_mm) + _MARK_LIFT_MM * surface.normals[peak.vertex]
    peak_mark = go.Scatter3d(
        x=mark[:1],
        y=mark[1:2],
        z=mark[2:],
        mode="markers+text",
        marker={"size": 5, "symbol": "diamond", "color": hex_colour(PEAK_RGB)},
        text=[f"peak {gy(peak.dose_gy)}"],
        textposition="top center",
        hoverinfo="skip",
        name="peak",
    )
    return go.Figure(data=[skin, peak_mark], layout=_layout(result, surface.normals[peak.vertex]))


def _colours() -> list[list[Any]]:
    shares, colours = colour_table()
    grey = hex_colour(NO_DOSE_RGB)
    stops = [
        [max(float(share), _LEAST_SHARE), hex_colour((round(r), round(g), round(b)))]
        for share, (r, g, b) in zip(shares, colours, strict=True)
    ]
    return [[0.0, grey], [_LEAST_SHARE, grey], *stops]


def _layout(result: DoseResult, towards: "np.ndarray") -> dict[str, Any]:
    eye = 1.6 * towards + np.array([0.0, 0.0, 0.2])
    up = "z" if abs(towards[2]) < 0.9 else "y"
    hidden = {"visible": False}
    return {
        "title": {"text": f"{gy(result.peak_skin_dose_gy)}, {result.document['peak']['site']}"},
        "scene": {
            "aspectmode": "data",
            "xaxis": hidden,
            "yaxis": hidden,
            "zaxis": hidden,
            "camera": {
                "eye": dict(zip("xyz", eye.tolist(), strict=True)),
                "up": {axis: float(axis == up) for axis in "xyz"},
            },
        },
        "margin": {"l": 0, "r": 0, "b": 0, "t": 48},
        "showlegend": False,
    }
