"""Synthetic reports of a Siemens Artis, and what an estimate of them can be compared with."""

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dosemap import DoseResult, estimate
from dosemap.corrections import Corrections
from dosemap.procedure import Procedure
from dosemap.rdsr import read_rdsr
from dosemap.simulate import (
    SimulatedDevice,
    SimulatedEvent,
    SimulatedPatient,
    SimulatedProcedure,
    write_rdsr,
)
from dosemap.simulate.edits import Edit
from dosemap.surface import Surface

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RDSR = Path(__file__).parents[2] / "shared" / "data" / "rdsr"
"""The real reports; not on every machine."""

AT_PEAK = 1e-4
"""Relative: the peak is searched between vertices, and f32 blocks hold about seven digits; across
5 mm the distance from the focal spot changes by 3e-5."""

BARE = Corrections(support=False, backscatter=False, medium=1.0)
"""Leaves kerma and distance only: dose = K (d_ref / d)^2."""

KERMA_GY = 0.010
REFERENCE_MM = 635.0
"""Focal spot to reference point: 785 mm to the isocentre less 150 mm."""
SKIN_MM = 675.0
"""Focal spot to the back of a supine patient: table top 150 mm below the isocentre, which is
785 mm from the focal spot, and the profile's pad of 40 mm."""
HEAD_END_TO_BEAM_MM = 450.0
"""From the head end of the table to the isocentre."""

_ARTIS = SimulatedDevice(manufacturer="Siemens", model="AXIOM-Artis")
_NOBODY = SimulatedPatient()


def artis_bytes(
    *events: SimulatedEvent,
    edits: Iterable[Edit] = (),
    patient: SimulatedPatient = _NOBODY,
) -> bytes:
    """Return a report; one plain beam through a supine patient unless told."""
    procedure = SimulatedProcedure(
        uid_seed="test", events=events or (SimulatedEvent(),), device=_ARTIS, patient=patient
    )
    file = BytesIO()
    write_rdsr(procedure, file, style="siemens_artis", edits=edits)
    return file.getvalue()


def artis_procedure(*events: SimulatedEvent, edits: Iterable[Edit] = ()) -> Procedure:
    """Return the same, read."""
    return read_rdsr(artis_bytes(*events, edits=edits), name="report.dcm")


@cache
def flat_back() -> Surface:
    """Return a plane of 40 cm x 100 cm that faces backwards."""
    return Surface.plane(width_mm=400, length_mm=1000)


def bare_estimate(
    procedure: Procedure,
    *,
    surface: Surface | None = None,
    corrections: Corrections = BARE,
    **arguments: Any,
) -> DoseResult:
    """Return an estimate on a flat back without physics but distance, unless told."""
    return estimate(procedure, surface=surface or flat_back(), corrections=corrections, **arguments)


def dose_gy(result: DoseResult) -> "NDArray[np.float64]":
    """Return the map, which must be there."""
    assert result.skin_dose_gy is not None, result.reason
    return result.skin_dose_gy


def peak_gy(result: DoseResult) -> float:
    """Return the peak skin dose, which must be there."""
    assert result.peak_skin_dose_gy is not None, result.reason
    return result.peak_skin_dose_gy


def peak_point_mm(result: DoseResult) -> tuple[float, float, float]:
    """Return where the peak is in patient space."""
    assert result.peak is not None, result.reason
    return result.peak.point_in_patient_mm


def problem_codes(result: DoseResult) -> set[str]:
    """Return the codes of all problems."""
    return {problem["code"] for problem in result.problems}


def assumed(result: DoseResult) -> dict[str, object]:
    """Return the assumed values by field."""
    return {entry["field"]: entry["value"] for entry in result.assumptions}
