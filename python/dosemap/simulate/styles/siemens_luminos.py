"""Reports as a Siemens Luminos R/F table (Fluorospot Compact FD, VH11V) writes them.

Imitates two public reports, one of fluoroscopy and one of a radiograph. What is peculiar to it:
of the geometry only the distance to the detector and a column angulation; the reference point 15
cm from an isocentre that the report does not have; the total of air kerma in steps of 100 µGy
although events have steps of 1 µGy, and fluoroscopy whose air kerma is 0 beside a kerma-area
product that is not; no number of pulses; fractions of seconds; a comment with a table of the
exposures. Radiographs have exposure indices.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from dosemap.simulate import template
from dosemap.simulate.content import Item, code, dcm, instant, text, ucum
from dosemap.simulate.edits import omit
from dosemap.simulate.notation import STANDARD_UNITS, Notation
from dosemap.simulate.report import Plane, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles.base import TemplateStyle

_UNITS = {
    **STANDARD_UNITS,
    "Gy.m2": ucum("Gym2"),
    "deg": ucum("deg", "º"),
    "uA.s": ucum("uAs"),
}
_TOTAL_QUANTUM_GY = 1e-4
_FLUOROSCOPY_QUANTUM_GY = 1e-4
"""Both fluoroscopy events of the report studied have an air kerma of 0; how coarse it is, is not
known: this is as coarse as the total."""


@dataclass(frozen=True)
class SiemensLuminos(TemplateStyle):
    """The habits of the Luminos family."""

    intent = "diagnostic"
    spellings: ClassVar[Mapping[str, str]] = {"111609": "No Filter", "113723": "Calibration Date"}

    radiography: bool = False
    """Write the exposure indices of a radiograph."""
    notation: Notation = field(
        default_factory=lambda: Notation(
            snomed_scheme="SRT",
            units=_UNITS,
            air_kerma_quantum_gy=1e-6,
            area_product_quantum_gy_m2=1e-8,
            formats={"Gy": ".6f", "Gy.m2": ".8f"},
        )
    )

    def attributes(self, procedure: SimulatedProcedure) -> dict[str, str | None]:  # noqa: ARG002
        """Latin 1; a report of an examination that may go on."""
        return {
            "SpecificCharacterSet": "ISO_IR 100",
            "SeriesNumber": "10000",
            "CompletionFlag": "COMPLETE" if self.radiography else "PARTIAL",
        }

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Calibration, and totals with the reference point before the last."""
        coarse = replace(
            self.notation,
            air_kerma_quantum_gy=_TOTAL_QUANTUM_GY,
            formats={"Gy": ".5f", "Gy.m2": ".10f", "s": ".0f"},
        )
        events = procedure.events_of(plane)
        *totals, acquisition_time = template.totals(coarse, events)
        return (
            template.calibration(self.notation, "20230816000000", "IBA Dosimetry", 10),
            *totals,
            code(dcm("113780"), dcm("113860")),
            acquisition_time,
        )

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event in the order of the real reports."""
        event = procedure.events[index]
        moment = template.event_moment(procedure, event)
        filters = tuple(template.xray_filter(self.notation, *layer) for layer in event.filters)
        is_fluoroscopy = event.event_type == "fluoroscopy"
        quantum_gy = _FLUOROSCOPY_QUANTUM_GY if is_fluoroscopy else 1e-6
        return (
            instant(dcm("111526"), template.date_time(moment, fraction=True)),
            template.event_type(self.notation, event),
            text(dcm("125203"), event.protocol),
            code(dcm("113780"), dcm("113860")),
            template.event_uid(procedure, index),
            *template.event_dose(replace(self.notation, air_kerma_quantum_gy=quantum_gy), event),
            self.notation.num("113770", event.column_angulation_deg, "deg"),
            *(filters or (template.no_filter(),)),
            *template.pulses(self.notation, event, rate=is_fluoroscopy, number=False),
            *self._technique(event),
            code(dcm("123014"), self.notation.snomed(event.target_region)),
            omit("113877")(template.irradiating_device(procedure.device)),
            *template.acquired_image(procedure, index),
            *(self._exposure_indices() if self.radiography else ()),
        )

    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:
        """Comment with a table of the exposures, and source of the doses."""
        lines = ["OGP| dGy*cm^2| kV| mAs| Filter| Clinical EXI"]
        lines += [_table_line(event) for event in procedure.events]
        return (
            text(dcm("121106"), "\r\n".join((*lines, ""))),
            code(dcm("113854"), self.notation.snomed("dosimeter")),
        )

    def _technique(self, event: SimulatedEvent) -> tuple[Item, ...]:
        exposure_uas = event.tube_current_ma * event.exposure_time_ms
        return self.notation.numbers(
            (
                ("113733", event.kvp, "kV"),
                ("113734", event.tube_current_ma, "mA"),
                ("113735", round(event.exposure_time_ms), "ms"),
                ("113793", event.pulse_width_ms, "ms"),
                ("113736", round(exposure_uas / 100) * 100, "uA.s"),
                ("113750", round(event.source_to_detector_mm), "mm"),
            )
        )

    def _exposure_indices(self) -> tuple[Item, ...]:
        # Exposure index, its target and the deviation, which is 10 lg of their quotient.
        return self.notation.numbers(
            (("113845", 326, "1"), ("113846", 250, "1"), ("113847", 1.2, "1"))
        )


def _table_line(event: SimulatedEvent) -> str:
    filters = " ".join(f"{material.upper()}_{mm:g}_MM" for material, mm in event.filters)
    charge_mas = event.tube_current_ma * event.exposure_time_ms / 1000
    return (
        f"{event.protocol}| {event.dose_area_product_gy_m2 * 1e5:.3f}| {event.kvp:.1f}|"
        f" {charge_mas:.1f}| {filters or 'NONE'}| "
    )
