"""Reports as a Philips Azurion writes them.

Follows notes on one public report (1.2.0). What is peculiar to it, against Allura: longitudinal
runs head-foot and lateral left-right; the height above the floor stands in DICOM's own item too;
filters have their thickness in the maximum and 0 in the minimum; shutters are insets from the
chosen detector field, not openings; collimated area 0, height and width a few millimetres; whole
seconds; the distance of the reference point; the charge of one pulse as exposure; comment and
physician's name in every event. An event without dose has 0 for everything, molybdenum of 0 mm
beside "No filter", and the exposure time of the whole examination.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from dosemap.simulate import template
from dosemap.simulate.content import Item, code, container, dcm, instant, srt, text
from dosemap.simulate.edits import change
from dosemap.simulate.report import (
    REFERENCE_POINT_TOWARDS_SOURCE_MM,
    SimulatedEvent,
    SimulatedProcedure,
)
from dosemap.simulate.styles.philips_allura import (
    REFERENCE_POINT,
    WEDGES,
    PhilipsAllura,
    private,
)

_MOLYBDENUM = srt("C-150F9", "Molybdenum or Molybdenum compound")
_PATIENT_EQUIVALENT_THICKNESS_MM = 300.0
_WITHOUT_DOSE = (
    *(("122130", 0, "Gy.m2"), ("113738", 0, "Gy"), ("113737", 0, "mm")),
    *((angle, 0, "deg") for angle in ("112011", "112012", "113754", "113755", "113756")),
    *(("113768", 0, "1"), ("113767", 0, "mA"), ("113742", 0, "s")),
    *((distance, 0, "mm") for distance in ("113748", "113750", "113751", "113752", "113753")),
)


@dataclass(frozen=True)
class PhilipsAzurion(PhilipsAllura):
    """The habits of the Azurion family."""

    spellings: ClassVar[Mapping[str, str]] = {}
    longitudinal_beam_position_mm: float = 1000.0
    """The same in all events of the report studied."""

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event."""
        event = procedure.events[index]
        moment = template.event_moment(procedure, event)
        stored = event.event_type != "fluoroscopy"
        is_empty = event.reference_air_kerma_gy == 0
        return (
            instant(dcm("111526"), template.date_time(moment, fraction=False)),
            template.event_type(self.notation, event),
            text(dcm("125203"), event.protocol),
            text(dcm("113780"), REFERENCE_POINT),
            template.event_uid(procedure, index),
            *template.patient_orientation(self.notation, event),
            code(dcm("123014"), self.notation.snomed(event.target_region)),
            text(dcm("121106"), "SYNTHETIC"),
            text(dcm("121114"), procedure.physician_name),
            self.notation.num("111638", _PATIENT_EQUIVALENT_THICKNESS_MM, "mm"),
            *(self._without_dose(procedure) if is_empty else self._with_dose(event)),
            *self._unusable_field(),
            *((text(private("029"), "SYNTHETIC"),) if stored else ()),
            text(private("030"), "Low"),
        )

    def _with_dose(self, event: SimulatedEvent) -> tuple[Item, ...]:
        reference_mm = event.source_to_isocenter_mm - REFERENCE_POINT_TOWARDS_SOURCE_MM
        return (
            *template.event_dose(self.notation, event),
            self.notation.num("113737", reference_mm, "mm"),
            *template.positioner(self.notation, event),
            *self._filters(event),
            *template.pulses(self.notation, event, rate=event.event_type == "fluoroscopy"),
            *self._technique(event, stored=True),
            *self._table(event),
            *template.table_angles(self.notation, event),
            *self._private_items(event),
        )

    def _without_dose(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:
        whole_ms = round(sum(event.exposure_time_ms for event in procedure.events))
        thickness = self.notation.numbers((("113758", 0, "mm"), ("113773", 0, "mm")))
        (kind,) = template.no_filter().children
        material = code(dcm("113757"), _MOLYBDENUM)
        return (
            *self.notation.numbers(_WITHOUT_DOSE),
            container(dcm("113771"), kind, material, *thickness),
            self.notation.num("113735", whole_ms, "ms"),
            self._private_num("021", 0, "mm"),
            container(private("014"), self._private_num("015", 0, "mm")),
        )

    def _filters(self, event: SimulatedEvent) -> tuple[Item, ...]:
        return tuple(
            change("113758", lambda minimum: replace(minimum, value="0"))(strip)
            for strip in super()._filters(event)
        )

    def _technique(self, event: SimulatedEvent, *, stored: bool) -> tuple[Item, ...]:
        charge_of_a_pulse_uas = event.tube_current_ma * event.pulse_width_ms
        return (
            *super()._technique(event, stored=stored),
            self.notation.num("113736", charge_of_a_pulse_uas, "uA.s"),
            self.notation.num("113766", event.focal_spot_mm, "mm"),
            self.notation.num("113767", event.tube_current_ma, "mA"),
        )

    def _table(self, event: SimulatedEvent) -> tuple[Item, ...]:
        # Which way the first two count is not known; these are Allura's directions.
        longitudinal_mm = event.table_lateral_mm + self.longitudinal_beam_position_mm
        return self.notation.numbers(
            (
                ("113751", longitudinal_mm, "mm"),
                ("113752", event.table_longitudinal_mm, "mm"),
                ("113753", self._height_above_floor_mm(event), "mm"),
            )
        )

    def _unusable_field(self) -> tuple[Item, ...]:
        return self.notation.numbers(
            (("113790", 0, "m2"), ("113788", 2, "mm"), ("113789", -3, "mm"))
        )

    def _private_items(self, event: SimulatedEvent) -> tuple[Item, ...]:
        num = self._private_num
        wedges = (num(*wedge) for wedge in WEDGES)
        return (
            num("003", event.number_of_pulses, "1"),
            num("004", 1, "1"),
            container(private("005"), *self._shutters(event), *wedges),
            container(
                private("014"),
                num("015", self.longitudinal_beam_position_mm, "mm"),
                num("016", 0, "mm"),
                num("017", 0, "deg"),
            ),
            num("018", event.source_to_detector_mm, "mm"),
            num("019", event.table_cradle_tilt_deg, "deg"),
            num("022", event.table_head_tilt_deg, "deg"),
            num("021", self._height_above_floor_mm(event), "mm"),
            self._detector_field(event),
            num("026", _PATIENT_EQUIVALENT_THICKNESS_MM, "mm"),
        )

    def _shutters(self, event: SimulatedEvent) -> tuple[Item, ...]:
        half = event.detector_format_mm / 2
        insets = (
            ("006", half - event.field.bottom_mm),
            ("007", half - event.field.left_mm),
            ("008", half - event.field.right_mm),
            ("009", half - event.field.top_mm),
        )
        return tuple(self._private_num(side, max(inset, 0.0), "mm") for side, inset in insets)
