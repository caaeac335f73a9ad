"""Folders of reports for the tests of the audit, and a map of procedures that ends processes."""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from dosemap.auditing import AuditSettings
from dosemap.procedure import ProcedureCode
from dosemap.procedure_types import MapRow, ProcedureMap
from dosemap.simulate import (
    SimulatedDevice,
    SimulatedEvent,
    SimulatedPatient,
    SimulatedProcedure,
    write_rdsr,
)
from dosemap.simulate.edits import Edit

SPACING_MM = 15.0
"""The widest, so that a report takes little time."""
POISON = "ends its process"
_ARTIS = SimulatedDevice(manufacturer="Siemens", model="AXIOM-Artis")


def report_bytes(
    seed: str,
    *kerma_gy: float,
    device: SimulatedDevice = _ARTIS,
    description: str = "SYNTHETIC procedure",
    style: str = "siemens_artis",
    edits: Sequence[Edit] = (),
) -> bytes:
    """Return a report; an event for each air kerma, one of 10 mGy unless told."""
    events = tuple(
        SimulatedEvent(reference_air_kerma_gy=value, started_s=60.0 * number)
        for number, value in enumerate(kerma_gy or (0.01,))
    )
    procedure = SimulatedProcedure(
        uid_seed=seed, events=events, device=device, patient=SimulatedPatient()
    )
    file = BytesIO()
    write_rdsr(replace(procedure, study_description=description), file, style=style, edits=edits)
    return file.getvalue()


def fill(folder: Path, number: int) -> list[Path]:
    """Write reports of different procedures and air kerma."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{index:03d}.dcm" for index in range(number)]
    for index, path in enumerate(paths):
        path.write_bytes(report_bytes(f"audit {index}", 0.01 * (index + 1)))
    return paths


@dataclass(frozen=True, kw_only=True)
class Killer(MapRow):
    """A line of a map that kills the process in which a poisoned report is looked at."""

    def fits(self, codes: tuple[ProcedureCode, ...], texts: frozenset[str]) -> bool:
        """Kill, or fit nothing."""
        del codes
        if POISON in texts:
            os.kill(os.getpid(), signal.SIGKILL)
        return False


@dataclass(frozen=True, kw_only=True)
class Sleeper(MapRow):
    """A line of a map that never comes to an end with a poisoned report."""

    def fits(self, codes: tuple[ProcedureCode, ...], texts: frozenset[str]) -> bool:
        """Sleep, or fit nothing."""
        del codes
        while POISON in texts:
            time.sleep(1.0)
        return False


def deadly_settings(kind: type[MapRow] = Killer) -> AuditSettings:
    """Return settings with which a poisoned report ends its process, or never ends."""
    row = kind(name="none", scheme=None, code=None, text="-")
    return AuditSettings(spacing_mm=SPACING_MM, procedure_map=ProcedureMap(rows=(row,)))
