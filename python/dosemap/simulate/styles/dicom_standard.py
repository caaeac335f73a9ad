"""Reports to the letter of the template: SNOMED CT, UCUM, every distance and angle in its item.

No scanner writes like this. It is the clean baseline: all that TID 10003 A to C offers for one
event, with table positions whose zeros lie at the isocentre.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from dosemap.simulate import template
from dosemap.simulate.content import Item, code, dcm, instant, text
from dosemap.simulate.notation import STANDARD_UNITS, Notation
from dosemap.simulate.report import Plane, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.base import TemplateStyle


@dataclass(frozen=True)
class DicomStandard(TemplateStyle):
    """The template itself."""

    notation: Notation = field(default_factory=lambda: Notation(units=STANDARD_UNITS))

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Calibration, totals and the reference point, when it is the same for all events."""
        events = procedure.events_of(plane)
        reference_points = {event.reference_point for event in events}
        return (
            template.calibration(self.notation, "20240102", "DOSEMAP SYNTHETIC", 5),
            *template.totals(self.notation, events),
            template.radiographic_frames(self.notation, events),
            *(
                code(dcm("113780"), dcm(point))
                for point in reference_points
                if len(reference_points) == 1
            ),
        )

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """TID 10003 with 10003A, B and C."""
        event = procedure.events[index]
        moment = template.event_moment(procedure, event)
        return (
            template.event_uid(procedure, index),
            instant(dcm("111526"), template.date_time(moment, fraction=True)),
            template.event_type(self.notation, event),
            text(dcm("125203"), event.protocol),
            code(dcm("123014"), self.notation.snomed(event.target_region)),
            *template.acquired_image(procedure, index),
            *template.patient_orientation(self.notation, event),
            code(dcm("113780"), dcm(event.reference_point)),
            *template.event_dose(self.notation, event),
            *template.positioner(self.notation, event),
            self.notation.num("113770", event.column_angulation_deg, "deg"),
            *template.table_angles(self.notation, event),
            *self._distances(event),
            *self._field(event),
            *(template.xray_filter(self.notation, *layer) for layer in event.filters),
            *template.pulses(self.notation, event),
            *self._technique(event),
        )

    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:
        """Begin and end of irradiation, and the source of the doses."""
        times = [
            (event.started_s, event.started_s + event.irradiation_duration_s)
            for event in procedure.events
        ]
        span = (
            (
                ("113809", min(start for start, _ in times)),
                ("113810", max(end for _, end in times)),
            )
            if times
            else ()
        )
        return (
            *(
                instant(
                    dcm(concept),
                    template.date_time(
                        procedure.started + timedelta(seconds=seconds), fraction=True
                    ),
                )
                for concept, seconds in span
            ),
            code(dcm("113854"), dcm("113856")),
        )

    def _distances(self, event: SimulatedEvent) -> tuple[Item, ...]:
        distances = (
            ("113748", event.source_to_isocenter_mm),
            ("113750", event.source_to_detector_mm),
            ("113751", event.table_longitudinal_mm),
            ("113752", event.table_lateral_mm),
            ("113753", event.table_height_mm),
        )
        return self.notation.numbers((*distance, "mm") for distance in distances)

    def _field(self, event: SimulatedEvent) -> tuple[Item, ...]:
        return (
            self.notation.num("113790", event.field.area_m2, "m2"),
            self.notation.num("113788", event.field.height_mm, "mm"),
            self.notation.num("113789", event.field.width_mm, "mm"),
        )

    def _technique(self, event: SimulatedEvent) -> tuple[Item, ...]:
        exposure_uas = event.tube_current_ma * event.exposure_time_ms
        values = (
            ("113793", event.pulse_width_ms, "ms"),
            ("113742", event.irradiation_duration_s, "s"),
            ("113733", event.kvp, "kV"),
            ("113734", event.tube_current_ma, "mA"),
            ("113735", event.exposure_time_ms, "ms"),
            ("113736", exposure_uas, "uA.s"),
            ("113766", event.focal_spot_mm, "mm"),
        )
        return self.notation.numbers(values)
