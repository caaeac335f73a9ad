"""A result as the store keeps it: plain, small, and without a database."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dosemap.alerts import known_quantities
from dosemap.errors import DosemapError
from dosemap.history.identity import document_digest
from dosemap.procedure import Device, Patient
from dosemap.procedure_types import procedure_type as type_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap.result import DoseResult
    from dosemap.surface import Surface

_SUMMARY = (
    "reference_air_kerma_gy",
    "kerma_area_product_gy_m2",
    "irradiation_duration_s",
    "kvp",
    "primary_angle_deg",
    "secondary_angle_deg",
    "share_on_skin",
    "dose_at_peak_gy",
)
"""Numbers of each event that are kept."""
_SUMMARY_TEXTS = ("started", "event_type", "acquisition_plane", "patient_position")
_TOTALS_ONLY = "totals only"
_READ = (
    "source",
    "software",
    "map",
    "corrections",
    "peak",
    "interval",
    "problems",
    "assumptions",
)
"""Parts of a document that a store reads, beside those of :func:`known_quantities`."""


@dataclass(frozen=True, kw_only=True)
class PatientIdentity:
    """Who the patient is, as far as it is kept: no name and no date of birth."""

    patient_id: str | None = field(default=None, repr=False)
    issuer: str | None = field(default=None, repr=False)
    """Issuer of Patient ID: without it the same ID may be another person's elsewhere."""
    identity_removed: bool = False
    """The report says that it was de-identified."""
    sex: str | None = None
    age_years: float | None = None
    height_cm: float | None = None
    mass_kg: float | None = None


@dataclass(frozen=True, kw_only=True)
class ProcedureRecord:
    """One result, packed: what :meth:`dosemap.History.add_record` takes. It can be pickled."""

    document: Mapping[str, Any]
    """The JSON document (``docs/json.md``)."""
    event_identities: tuple[str, ...] = field(repr=False)
    """By which an event is found again; one for a report of totals only, too."""
    events: Mapping[str, list[Any]] = field(default_factory=dict, repr=False)
    """Summary of the events, a list per column; empty where only a document was given."""
    patient: PatientIdentity = PatientIdentity()
    device: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    """Serial number, station name and software of the X-ray system."""
    procedure_type: str | None = None
    skin_dose: bytes | None = field(default=None, repr=False)
    """The map, compressed float32, Gy."""
    mesh: bytes | None = field(default=None, repr=False)
    """Vertices, mm, and triangles of a surface that is not a body's, compressed."""
    pseudonymised_with: str | None = None
    """Check value of the site key whose pseudonyms stand in the record."""

    @cached_property
    def skin_dose_gy(self) -> "NDArray[np.float64] | None":
        """Dose of each vertex, (n_vertex,), Gy; ``None`` without a map."""
        if self.skin_dose is None:
            return None
        return np.frombuffer(decompressed(self.skin_dose), dtype="<f4").astype(np.float64)

    @property
    def is_totals_only(self) -> bool:
        """Whether the report has no event."""
        return not self.document["totals"]["events"]

    @property
    def digest(self) -> str:
        """Hash of content and map, whatever the file was called."""
        blobs = [decompressed(blob) for blob in (self.skin_dose, self.mesh) if blob]
        return hashlib.sha256(b"\0".join([self.document_digest.encode(), *blobs])).hexdigest()

    @property
    def document_digest(self) -> str:
        """Hash of the document alone."""
        return document_digest(self.document)

    @property
    def mesh_digest(self) -> str | None:
        """Hash of the surface's vertices and triangles."""
        return hashlib.sha256(decompressed(self.mesh)).hexdigest() if self.mesh else None

    @property
    def grid(self) -> str | None:
        """Name of the vertices that the map is on: equal names, equal places; none without a map.

        Of a body its template and the distance of its vertices, whoever it is of; of another
        surface its hash.
        """
        if self.skin_dose is None:
            return None
        body = self.document["map"]["body"]
        return body_grid(body) if self.mesh is None else f"mesh {self.mesh_digest}"


