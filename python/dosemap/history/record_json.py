"""A record as JSON and back: the lines of an export."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from dosemap.errors import DosemapError
from dosemap.history.record import PatientIdentity, ProcedureRecord, checked_document

_BLOBS = ("skin_dose", "mesh")
_PLAIN = (
    "document",
    "event_identities",
    "events",
    "device",
    "procedure_type",
    "pseudonymised_with",
)


def record_to_json(record: ProcedureRecord) -> dict[str, Any]:
    """Return a record as a JSON object."""
    entry = {name: getattr(record, name) for name in _PLAIN}
    entry["event_identities"] = list(record.event_identities)
    entry["patient"] = dict(vars(record.patient))
    for name in _BLOBS:
        blob = getattr(record, name)
        entry[name] = None if blob is None else b64encode(blob).decode()
    return entry


def record_from_json(entry: Mapping[str, Any]) -> ProcedureRecord:
    """Return the record of a JSON object.

    Raises
    ------
    DosemapError
        It is none.
    """
    try:
        values: dict[str, Any] = {name: entry[name] for name in _PLAIN}
        checked_document(values["document"])
        for name in _BLOBS:
            values[name] = b64decode(entry[name]) if entry[name] else None
        values["event_identities"] = tuple(values["event_identities"])
        return ProcedureRecord(**values, patient=PatientIdentity(**entry["patient"]))
    except DosemapError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise DosemapError(
            f"an entry of the export is damaged ({type(error).__name__}); export it again"
        ) from None
