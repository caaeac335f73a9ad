"""How an angiography system's automatic exposure control answers a patient's thickness.

A plausible stand-in, not a model of any one product. The numbers that tie air kerma to tube
load are read off a real Siemens Artis report (``siemens_axiom_procedure.dcm`` of the PySkinDose
example data): air kerma at the reference point per mAs is 63 µGy at 75 kV with 0.1 mm Cu, 13.2
with 0.6 mm and 7.2 with 0.9 mm, and rises from 73 to 81 kV as the power 3.3 of the voltage. The
value without copper is extrapolated.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Mode = Literal["fluoroscopy", "cine"]

_HALVING_TISSUE_CM = 3.0
"""Tissue that halves the kerma at the detector, at the voltages and filters chosen below."""

_OUTPUT_UGY_PER_MAS_AT_75_KV = ((0.0, 100.0), (0.1, 63.0), (0.6, 13.2), (0.9, 7.2))
_OUTPUT_POWER_OF_KV = 3.3
_REFERENCE_PATH_CM = 20.0
_REFERENCE_SID_MM = 1000.0
_KERMA_PER_PULSE_UGY = {"fluoroscopy": 12.0, "cine": 120.0}
"""At 20 cm of tissue and 1 m from source to detector."""

_COPPER_MM: dict[Mode, Sequence[tuple[float, float]]] = {
    "fluoroscopy": ((70.0, 0.9), (80.0, 0.6), (92.0, 0.3), (104.0, 0.2), (math.inf, 0.1)),
    "cine": ((76.0, 0.3), (86.0, 0.2), (96.0, 0.1), (math.inf, 0.0)),
}
"""Filter up to a tube voltage: thick patients need the output that copper takes."""

_PULSE_WIDTHS_MS: dict[Mode, tuple[float, float]] = {
    "fluoroscopy": (3.5, 10.0),
    "cine": (5.0, 10.0),
}
_MAXIMUM_CURRENT_MA: dict[Mode, float] = {"fluoroscopy": 250.0, "cine": 850.0}


@dataclass(frozen=True)
class Exposure:
    """What the exposure control chose for one pulse."""

    kvp: float
    copper_mm: float
    tube_current_ma: float
    pulse_width_ms: float
    kerma_per_pulse_gy: float


def chord_cm(
    depth_cm: float, width_cm: float, primary_angle_deg: float, secondary_angle_deg: float
) -> float:
    """Return the length of the central ray in an elliptical cylinder about the isocentre.

    Parameters
    ----------
    depth_cm, width_cm
        Front-to-back and left-to-right axes of the trunk, whose third axis is head to foot.
    primary_angle_deg, secondary_angle_deg
        Positioner angles as DICOM has them.

    Returns
    -------
    float
        Length in cm.
    """
    primary, secondary = math.radians(primary_angle_deg), math.radians(secondary_angle_deg)
    across = math.sin(primary) * math.cos(secondary) / width_cm
    through = math.cos(primary) * math.cos(secondary) / depth_cm
    return 1 / math.hypot(across, through)


def expose(tissue_cm: float, source_to_detector_mm: float, mode: Mode) -> Exposure:
    """Choose voltage, filter and tube load so that the detector gets its kerma.

    Parameters
    ----------
    tissue_cm
        Water-equivalent thickness along the central ray, cm.
    source_to_detector_mm
        Distance, mm; the kerma asked for grows with its square.
    mode
        Cine asks for ten times the kerma per pulse of fluoroscopy.

    Returns
    -------
    Exposure
        Whole kilovolts between 60 and 125.
    """
    kerma_gy = (
        1e-6
        * _KERMA_PER_PULSE_UGY[mode]
        * math.exp2((tissue_cm - _REFERENCE_PATH_CM) / _HALVING_TISSUE_CM)
        * (source_to_detector_mm / _REFERENCE_SID_MM) ** 2
    )
    kvp = float(round(min(max(72 + 2.8 * (tissue_cm - _REFERENCE_PATH_CM), 60), 125)))
    copper_mm = next(copper for limit, copper in _COPPER_MM[mode] if kvp < limit)
    charge_mas = kerma_gy * 1e6 / output_ugy_per_mas(kvp, copper_mm)
    shortest_ms, longest_ms = _PULSE_WIDTHS_MS[mode]
    # The pulse is lengthened before the current is raised beyond half of what the tube gives.
    half_load_ms = charge_mas * 1000 / (_MAXIMUM_CURRENT_MA[mode] / 2)
    width_ms = round(min(max(half_load_ms, shortest_ms), longest_ms), 1)
    current_ma = charge_mas * 1000 / width_ms
    shortfall = min(1.0, _MAXIMUM_CURRENT_MA[mode] / current_ma)
    return Exposure(
        kvp=kvp,
        copper_mm=copper_mm,
        tube_current_ma=round(current_ma * shortfall, 1),
        pulse_width_ms=width_ms,
        kerma_per_pulse_gy=kerma_gy * shortfall,
    )


def output_ugy_per_mas(kvp: float, copper_mm: float) -> float:
    """Return the air kerma at the reference point per tube charge, µGy/mAs."""
    table = _OUTPUT_UGY_PER_MAS_AT_75_KV
    upper = next(i for i, (copper, _) in enumerate(table) if copper_mm <= copper)
    (left, at_left), (right, at_right) = table[max(upper - 1, 0)], table[max(upper, 1)]
    share = (copper_mm - left) / (right - left)
    at_75_kv = at_left * math.pow(at_right / at_left, share)
    return at_75_kv * math.pow(kvp / 75.0, _OUTPUT_POWER_OF_KV)
