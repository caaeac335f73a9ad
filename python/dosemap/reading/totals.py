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

_KINDS = ("fluoroscopy", "acquisition")


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

    def stated(content: Items) -> dict[str, float | None]:
        return {name: reader.read(content, of)[0] for name, of in concepts("total").items()}

    if not accumulated:
        return Totals(**_fields(stated(items)))
    by_plane: dict[str | None, list[dict[str, float | None]]] = {}
    for data in accumulated:
        by_plane.setdefault(data.plane, []).append(stated(data.items))
    planes = {
        plane: {name: _sum(values[name] for values in found) for name in concepts("total")}
        for plane, found in by_plane.items()
    }
    overall = {
        name: _over_planes({plane: values[name] for plane, values in planes.items()})
        for name in concepts("total")
    }
    return Totals(
        **_fields(overall),
        planes=tuple(PlaneTotals(plane=p, **_fields(values)) for p, values in planes.items()),
    )


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


def _fields(values: Mapping[str, float | None]) -> dict[str, Any]:
    """Return fields by name, those of one kind (``fluoroscopy.time_s``) together."""
    fields: dict[str, Any] = {name: value for name, value in values.items() if "." not in name}
    for kind in _KINDS:
        of_kind = {
            name.removeprefix(f"{kind}."): value
            for name, value in values.items()
            if name.startswith(f"{kind}.")
        }
        fields[kind] = KindTotals(**of_kind)
    return fields
