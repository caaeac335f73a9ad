"""Added filters of an event: the thickest of min and max of each strip, summed by material."""

from dosemap.procedure import Filter, Provenance
from dosemap.reading.codes import Concept, coded_value, shown
from dosemap.reading.items import Items
from dosemap.reading.log import ProblemLog
from dosemap.reading.numbers import NumberReader

# Philips Azurion leaves the minimum at 0 and states the thickness as the maximum only;
# where both are there and differ, the larger is what was put in.
_THICKNESS = (
    Concept("113758", "DCM", "filter_thickness_mm", "length"),
    Concept("113773", "DCM", "filter_thickness_mm", "length"),
)
_PARTIAL = {"wedge", "butterfly"}


def read_filters(
    items: Items, log: ProblemLog, event: int
) -> tuple[tuple[Filter, ...] | None, Provenance]:
    """Return the added filters that cover the whole field, one per material.

    An empty tuple says that there is none; ``None`` that the report does not tell.
    """
    containers = items.containers("113771")
    if not containers:
        return None, Provenance.MISSING
    thickness_mm: dict[str, float] = {}
    for content in containers:
        kind_item = content.first("113772")
        kind = _meaning(kind_item.coded if kind_item else None, "filter_type", log, event)
        if kind == "none":
            continue
        thickness = _thickness(content, log, event)
        if thickness == 0:
            continue
        if kind in _PARTIAL:
            log.add(
                "filter-partial",
                f"a {kind} filter covers part of the field",
                "it is left out, which overstates the dose behind it",
                event=event,
            )
            continue
        material_item = content.first("113757")
        material = _meaning(
            material_item.coded if material_item else None, "filter_material", log, event
        )
        if material is None or thickness is None:
            log.add(
                "filter-unknown",
                "an added filter has no known material or thickness",
                "none of the filters that the report lists for the event is used; state them",
                event=event,
            )
            return None, Provenance.INVALID
        thickness_mm[material] = thickness_mm.get(material, 0.0) + thickness
    filters = tuple(Filter(material=m, thickness_mm=t) for m, t in sorted(thickness_mm.items()))
    return filters, Provenance.REPORTED


def _thickness(content: Items, log: ProblemLog, event: int) -> float | None:
    reader = NumberReader(log, event)
    values = [reader.read(content, (concept,))[0] for concept in _THICKNESS]
    known = [value for value in values if value is not None]
    return max(known) if known and min(known) >= 0 else None


def _meaning(
    coded: tuple[str, str, str] | None, field: str, log: ProblemLog, event: int
) -> str | None:
    if coded is None:
        return None
    code, scheme, _ = coded
    value, as_expected = coded_value(field, code, scheme)
    if value is None:
        log.add(
            "code-unknown",
            f"{field} has the unknown code {shown(code)} ({shown(scheme)})",
            "it is not used",
            event=event,
        )
    elif not as_expected:
        log.add(
            "scheme-unexpected",
            f"{field} {code} is written under the scheme {shown(scheme)}",
            f"it is read as {value}",
            event=event,
        )
    return value
