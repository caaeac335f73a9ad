"""Reads numeric fields: unit, emptiness, lists, impossible values; never a silent repair."""

import math
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from dosemap.errors import ReadError
from dosemap.procedure import Provenance
from dosemap.reading.codes import Concept
from dosemap.reading.items import Items, ReportItem
from dosemap.reading.log import ProblemLog
from dosemap.reading.pulses import per_pulse
from dosemap.reading.units import FACTORS, factor

Reading = tuple[float | None, Provenance]

NON_NEGATIVE = {
    "reference_air_kerma_gy",
    "kerma_area_product_gy_m2",
    "collimated_field_area_m2",
    "kvp",
    "exposure_time_ms",
    "irradiation_duration_s",
    "time_s",
    "number_of_pulses",
    "radiographic_frames",
    "source_to_isocenter_mm",
    "source_to_detector_mm",
    "source_to_reference_point_mm",
    "patient_equivalent_thickness_mm",
    "exposure_uas",
    "meter_calibration_factor",
    "meter_calibration_uncertainty_percent",
}
"""Fields, and totals of them by kind, that cannot be below 0."""
ZERO_MEANS_UNKNOWN = {
    "kvp",
    "source_to_isocenter_mm",
    "source_to_detector_mm",
    "source_to_reference_point_mm",
    "collimated_field_area_m2",
    "patient_equivalent_thickness_mm",
    "meter_calibration_factor",
}
"""Fields in which systems write 0 for "not known"."""
LARGEST = {
    "kerma": 1e3,
    "kerma_area": 1e3,
    "area": 10.0,
    "length": 2e4,
    "angle": 720.0,
    "time_s": 1e6,
    "time_ms": 1e9,
    "count": 1e9,
    "rate": 1e6,
    "voltage": 500.0,
    "current": 1e5,
    "ratio": 10.0,
    "percent": 100.0,
    "charge": 1e9,
}
"""Magnitudes of every quantity, in the unit of the field; a value beyond is a slip, no measurement.
"""
SMALLEST = {
    "reference_air_kerma_gy": 1e-12,
    "kerma_area_product_gy_m2": 1e-15,
    "collimated_field_area_m2": 1e-9,
    "source_to_isocenter_mm": 1.0,
    "source_to_detector_mm": 1.0,
    "source_to_reference_point_mm": 1.0,
}
"""Below these but above 0 as well: quotients and squares of what is left are finite."""
PER_PULSE = {"kvp", "tube_current_ma"}
"""Fields that TID 10003B allows to be a list with one value per pulse, in one item or in many."""

_LOST_DOSE = (
    "the air kerma of the event is unknown and missing from every sum; have the report corrected "
    "(the map has the event only where its kerma-area product and the size of the field are known)"
)
_NOT_USED = "the value is not used"


