"""What one dose report says, in one vocabulary and one set of units.

A :class:`Procedure` is a report after reading and before any physics: metadata, totals and
one :class:`Event` per irradiation event. Values are plain numbers in the unit their name
carries; a value that is not there is ``None``, and ``provenance`` says of every field where
it came from, or why it is not there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

LyingPosition = Literal["HFS", "HFP", "HFDL", "HFDR", "FFS", "FFP", "FFDL", "FFDR"]
"""DICOM Patient Position (0018,5100)."""
UprightPosition = Literal[
    "STANDING_BACK",
    "STANDING_FRONT",
    "STANDING_LEFT",
    "STANDING_RIGHT",
    "SITTING_BACK",
    "SITTING_FRONT",
    "SITTING_LEFT",
    "SITTING_RIGHT",
]
"""The side of the body that is against the upright table top, the head at its head end."""
PatientPosition = Literal[LyingPosition, UprightPosition]
EventType = Literal["fluoroscopy", "stationary", "stepping", "rotational"]
AcquisitionPlane = Literal["single", "A", "B", "all"]
ReportKind = Literal["projection", "enhanced", "totals only", "radiography", "frames"]
"""X-Ray Radiation Dose SR of fluoroscopy; Enhanced X-Ray Radiation Dose SR; a report without
events; single exposures without fluoroscopy: radiography, or spot images without angles; no report,
but frames of a live session."""


SYNTHETIC_PATIENT_ID, SYNTHETIC_STATION = "DOSEMAP-SYNTHETIC", "DOSEMAP_SYNTH"
"""Identifiers that synthetic reports state, each of them enough."""


class Provenance(StrEnum):
    """Where a value came from, or why there is none."""

    REPORTED = "reported"
    """A coded item of the DICOM template."""
    PRIVATE = "vendor-private"
    """A coded item of a manufacturer's private scheme."""
    FREE_TEXT = "free text"
    """Read out of a comment or another text."""
    DERIVED = "derived"
    """Computed from other values of the report."""
    PROFILE = "profile"
    """From the equipment profile or the site's own file."""
    USER = "user"
    """Given by the caller."""
    ASSUMED = "assumed"
    """Not known; a stated default was used."""
    EMPTY = "empty"
    """The item is in the report but holds no value."""
    INVALID = "invalid"
    """The item holds a value that cannot be used; a problem says why."""
    MISSING = "missing"
    """The report does not have the item."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One added filter in the beam."""

    material: str
    """Symbol as in the attenuation table, for example ``"Cu"``."""
    thickness_mm: float


def describe_filters(filters: Iterable[Filter]) -> str:
    """Return filters in words.

    Examples
    --------
    >>> describe_filters([Filter(material="Cu", thickness_mm=0.3)])
    '0.3 mm Cu'
    >>> describe_filters([])
    'none'
    """
    return " + ".join(f"{strip.thickness_mm:g} mm {strip.material}" for strip in filters) or "none"


@dataclass(frozen=True, kw_only=True)
class Shutters:
    """Distances of the four collimator blades from the central ray, mm.

    ``plane_mm`` is the distance from the focal spot of the plane they are given in.
    """

    left_mm: float
    right_mm: float
    top_mm: float
    bottom_mm: float
    plane_mm: float


