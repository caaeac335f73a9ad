"""Enhanced X-Ray Radiation Dose SR (SOP class 88.76, TID 10040) to the letter of the template.

No file of a real system is known. What is peculiar to it: totals per X-ray source, which a text
names, with an entry for both sources of a biplane system that holds kerma-area products but no air
kerma; events that say when and how much, not where (TID 10042); what the beam was like over time in
a part of its own (TID 10043), of which only the frame is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from dosemap.simulate import template
from dosemap.simulate.content import Item, code, container, dcm, instant, text, uidref
from dosemap.simulate.notation import STANDARD_UNITS, Notation
from dosemap.simulate.report import Plane, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.uids import derived_uid

_SOURCES: dict[Plane, str] = {"single": "Tube", "A": "A", "B": "B"}
_BOTH = "A and B"
_OF_THE_REFERENCE_POINT = ("113725", "113728", "113729")


@dataclass(frozen=True)
class EnhancedXRay:
    """The template itself."""

    notation: Notation = field(default_factory=lambda: Notation(units=STANDARD_UNITS))

    def attributes(self, procedure: SimulatedProcedure) -> dict[str, str | None]:  # noqa: ARG002
        """Another class and template."""
        return {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.76", "TemplateIdentifier": "10040"}

    def tree(self, procedure: SimulatedProcedure) -> Item:
        """TID 10040."""
        reported = code(
            dcm("121058"),
            self.notation.snomed("fluoroscopy and radiography"),
            relationship="HAS CONCEPT MOD",
        )
        return container(
            dcm("113701"),
            reported,
            *template.device_observer(procedure),
            self.scope(procedure),
            *(
                container(dcm("130500"), *self.accumulated(procedure, plane))
                for plane in procedure.planes
            ),
            *self._both_planes(procedure),
            *(
                container(dcm("130501"), *self.event(procedure, index))
                for index in range(len(procedure.events))
            ),
            *self.closing(procedure),
            relationship=None,
        )

    def scope(self, procedure: SimulatedProcedure) -> Item:
        """Totals are over the study."""
        return template.scope("113014", "110180", derived_uid(procedure.uid_seed, "study"))

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """TID 10041 of one source; what holds at the reference point stands in its own part."""
        events = [event for event in procedure.events if event.acquisition_plane == plane]
        dosimetry = tuple(
            item
            for item in template.totals(self.notation, events)
            if item.concept.value in _OF_THE_REFERENCE_POINT
        )
        return (
            text(dcm("113832"), _SOURCES[plane]),
            template.calibration(self.notation, "20240102", "DOSEMAP SYNTHETIC", 5),
            *self._without_air_kerma(events),
            container(dcm("130502"), *dosimetry, *self._reference_point(events)),
        )

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """TID 10042."""
        event = procedure.events[index]
        started = template.event_moment(procedure, event)
        ended = started + timedelta(seconds=event.irradiation_duration_s)
        return (
            template.event_uid(procedure, index),
            instant(dcm("111526"), template.date_time(started, fraction=True)),
            instant(dcm("111527"), template.date_time(ended, fraction=True)),
            text(dcm("113832"), _SOURCES[event.acquisition_plane]),
            text(dcm("113605"), event.protocol),
            template.event_type(self.notation, event),
            *template.acquired_image(procedure, index),
            self.notation.air_kerma("113738", event.reference_air_kerma_gy),
        )

    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:
        """TID 10043 without what it is for, and the source of the doses."""
        moments = [template.event_moment(procedure, event) for event in procedure.events]
        span = (min(moments), max(moments)) if moments else (procedure.started, procedure.started)
        started, ended = (template.date_time(moment, fraction=True) for moment in span)
        details = container(
            dcm("130505"),
            instant(dcm("111526"), started),
            instant(dcm("111527"), ended),
            uidref(dcm("112227"), derived_uid(procedure.uid_seed, "frame of reference")),
            code(dcm("130506"), dcm("130539")),
        )
        return (details, code(dcm("113854"), dcm("113856")))

    def _without_air_kerma(self, events: Sequence[SimulatedEvent]) -> tuple[Item, ...]:
        return tuple(
            item
            for item in template.totals(self.notation, events)
            if item.concept.value not in _OF_THE_REFERENCE_POINT
        )

    def _both_planes(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:
        """Return the entry of a biplane system for its two sources together."""
        if len(procedure.planes) == 1:
            return ()
        both = self._without_air_kerma(procedure.events)
        return (container(dcm("130500"), text(dcm("113832"), _BOTH), *both),)

    def _reference_point(self, events: Sequence[SimulatedEvent]) -> tuple[Item, ...]:
        """Return the reference point of all events, and its distance, where they are constant."""
        points = {event.reference_point for event in events}
        if len(points) != 1:
            return ()
        definition = code(dcm("113780"), dcm(*points))
        distances = {e.source_to_reference_point_mm for e in events} if points == {"113860"} else {}
        constant = distances if len(distances) == 1 else ()
        return (definition, *(self.notation.num("113737", d, "mm") for d in constant))
