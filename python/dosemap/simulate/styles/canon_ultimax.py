"""Reports as a Canon Ultimax-i, an R/F table (model "Platinum43"), writes them.

Follows notes on one public report (1.60.04). What is peculiar to it: air kerma in mGy and
kerma-area product in dGy.cm2, totals too; no geometry but a "Distance Source to Reference Point"
of 260 mm in every event, which is that from the chamber to the patient; the reference point as
text; several images per acquisition; no word on filters; Exposure Time under 113824.
"""

from dataclasses import dataclass, field

from dosemap.simulate import template
from dosemap.simulate.content import Item, code, dcm, instant, text, ucum
from dosemap.simulate.edits import lift_children
from dosemap.simulate.notation import STANDARD_UNITS, Notation
from dosemap.simulate.report import Plane, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.base import TemplateStyle

_REFERENCE_POINT = "26cm from chamber to patient"
"""What it says is known, its words are not."""
_IMAGES_PER_ACQUISITION = 5


@dataclass(frozen=True)
class CanonUltimax(TemplateStyle):
    """The habits of the Ultimax family."""

    notation: Notation = field(
        default_factory=lambda: Notation(
            snomed_scheme="SRT",
            units={**STANDARD_UNITS, "Gy": ucum("mGy"), "Gy.m2": ucum("dGy.cm2")},
            air_kerma_quantum_gy=1e-6,
            area_product_quantum_gy_m2=1e-8,
            scales={"Gy": 1e3, "Gy.m2": 1e5},
        )
    )

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Calibration and totals."""
        events = procedure.events_of(plane)
        return (
            template.calibration(self.notation, "20230301", "CANON", 0),
            *template.totals(self.notation, events),
            template.radiographic_frames(self.notation, events),
            text(dcm("113780"), _REFERENCE_POINT),
        )

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event; whole seconds."""
        event = procedure.events[index]
        moment = template.event_moment(procedure, event)
        is_fluoroscopy = event.event_type == "fluoroscopy"
        return (
            instant(dcm("111526"), template.date_time(moment, fraction=False)),
            template.event_type(self.notation, event),
            text(dcm("125203"), event.protocol),
            text(dcm("113780"), _REFERENCE_POINT),
            *template.acquired_image(procedure, index, count=_IMAGES_PER_ACQUISITION),
            template.event_uid(procedure, index),
            *template.event_dose(self.notation, event),
            *template.pulses(self.notation, event, rate=is_fluoroscopy),
            *self._technique(event),
            code(dcm("111635"), dcm("111646")),
            code(dcm("123014"), self.notation.snomed("entire body")),
        )

    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:  # noqa: ARG002
        """Source of the doses."""
        return (code(dcm("113854"), dcm("113856")),)

    def tree(self, procedure: SimulatedProcedure) -> Item:
        """Return the report with the children of some items as their siblings."""
        return lift_children("113705")(lift_children("121058")(super().tree(procedure)))

    def _technique(self, event: SimulatedEvent) -> tuple[Item, ...]:
        return self.notation.numbers(
            (
                ("113793", event.pulse_width_ms, "ms"),
                ("113742", event.irradiation_duration_s, "s"),
                ("113733", event.kvp, "kV"),
                ("113734", event.tube_current_ma, "mA"),
                ("113824", event.exposure_time_ms, "ms"),
                ("113737", 260, "mm"),
            )
        )
