"""The report's own totals: by plane, by fluoroscopy and acquisition, and over all planes."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dosemap.procedure import KindTotals, PlaneTotals, Totals
from dosemap.reading.accumulated import Accumulated
from dosemap.reading.codes import concepts
from dosemap.reading.items import Items
from dosemap.reading.log import ProblemLog
from dosemap.reading.numbers import NumberReader
from dosemap.totals import KINDS

Values = Mapping[str, float | None]
"""By field, those of one kind as ``fluoroscopy.time_s``."""

_SAME_PRODUCT = 1e-3
"""Relative; covers the rounding of what was summed."""
_LEAST_WITH_SUM = 3
"""Two sources and their sum."""


def read_totals(items: Items, accumulated: Sequence[Accumulated], log: ProblemLog) -> Totals:
    """Return the totals of each plane and over all, or a vendor's own totals.

    Parameters
    ----------
    items
        The report outside its events; a report without accumulated data has its totals here.
    accumulated
        Per plane.
    log
        Where findings go.
    """
    reader = NumberReader(log)

    def stated(content: Items) -> Values:
        return {name: reader.read(content, of)[0] for name, of in concepts("total").items()}

    if not accumulated:
        return Totals(**_fields(stated(items)))
    found: dict[str | None, list[Values]] = {}
    for data in accumulated:
        found.setdefault(data.plane, []).append(stated(data.items))
    planes = _told_apart({plane: _added(values) for plane, values in found.items()}, log)
    overall = {
        name: _over_planes({plane: values[name] for plane, values in planes.items()})
        for name in concepts("total")
    }
    return Totals(
        **_fields(overall),
        planes=tuple(PlaneTotals(plane=p, **_fields(values)) for p, values in planes.items()),
    )


def _added(values: Sequence[Values]) -> Values:
    return {name: _sum(entry[name] for entry in values) for name in concepts("total")}


def _told_apart(planes: dict[str | None, Values], log: ProblemLog) -> dict[str | None, Values]:
    """Return the planes, with a source that is all others together called so.

    The sources of an enhanced report have free names, which need not tell such an entry.
    """
    products = {
        plane: product
        for plane, values in planes.items()
        if plane != "all" and (product := values["kerma_area_product_gy_m2"])
    }
    if "all" in planes or len(products) < _LEAST_WITH_SUM:
        return planes
    all_together = math.fsum(products.values())
    for plane, product in products.items():
        is_numbered = plane is not None and plane.startswith("source")
        if is_numbered and math.isclose(2 * product, all_together, rel_tol=_SAME_PRODUCT):
            log.add(
                "source-of-all",
                "one X-ray source has the kerma-area product of all others together",
                "it is taken as their sum and not counted again; check the totals by plane",
            )
            return {"all" if at == plane else at: values for at, values in planes.items()}
    return planes


def _over_planes(values: Mapping[str | None, float | None]) -> float | None:
    """Return the sum over single planes, or what is stated for all where one of them lacks it."""
    single = [value for plane, value in values.items() if plane != "all"]
    of_all = values.get("all")
    if of_all is not None and (not single or None in single):
        return of_all
    return _sum(single)


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) if known else None


def _fields(values: Values) -> dict[str, Any]:
    """Return fields by name, those of one kind together."""
    fields: dict[str, Any] = {name: value for name, value in values.items() if "." not in name}
    for kind in KINDS:
        of_kind = {
            name.removeprefix(f"{kind}."): value
            for name, value in values.items()
            if name.startswith(f"{kind}.")
        }
        fields[kind] = KindTotals(**of_kind)
    return fields
