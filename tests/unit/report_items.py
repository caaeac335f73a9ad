"""Small synthetic reports as the parser would hand them over, for the tests of the reader."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dosemap.procedure import Procedure
from dosemap.rdsr import procedure_from_report

Code = tuple[str, str, str]


@dataclass(frozen=True)
class Item:
    """One content item; the same attributes as ``dosemap._core.ReportItem``."""

    code: str
    scheme: str = "DCM"
    parent: int | None = None
    value_type: str = "NUM"
    numbers: tuple[float, ...] = ()
    unit: str | None = None
    coded: Code | None = None
    text: str | None = None


@dataclass(frozen=True)
class Report:
    """One parsed report."""

    events: Sequence[Sequence[Item]] = ()
    items: Sequence[Item] = ()
    header: dict[str, str] = field(default_factory=dict)
    procedure_codes: Sequence[tuple[str, Code]] = ()
    descriptions: Sequence[str] = ()


def num(
    code: str, *numbers: float, unit: str, parent: int | None = None, scheme: str = "DCM"
) -> Item:
    return Item(code, scheme, parent, "NUM", numbers, unit)


def cod(code: str, value: str, scheme: str = "DCM", *, parent: int | None = None) -> Item:
    return Item(code, "DCM", parent, "CODE", coded=(value, scheme, "any words"))


def txt(code: str, text: str, *, parent: int | None = None) -> Item:
    return Item(code, "DCM", parent, "TEXT", text=text)


def kerma(gy: float) -> Item:
    return num("113738", gy, unit="Gy")


def filters(*strips: Sequence[Item]) -> list[Item]:
    """Return filter containers with their content, as the first items of an event."""
    items: list[Item] = []
    for strip in strips:
        place = len(items)
        items.append(Item("113771", value_type="CONTAINER"))
        items += [
            Item(i.code, i.scheme, place, i.value_type, i.numbers, i.unit, i.coded, i.text)
            for i in strip
        ]
    return items


def procedure(*events: Sequence[Item], items: Sequence[Item] = (), **header: str) -> Procedure:
    return procedure_from_report(Report(events, items, header), name="synthetic")


def codes_of(read: Procedure) -> set[str]:
    return {problem.code for problem in read.problems}
