"""What the page's scripts need to draw: skin, doses step by step, beams, scale and words."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dosemap.dose_words import gy
from dosemap.figures.colours import LEVEL_RGB, NO_DOSE_RGB, PEAK_RGB, colour_table, hex_colour
from dosemap.figures.scale import DoseScale
from dosemap.reading.log import event_list
from dosemap.report.beams import beam_arrays, source_to_detector_mm, tables
from dosemap.report.drawn_skin import DrawnSkin, draw
from dosemap.report.packing import packed, packed_text
from dosemap.report.steps import DoseSteps, dose_steps
from dosemap.result import DoseResult

if TYPE_CHECKING:
    from dosemap.surface import Surface

POSITION_STEP_MM = 0.1
"""Positions of vertices are kept to this, and doses of single steps to a quantum of the steps."""


def scene_data(
    result: DoseResult,
    scale: DoseScale,
    *,
    on_step: Callable[[int, int], None] | None = None,
) -> tuple[dict[str, Any], DoseSteps | None]:
    """Return the data of a result with a map, and its steps; none of a result from a file.

    Parameters
    ----------
    result
        The result.
    scale
        Colours and contours.
    on_step
        As of :func:`dosemap.report.steps.dose_steps`.
    """
    surface, dose_gy, peak = result.surface, result.skin_dose_gy, result.peak
    assert surface is not None
    assert dose_gy is not None
    assert peak is not None
    skin = draw(surface, dose_gy, also=peak.vertex)
    data: dict[str, Any] = {
        "scale": _scale(scale),
        "skin": _skin(surface, skin, dose_gy),
        "peak": {
            "vertex": int(np.flatnonzero(skin.vertices == peak.vertex)[0]),
            "point": list(peak.point_in_patient_mm),
            "normal": np.round(surface.normals[peak.vertex], 4).tolist(),
            "text": gy(peak.dose_gy),
        },
        "steps": None,
    }
    if result.setup is None:
        return data, None
    steps = dose_steps(result.setup, skin.vertices[: skin.exposed], on_step=on_step)
    data["steps"] = {
        "quantum_gy": steps.quantum_gy,
        "changes": packed(steps.counts, "u4"),
        "vertices": packed(steps.vertices, "i4", differences=True),
        "quanta": packed(steps.quanta, "u2"),
        "words": _words(result, steps.events),
        "events": [list(events) for events in steps.events],
        "source_to_detector_mm": source_to_detector_mm(result, steps.events),
        "tables": tables(result.setup),
        **beam_arrays(result.setup, steps.events),
    }
    return data, steps


def _scale(scale: DoseScale) -> dict[str, Any]:
    shares, colours = colour_table()
    return {
        "top_gy": scale.top_gy,
        "contours_gy": list(scale.contours_gy),
        "levels_gy": list(scale.levels_gy),
        "named": [[dose, scale.words(dose)] for dose in (*scale.contours_gy, *scale.levels_gy)],
        "shares": np.round(shares, 5).tolist(),
        "colours": np.round(colours).astype(int).tolist(),
        "no_dose": list(NO_DOSE_RGB),
        "level": hex_colour(LEVEL_RGB),
        "peak": hex_colour(PEAK_RGB),
    }


def _skin(surface: "Surface", skin: DrawnSkin, dose_gy: "np.ndarray") -> dict[str, Any]:
    points = surface.vertices_mm[skin.vertices]
    steps = np.rint(points / POSITION_STEP_MM).astype(np.int64)
    sites = [
        surface.describe_site(int(vertex), point)
        for vertex, point in zip(skin.vertices, points, strict=True)
    ]
    number = {site: i for i, site in enumerate(dict.fromkeys(sites))}
    return {
        "step_mm": POSITION_STEP_MM,
        "positions": packed(steps.T, "i4", differences=True),
        "triangles": packed(skin.triangles, "i4", differences=True),
        "normals": packed(np.rint(surface.normals[skin.vertices].T * 100), "i4", differences=True),
        "dose_gy": packed(dose_gy[skin.vertices], "f4"),
        "site": packed([number[site] for site in sites], "i4", differences=True),
        "sites": packed_text("\n".join(number)),
        "exposed": skin.exposed,
        "exposed_triangles": skin.exposed_triangles,
        "least_gy": skin.least_gy,
    }


def _words(result: DoseResult, steps: Sequence[tuple[int, ...]]) -> list[dict[str, Any]]:
    """Return what is told of each step: texts, and the dose at the peak up to it, Gy."""
    at_peak = np.nan_to_num(result.events.numbers["dose_at_peak_gy"])
    so_far = np.cumsum([float(at_peak[list(events)].sum()) for events in steps])
    return [
        {
            "name": event_list(events),
            "of": _beam(result, events),
            "at_peak": gy(float(at_peak[list(events)].sum())),
            "so_far": gy(float(total)),
        }
        for events, total in zip(steps, so_far, strict=True)
    ]


def _beam(result: DoseResult, events: Sequence[int]) -> str:
    numbers, texts = result.events.numbers, result.events.texts
    kerma = gy(float(numbers["reference_air_kerma_gy"][list(events)].sum()))
    if len(events) > 1:
        return f"reference air kerma {kerma} together"
    event = events[0]
    words = [texts["event_type"][event] or "type not known"]
    words += [f"plane {texts['acquisition_plane'][event]}"] if _has_planes(texts) else []
    words += [
        f"{numbers[name][event]:z.0f}° {of}"
        for name, of in (("primary_angle_deg", "primary"), ("secondary_angle_deg", "secondary"))
    ]
    words += [f"{numbers['kvp'][event]:.0f} kV", f"reference air kerma {kerma}"]
    words.append(f"{numbers['share_on_skin'][event]:.0%} of the field on skin")
    return ", ".join(words)


def _has_planes(texts: Mapping[str, list[str]]) -> bool:
    return len(set(texts["acquisition_plane"])) > 1
