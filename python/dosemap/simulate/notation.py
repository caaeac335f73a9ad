"""How one make of scanner writes numbers, units and codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dosemap.simulate.concepts import SNOMED
from dosemap.simulate.content import Code, Item, dcm, ucum

STANDARD_UNITS: Mapping[str, Code] = {
    "Gy": ucum("Gy"),
    "Gy.m2": ucum("Gy.m2"),
    "m2": ucum("m2"),
    "mm": ucum("mm"),
    "deg": ucum("deg"),
    "kV": ucum("kV"),
    "mA": ucum("mA"),
    "ms": ucum("ms"),
    "s": ucum("s"),
    "uA.s": ucum("uA.s"),
    "%": ucum("%", "Percent"),
    "1": ucum("1", "no units"),
    "pulse/s": ucum("{pulse}/s", "pulse/s"),
}
"""Units as PS3.16 asks for them, by the name that the templates use."""


@dataclass(frozen=True, kw_only=True)
class Notation:
    """Numbers, units and codes in one maker's hand."""

    snomed_scheme: Literal["SRT", "SCT"] = "SCT"
    units: Mapping[str, Code]
    air_kerma_quantum_gy: float | None = None
    """Smallest step of reported air kerma; ``None``: not rounded."""
    area_product_quantum_gy_m2: float | None = None
    scales: Mapping[str, float] = field(default_factory=dict)
    """What to multiply a number by to have it in the unit that this maker writes, where that is not
    the unit's name in the templates: ``{"Gy": 1e3}`` for mGy."""
    formats: Mapping[str, str] = field(default_factory=dict)
    """Format specification of the numbers in a unit, where it is not ``.10g``; by the unit's name
    in the templates. A DICOM decimal string has 16 characters at most."""
    three_digit_exponent: bool = False
    """Write 5.42e-006, as programs of one C library do."""

    def decimal(self, value: float, unit: str) -> str:
        """Return a DICOM decimal string."""
        written = format(value, self.formats.get(unit, ".10g"))
        if self.three_digit_exponent and "e" in written:
            mantissa, exponent = written.split("e")
            written = f"{float(mantissa):.8g}e{int(exponent):+04d}"
        return written

    def num(self, concept: str | Code, value: float, unit: str) -> Item:
        """Return a numeric item; a plain string names a concept of the DICOM scheme."""
        name = concept if isinstance(concept, Code) else dcm(concept)
        written = self.decimal(value * self.scales.get(unit, 1.0), unit)
        return Item("NUM", name, written, unit=self.units[unit])

    def numbers(self, values: Iterable[tuple[str, float, str]]) -> tuple[Item, ...]:
        """Return numeric items for concepts of the DICOM scheme, values and units."""
        return tuple(self.num(*value) for value in values)

    def air_kerma(self, concept: str, value_gy: float) -> Item:
        """Return an air kerma, Gy, rounded as this maker rounds it."""
        return self.num(concept, _rounded(value_gy, self.air_kerma_quantum_gy), "Gy")

    def area_product(self, concept: str, value_gy_m2: float) -> Item:
        """Return a kerma-area product, Gy·m², rounded as this maker rounds it."""
        return self.num(concept, _rounded(value_gy_m2, self.area_product_quantum_gy_m2), "Gy.m2")

    def snomed(self, name: str) -> Code:
        """Return a SNOMED concept in the scheme that this maker writes."""
        concept = SNOMED[name]
        if self.snomed_scheme == "SRT":
            return Code(concept.srt, "SRT", concept.meaning)
        return Code(concept.sct, concept.sct_scheme, concept.meaning)


def _rounded(value: float, quantum: float | None) -> float:
    return value if quantum is None else round(value / quantum) * quantum