class NumberReader:
    """Reads numbers of one event (or of the totals, when there is no event index)."""

    def __init__(self, log: ProblemLog, event: int | None = None) -> None:
        self._log = log
        self._event = event

    def read(self, items: Items, concepts: Sequence[Concept], *, quiet: bool = False) -> Reading:
        """Read the first usable of several concepts for one field.

        Parameters
        ----------
        items
            Where to look.
        concepts
            Concepts for the field, the preferred one first.
        quiet
            Do not report zeros that stand for "not known" (events without any dose).

        Returns
        -------
        Value in the unit of the field, or ``None``; and where it came from or why it is not there.
        """
        why = Provenance.MISSING
        for concept in concepts:
            found = items.of(concept)
            if not found:
                continue
            if len(found) == 1 and (plain := _plain_value(found[0], concept)):
                return plain
            value, provenance = self._read_one(found, concept, quiet=quiet)
            if value is not None:
                return value, provenance
            if provenance is Provenance.INVALID or why is Provenance.MISSING:
                why = provenance
        return None, why

    def _read_one(self, found: list[ReportItem], concept: Concept, *, quiet: bool) -> Reading:
        item = found[0]
        numbers: Sequence[float] = item.numbers
        if len(found) > 1:
            if concept.field in PER_PULSE and (listed := per_pulse(found)):
                numbers = listed
            elif any(list(other.numbers) != list(numbers) for other in found[1:]):
                self._note(
                    "item-repeated",
                    f"{concept.field} is there {len(found)} times with different values",
                    "the first is used",
                    concept,
                )
        if not numbers and (item.text or "").strip():
            return self._invalid("value-not-a-number", "holds no finite number", concept)
        if not numbers:
            return None, Provenance.EMPTY
        try:
            scale = factor(item.unit or "", concept.quantity)
        except ReadError as error:
            return self._invalid("unit-unknown", f"{error}", concept)
        return self._judge([number * scale for number in numbers], concept, quiet=quiet)

    def _judge(self, values: list[float], concept: Concept, *, quiet: bool) -> Reading:
        field = concept.field
        origin = Provenance.PRIVATE if concept.is_private else Provenance.REPORTED
        if fault := _impossible(values, concept):
            return self._invalid(*fault, concept)
        if field in PER_PULSE and len(values) > 1:
            values = [value for value in values if value] or [0.0]
            values = [math.fsum(values) / len(values)]
            origin = Provenance.DERIVED
        if len(values) > 1 and len(set(values)) > 1:
            return self._invalid("value-list", f"holds {len(values)} different values", concept)
        if values[0] == 0 and field in ZERO_MEANS_UNKNOWN:
            if quiet:
                return None, Provenance.INVALID
            return self._invalid("value-zero", "is 0, which stands for not known", concept)
        return values[0], origin

    def _invalid(self, code: str, what: str, concept: Concept) -> Reading:
        is_lost_dose = concept.field == "reference_air_kerma_gy" and self._event is not None
        then = _LOST_DOSE if is_lost_dose else _NOT_USED
        self._note(code, f"{concept.field} {what}", then, concept)
        return None, Provenance.INVALID

    def _note(self, code: str, what: str, then: str, concept: Concept) -> None:
        what = f"{what} (concept {concept.code}, {concept.scheme})"
        self._log.add(code, what, then, event=self._event)


class _Usual(NamedTuple):
    """What nothing need be said about."""

    factors: Mapping[str, float]
    """By unit as it is usually spelt."""
    lowest: float
    highest: float
    origin: Provenance


@cache
def _usual(concept: Concept) -> _Usual:
    highest = LARGEST[concept.quantity]
    lowest = -highest
    if concept.name in NON_NEGATIVE:
        above_zero = sys.float_info.min if concept.field in ZERO_MEANS_UNKNOWN else 0.0
        lowest = SMALLEST.get(concept.name, above_zero)
    origin = Provenance.PRIVATE if concept.is_private else Provenance.REPORTED
    return _Usual(FACTORS[concept.quantity], lowest, highest, origin)


def _plain_value(item: ReportItem, concept: Concept) -> Reading | None:
    """Return a single number in a usual unit and range, as most are; ``None``: to be looked at."""
    numbers = item.numbers
    if len(numbers) != 1:
        return None
    factors, lowest, highest, origin = _usual(concept)
    scale = factors.get(item.unit or "")
    if scale is None:
        return None
    value = numbers[0] * scale
    return (value, origin) if lowest <= value <= highest else None


def _impossible(values: list[float], concept: Concept) -> tuple[str, str] | None:
    """Return code and words for what is wrong with values that no field can hold."""
    if not all(map(math.isfinite, values)):
        return "value-not-a-number", "holds no finite number"
    lowest = min(values)
    if lowest < 0 and concept.name in NON_NEGATIVE:
        return "value-negative", f"is negative ({lowest:g})"
    largest = max(*values, -lowest)
    if largest > LARGEST[concept.quantity]:
        return "value-implausible", f"holds the value {largest:g}"
    if 0 < largest < SMALLEST.get(concept.name, 0.0):
        return "value-implausible", f"holds the value {largest:g}"
    return None