@dataclass(frozen=True, kw_only=True)
class Event:
    """One irradiation event as reported; names are DICOM's concept names with the unit."""

    index: int
    """Place in the document, from 0; problems and results refer to it."""
    irradiation_event_uid: str | None = field(default=None, repr=False)
    started: datetime | None = None
    event_type: EventType | None = None
    acquisition_plane: str | None = None
    """``"single"``, ``"A"``, ``"B"``, ``"all"``; ``"source 1"``, ``"source 2"`` ... where an
    enhanced report names its X-ray sources in another way."""
    patient_position: PatientPosition | None = None

    reference_air_kerma_gy: float | None = None
    kerma_area_product_gy_m2: float | None = None
    kvp: float | None = None
    tube_current_ma: float | None = None
    exposure_time_ms: float | None = None
    exposure_uas: float | None = None
    """Exposure (113736); of the whole event or of the mean pulse: that differs between makes."""
    number_of_pulses: float | None = None
    pulse_shares: tuple[float, ...] | None = None
    """Share of the tube's output of each pulse, where the report lists current, width or voltage
    pulse by pulse; they add up to 1."""
    irradiation_duration_s: float | None = None
    filters: tuple[Filter, ...] | None = None
    """Added filters; an empty tuple says that there is none, ``None`` that it is not known."""

    reference_point_definition: str | None = None
    """``"113860"`` (a DICOM code) or the text of the report."""
    source_to_reference_point_mm: float | None = None
    source_to_isocenter_mm: float | None = None
    source_to_detector_mm: float | None = None
    positioner_primary_angle_deg: float | None = None
    positioner_secondary_angle_deg: float | None = None
    positioner_primary_end_angle_deg: float | None = None
    positioner_secondary_end_angle_deg: float | None = None
    positioner_isocenter_primary_angle_deg: float | None = None
    """Angles of the isocentre system, which do not follow the patient (PS3.3 C.8.19.6.13.1.2)."""
    positioner_isocenter_secondary_angle_deg: float | None = None
    positioner_isocenter_primary_end_angle_deg: float | None = None
    positioner_isocenter_secondary_end_angle_deg: float | None = None
    detector_rotation_deg: float | None = None
    detector_rotation_end_deg: float | None = None
    column_angulation_deg: float | None = None
    """Tilt of the column of an R/F table towards its head end."""
    table_longitudinal_position_mm: float | None = None
    table_lateral_position_mm: float | None = None
    table_height_position_mm: float | None = None
    table_longitudinal_end_position_mm: float | None = None
    table_lateral_end_position_mm: float | None = None
    table_height_end_position_mm: float | None = None
    table_head_tilt_angle_deg: float | None = None
    table_horizontal_rotation_angle_deg: float | None = None
    table_cradle_tilt_angle_deg: float | None = None
    table_head_tilt_end_angle_deg: float | None = None
    table_horizontal_rotation_end_angle_deg: float | None = None
    table_cradle_tilt_end_angle_deg: float | None = None
    table_x_position_to_isocenter_mm: float | None = None
    """Of the table's reference point, a place on its top that the maker chose (PS3.17 FFF.1.2.2.1);
    x, y and z are those of isocenter space."""
    table_y_position_to_isocenter_mm: float | None = None
    table_z_position_to_isocenter_mm: float | None = None
    table_x_end_position_to_isocenter_mm: float | None = None
    table_y_end_position_to_isocenter_mm: float | None = None
    table_z_end_position_to_isocenter_mm: float | None = None
    collimated_field_area_m2: float | None = None
    patient_equivalent_thickness_mm: float | None = None
    """Along the beam, of the material by which the exposure control knows the patient (mostly
    water); not the distance from skin to skin."""
    shutters: Shutters | None = None
    meter_calibration_factor: float | None = None
    """Calibration Factor (122322) of the plane's dose meter as the report states it: what kerma and
    area product are to be multiplied by."""
    meter_calibration_uncertainty_percent: float | None = None
    private: Mapping[str, float] = field(default_factory=dict)
    """Numbers of the manufacturer's own scheme that a profile refers to, by the names of
    ``data/rdsr/concepts.csv``, in mm or degrees (for example ``longitudinal_beam_position_mm``).
    Shutters of such a scheme stand here: what they mean differs between families."""

    protocol: str | None = field(default=None, repr=False)
    """Typed by people, who may write a name into it."""
    target_region: str | None = field(default=None, repr=False)
    """The meaning of a code, which may be the site's own."""
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    """Provenance of every field above, by its name (``private`` ones by theirs)."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something in the input that a person should know of."""

    code: str
    """Short and stable, for programs: ``"kerma-total-differs"``."""
    message: str
    """One sentence: field, value, unit and what to do. Never a patient's name or identifier."""
    events: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """A value that the report does not hold and that was taken from elsewhere."""

    field: str
    value: float | str | None
    why: str
    provenance: Provenance = Provenance.ASSUMED
    """Whether it was assumed, or given by the caller or the profile."""
    events: tuple[int, ...] = ()
    """Those it was used for; empty where it concerns the whole procedure."""


