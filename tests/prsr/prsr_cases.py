"""Results that are written as Patient Radiation Dose SR, and programs that look at them."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import UID

from dosemap import DoseResult, estimate
from dosemap.rdsr import read_rdsr
from dosemap.simulate import (
    SimulatedDevice,
    SimulatedEvent,
    SimulatedPatient,
    SimulatedProcedure,
    rdsr_dataset,
    save_dataset,
    write_rdsr,
)
from dosemap.simulate.edits import Edit
from simulated_reports import flat_back

PRSR, SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.88.73", "1.2.840.10008.5.1.4.1.1.7"
X_RAY_DOSE_SR = "1.2.840.10008.5.1.4.1.1.88.67"
SOMEBODY = SimulatedPatient(
    name="Doe^Jane", patient_id="PID-7", sex="F", age_years=50, height_cm=165, mass_kg=60
)
_DEVICE = SimulatedDevice(manufacturer="Siemens", model="AXIOM-Artis")

_NOT_YET = "W: Check for template constraints not yet supported"
"""What dsrdump says of every Patient Radiation Dose SR (DCMTK, DSRDocumentTree::read)."""
_NO_UTF8 = "W: The VR checker does not support this Specific Character Set: ISO_IR 192"
"""What DCMTK without a conversion library says of every report in UTF-8."""
_UNKNOWN_CLASS = "Error - Information Object Not found"
"""What dciodvfy says of every Patient Radiation Dose SR: it knows no such class (also 2026)."""
_EXPECTED = re.compile(
    r"Warning - .*(Unrecognized defined term = <99DOSEMAP>"
    r"|Missing attribute or value that would be needed to build DICOMDIR"
    r"|Retired Person Name form)"
)
"""The private scheme, which the object itself declares; what the source report does not state and
may be empty in an object, but not in the directory of a disk; and names of one part, which are
copied as they are."""


def report_bytes(
    *events: SimulatedEvent,
    patient: SimulatedPatient = SOMEBODY,
    attributes: Mapping[str, str | None] | None = None,
    edits: Iterable[Edit] = (),
) -> bytes:
    """Return a report of a Siemens Artis with values of its header replaced."""
    procedure = SimulatedProcedure(
        uid_seed="prsr", events=events or (SimulatedEvent(),), device=_DEVICE, patient=patient
    )
    dataset = rdsr_dataset(
        procedure,
        style="siemens_artis",
        edits=edits,
        attributes={"SpecificCharacterSet": "ISO_IR 192", **(attributes or {})},
    )
    file = BytesIO()
    save_dataset(dataset, file)
    return file.getvalue()


def result_of(data: bytes) -> DoseResult:
    """Return an estimate of a report on a flat back."""
    return estimate(read_rdsr(data, name="report.dcm"), surface=flat_back())


@cache
def plain_result() -> DoseResult:
    """Return the estimate of a report with one event."""
    return result_of(report_bytes())


def simulated(procedure: SimulatedProcedure, style: str) -> bytes:
    file = BytesIO()
    write_rdsr(procedure, file, style=style)
    return file.getvalue()


def needs(program: str) -> str:
    """Return the program, or skip the test that needs it."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def said_by_dsrdump(path: Path) -> list[str]:
    """Return what dsrdump has against a report, without what it says of every such report."""
    done = subprocess.run([needs("dsrdump"), str(path)], capture_output=True, check=False)
    said = done.stderr.decode(errors="replace").splitlines()
    assert done.returncode == 0, said
    assert done.stdout
    expected = {_NOT_YET}
    if dcmread(path).SpecificCharacterSet == "ISO_IR 192":
        expected.add(_NO_UTF8)
    return [line for line in said if line and line not in expected]


def said_by_dciodvfy(path: Path) -> list[str]:
    """Return what dciodvfy has against an object, also warnings but the expected ones."""
    done = subprocess.run(
        [needs("dciodvfy"), "-new", str(path)], capture_output=True, text=True, check=False
    )
    said = (done.stdout + done.stderr).splitlines()
    assert said
    return [
        line
        for line in said
        if line.startswith(("Error", "Warning")) and not _EXPECTED.fullmatch(line)
    ]


def said_by_dciodvfy_of_report(path: Path) -> list[str]:
    """Return the same of a report that dciodvfy does not know.

    A copy that calls itself an X-Ray Radiation Dose SR, which has the same modules, is looked at.
    """
    as_it_is = said_by_dciodvfy(path)
    assert as_it_is in ([_UNKNOWN_CLASS], [])
    dataset = dcmread(path)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = UID(X_RAY_DOSE_SR)
    copy = path.with_name(f"{path.name}.as_x_ray.dcm")
    dataset.save_as(copy)
    return said_by_dciodvfy(copy)


def check_objects(paths: Iterable[Path]) -> None:
    """Hold a report and its picture against both programs."""
    report, picture = paths
    assert said_by_dsrdump(report) == []
    assert said_by_dciodvfy_of_report(report) == []
    assert said_by_dciodvfy(picture) == []
