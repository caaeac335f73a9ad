"""Reports as an older Philips Allura Xper writes them.

Follows notes on one public report of 316 events. What is peculiar to it, against the later Allura
reports: no final values, so that an event without a stored series has no distance to the detector
at all; no horizontal rotation of the table, no wedges, no detector field, no protocol; no pulses
for a stored series. An event without a filter names no material.
"""

from dataclasses import dataclass

from dosemap.simulate import template
from dosemap.simulate.content import Item, code, container, dcm, instant, text
from dosemap.simulate.report import SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.philips_allura import REFERENCE_POINT, PhilipsAllura, private


@dataclass(frozen=True)
class PhilipsAlluraXper(PhilipsAllura):
    """The habits of the Allura Xper family before its final values were written."""

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event."""
        event = procedure.events[index]
        moment = template.event_moment(procedure, event)
        stored = event.event_type != "fluoroscopy"
        filters = self._filters(event) if event.filters else (template.no_filter(),)
        pulses = () if stored else template.pulses(self.notation, event)
        tilt, _, cradle = template.table_angles(self.notation, event)
        return (
            instant(dcm("111526"), template.date_time(moment, fraction=True)),
            template.event_type(self.notation, event),
            text(dcm("113780"), REFERENCE_POINT),
            *template.acquired_image(procedure, index),
            template.event_uid(procedure, index),
            *template.event_dose(self.notation, event),
            *template.positioner(self.notation, event),
            *filters,
            *pulses,
            *self._technique(event, stored=stored),
            *template.patient_orientation(self.notation, event),
            *self._table(event),
            tilt,
            cradle,
            code(dcm("123014"), self.notation.snomed(event.target_region)),
            *self._private_items(event),
        )

    def _private_items(self, event: SimulatedEvent) -> tuple[Item, ...]:
        return (
            self._private_num("003", event.number_of_pulses, "1"),
            self._private_num("004", 1, "1"),
            container(private("005"), *self._shutters(event)),
            self._beam_position(),
            self._private_num("021", self._height_above_floor_mm(event), "mm"),
        )
