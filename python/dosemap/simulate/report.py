"""What a synthetic report is to say, in DICOM's terms and units.

These classes hold the geometry once, in one convention that is stated here and owed to no
manufacturer; a style (:mod:`dosemap.simulate.styles`) turns it into the items that one make of
scanner writes. They share nothing with the reader's vocabulary in :mod:`dosemap.procedure`: a
writer that used the reader's conventions would only prove the reader consistent with itself.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

PatientPosition = Literal["HFS", "HFP", "HFDL", "HFDR", "FFS", "FFP", "FFDL", "FFDR"]
Orientation = Literal["recumbent", "semi-erect", "erect"]
UprightModifier = Literal["standing", "sitting"]
EventType = Literal["fluoroscopy", "stationary", "stepping", "rotational"]
Plane = Literal["single", "A", "B"]
TargetRegion = Literal["entire body", "head", "neck", "chest", "abdomen", "pelvis"]
FilterMaterial = Literal["Cu", "Al"]

REFERENCE_POINT_TOWARDS_SOURCE_MM = 150.0
"""Distance from the isocentre of the patient entrance reference point, IEC 60601-2-43."""


@dataclass(frozen=True)
class CollimatedField:
    """The four collimator blades, as distances from the central ray in the detector plane, mm."""

    left_mm: float
    right_mm: float
    top_mm: float
    bottom_mm: float

    @classmethod
    def centred(cls, width_mm: float, height_mm: float) -> "CollimatedField":
        """Return a field that lies symmetrically about the central ray."""
        return cls(width_mm / 2, width_mm / 2, height_mm / 2, height_mm / 2)

    @property
    def width_mm(self) -> float:
        """Extent along the detector rows, mm."""
        return self.left_mm + self.right_mm

    @property
    def height_mm(self) -> float:
        """Extent along the detector columns, mm."""
        return self.top_mm + self.bottom_mm

    @property
    def area_m2(self) -> float:
        """Area in the detector plane, m²."""
        return self.width_mm * self.height_mm * 1e-6


_PLAIN_FIELD = CollimatedField.centred(200.0, 200.0)


@dataclass(frozen=True, kw_only=True)
class SimulatedEvent:
    """One irradiation event; the defaults are one plain under-table beam through a supine patient.

    Angles are DICOM's (PS3.3 C.8.7.5.1.2), relative to the patient: primary +90 has the detector
    at the patient's left, 0 in front of the patient, 180 behind; secondary + towards the head.
    Table positions say where the table stands, whatever lies on it, in the directions of
    PS3.3 C.8.19.6.11 and with zeros at the isocentre: longitudinal = shift of the centre line
    towards the left of a head-first supine patient; lateral = distance by which the head end
    of the table lies beyond the isocentre, towards the head; height = table top below it.
    """

    event_type: EventType = "fluoroscopy"
    acquisition_plane: Plane = "single"
    patient_position: PatientPosition = "HFS"
    """The side against the table; an upright patient is one who lies on a table turned up."""
    orientation: Orientation = "recumbent"
    upright_modifier: UprightModifier | None = None
    """What an upright patient's orientation modifier says; ``None``: the side against the table."""
    started_s: float = 0.0
    """Time since the start of the procedure, s."""
    protocol: str = "SYNTHETIC Fluoro"
    target_region: TargetRegion = "chest"

    reference_air_kerma_gy: float = 0.01
    kerma_area_product_gy_m2: float | None = None
    """``None``: reference air kerma times the area of the field at the reference point."""
    reference_point: str = "113860"
    """Code of DICOM context group 10025."""

    kvp: float = 80.0
    tube_current_ma: float = 100.0
    pulse_width_ms: float = 8.0
    pulse_rate_per_s: float = 7.5
    number_of_pulses: int = 75
    focal_spot_mm: float = 0.6
    filters: tuple[tuple[FilterMaterial, float], ...] = (("Cu", 0.3),)
    """Material and thickness in mm of every added filter."""

    primary_angle_deg: float = 0.0
    secondary_angle_deg: float = 0.0
    primary_end_angle_deg: float | None = None
    secondary_end_angle_deg: float | None = None
    source_to_isocenter_mm: float = 785.0
    source_to_detector_mm: float = 1050.0
    table_longitudinal_mm: float = 0.0
    table_lateral_mm: float = 450.0
    table_height_mm: float = 150.0
    table_head_tilt_deg: float = 0.0
    table_horizontal_rotation_deg: float = 0.0
    table_cradle_tilt_deg: float = 0.0
    column_angulation_deg: float = 0.0
    """Of the tube column of an R/F table, positive towards the head."""

    field: CollimatedField = _PLAIN_FIELD
    detector_format_mm: float = 200.0
    """Side of the square detector format ("zoom") that was chosen."""

    @property
    def exposure_time_ms(self) -> float:
        """Summed pulse widths, ms."""
        return self.number_of_pulses * self.pulse_width_ms

    @property
    def irradiation_duration_s(self) -> float:
        """Time from the first pulse to the end of the last period, s."""
        return self.number_of_pulses / self.pulse_rate_per_s

    @property
    def source_to_reference_point_mm(self) -> float:
        """Distance from the focal spot to the reference point along the central ray, mm."""
        try:
            return _SOURCE_TO_REFERENCE_POINT_MM[self.reference_point](self)
        except KeyError:
            raise ValueError(
                f"the place of reference point {self.reference_point} does not follow from the "
                "event: give kerma_area_product_gy_m2"
            ) from None

    @property
    def field_area_at_reference_point_m2(self) -> float:
        """Area of the collimated field in the plane of the reference point, m²."""
        scale = self.source_to_reference_point_mm / self.source_to_detector_mm
        return self.field.area_m2 * scale**2

    @property
    def dose_area_product_gy_m2(self) -> float:
        """Kerma-area product as given, else kerma times area at the reference point, Gy·m²."""
        if self.kerma_area_product_gy_m2 is not None:
            return self.kerma_area_product_gy_m2
        return self.reference_air_kerma_gy * self.field_area_at_reference_point_m2


