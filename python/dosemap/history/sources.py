"""Records from files: reports, which are computed, and results that were computed before."""

import json
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from dosemap.errors import DosemapError
from dosemap.history.record import ProcedureRecord, pack, pack_document
from dosemap.procedure_types import ProcedureMap, procedure_type

if TYPE_CHECKING:
    from dosemap.result import DoseResult

EXPORT_FORMAT = "dosemap.history/1"
"""Stands in the first line of an export."""
_NETCDF = (b"\x89HDF", b"CDF")


def records_of_file(
    path: str | PathLike[str],
    *,
    patient_id: str | None = None,
    issuer: str | None = None,
    procedure_map: ProcedureMap | None = None,
    estimate: "Callable[[Path], DoseResult] | None" = None,
) -> list[ProcedureRecord]:
    """Return the records of a report or of a result.

    Parameters
    ----------
    path
        A report (DICOM), a result as netCDF, or the JSON document of one or several results.
    patient_id, issuer
        The patient; results from files name none, of a report in place of its own.
    procedure_map
        The site's names for what its reports call a procedure.
    estimate
        How a report is computed; by default :func:`dosemap.estimate` with all defaults.

    Raises
    ------
    DosemapError
        The file cannot be read as any of them.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise DosemapError(f"{path} cannot be read: {error.strerror}; check the path") from None
    if start.startswith(_NETCDF):
        from dosemap.result import DoseResult  # noqa: PLC0415  (numpy and the compiled module)

        return [pack(DoseResult.from_netcdf(path), patient_id=patient_id, issuer=issuer)]
    if start.lstrip()[:1] in (b"{", b"["):
        return _of_json(path, patient_id, issuer)
    result = (estimate or _estimate)(path)
    assert result.procedure is not None, "an estimate knows its report"
    kind = procedure_type(result.procedure, site=procedure_map).name
    return [pack(result, patient_id=patient_id, issuer=issuer, procedure_type=kind)]


def is_export_file(path: str | PathLike[str]) -> bool:
    """Return whether a file is what ``dosemap history export`` wrote, by its first line."""
    try:
        with Path(path).open("rb") as file:
            return EXPORT_FORMAT.encode() in file.readline(200)
    except OSError:
        return False


def _of_json(path: Path, patient_id: str | None, issuer: str | None) -> list[ProcedureRecord]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise DosemapError(f"{path} is no JSON; give what dosemap estimate --json wrote") from None
    documents = found if isinstance(found, list) else [found]
    failed = [entry for entry in documents if isinstance(entry, dict) and "error" in entry]
    if failed or not all(isinstance(entry, dict) for entry in documents):
        raise DosemapError(
            f"{path} holds {len(failed)} reports that could not be estimated or something else;"
            " give documents of dosemap estimate --json"
        )
    return [pack_document(entry, patient_id=patient_id, issuer=issuer) for entry in documents]


def _estimate(path: Path) -> "DoseResult":
    from dosemap.engine import estimate  # noqa: PLC0415  (the compiled module)
    from dosemap.rdsr import read_rdsr  # noqa: PLC0415

    return estimate(read_rdsr(path))
