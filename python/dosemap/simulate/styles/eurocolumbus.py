"""Reports as a Eurocolumbus Fly4, a mobile C-arm, writes them.

Follows notes on one public report (9_4.16.1). What is peculiar to it: tube voltage, tube current
and pulse width as lists with one value per pulse, zeros among them; a secondary angle of 183
degrees, the same two angles in every event, start and end; a field of 300 x 299.8 mm whatever the
collimator does, and 1 mm aluminium; the scheme DCM for materials; numbers without a relationship
type, containers without a word on continuity; the reference point twice per event, as text;
fluoroscopy booked as acquisition in the totals; fractions of seconds.
"""

from dataclasses import dataclass, field, replace
from itertools import chain

from dosemap.simulate import template
from dosemap.simulate.content import Code, Item, code, container, dcm, instant, srt, text, ucum
from dosemap.simulate.notation import STANDARD_UNITS, Notation
from dosemap.simulate.report import Plane, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.base import TemplateStyle

_REFERENCE_POINT = "530 mm from focus"
"""What it says is known, its words are not."""
_SOURCE_TO_REFERENCE_POINT_MM = 530.0
_PRIMARY_DEG, _SECONDARY_DEG = 6, 183
_PULSES_WITHOUT_VALUE = 2
"""Pulses at the begin of every list that say 0; how many there are is made up."""


@dataclass(frozen=True)
class Eurocolumbus(TemplateStyle):
    """The habits of the Fly4 family."""

    notation: Notation = field(
        default_factory=lambda: Notation(
            snomed_scheme="SRT",
            units={**STANDARD_UNITS, "mGy": ucum("mGy")},
            area_product_quantum_gy_m2=1e-6,
        )
    )

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Calibration and totals, all of them booked as acquisition."""
        booked = [
            replace(_at_reference_point(event), event_type="stationary")
            for event in procedure.events_of(plane)
        ]
        return (
            template.calibration(self.notation, "20230601", "EUROCOLUMBUS", 25),
            *template.totals(self.notation, booked),
            template.radiographic_frames(self.notation, booked),
            text(dcm("113780"), _REFERENCE_POINT),
        )

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event."""
        event = _at_reference_point(procedure.events[index])
        moment = template.event_moment(procedure, event)
        _, orientation = template.patient_orientation(self.notation, event)
        reference_point = text(dcm("113780"), _REFERENCE_POINT)
        return (
            instant(dcm("111526"), template.date_time(moment, fraction=True)),
            template.event_type(self.notation, event),
            text(dcm("125203"), event.protocol),
            reference_point,
            template.event_uid(procedure, index),
            code(dcm("123014"), srt("T-D9200", "Knee")),
            code(srt("G-C171", "Laterality"), srt("G-A101", "Left")),
            orientation,
            *template.event_dose(self.notation, event),
            reference_point,
            self.notation.num("111636", event.reference_air_kerma_gy * 1e3, "mGy"),
            *self.notation.numbers(
                (
                    ("112011", _PRIMARY_DEG, "deg"),
                    ("112012", _SECONDARY_DEG, "deg"),
                    ("113739", _PRIMARY_DEG, "deg"),
                    ("113740", _SECONDARY_DEG, "deg"),
                    ("113790", 0.09, "m2"),
                    ("113788", 300, "mm"),
                    ("113789", 299.8, "mm"),
                )
            ),
            _filter(self.notation),
            *template.pulses(self.notation, event),
            *self._technique(event),
        )

    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:  # noqa: ARG002
        """Source of the doses."""
        return (code(dcm("113854"), dcm("113856")),)

    def tree(self, procedure: SimulatedProcedure) -> Item:
        """Return the report without what this maker leaves out of its items."""
        root = super().tree(procedure).altered(_without_continuity)
        children = (
            child.altered(_without_relationship) if child.concept == dcm("113706") else child
            for child in root.children
        )
        return replace(root, children=tuple(children))

    def _technique(self, event: SimulatedEvent) -> tuple[Item, ...]:
        def per_pulse(concept: str, value: float, unit: str) -> Item:
            item = self.notation.num(concept, value, unit)
            silent = min(_PULSES_WITHOUT_VALUE, event.number_of_pulses)
            values = chain(("0",) * silent, (str(item.value),) * (event.number_of_pulses - silent))
            return replace(item, value=tuple(values))

        return (
            per_pulse("113733", event.kvp, "kV"),
            per_pulse("113734", event.tube_current_ma, "mA"),
            per_pulse("113793", event.pulse_width_ms, "ms"),
            *self.notation.numbers(
                (
                    ("113824", event.exposure_time_ms, "ms"),
                    ("113766", event.focal_spot_mm, "mm"),
                    ("111634", 2.8, "mm"),
                )
            ),
            code(dcm("111632"), Code("C-164F9", "DCM", "Tungsten or Tungsten compound")),
            code(dcm("111635"), dcm("111642")),
        )


def _filter(notation: Notation) -> Item:
    aluminium = Code("C-120F9", "DCM", "Aluminum or Aluminum compound")
    return container(
        dcm("113771"),
        code(dcm("113772"), dcm("113653")),
        code(dcm("113757"), aluminium),
        *notation.numbers((("113758", 1, "mm"), ("113773", 1, "mm"))),
    )


def _at_reference_point(event: SimulatedEvent) -> SimulatedEvent:
    return template.seen_at(event, _SOURCE_TO_REFERENCE_POINT_MM)


def _without_continuity(item: Item) -> Item:
    return replace(item, value=None) if item.value_type == "CONTAINER" else item


def _without_relationship(item: Item) -> Item:
    return replace(item, relationship=None) if item.value_type == "NUM" else item
