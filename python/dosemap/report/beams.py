"""Where tube, field and table were, for drawing them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dosemap.report.packing import packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap import _core
    from dosemap.equipment import Support
    from dosemap.result import DoseResult, Setup

_MOST_BEAMS = 9
"""Of one step; of a rotation or of many events these stand for all."""
_GAP_MM = 3.0
"""Below skin that touches the pad, so that a drawing does not flicker between both."""


def beam_arrays(setup: "Setup", steps: Sequence[tuple[int, ...]]) -> dict[str, Any]:
    """Return the beams of each step for the page.

    Parameters
    ----------
    setup
        Scenes and frames of the estimate.
    steps
        The events of each step.

    Returns
    -------
    ``beams_of_step`` (how many) and per beam ``beam`` (focal spot, mm; unit vectors along rows,
    columns and central ray; field at unit distance from and to along rows and columns: 16 numbers),
    and ``position_of_beam`` (number of its table in :func:`tables`).
    """
    of_part = [_rows(frames) for _, frames, _ in setup.parts]
    counts, rows, positions = [], [], []
    for events in steps:
        places = [
            (number, frame)
            for number, of_event in enumerate(setup.frames_of_event)
            for event in events
            for frame in of_event.get(event, ())
        ]
        chosen = [places[i] for i in _spread(len(places))]
        counts.append(len(chosen))
        positions += [number for number, _ in chosen]
        rows += [of_part[number][frame] for number, frame in chosen]
    return {
        "beams_of_step": packed(counts, "u4"),
        "beam": packed(np.array(rows), "f4"),
        "position_of_beam": packed(positions, "u1"),
    }


def tables(setup: "Setup") -> list[list[dict[str, Any]]]:
    """Return the layers of table and pad of each lying position: name and eight corners, mm."""
    return [
        [
            {"name": name, "corners": np.round(scene.in_patient_mm(corners), 1).tolist()}
            for name, corners in _boxes(setup.support)
        ]
        for scene, _, _ in setup.parts
    ]


def source_to_detector_mm(result: "DoseResult", steps: Sequence[tuple[int, ...]]) -> list[float]:
    """Return the reported distance of each step's first event, mm; 0 where it is not known."""
    column = np.nan_to_num(result.events.numbers["source_to_detector_mm"])
    return [round(float(column[events[0]]), 1) for events in steps]


def _rows(frames: "_core.Frames") -> "NDArray[np.float64]":
    """Return the numbers of each frame's beam, (n_frame, 16)."""
    return np.column_stack(
        [
            frames.source_in_patient_mm,
            np.array(frames.detector_axes_in_patient).reshape(-1, 6),
            frames.central_ray_in_patient,
            frames.field_at_unit_distance,
        ]
    )


def _spread(count: int) -> list[int]:
    """Return places from first to last, at equal distances, not more than are drawn."""
    return sorted({round(x) for x in np.linspace(0, count - 1, min(count, _MOST_BEAMS))})


def _boxes(support: "Support") -> list[tuple[str, list[tuple[float, float, float]]]]:
    return [
        (
            layer.name,
            [
                (x, y, z)
                for x in layer.extent.lateral_mm
                for y in _below_skin(layer.extent.vertical_mm)
                for z in layer.extent.longitudinal_mm
            ],
        )
        for layer in support.layers
    ]


def _below_skin(vertical_mm: tuple[float, float]) -> tuple[float, float]:
    upper, lower = vertical_mm
    return min(upper + _GAP_MM, lower), lower
