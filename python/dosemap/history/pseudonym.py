"""Pseudonyms in place of who the patient is: HMAC-SHA256 with a key that the site keeps."""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from dosemap.errors import DosemapError
from dosemap.history.record import ProcedureRecord

KEY_VARIABLE = "DOSEMAP_SITE_KEY"
NAME_IT = f"name the file of the key with --site-key or {KEY_VARIABLE}"
KEY_FOR_NOTHING = (
    "a site key is given, but the store is new and would keep patient IDs as they are: ask for"
    " pseudonyms (--pseudonymise), or for none (--no-pseudonymise)"
)
PREFIX = "hmac:"
_LEAST_BYTES = 16
_CHECKED = "dosemap site key"
_SEPARATOR = "\x1f"
HIDDEN_SOURCE = "<pseudonymised>"
_UIDS = ("study_instance_uid", "sop_instance_uid")
_OF_ONE_SYSTEM = ("serial_number", "station_name")
"""What names the single X-ray system, and so who was treated there that day."""
_TEXTS = ("problems", "assumptions", "interval", "risk", "alerts_not_evaluated")
"""Parts of the document with sentences, in which the name of the file may stand."""
_NOTHING = re.compile("(?!)")
_SHORTEST_SECRET = 3
"""Shorter texts stand in every sentence; they are removed only where they are the value itself."""


@dataclass(frozen=True)
class Pseudonyms:
    """Makes pseudonyms that are the same for the same text and key, and lead back to neither."""

    key: bytes

    def __repr__(self) -> str:
        return "<Pseudonyms>"

    @property
    def check(self) -> str:
        """A value by which a wrong key is known; it does not tell the key."""
        return self.of(_CHECKED)

    def of(self, text: str) -> str:
        """Return the pseudonym of a text."""
        return PREFIX + hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def of_patient(self, patient_id: str, issuer: str | None) -> str:
        """Return the pseudonym of a patient ID and its issuer."""
        return self.of(f"{patient_id}{_SEPARATOR}{issuer or ''}")

    def hide(self, record: ProcedureRecord) -> ProcedureRecord:
        """Return a record without identifiers: of the patient, of study, report and events."""
        if record.pseudonymised_with is not None:
            return record
        patient = record.patient
        patient_id = patient.patient_id and self.of_patient(patient.patient_id, patient.issuer)
        return replace(
            record,
            document=self._document(record),
            event_identities=tuple(self.of(text) for text in record.event_identities),
            patient=replace(patient, patient_id=patient_id or None, issuer=None),
            device={
                name: self.of(text) if text and name in _OF_ONE_SYSTEM else text
                for name, text in record.device.items()
            },
            pseudonymised_with=self.check,
        )

    def _document(self, record: ProcedureRecord) -> Mapping[str, Any]:
        document = dict(record.document)
        procedure, of_map = document["procedure"], document["map"]
        source, surface = str(document["source"]), str(of_map["surface"] or "")
        uids = [procedure[name] for name in _UIDS if procedure[name]]
        mesh_name = surface.removeprefix("mesh ") if surface.startswith("mesh ") else ""
        secrets = [mesh_name, *uids, *procedure["event_identities"]]
        # A name of letters alone may be a word of any sentence; texts begin with it at most.
        secrets += [] if source.isalpha() else [source]
        secrets += [text for text in (record.patient.patient_id, record.patient.issuer) if text]
        document["procedure"] = {
            **procedure,
            **{name: self.of(procedure[name]) if procedure[name] else None for name in _UIDS},
            "event_identities": [self.of(text) for text in procedure["event_identities"]],
        }
        document["source"] = HIDDEN_SOURCE
        long_enough = {text for text in secrets if len(text) >= _SHORTEST_SECRET}
        words = "|".join(re.escape(text) for text in sorted(long_enough, key=len, reverse=True))
        # As words of their own: an ID of 100 is no part of "1000 events".
        secret = re.compile(f"(?<![^\\W_])(?:{words})(?![^\\W_])") if words else _NOTHING
        for name in _TEXTS:
            document[name] = _without(document.get(name), secret, source)
        texts = {name: _without(of_map[name], secret, source) for name in ("surface", "reason")}
        document["map"] = {**of_map, **texts}
        return document


def _without(value: Any, secrets: re.Pattern[str], source: str) -> Any:  # noqa: ANN401  (JSON)
    """Return a JSON value without some texts in it."""
    if isinstance(value, str):
        return secrets.sub("...", value.removeprefix(source))
    if isinstance(value, list):
        return [_without(entry, secrets, source) for entry in value]
    if isinstance(value, dict):
        return {name: _without(entry, secrets, source) for name, entry in value.items()}
    return value


def hidden(record: ProcedureRecord, pseudonyms: Pseudonyms | None) -> ProcedureRecord:
    """Return a record as a store keeps it.

    Parameters
    ----------
    record
        As it came.
    pseudonyms
        Of the store; ``None``: it has none.

    Raises
    ------
    DosemapError
        The record has pseudonyms that are not those of the store.
    """
    made_with = record.pseudonymised_with
    if pseudonyms is None:
        if made_with is not None:
            raise DosemapError(
                "the record has pseudonyms and the store has none: its patients would be others;"
                " add it to a pseudonymised store with the same site key"
            )
        return record
    if made_with not in (None, pseudonyms.check):
        raise DosemapError(
            "the record's pseudonyms were made with another site key: its patients would be"
            " others; use a store with that key"
        )
    return pseudonyms.hide(record)


def site_key(given: bytes | str | PathLike[str] | None) -> bytes | None:
    """Return the site's key.

    Parameters
    ----------
    given
        The key itself as bytes, or the path of a file with it; by default the file that the
        environment variable ``DOSEMAP_SITE_KEY`` names.

    Raises
    ------
    DosemapError
        The file cannot be read, or the key is shorter than 16 bytes.
    """
    if given is None:
        given = os.environ.get(KEY_VARIABLE) or None
    if given is None:
        return None
    if isinstance(given, bytes):
        key = given
    else:
        try:
            key = Path(given).read_bytes().strip()
        except OSError as error:
            raise DosemapError(
                f"the site key cannot be read from its file: {error.strerror}; name the file with"
                f" --site-key or {KEY_VARIABLE}"
            ) from None
    if len(key) < _LEAST_BYTES:
        raise DosemapError(
            f"the site key has {len(key)} bytes, at least {_LEAST_BYTES} are needed: make one with"
            " python -c 'import secrets; print(secrets.token_hex(32))' > site.key and keep it safe"
        )
    return key


def needed_key(given: bytes | str | PathLike[str] | None) -> bytes:
    """Return the site's key, without which there are no pseudonyms.

    Parameters
    ----------
    given
        As for :func:`site_key`.

    Raises
    ------
    DosemapError
        There is none, or it cannot be used.
    """
    key = site_key(given)
    if key is None:
        raise DosemapError(f"pseudonyms need the site's key: {NAME_IT}")
    return key
