"""Reports as a GE OEC Elite MiniView, a mini C-arm ("GE Hualun Medical Systems"), writes them.

Follows notes on one public report (1.1.1.1). What is peculiar to it: no template identifier; no
geometry, filters or distances at all; each event labelled with its acquisition number; the
reference point 15 cm in front of the image surface, as text; fractions of seconds; continuous
fluoroscopy only.
"""

from dataclasses import dataclass, field

from dosemap.simulate import template
from dosemap.simulate.content import Item, code, dcm, instant, srt, text
from dosemap.simulate.notation import STANDARD_UNITS, Notation
from dosemap.simulate.report import Plane, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.base import TemplateStyle

_REFERENCE_POINT = "15 cm from image surface"
"""What it says is known, its words are not."""
_REFERENCE_POINT_TO_DETECTOR_MM = 150.0


@dataclass(frozen=True)
class GeMiniView(TemplateStyle):
    """The habits of the OEC MiniView family."""

    notation: Notation = field(
        default_factory=lambda: Notation(snomed_scheme="SRT", units=STANDARD_UNITS)
    )

    def attributes(self, procedure: SimulatedProcedure) -> dict[str, str | None]:  # noqa: ARG002
        """No template identifier."""
        return {"ContentTemplateSequence": None}

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Totals and the reference point."""
        events = [_at_reference_point(event) for event in procedure.events_of(plane)]
        return (
            *template.totals(self.notation, events),
            text(dcm("113780"), _REFERENCE_POINT),
        )

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event."""
        event = _at_reference_point(procedure.events[index])
        moment = template.event_moment(procedure, event)
        return (
            text(dcm("113605"), str(index + 1)),
            code(dcm("113606"), dcm("113608")),
            instant(dcm("111526"), template.date_time(moment, fraction=True)),
            template.event_type(self.notation, event),
            text(dcm("113780"), _REFERENCE_POINT),
            *template.acquired_image(procedure, index),
            template.event_uid(procedure, index),
            *template.event_dose(self.notation, event),
            code(dcm("113732"), dcm("113630")),
            *self.notation.numbers(
                (
                    ("113733", event.kvp, "kV"),
                    ("113734", event.tube_current_ma, "mA"),
                    ("113767", event.tube_current_ma, "mA"),
                    ("113824", event.exposure_time_ms, "ms"),
                )
            ),
            code(dcm("123014"), srt("T-D0001", "Topography unknown")),
        )

    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:  # noqa: ARG002
        """Source of the doses."""
        return (code(dcm("113854"), dcm("113856")),)


def _at_reference_point(event: SimulatedEvent) -> SimulatedEvent:
    return template.seen_at(event, event.source_to_detector_mm - _REFERENCE_POINT_TO_DETECTOR_MM)
