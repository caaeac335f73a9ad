"""Reports as a Philips Veradius, a mobile C-arm, writes them.

Follows one public report (R4.2). What is peculiar to it: no tube voltage or current, no beam
angles, no table, no isocentre; the reference point 30 cm in front of the detector, with its
distance; collimated field area.
"""

from dataclasses import dataclass, replace

from dosemap.simulate import template
from dosemap.simulate.content import Item, code, dcm, instant, text
from dosemap.simulate.report import Plane, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.dicom_standard import DicomStandard

_REFERENCE_POINT = "113861"
_DETECTOR_TO_REFERENCE_POINT_MM = 310.0
"""In the report, 680 mm of 990 mm; its definition says 300 mm."""


@dataclass(frozen=True)
class PhilipsVeradius(DicomStandard):
    """The habits of the Veradius family."""

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Totals at this family's reference point."""
        events = tuple(_at_reference_point(event) for event in procedure.events)
        return super().accumulated(replace(procedure, events=events), plane)

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event; whole seconds."""
        event = _at_reference_point(procedure.events[index])
        moment = template.event_moment(procedure, event)
        distance = event.source_to_detector_mm - _DETECTOR_TO_REFERENCE_POINT_MM
        return (
            template.event_uid(procedure, index),
            instant(dcm("111526"), template.date_time(moment, fraction=False)),
            template.event_type(self.notation, event),
            text(dcm("125203"), event.protocol),
            code(dcm("123014"), self.notation.snomed("chest")),
            code(dcm("113780"), dcm(_REFERENCE_POINT)),
            *template.event_dose(self.notation, event),
            self.notation.num("113737", distance, "mm"),
            self.notation.num("113750", event.source_to_detector_mm, "mm"),
            self.notation.num("113790", event.field.area_m2, "m2"),
            *(template.xray_filter(self.notation, *layer) for layer in event.filters),
            self.notation.num("113742", event.irradiation_duration_s, "s"),
            template.irradiating_device(procedure.device),
        )


def _at_reference_point(event: SimulatedEvent) -> SimulatedEvent:
    return replace(event, reference_point=_REFERENCE_POINT)
