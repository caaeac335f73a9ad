"""Reports as a Philips Veradius, a mobile C-arm, writes them.

Imitates one public report (R4.2). What is peculiar to it: no tube voltage or current, no beam
angles, no table, no isocentre; aluminium and copper with a minimum thickness only; the reference
point 30 cm in front of the detector, with its distance; distances with two digits; collimated
field area; a calibration good to 35 %; a person's name in every event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from dosemap.simulate import template
from dosemap.simulate.content import Item, code, dcm, instant, srt, text, ucum, uidref
from dosemap.simulate.edits import omit
from dosemap.simulate.notation import STANDARD_UNITS, Notation
from dosemap.simulate.report import Plane, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.base import TemplateStyle
from dosemap.simulate.uids import derived_uid

_REFERENCE_POINT = "113861"
_DETECTOR_TO_REFERENCE_POINT_MM = 310.0
"""In the report, 680 mm of 990 mm; its definition says 300 mm."""
_BUILT_IN_ALUMINIUM_MM = 3.0
_FORMATS = {**dict.fromkeys(("Gy", "Gy.m2", "m2"), ".9e"), "s": ".3f", "mm": ".1f"}


@dataclass(frozen=True)
class PhilipsVeradius(TemplateStyle):
    """The habits of the Veradius family."""

    intent = "diagnostic"
    spellings: ClassVar[Mapping[str, str]] = {"113723": "Calibration Date"}
    notation: Notation = field(
        default_factory=lambda: Notation(
            snomed_scheme="SRT",
            units={**STANDARD_UNITS, "m2": ucum("m2", "m^2")},
            formats=_FORMATS,
        )
    )

    def attributes(self, procedure: SimulatedProcedure) -> dict[str, str | None]:  # noqa: ARG002
        """Latin 1."""
        return {"SpecificCharacterSet": "ISO_IR 100", "StationName": None}

    def scope(self, procedure: SimulatedProcedure) -> Item:
        """Totals are over the performed procedure step."""
        return template.scope("113016", "121126", derived_uid(procedure.uid_seed, "step"))

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Calibration and totals at this family's reference point."""
        events = [_at_reference_point(event) for event in procedure.events_of(plane)]
        party = "Party responsible for servicing the device"
        return (
            template.calibration(self.notation, "20231012", party, 35),
            *template.totals(self.notation, events),
            template.radiographic_frames(self.notation, events),
            code(dcm("113780"), dcm(_REFERENCE_POINT)),
        )

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event in the order of the real report; whole seconds."""
        event = _at_reference_point(procedure.events[index])
        moment = template.event_moment(procedure, event)
        return (
            instant(dcm("111526"), template.date_time(moment, fraction=False)),
            template.event_type(self.notation, event),
            text(dcm("125203"), event.protocol),
            code(dcm("113780"), dcm(_REFERENCE_POINT)),
            template.event_uid(procedure, index),
            *template.event_dose(self.notation, event),
            self.notation.num("113790", event.field.area_m2, "m2"),
            *self._filters(event),
            self.notation.num("113742", event.irradiation_duration_s, "s"),
            *self._distances(event),
            code(dcm("123014"), self.notation.snomed(event.target_region)),
            code(dcm("111632"), srt("C-164F9", "Tungsten or Tungsten compound")),
            code(dcm("111635"), dcm("111642")),
            *_participants(procedure),
        )

    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:  # noqa: ARG002
        """Source of the doses."""
        return (code(dcm("113854"), dcm("113856")),)

    def tree(self, procedure: SimulatedProcedure) -> Item:
        """Return the report; all containers but the root are continuous."""
        root = super().tree(procedure)
        children = (child.altered(_continuous) for child in root.children)
        return replace(root, children=tuple(children))

    def _filters(self, event: SimulatedEvent) -> tuple[Item, ...]:
        named = {material for material, _ in event.filters}
        built_in = () if "Al" in named else (("Al", _BUILT_IN_ALUMINIUM_MM),)
        return tuple(
            omit("113773")(template.xray_filter(self.notation, material, thickness_mm))
            for material, thickness_mm in (*built_in, *event.filters)
        )

    def _distances(self, event: SimulatedEvent) -> tuple[Item, ...]:
        two_digits = replace(self.notation, formats={"mm": ".1e"})
        reference_mm = event.source_to_detector_mm - _DETECTOR_TO_REFERENCE_POINT_MM
        return two_digits.numbers(
            (("113737", reference_mm, "mm"), ("113750", event.source_to_detector_mm, "mm"))
        )


def _participants(procedure: SimulatedProcedure) -> tuple[Item, ...]:
    role = code(dcm("113875"), dcm("113851"), relationship="HAS PROPERTIES")
    person = Item("PNAME", dcm("113870"), procedure.physician_name or None, children=(role,))
    device = template.irradiating_device(procedure.device)
    uid = derived_uid(procedure.uid_seed, "device")
    observer = uidref(dcm("121012"), uid, relationship="HAS PROPERTIES")
    return (person, replace(device, children=(*device.children, observer)))


def _at_reference_point(event: SimulatedEvent) -> SimulatedEvent:
    return replace(event, reference_point=_REFERENCE_POINT)


def _continuous(item: Item) -> Item:
    return replace(item, value="CONTINUOUS") if item.value_type == "CONTAINER" else item
