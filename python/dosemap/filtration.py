"""Whether the filtration of beams is one that an X-ray system can have."""

from collections.abc import Mapping
from functools import cache

import numpy as np

from dosemap.data_tables import table_rows
from dosemap.procedure import Problem
from dosemap.reading.log import event_list
from dosemap.spectrum import Spectrum


def least_half_value_layer_mm(kvp: float) -> float:
    """Return the least first half-value layer that the standard allows, mm Al.

    Of the first edition of IEC 60601-1-3, which the oldest systems in use have to keep; the line
    through its first two values goes on below 50 kV.

    Parameters
    ----------
    kvp
        Tube voltage, kV.

    Examples
    --------
    >>> [round(least_half_value_layer_mm(kvp), 2) for kvp in (40, 80, 85, 150)]
    [1.2, 2.3, 2.4, 4.1]
    """
    voltages, layers_mm = _table()
    if kvp < voltages[0]:
        slope = (layers_mm[1] - layers_mm[0]) / (voltages[1] - voltages[0])
        return float(layers_mm[0] + slope * (kvp - voltages[0]))
    return float(np.interp(kvp, voltages, layers_mm))


def too_soft(spectra: Mapping[int, Spectrum]) -> list[Problem]:
    """Return a problem where beams are softer than the standard allows.

    Parameters
    ----------
    spectra
        Filtered spectrum of each event.
    """
    soft = {
        event: spectrum
        for event, spectrum in spectra.items()
        if spectrum.half_value_layer_mm() < least_half_value_layer_mm(spectrum.kvp)
    }
    if not soft:
        return []
    events = tuple(soft)
    first = soft[events[0]]
    return [
        Problem(
            code="filtration-too-small",
            message=f"the half-value layer is {first.half_value_layer_mm():.2f} mm Al at"
            f" {first.kvp:g} kV, less than any system may have"
            f" ({least_half_value_layer_mm(first.kvp):.2g} mm Al, IEC 60601-1-3;"
            f" {event_list(events)}): the total filtration is too small, which understates the"
            ' dose; filters.listed = "total" or the inherent filter of the equipment profile is'
            " probably wrong",
            events=events,
        )
    ]


@cache
def _table() -> tuple[tuple[float, ...], tuple[float, ...]]:
    rows = list(table_rows("least_half_value_layer.csv"))
    return (
        tuple(float(row["kvp"]) for row in rows),
        tuple(float(row["half_value_layer_mm_al"]) for row in rows),
    )
