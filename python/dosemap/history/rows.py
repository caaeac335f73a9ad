"""Between a record and its row."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from dosemap.history.record import PatientIdentity, ProcedureRecord, decompressed

_PATIENT_FACTS = ("identity_removed", "sex", "age_years", "height_cm", "mass_kg")


def revision_values(record: ProcedureRecord) -> dict[str, Any]:
    """Return the columns of a revision that come from its record."""
    document = record.document
    procedure, totals = document["procedure"], document["totals"]
    details = {
        "event_identities": list(record.event_identities),
        "events": record.events,
        "device": record.device,
        "patient": {name: getattr(record.patient, name) for name in _PATIENT_FACTS},
        "pseudonymised_with": record.pseudonymised_with,
        "is_totals_only": record.is_totals_only,
    }
    return {
        "digest": record.digest,
        "document_digest": record.document_digest,
        "started": procedure["started"],
        "manufacturer": procedure["manufacturer"],
        "model": procedure["model"],
        "procedure_type": record.procedure_type,
        "software_version": document["software"]["version"],
        "reference_air_kerma_gy": totals["reference_air_kerma_gy"],
        "kerma_area_product_gy_m2": totals["kerma_area_product_gy_m2"],
        "fluoroscopy_time_s": totals["fluoroscopy_time_s"],
        "peak_skin_dose_gy": document["peak_skin_dose_gy"],
        "grid": record.grid,
        "document": _packed(document),
        "details": _packed(details),
        "skin_dose": record.skin_dose,
        "mesh": record.mesh,
    }


def record_of(row: RowMapping) -> ProcedureRecord:
    """Return the record of a row of ``revision`` joined with its patient."""
    details = _unpacked(row["details"])
    patient = PatientIdentity(
        patient_id=row["patient_id"], issuer=row["issuer"] or None, **details["patient"]
    )
    return ProcedureRecord(
        document=_unpacked(row["document"]),
        event_identities=tuple(details["event_identities"]),
        events=details["events"],
        patient=patient,
        device=details["device"],
        procedure_type=row["procedure_type"],
        skin_dose=row["skin_dose"],
        mesh=row["mesh"],
        pseudonymised_with=details["pseudonymised_with"],
    )


def events_of(details: bytes) -> frozenset[str]:
    """Return the identities of the events of a revision; none of a report of totals only."""
    found = _unpacked(details)
    return frozenset() if found["is_totals_only"] else frozenset(found["event_identities"])


def document_of(packed: bytes) -> dict[str, Any]:
    """Return the document of a revision."""
    return _unpacked(packed)


def source_of(document: bytes) -> str:
    """Return the name of the file of a revision."""
    return str(_unpacked(document)["source"])


def _packed(value: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, allow_nan=False).encode())


def _unpacked(data: bytes) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(decompressed(data))
    return value
