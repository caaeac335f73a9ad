"""Reports as a Philips Allura Xper writes them.

Imitates four public reports of the Allura family. What is peculiar to it: the reference point
as text; table height, shutters, beam position and final distances in items of a private
scheme; shutters as half openings in a plane 1 m from the focal spot; the source-to-detector
distance in DICOM's own item only for stored series; an aluminium filter beside the copper; the
model only in the Device Observer; table lateral with the head-foot position of the ceiling-hung
stand as its zero; no exposure time, exposure or field area.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from dosemap.simulate import template
from dosemap.simulate.content import Code, Item, code, container, dcm, instant, text, ucum
from dosemap.simulate.notation import STANDARD_UNITS, Notation
from dosemap.simulate.report import Plane, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.base import TemplateStyle
from dosemap.simulate.uids import derived_uid

_UNITS = {**STANDARD_UNITS, "deg": ucum("deg", "°")}
_SHUTTER_PLANE_MM = 1000.0
REFERENCE_POINT = "15cm below BeamIsocenter"
_BUILT_IN_ALUMINIUM_MM = 1.0
"""The second strip that the Clarity spectra name beside every copper strip."""

WEDGES = (("010", 130, "mm"), ("011", 52, "mm"), ("012", -169, "deg"), ("013", -29, "deg"))
"""Wedges as far out as in one of the reports; what they mean is not known."""
_OBJECT_THICKNESS_MM = 137.0
_TEXTS = (("028", "SYNTHETIC"), ("029", "SYNTHETIC"))

_PRIVATE_MEANINGS = {
    "001": "Height of System",
    "002": "Focal Spot to ISO Center",
    "003": "Number of Frames",
    "004": "SubImages per Frame",
    "005": "Wedges and Shutters",
    "006": "Bottom Shutter",
    "007": "Left Shutter",
    "008": "Right Shutter",
    "009": "Top Shutter",
    "010": "Distance Wedge 1",
    "011": "Distance Wedge 2",
    "012": "Angle Wedge 1",
    "013": "Angle Wedge 2",
    "014": "Beam Position",
    "015": "Longitudinal Beam Position",
    "016": "Lateral Beam Position",
    "017": "Beam Angle",
    "018": "Final Distance Source to Detector",
    "019": "Final Table Cradle Angle",
    "020": "Final Table Height Position",
    "021": "Table Height Position",
    "022": "Final Table Tilt Angle",
    "023": "Detector Field Size",
    "024": "X side",
    "025": "Y side",
    "026": "Object Thickness",
    "027": "Performing Physicians Name",
    "028": "Applicationgroup Name",
    "029": "Application Name",
    "030": "Fluoro Flavour",
}


def private(value: str) -> Code:
    """Return a concept of the private scheme by its code value."""
    return Code(value, "99PHI-IXR-XPER", _PRIVATE_MEANINGS[value])


@dataclass(frozen=True)
class PhilipsAllura(TemplateStyle):
    """The habits of the Allura family, and the two lengths that belong to one room."""

    height_of_system_mm: float = 1065.0
    """Height of the isocentre above the floor."""
    longitudinal_beam_position_mm: float = 1722.0
    """Where the stand is parked on its ceiling rail: the zero of table lateral."""
    spellings: ClassVar[Mapping[str, str]] = {"111609": "No Filter"}
    notation: Notation = field(
        default_factory=lambda: Notation(
            snomed_scheme="SRT", units=_UNITS, air_kerma_quantum_gy=2.3e-6
        )
    )

    def attributes(self, procedure: SimulatedProcedure) -> dict[str, str | None]:
        """No model in the header; the performed procedure step begins with the study."""
        return {
            "SpecificCharacterSet": "ISO_IR 100",
            "ManufacturerModelName": None,
            "SeriesNumber": "65533",
            "InstanceNumber": "65533",
            "PerformedProcedureStepStartDate": procedure.started.strftime("%Y%m%d"),
            "PerformedProcedureStepStartTime": procedure.started.strftime("%H%M%S"),
        }

    def scope(self, procedure: SimulatedProcedure) -> Item:
        """Totals are over the performed procedure step."""
        return template.scope("113016", "121126", derived_uid(procedure.uid_seed, "step"))

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Totals and the two lengths of the room, without a calibration."""
        events = procedure.events_of(plane)
        lengths = {event.source_to_isocenter_mm for event in events}
        return (
            text(dcm("113780"), REFERENCE_POINT),
            *template.totals(self.notation, events),
            template.radiographic_frames(self.notation, events),
            self.notation.num(private("001"), self.height_of_system_mm, "mm"),
            *(self.notation.num(private("002"), length, "mm") for length in sorted(lengths)[:1]),
        )

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event in the order of the real reports."""
        event = procedure.events[index]
        if event.reference_point != "113860":
            raise ValueError(f"an Allura reports at {REFERENCE_POINT!r} (113860) only")
        moment = template.event_moment(procedure, event)
        stored = event.event_type != "fluoroscopy"
        return (
            instant(dcm("111526"), template.date_time(moment, fraction=True)),
            template.event_type(self.notation, event),
            *((text(dcm("125203"), event.protocol),) if stored else ()),
            text(dcm("113780"), REFERENCE_POINT),
            *template.acquired_image(procedure, index),
            template.event_uid(procedure, index),
            *template.event_dose(self.notation, event),
            *template.positioner(self.notation, event),
            *self._filters(event),
            *template.pulses(self.notation, event),
            *self._technique(event, stored=stored),
            *template.patient_orientation(self.notation, event),
            *self._table(event),
            *template.table_angles(self.notation, event),
            code(dcm("123014"), self.notation.snomed(event.target_region)),
            *self._private_items(event),
            *self._texts(procedure, event),
        )

    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:  # noqa: ARG002
        """Comment, and source of the doses."""
        comment = "X-Ray Radiation Dose Structured Report related to the Performed Procedure Step"
        return (text(dcm("121106"), comment), code(dcm("113854"), dcm("113867")))

    def _filters(self, event: SimulatedEvent) -> tuple[Item, ...]:
        named = {material for material, _ in event.filters}
        added = () if "Al" in named else (("Al", _BUILT_IN_ALUMINIUM_MM),)
        return tuple(
            template.xray_filter(self.notation, *layer) for layer in (*event.filters, *added)
        )

    def _technique(self, event: SimulatedEvent, *, stored: bool) -> tuple[Item, ...]:
        values = (
            ("113734", event.tube_current_ma, "mA"),
            ("113748", event.source_to_isocenter_mm, "mm"),
            ("113733", event.kvp, "kV"),
            ("113793", event.pulse_width_ms, "ms"),
            *((("113750", event.source_to_detector_mm, "mm"),) if stored else ()),
            ("113742", round(event.irradiation_duration_s, 3), "s"),
        )
        return self.notation.numbers(values)

    def _table(self, event: SimulatedEvent) -> tuple[Item, ...]:
        lateral = event.table_lateral_mm + self.longitudinal_beam_position_mm
        return (
            self.notation.num("113751", event.table_longitudinal_mm, "mm"),
            self.notation.num("113752", lateral, "mm"),
        )

    def _private_items(self, event: SimulatedEvent) -> tuple[Item, ...]:
        num, height = self._private_num, self._height_above_floor_mm(event)
        return (
            num("003", event.number_of_pulses, "1"),
            num("004", 1, "1"),
            container(private("005"), *self._shutters(event), *(num(*wedge) for wedge in WEDGES)),
            self._beam_position(),
            num("018", event.source_to_detector_mm, "mm"),
            num("019", event.table_cradle_tilt_deg, "deg"),
            num("020", height, "mm"),
            num("021", height, "mm"),
            num("022", event.table_head_tilt_deg, "deg"),
            self._detector_field(event),
            num("026", _OBJECT_THICKNESS_MM, "mm"),
        )

    def _private_num(self, concept: str, value: float, unit: str) -> Item:
        return self.notation.num(private(concept), value, unit)

    def _height_above_floor_mm(self, event: SimulatedEvent) -> float:
        return self.height_of_system_mm - event.table_height_mm

    def _beam_position(self) -> Item:
        return container(
            private("014"),
            self._private_num("015", self.longitudinal_beam_position_mm, "mm"),
            self._private_num("017", 0, "deg"),
        )

    def _detector_field(self, event: SimulatedEvent) -> Item:
        sides = (self._private_num(side, event.detector_format_mm, "mm") for side in ("024", "025"))
        return container(private("023"), *sides)

    def _texts(self, procedure: SimulatedProcedure, event: SimulatedEvent) -> tuple[Item, ...]:
        flavour = (("030", "Low"),) if event.event_type == "fluoroscopy" else ()
        texts = (("027", procedure.physician_name), *_TEXTS, *flavour)
        return tuple(text(private(concept), value) for concept, value in texts)

    def _shutters(self, event: SimulatedEvent) -> tuple[Item, ...]:
        scale = _SHUTTER_PLANE_MM / event.source_to_detector_mm
        openings = (
            ("006", event.field.bottom_mm),
            ("007", event.field.left_mm),
            ("008", event.field.right_mm),
            ("009", event.field.top_mm),
        )
        return tuple(
            self.notation.num(private(concept), round(2 * scale * opening) / 2, "mm")
            for concept, opening in openings
        )
