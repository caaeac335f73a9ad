"""Reports as a GE Super-C mobile C-arm ("ESP 21 cm FPD Super-C", 2.1.0) writes them.

Imitates one public report. What is peculiar to it: beam angles and end angles that are there
without a value ("Value unknown"); the scheme of the dose units written UCM; `pulse/s` for a rate;
aluminium from 6 to 7.2 mm in every event; meanings in words of its own; UIDs as text; an offset
from UTC that is none of DICOM's; many decimals; the reference point 30 cm in front of the
detector, with its distance; the field area in the detector plane.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from dosemap.simulate import template
from dosemap.simulate.content import Code, Item, code, dcm, instant, srt, text, ucum
from dosemap.simulate.notation import STANDARD_UNITS, Notation
from dosemap.simulate.report import Plane, SimulatedDevice, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.base import TemplateStyle
from dosemap.simulate.uids import derived_uid

_REFERENCE_POINT = "113861"
_REFERENCE_POINT_TO_DETECTOR_MM = 300.0
_ALUMINIUM_MM = (6.0, 7.2)
_CONTINUOUS_FROM_PULSES_PER_S = 15.0
"""Fluoroscopy at fewer pulses per second is written as pulsed, other as continuous."""
_UNITS = {**STANDARD_UNITS, "uA.s": ucum("uAs"), "pulse/s": ucum("pulse/s")}
_MISNAMED = {name: _UNITS[name]._replace(scheme="UCM") for name in ("Gy", "Gy.m2", "m2")}
_DECIMALS = {
    **dict.fromkeys(("Gy", "Gy.m2", "m2", "kV", "mA", "uA.s", "s"), ".8f"),
    **dict.fromkeys(("mm", "ms", "1"), ".2f"),
}


@dataclass(frozen=True)
class GeSurgery(TemplateStyle):
    """The habits of the Super-C family."""

    spellings: ClassVar[Mapping[str, str]] = {
        "111526": "Date Time Started",
        "111641": "Fixed Grid",
        "113650": "Strip Filter",
        "113705": "Scope Of Accumulation",
        "113728": "Fluoro Dose(RP) Total",
        "113731": "Total Number Of Radiographic Frames",
        "113734": "mA",
        "113861": "30cm in Front of Image input surface",
        "121017": "Device observer physical location during observation",
        "121058": "Procedure Reported",
        "C-120F9": "Aluminium or Aluminium Compound",
        "F-10340": "Supine",
        "F-10450": "Recumbent",
        "F-10470": "Headfirst",
    }
    intent = "therapeutic"
    notation: Notation = field(
        default_factory=lambda: Notation(snomed_scheme="SRT", units=_UNITS, formats=_DECIMALS)
    )

    def attributes(self, procedure: SimulatedProcedure) -> dict[str, str | None]:
        """No character set, and a time zone in words of its own."""
        return {
            "SpecificCharacterSet": None,
            "TimezoneOffsetFromUTC": "UTC-04:00",
            "PreliminaryFlag": "FINAL",
            "SeriesDescription": "Unknown Protocol",
            "SeriesNumber": "2",
            "PerformedProcedureStepStartDate": procedure.started.strftime("%Y%m%d"),
            "PerformedProcedureStepStartTime": procedure.started.strftime("%H%M%S"),
        }

    def heading(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:
        """Observer with UIDs as text, comment and source of the doses, and what there is."""
        device = procedure.device
        location = text(dcm("121017"), device.station_name, relationship="HAS OBS CONTEXT")
        yes = srt("R-0038D", "Yes")
        return (
            template.procedure_reported(self.notation, self.intent),
            *(_as_text(item) for item in template.device_observer(procedure)),
            location,
            self.scope(procedure).altered(_as_text),
            text(dcm("121106"), "."),
            code(dcm("113854"), dcm("113940")),
            *(code(dcm(concept), yes) for concept in ("113943", "113944", "113945")),
        )

    def scope(self, procedure: SimulatedProcedure) -> Item:
        """Totals are over the performed procedure step."""
        return template.scope("113016", "121126", derived_uid(procedure.uid_seed, "step"))

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Totals and the device, without a calibration."""
        events = [_at_reference_point(event) for event in procedure.events_of(plane)]
        notation = replace(self.notation, formats={**_DECIMALS, "s": ".2f"})
        return (
            *template.totals(notation, events),
            template.radiographic_frames(notation, events),
            _device(procedure.device, derived_uid(procedure.uid_seed, "device")),
        )

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event in the order of the real report; whole seconds."""
        event = _at_reference_point(procedure.events[index])
        moment = template.event_moment(procedure, event)
        doses = replace(self.notation, units={**_UNITS, **_MISNAMED})
        relation, orientation = template.patient_orientation(self.notation, event)
        return (
            instant(dcm("111526"), template.date_time(moment, fraction=False)),
            template.event_type(self.notation, event),
            text(dcm("125203"), event.protocol),
            code(dcm("113780"), dcm(_REFERENCE_POINT)),
            template.event_uid(procedure, index),
            *template.event_dose(doses, event),
            doses.num("113790", event.field.area_m2, "m2"),
            template.xray_filter(self.notation, "Al", *_ALUMINIUM_MM),
            *self._mode(event),
            *self._technique(event),
            orientation,
            code(dcm("123014"), srt("T-D0001", "Topography unknown")),
            code(dcm("111632"), srt("C-164F9", "Tungsten or Tungsten compound")),
            code(dcm("111635"), dcm("111641")),
            self.notation.num("113750", event.source_to_detector_mm, "mm"),
            self.notation.num("113737", _reference_point_mm(event), "mm"),
            relation,
        )

    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:  # noqa: ARG002
        """Nothing; comment and source stand before the totals."""
        return ()

    def _mode(self, event: SimulatedEvent) -> tuple[Item, ...]:
        if event.pulse_rate_per_s < _CONTINUOUS_FROM_PULSES_PER_S:
            width = self.notation.num("113793", event.pulse_width_ms, "ms")
            return (*template.pulses(self.notation, event), width)
        return (code(dcm("113732"), dcm("113630")),)

    def _technique(self, event: SimulatedEvent) -> tuple[Item, ...]:
        unknown: tuple[Code, ...] = tuple(map(dcm, ("112011", "112012", "113739", "113740")))
        current_ma = event.tube_current_ma
        return (
            *self.notation.numbers(
                (
                    ("113733", event.kvp, "kV"),
                    ("113734", current_ma, "mA"),
                    ("113736", current_ma * event.exposure_time_ms, "uA.s"),
                    ("113767", current_ma, "mA"),
                )
            ),
            *(Item("NUM", concept, None, qualifier=dcm("114010")) for concept in unknown),
            *self.notation.numbers(
                (
                    ("113766", event.focal_spot_mm, "mm"),
                    ("113824", event.exposure_time_ms, "ms"),
                    ("113742", event.irradiation_duration_s, "s"),
                )
            ),
        )


def _at_reference_point(event: SimulatedEvent) -> SimulatedEvent:
    return replace(event, reference_point=_REFERENCE_POINT)


def _reference_point_mm(event: SimulatedEvent) -> float:
    return event.source_to_detector_mm - _REFERENCE_POINT_TO_DETECTOR_MM


def _as_text(item: Item) -> Item:
    return replace(item, value_type="TEXT") if item.value_type == "UIDREF" else item


def _device(device: SimulatedDevice, uid: str) -> Item:
    role = template.irradiating_device(device)
    observer = text(dcm("121012"), uid, relationship="HAS PROPERTIES")
    return replace(role, children=(*role.children, observer))
