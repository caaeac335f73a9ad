"""From which sides a body is shown: those on which the dose is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dosemap.figures.skin_map import SkinMap
    from dosemap.picture import ViewName

_LOOKS_AT: "Mapping[ViewName, tuple[float, float, float]]" = {
    "back": (0.0, 1.0, 0.0),
    "front": (0.0, -1.0, 0.0),
    "left": (1.0, 0.0, 0.0),
    "right": (-1.0, 0.0, 0.0),
}
"""Outward normal of the skin that each view sees straight on, in patient space."""


def best_views(skin_map: "SkinMap") -> "list[ViewName]":
    """Return all four sides: first the one that sees the peak best, then by the dose they see."""
    normals, surface = skin_map.surface.normals, skin_map.surface
    weight = skin_map.skin_dose_gy * surface.areas_mm2
    seen = {
        view: float((weight * np.clip(normals @ np.array(way), 0, None)).sum())
        for view, way in _LOOKS_AT.items()
    }
    at_peak = normals[skin_map.peak_vertex]
    first = max(_LOOKS_AT, key=lambda view: float(at_peak @ np.array(_LOOKS_AT[view])))
    return [first, *sorted((v for v in seen if v != first), key=lambda v: -seen[v])]