_SOURCE_TO_REFERENCE_POINT_MM: dict[str, Callable[[SimulatedEvent], float]] = {
    "113860": lambda event: event.source_to_isocenter_mm - REFERENCE_POINT_TOWARDS_SOURCE_MM,
    "113861": lambda event: event.source_to_detector_mm - 300.0,
    "113941": lambda event: event.source_to_detector_mm,
    "113965": lambda _event: 1000.0,
}
"""Reference points whose place follows from the event alone (meanings: context group 10025)."""


@dataclass(frozen=True, kw_only=True)
class SimulatedPatient:
    """The made-up patient."""

    name: str = "SYNTHETIC^PATIENT"
    patient_id: str = "DOSEMAP-SYNTHETIC"
    sex: Literal["F", "M", "O", ""] = "O"
    birth_date: date | None = None
    age_years: int | None = None
    height_cm: float | None = None
    mass_kg: float | None = None


@dataclass(frozen=True, kw_only=True)
class SimulatedDevice:
    """The X-ray system that the report is to come from.

    Manufacturer and model are real names where a case is to be read with that system's
    profile; institution and station say that nothing was measured.
    """

    manufacturer: str = "DOSEMAP"
    model: str = "SYNTHETIC"
    serial_number: str = "0"
    software_versions: str = "0"
    institution_name: str = "DOSEMAP SYNTHETIC"
    station_name: str = "DOSEMAP_SYNTH"
    """Sixteen characters at most (DICOM SH)."""


@dataclass(frozen=True, kw_only=True)
class SimulatedProcedure:
    """One examination of one patient on one system: what one report says."""

    uid_seed: str
    """Every UID of the report is derived from this text (:mod:`dosemap.simulate.uids`)."""
    events: tuple[SimulatedEvent, ...]
    started: datetime = datetime(2024, 3, 14, 9, 30)
    """Local time without a zone, as real reports have it."""
    device: SimulatedDevice = field(default_factory=SimulatedDevice)
    patient: SimulatedPatient = field(default_factory=SimulatedPatient)
    physician_name: str = "SYNTHETIC^PHYSICIAN"
    """Written by the makers who name the physician outside the header."""
    study_description: str = "SYNTHETIC procedure"
    series_description: str = "SYNTHETIC Radiation Dose Information"

    @property
    def planes(self) -> tuple[Plane, ...]:
        """Acquisition planes with events, in the order A, B; ``("single",)`` if there are none."""
        used = sorted({event.acquisition_plane for event in self.events})
        return tuple(used) or ("single",)

    def events_of(self, plane: Plane) -> tuple[SimulatedEvent, ...]:
        """Return the events of one acquisition plane."""
        return tuple(event for event in self.events if event.acquisition_plane == plane)

    @property
    def reference_air_kerma_gy(self) -> float:
        """Reference air kerma of all events, Gy."""
        return math.fsum(event.reference_air_kerma_gy for event in self.events)

    @property
    def dose_area_product_gy_m2(self) -> float:
        """Kerma-area product of all events, Gy·m²."""
        return math.fsum(event.dose_area_product_gy_m2 for event in self.events)

    @property
    def fluoroscopy_time_s(self) -> float:
        """Duration of all fluoroscopy events, s."""
        return math.fsum(
            event.irradiation_duration_s
            for event in self.events
            if event.event_type == "fluoroscopy"
        )
