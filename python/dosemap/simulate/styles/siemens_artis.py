"""Reports as a Siemens Artis (AXIOM-Artis VC21C or VC14J) writes them.

Imitates four public reports of that system. What is peculiar to it: the unit Gym2; no
patient orientation items, the position stands in the XML of the report's comment; collimated
field area in the detector plane; air kerma in steps of 10 µGy; copper only; exposure time and
exposure are those of the whole event; whole seconds; no table angles. Table lateral is the
distance of the head end beyond the isocentre, table height counts down from the isocentre.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from dosemap.simulate import template
from dosemap.simulate.content import Item, code, dcm, instant, text, ucum
from dosemap.simulate.notation import STANDARD_UNITS, Notation
from dosemap.simulate.report import Plane, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.base import TemplateStyle

_UNITS = {
    **STANDARD_UNITS,
    "Gy.m2": ucum("Gym2"),
    "m2": ucum("m2", "m^2"),
    "deg": ucum("deg", "°"),
    "uA.s": ucum("uAs"),
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DIAGONAL = 2**0.5


@dataclass(frozen=True)
class SiemensArtis(TemplateStyle):
    """The habits of the Artis family."""

    spellings: ClassVar[Mapping[str, str]] = {
        "111609": "No Filter",
        "113650": "Strip Filter",
        "113723": "Calibration Date",
    }

    software: Literal["VC14J", "VC21C"] = "VC21C"
    """VC14J has no collimated field area, and wrote UTF-8 where it was seen."""
    notation: Notation = field(
        default_factory=lambda: Notation(
            snomed_scheme="SRT",
            units=_UNITS,
            air_kerma_quantum_gy=1e-5,
            area_product_quantum_gy_m2=1e-8,
            three_digit_exponent=True,
        )
    )

    def attributes(self, procedure: SimulatedProcedure) -> dict[str, str | None]:  # noqa: ARG002
        """Series and instance 990, of an examination that may go on."""
        return {
            "SpecificCharacterSet": "ISO_IR 192" if self.software == "VC14J" else "ISO_IR 100",
            "CompletionFlag": "PARTIAL",
            "SeriesNumber": "990",
            "InstanceNumber": "990",
        }

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Calibration, totals, reference point."""
        events = procedure.events_of(plane)
        return (
            template.calibration(self.notation, "20230502140210", "Siemens", 5),
            *template.totals(self.notation, events),
            code(dcm("113780"), dcm("113860")),
        )

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event in the order of the real reports."""
        event = procedure.events[index]
        moment = template.event_moment(procedure, event)
        filters = tuple(template.xray_filter(self.notation, *layer) for layer in event.filters)
        return (
            instant(dcm("111526"), template.date_time(moment, fraction=False)),
            template.event_type(self.notation, event),
            text(dcm("125203"), event.protocol),
            code(dcm("113780"), dcm(event.reference_point)),
            *template.acquired_image(procedure, index),
            template.event_uid(procedure, index),
            *template.event_dose(self.notation, event),
            *template.positioner(self.notation, event),
            *self._field_area(event),
            *(filters or (template.no_filter(),)),
            *template.pulses(self.notation, event),
            *self._technique(event),
            *self._distances(event),
            code(dcm("123014"), self.notation.snomed("entire body")),
            text(dcm("121106"), _event_comment(event, moment)),
            template.irradiating_device(procedure.device),
        )

    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:
        """Comment with the patient position, and source of the doses."""
        return (
            text(dcm("121106"), _report_comment(procedure)),
            code(dcm("113854"), self.notation.snomed("dosimeter")),
        )

    def _field_area(self, event: SimulatedEvent) -> tuple[Item, ...]:
        if self.software == "VC14J":
            return ()
        return (self.notation.num("113790", round(event.field.area_m2, 8), "m2"),)

    def _technique(self, event: SimulatedEvent) -> tuple[Item, ...]:
        exposure_uas = round(event.tube_current_ma * event.exposure_time_ms)
        values = (
            ("113733", round(event.kvp), "kV"),
            ("113734", event.tube_current_ma, "mA"),
            ("113735", event.exposure_time_ms, "ms"),
            ("113793", event.pulse_width_ms, "ms"),
            ("113736", exposure_uas, "uA.s"),
            ("113766", event.focal_spot_mm, "mm"),
        )
        return self.notation.numbers(values)

    def _distances(self, event: SimulatedEvent) -> tuple[Item, ...]:
        distances = (
            ("113750", round(event.source_to_detector_mm)),
            ("113748", event.source_to_isocenter_mm),
            ("113751", event.table_longitudinal_mm),
            ("113752", event.table_lateral_mm),
            ("113753", event.table_height_mm),
        )
        return self.notation.numbers((*distance, "mm") for distance in distances)


def _event_comment(event: SimulatedEvent, moment: datetime) -> str:
    fluoroscopy = event.event_type == "fluoroscopy"
    element = "FluoroData" if fluoroscopy else "AcquisitionData"
    values = {
        "SceneCounter": " ",
        **({} if fluoroscopy else {"AcqMode": "CARD"}),
        "SceneName": event.protocol,
        "CurrentTimeProduct": f"{event.tube_current_ma * event.exposure_time_ms / 1000:.6f}",
        "TubeFocalSpot": "small" if event.focal_spot_mm <= 0.6 else "large",
        "iiDiameter": f"{event.detector_format_mm * _DIAGONAL:.0f}",
        "Time": _clock(moment),
        "FrameRate": f"{event.pulse_rate_per_s:.6f}",
        "NumOfFrames": str(event.number_of_pulses),
        "MaxSkinEntranceDose": " ",
    }
    return f"<{element}>{_elements(values)}</{element}>"


def _report_comment(procedure: SimulatedProcedure) -> str:
    """Return the one text in which these reports say how the patient lay."""
    if any(event.orientation != "recumbent" for event in procedure.events):
        raise ValueError("an Artis knows lying patients only: no event may be of an upright one")
    position = procedure.events[0].patient_position if procedure.events else ""
    acquisitions = sum(event.event_type != "fluoroscopy" for event in procedure.events)
    patient = {"Position": f"{position} ", "PositionTime": _clock(procedure.started)}
    accumulated = {
        "PhysicianName": procedure.physician_name,
        "Exposures": str(acquisitions),
        "FluoroTime": f"{procedure.fluoroscopy_time_s:.0f}",
        "CareMonitorMaxSkinEntranceDose": " ",
    }
    return (
        f"<Root><PatientPosition>{_elements(patient)}</PatientPosition>"
        f'<CareMonitorThreshold SRData="2000"/>'
        f"<AccumulatedMonoData>{_elements(accumulated)}</AccumulatedMonoData></Root>"
    )


def _elements(values: dict[str, str]) -> str:
    return "".join(f'<{name} SRData="{value}"/>' for name, value in values.items())


def _clock(moment: datetime) -> str:
    """Return for example ``12-Dec-17 14:38:02``, English whatever the locale is."""
    return f"{moment:%d}-{_MONTHS[moment.month - 1]}-{moment:%y %H:%M:%S}"