@dataclass(frozen=True, kw_only=True)
class Patient:
    """The patient as far as the dose needs it; identifiers stay out of messages."""

    sex: Literal["F", "M", "O"] | None = None
    age_years: float | None = None
    height_cm: float | None = None
    mass_kg: float | None = None
    patient_id: str | None = field(default=None, repr=False)
    issuer_of_patient_id: str | None = field(default=None, repr=False)
    """Who gave the patient ID: without it the same ID may be another person's elsewhere."""
    identity_removed: bool = False
    """The report says that it was de-identified: its patient ID may stand for several people."""
    name: str | None = field(default=None, repr=False)
    provenance: Mapping[str, Provenance] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Device:
    """The X-ray system that made the report."""

    manufacturer: str | None = None
    model: str | None = None
    serial_number: str | None = field(default=None, repr=False)
    station_name: str | None = field(default=None, repr=False)
    software_versions: str | None = None


@dataclass(frozen=True, kw_only=True)
class KindTotals:
    """The report's own totals of all its fluoroscopy, or of all its acquisitions."""

    reference_air_kerma_gy: float | None = None
    kerma_area_product_gy_m2: float | None = None
    time_s: float | None = None


_NOT_STATED = KindTotals()


@dataclass(frozen=True, kw_only=True)
class PlaneTotals:
    """The report's own totals of one acquisition plane; ``None`` where it has none."""

    plane: str | None
    """As in :attr:`Event.acquisition_plane`; ``"all"`` holds the dose of other planes too."""
    reference_air_kerma_gy: float | None = None
    kerma_area_product_gy_m2: float | None = None
    radiographic_frames: float | None = None
    fluoroscopy: KindTotals = _NOT_STATED
    acquisition: KindTotals = _NOT_STATED


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The report's own totals, over all its planes; ``None`` where it has none."""

    reference_air_kerma_gy: float | None = None
    kerma_area_product_gy_m2: float | None = None
    radiographic_frames: float | None = None
    fluoroscopy: KindTotals = _NOT_STATED
    acquisition: KindTotals = _NOT_STATED
    planes: tuple[PlaneTotals, ...] = ()

    @property
    def fluoroscopy_time_s(self) -> float | None:
        """Total fluoroscopy time, s."""
        return self.fluoroscopy.time_s

    @property
    def are_stated(self) -> bool:
        """Whether there is any."""
        return replace(self, planes=()) != Totals()


@dataclass(frozen=True, kw_only=True)
class ProcedureCode:
    """A code by which header or request name what was done; the site's own mostly."""

    place: str
    """Keyword of the sequence that holds it."""
    value: str
    scheme: str
    meaning: str
    """Typed by people."""


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One examination: one radiation dose report."""

    source: str
    """File name, or ``"<bytes>"`` and the like; for messages."""
    study_instance_uid: str | None = field(repr=False)
    sop_instance_uid: str | None = field(repr=False)
    started: datetime | None
    device: Device
    patient: Patient
    events: tuple[Event, ...]
    totals: Totals
    report_kind: ReportKind = "projection"
    content_created: datetime | None = None
    """When the report was made; of two states of a report the later one counts."""
    procedure_codes: tuple[ProcedureCode, ...] = field(default=(), repr=False)
    descriptions: tuple[str, ...] = field(default=(), repr=False)
    """Of study, series, step and request, typed by people, who may write a name into them."""
    header: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Attributes of the report by DICOM keyword, identifiers among them: what another object of the
    same study needs. Never for messages."""
    problems: tuple[Problem, ...] = ()

    @property
    def is_synthetic(self) -> bool:
        """Whether the report says that dosemap made it up (``dosemap simulate``)."""
        named = (self.device.station_name or "").strip() == SYNTHETIC_STATION
        return named or (self.patient.patient_id or "").strip() == SYNTHETIC_PATIENT_ID
