"""Whether the events of a report add up to its totals, by kind and by plane."""

import math
from collections.abc import Sequence

from dosemap.checking.finding import Finding
from dosemap.procedure import Event, Procedure, Totals
from dosemap.reading.checks import kerma_sum_differs, kermas_by_step
from dosemap.reading.doubts import product_sum_differs
from dosemap.totals import KINDS, known_kermas_gy, of_kind, planes, summed

_TIME_TOLERANCE = 0.02
_WHOLE_SECONDS = 1.0
"""Most systems write the time of an event, and the total, in whole seconds."""

_NAMES = {
    "reference_air_kerma_gy": ("kerma", "air kerma", 1e3, "mGy"),
    "kerma_area_product_gy_m2": ("kerma-area", "kerma-area product", 1e4, "Gy cm²"),
    "time_s": ("time", "duration", 1.0, "s"),
}
"""Part of the name of a check, the quantity in words, factor to the unit that is shown."""


def check_sums(procedure: Procedure) -> list[Finding]:
    """Compare air kerma, kerma-area product and times with the report's totals.

    Parameters
    ----------
    procedure
        The report.
    """
    events = procedure.events
    return [
        _compare(procedure, "reference_air_kerma_gy"),
        _compare(procedure, "kerma_area_product_gy_m2"),
        *(_compare(procedure, name, kind) for name in _NAMES for kind in KINDS),
        _kinds(procedure.totals),
        _planes(procedure),
        _single_kinds(events),
    ]


def _compare(procedure: Procedure, name: str, kind: str | None = None) -> Finding:
    """Compare the sum of a quantity over events, or those of one kind, with the total."""
    part, what, factor, unit = _NAMES[name]
    check = "-".join(word for word in (kind, part, "total") if word)
    what = f"{what} of {kind}" if kind else what
    totals = getattr(procedure.totals, kind) if kind else procedure.totals
    events = of_kind(procedure.events, kind) if kind else procedure.events
    total, of_events = getattr(totals, name), summed(events, name)
    if name == "time_s" and total == 0 and any(known_kermas_gy(events)):
        message = f"{what}: a total of 0 s beside events with dose"
        return Finding(check=check, status="doubtful", message=message)
    if total is None:
        return _not_possible(check, f"{what}: no total in the report states it")
    if not procedure.events:
        return _not_possible(check, f"{what}: there are no events")
    if kind and not all(event.event_type for event in procedure.events):
        return _not_possible(check, f"{what}: there are events of unknown type")
    if of_events is None:
        return _not_possible(check, f"{what}: not all events state it")
    key = unit.replace("²", "2").replace(" ", "_").lower()
    return Finding(
        check=check,
        status="doubtful" if _differs(name, events, of_events, total) else "ok",
        message=f"{what}: the events add up to {of_events * factor:.4g} {unit}, the total is"
        f" {total * factor:.4g} {unit}",
        numbers={f"sum_{key}": of_events * factor, f"total_{key}": total * factor},
    )


def _not_possible(check: str, message: str) -> Finding:
    return Finding(check=check, status="not possible", message=message)


def _differs(name: str, events: Sequence[Event], of_events: float, total: float) -> bool:
    if name == "reference_air_kerma_gy":
        return kerma_sum_differs(kermas_by_step(events), total)
    if name == "kerma_area_product_gy_m2":
        return product_sum_differs([of_events], total)
    tolerance = max(_WHOLE_SECONDS * (len(events) + 1), _TIME_TOLERANCE * total)
    return abs(of_events - total) > tolerance


def _kinds(totals: Totals) -> Finding:
    """Check that the totals of fluoroscopy and acquisition add up to the total."""
    check = "kerma-of-kinds"
    parts = [getattr(totals, kind).reference_air_kerma_gy for kind in KINDS]
    total = totals.reference_air_kerma_gy
    if total is None or None in parts:
        return _not_possible(check, "air kerma: the report does not state it by kind and in total")
    in_mgy = [f"{value * 1e3:.4g} mGy" for value in (*parts, total)]
    return Finding(
        check=check,
        status="doubtful" if kerma_sum_differs([[part] for part in parts], total) else "ok",
        message=f"air kerma by the report's totals: {KINDS[0]} {in_mgy[0]}, {KINDS[1]} {in_mgy[1]},"
        f" together {in_mgy[2]}",
    )


def _planes(procedure: Procedure) -> Finding:
    """Check that the events of each plane add up to its total."""
    check, what = "kerma-of-planes", "air kerma by plane"
    single = [entry for entry in planes(procedure) if entry[0] != "all"]
    if len(single) == 1 or not procedure.events:
        return _not_possible(check, f"{what}: there is one plane only")
    differs, told = False, []
    for plane, stated, events in single:
        total, known = stated.reference_air_kerma_gy, known_kermas_gy(events)
        if total is not None:
            differs = differs or kerma_sum_differs(kermas_by_step(events), total)
            sum_mgy, total_mgy = 1e3 * math.fsum(known), 1e3 * total
            told.append(f"{plane or 'not stated'} {sum_mgy:.4g} and {total_mgy:.4g} mGy")
    if not told:
        return _not_possible(check, f"{what}: no total in the report states it")
    return Finding(
        check=check,
        status="doubtful" if differs else "ok",
        message=f"{what}, of the events and in total: {'; '.join(told)}",
    )


def _single_kinds(events: Sequence[Event]) -> Finding:
    """Check that events with one of kerma and kerma-area product have the other."""
    one_only = tuple(
        event.index
        for event in events
        if bool(event.reference_air_kerma_gy) != bool(event.kerma_area_product_gy_m2)
    )
    return Finding(
        check="kerma-and-product",
        status="doubtful" if one_only else "ok" if events else "not possible",
        message="events have air kerma without kerma-area product, or the other way round"
        if one_only
        else "every event has both air kerma and kerma-area product, or neither"
        if events
        else "there are no events",
        events=one_only,
    )