def pack(
    result: "DoseResult",
    *,
    patient_id: str | None = None,
    issuer: str | None = None,
    procedure_type: str | None = None,
) -> ProcedureRecord:
    """Return what is kept of a result.

    Parameters
    ----------
    result
        From :func:`dosemap.estimate` or :meth:`dosemap.DoseResult.from_netcdf`.
    patient_id, issuer
        In place of the report's; a result from a file has none of its own.
    procedure_type
        What was done, by the names that levels use; by default what the report's codes say.

    Raises
    ------
    DosemapError
        The result is from a file of an older version, which did not say which events it is of.

    Examples
    --------
    >>> from io import BytesIO
    >>> import dosemap as dm
    >>> from dosemap.simulate import simulate_procedure
    >>> report = BytesIO()
    >>> simulate_procedure("hip_injection", device="philips_allura").write(report)
    >>> record = pack(dm.estimate(dm.read_rdsr(report.getvalue())), patient_id="A-1")
    >>> len(record.skin_dose_gy) == record.document["map"]["vertices"]
    True
    """
    skin_dose, surface = result.skin_dose_gy, result.surface
    document = checked_document(json.loads(result.to_json()))
    procedure = result.procedure
    of_report = procedure.patient if procedure else Patient()
    device = procedure.device if procedure else Device()
    if procedure_type is None and procedure is not None:
        procedure_type = type_of(procedure).name
    patient = PatientIdentity(
        patient_id=_known(patient_id) or _known(of_report.patient_id),
        issuer=_known(issuer) or _known(of_report.issuer_of_patient_id),
        identity_removed=of_report.identity_removed,
        sex=of_report.sex,
        age_years=of_report.age_years,
        height_cm=of_report.height_cm,
        mass_kg=of_report.mass_kg,
    )
    is_own = surface is not None and surface.body is None
    return ProcedureRecord(
        document=document,
        event_identities=_identities(document),
        events=_summary(result),
        patient=patient,
        device={
            "serial_number": device.serial_number,
            "station_name": device.station_name,
            "software_versions": device.software_versions,
        },
        procedure_type=procedure_type,
        skin_dose=None if skin_dose is None else zlib.compress(skin_dose.astype("<f4").tobytes()),
        mesh=packed_mesh(surface) if surface is not None and is_own else None,
    )


def pack_document(
    document: Mapping[str, Any], *, patient_id: str | None = None, issuer: str | None = None
) -> ProcedureRecord:
    """Return what is kept of a JSON document alone: totals and peak, but no map.

    Parameters
    ----------
    document
        As ``dosemap estimate --json`` prints it.
    patient_id, issuer
        The patient, whom no document names.

    Raises
    ------
    DosemapError
        It is no such document, or one without the identities of its events.
    """
    checked_document(document)
    return ProcedureRecord(
        document=document,
        event_identities=_identities(document),
        patient=PatientIdentity(patient_id=_known(patient_id), issuer=_known(issuer)),
    )


def decompressed(blob: bytes) -> bytes:
    """Return what a part of a record holds, which is checked.

    Raises
    ------
    DosemapError
        It is damaged.
    """
    try:
        return zlib.decompress(blob)
    except zlib.error:
        raise DosemapError(
            "a procedure is damaged (its checksum is wrong): take a backup of the store, or make"
            " it again from the report"
        ) from None


def body_grid(body: Mapping[str, Any]) -> str:
    """Return the name of the vertices of a body (``map.body`` of the document)."""
    return f"body {body['template']} {body['spacing_mm']:g} mm"


def packed_mesh(surface: "Surface") -> bytes:
    """Return vertices (float32, mm) and triangles of a surface, compressed."""
    vertices = surface.vertices_mm.astype("<f4").tobytes()
    triangles = surface.triangles.astype("<u4").tobytes()
    return zlib.compress(len(surface).to_bytes(8, "little") + vertices + triangles)


def unpacked_mesh(mesh: bytes) -> "tuple[NDArray[np.float64], NDArray[np.uint32]]":
    """Return vertices, (n_vertex, 3), mm, and triangles, (n_triangle, 3)."""
    data = decompressed(mesh)
    end = 8 + 12 * int.from_bytes(data[:8], "little")
    vertices = np.frombuffer(data[8:end], dtype="<f4").astype(np.float64).reshape(-1, 3)
    return vertices, np.frombuffer(data[end:], dtype="<u4").astype(np.uint32).reshape(-1, 3)


def _known(text: str | None) -> str | None:
    return text.strip() or None if text else None


def checked_document(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a document that has all that a store reads of it.

    Raises
    ------
    DosemapError
        It is something else, or of an older version; the text names the key.
    """
    if document.get("schema") != "dosemap.estimate/1":
        raise DosemapError("this is no document of dosemap estimate --json; give such a file")
    try:
        known_quantities(document)
        for name in _READ:
            document[name]
        for name in ("study_instance_uid", "manufacturer", "model", "started", "event_identities"):
            document["procedure"][name]
    except (KeyError, TypeError) as error:
        raise DosemapError(
            f"the document lacks {error}: it was made by an older version, or is damaged; make it"
            " again from the report"
        ) from None
    return document


def _identities(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the identities of a document's events; of one without events that of its totals."""
    procedure = document["procedure"]
    if procedure.get("event_identities"):
        return tuple(procedure["event_identities"])
    # Without study and time nothing says what it is of: each content is a procedure of its own.
    what = procedure["study_instance_uid"] or procedure["started"] or document_digest(document)
    return (
        ", ".join((_TOTALS_ONLY, *map(str, (procedure["manufacturer"], procedure["model"], what)))),
    )


def _summary(result: "DoseResult") -> dict[str, list[Any]]:
    numbers, texts = result.events.numbers, result.events.texts
    return {
        **{name: [text or None for text in texts[name]] for name in _SUMMARY_TEXTS},
        **{
            name: [float(value) if np.isfinite(value) else None for value in numbers[name]]
            for name in _SUMMARY
        },
    }
