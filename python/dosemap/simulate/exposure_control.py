"""How a system's automatic exposure control answers a patient's thickness.

A plausible stand-in, not a model of any one product. What a kind of system asks for and can give
is data (``data/simulate/systems.toml``). The numbers that tie air kerma to tube load are read off
a real Siemens Artis report (``siemens_axiom_procedure.dcm`` of the PySkinDose example data): air
kerma at the reference point per mAs is 63 µGy at 75 kV with 0.1 mm Cu, 13.2 with 0.6 mm and 7.2
with 0.9 mm, and rises from 73 to 81 kV as the power 3.3 of the voltage. The value without copper
is extrapolated.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dosemap.simulate.report import FilterMaterial

Mode = Literal["fluoroscopy", "cine", "dsa", "rotation", "spot", "radiograph"]

_HALVING_TISSUE_MM = 30.0
"""Tissue that halves the kerma at the detector, at the voltages and filters chosen below."""

_OUTPUT_UGY_PER_MAS_AT_75_KV = ((0.0, 100.0), (0.1, 63.0), (0.6, 13.2), (0.9, 7.2))
_OUTPUT_DISTANCE_MM = 635.0
_OUTPUT_POWER_OF_KV = 3.3
_ALUMINIUM_PER_COPPER = 30.0
"""Millimetres of aluminium that harden a beam as one of copper does, roughly."""
_REFERENCE_PATH_MM = 200.0
_REFERENCE_SID_MM = 1000.0
_KV_RANGE = (60.0, 125.0)


@dataclass(frozen=True, kw_only=True)
class FilterStep:
    """Added filters up to a tube voltage: thick patients need the output that filters take."""

    below_kv: float
    filters: tuple[tuple[FilterMaterial, float], ...]
    """Material and thickness in mm."""


@dataclass(frozen=True, kw_only=True)
class ModeSettings:
    """What one kind of system does in one mode."""

    kerma_per_pulse_ugy: float
    """Air kerma 635 mm from the focal spot, for 200 mm of tissue and the detector at 1 m."""
    filter_steps: tuple[FilterStep, ...]
    pulse_width_ms: tuple[float, float]
    """Shortest and longest."""
    maximum_current_ma: float
    maximum_kerma_rate_ugy_per_s: float
    """At the reference point; infinite where the law sets no limit."""


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """What the exposure control chose for one pulse."""

    kvp: float
    filters: tuple[tuple[FilterMaterial, float], ...]
    tube_current_ma: float
    pulse_width_ms: float
    kerma_per_pulse_gy: float
    """At the reference point."""


def expose(
    tissue_mm: float,
    settings: ModeSettings,
    *,
    pulses_per_s: float,
    source_to_detector_mm: float,
    source_to_reference_point_mm: float,
) -> Exposure:
    """Choose voltage, filter and tube load so that the detector gets its kerma.

    Parameters
    ----------
    tissue_mm
        Water-equivalent thickness along the central ray, mm.
    settings
        Mode and kind of system.
    pulses_per_s
        Pulse rate.
    source_to_detector_mm
        Distance, mm; the kerma asked for grows with its square.
    source_to_reference_point_mm
        Where the kerma is stated, mm; it falls with the square of this distance.

    Returns
    -------
    Exposure
        Whole kilovolts between 60 and 125.
    """
    thicker_mm = tissue_mm - _REFERENCE_PATH_MM
    to_reference_point = (_OUTPUT_DISTANCE_MM / source_to_reference_point_mm) ** 2
    kerma_ugy = (
        settings.kerma_per_pulse_ugy
        * math.exp2(thicker_mm / _HALVING_TISSUE_MM)
        * (source_to_detector_mm / _REFERENCE_SID_MM) ** 2
        * to_reference_point
    )
    lowest_kv, highest_kv = _KV_RANGE
    kvp = float(round(min(max(72 + 0.28 * thicker_mm, lowest_kv), highest_kv)))
    filters = next(step.filters for step in settings.filter_steps if kvp < step.below_kv)
    charge_mas = kerma_ugy / (output_ugy_per_mas(kvp, filters) * to_reference_point)
    shortest_ms, longest_ms = settings.pulse_width_ms
    # The pulse is lengthened before the current is raised beyond half of what the tube gives.
    half_load_ms = charge_mas * 1000 / (settings.maximum_current_ma / 2)
    width_ms = round(min(max(half_load_ms, shortest_ms), longest_ms), 1)
    current_ma = charge_mas * 1000 / width_ms
    shortfall = min(
        1.0,
        settings.maximum_current_ma / current_ma,
        settings.maximum_kerma_rate_ugy_per_s / (kerma_ugy * pulses_per_s),
    )
    return Exposure(
        kvp=kvp,
        filters=filters,
        tube_current_ma=round(current_ma * shortfall, 1),
        pulse_width_ms=width_ms,
        kerma_per_pulse_gy=1e-6 * kerma_ugy * shortfall,
    )


def output_ugy_per_mas(kvp: float, filters: Sequence[tuple[FilterMaterial, float]]) -> float:
    """Return the air kerma 635 mm from the focal spot per tube charge, µGy/mAs.

    Parameters
    ----------
    kvp
        Tube voltage, kV.
    filters
        Added filters: material and thickness in mm.
    """
    copper_mm = sum(mm if name == "Cu" else mm / _ALUMINIUM_PER_COPPER for name, mm in filters)
    table = _OUTPUT_UGY_PER_MAS_AT_75_KV
    upper = next(i for i, (copper, _) in enumerate(table) if copper_mm <= copper)
    (left, at_left), (right, at_right) = table[max(upper - 1, 0)], table[max(upper, 1)]
    share = (copper_mm - left) / (right - left)
    at_75_kv = at_left * math.pow(at_right / at_left, share)
    return at_75_kv * math.pow(kvp / 75.0, _OUTPUT_POWER_OF_KV)
