"""Reports as a Canon Alphenix (DFP-8000D) writes them.

Follows notes on one public report of that system. What is peculiar to it: table positions in
DICOM's directions, the two horizontal ones with a zero of the system's own; collimated height and
width in a scale of their own beside a true area; modifiers as siblings of what they modify; an
irradiation duration about a hundred times too long; Exposure Time under 113824; no number of
pulses for a rotation.
"""

from dataclasses import dataclass, field, replace

from dosemap.simulate import template
from dosemap.simulate.content import Item, code, dcm, instant, srt, text
from dosemap.simulate.edits import lift_children
from dosemap.simulate.notation import STANDARD_UNITS, Notation
from dosemap.simulate.report import SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.dicom_standard import DicomStandard

_BLADE_SCALE_MM = 2320.8
"""Height x width x (distance to the detector / this)^2 is the area in the report studied."""
_DURATION_FACTOR = 100


@dataclass(frozen=True)
class CanonAlphenix(DicomStandard):
    """The habits of the Alphenix family, and the two zeros that belong to one system."""

    longitudinal_zero_mm: float = -25.0
    """What the report says when the centre line is at the isocentre; made up."""
    lateral_zero_mm: float = 330.0
    """What the report says when the head end is at the isocentre; made up."""
    notation: Notation = field(
        default_factory=lambda: Notation(
            snomed_scheme="SRT", units=STANDARD_UNITS, air_kerma_quantum_gy=1e-6
        )
    )

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event; whole seconds."""
        event = procedure.events[index]
        moment = template.event_moment(procedure, event)
        is_fluoroscopy = event.event_type == "fluoroscopy"
        estimated = code(dcm("121401"), srt("R-10260", "Estimated"), relationship="HAS PROPERTIES")
        return (
            template.event_uid(procedure, index),
            instant(dcm("111526"), template.date_time(moment, fraction=False)),
            template.event_type(self.notation, event),
            text(dcm("125203"), event.protocol),
            code(dcm("123014"), self.notation.snomed("entire body")),
            *template.acquired_image(procedure, index),
            *template.patient_orientation(self.notation, event),
            code(dcm("113780"), dcm(event.reference_point)),
            *template.event_dose(self.notation, event),
            *template.positioner(self.notation, event),
            *template.table_angles(self.notation, event),
            *self._distances(event),
            *self._field(event),
            *(template.xray_filter(self.notation, *layer) for layer in event.filters),
            *template.pulses(
                self.notation, event, rate=is_fluoroscopy, number=event.event_type != "rotational"
            ),
            # Of the number of pulses; its child in the template, its sibling here.
            *((estimated,) if event.event_type != "rotational" else ()),
            *self._technique(event),
        )

    def tree(self, procedure: SimulatedProcedure) -> Item:
        """Return the report; what the template has below an item stands beside it."""
        root = super().tree(procedure)
        for parent in ("121058", "113705", "113743") if procedure.events else ("121058", "113705"):
            root = lift_children(parent)(root)
        return root

    def _distances(self, event: SimulatedEvent) -> tuple[Item, ...]:
        return super()._distances(
            replace(
                event,
                table_longitudinal_mm=event.table_longitudinal_mm + self.longitudinal_zero_mm,
                table_lateral_mm=event.table_lateral_mm + self.lateral_zero_mm,
            )
        )

    def _field(self, event: SimulatedEvent) -> tuple[Item, ...]:
        scale = _BLADE_SCALE_MM / event.source_to_detector_mm
        return (
            self.notation.num("113790", event.field.area_m2, "m2"),
            self.notation.num("113788", round(event.field.height_mm * scale), "mm"),
            self.notation.num("113789", round(event.field.width_mm * scale), "mm"),
        )

    def _technique(self, event: SimulatedEvent) -> tuple[Item, ...]:
        values = (
            ("113793", event.pulse_width_ms, "ms"),
            ("113742", _DURATION_FACTOR * event.irradiation_duration_s, "s"),
            ("113733", event.kvp, "kV"),
            ("113734", event.tube_current_ma, "mA"),
            ("113824", event.exposure_time_ms, "ms"),
            ("113766", event.focal_spot_mm, "mm"),
        )
        return self.notation.numbers(values)
