"""Checks over the whole report: sums against totals, duplicates, order, plausibility."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from dosemap.procedure import Event, Provenance, Totals
from dosemap.reading.log import ProblemLog
from dosemap.totals import KINDS, known_kermas_gy, of_kind

RELATIVE_TOLERANCE = 0.01
"""Difference between the sum of the events and the total that needs no mention."""
_COARSEST_GY = 1e-4
"""Coarsest step of an air kerma seen in a real report (Siemens Luminos, fluoroscopy and totals)."""
_DIGITS = 9
"""Significant digits of a number that are its writer's; what is beyond is of unit and binary."""
_NOTHING_GY = 1e-9
"""Below every step of every report; what adding up may leave."""
_FIELD_M2 = (1e-6, 1.0)
"""Kerma-area product over kerma: 0.01 cm2 to 1 m2 holds every real field, and no wrong unit."""


def check_report(events: Sequence[Event], totals: Totals, log: ProblemLog) -> None:
    """Note what does not fit together."""
    _kerma_against_total(events, totals, log)
    _kinds_against_totals(events, totals, log)
    _zero_and_missing_kerma(events, totals, log)
    _order_and_duplicates(events, log)
    _area_plausible(events, log)


def _resolution(value: float) -> float:
    """Return the last decimal place of a number as its shortest text has it."""
    exponent = Decimal(f"{value:.{_DIGITS}g}").normalize().as_tuple().exponent
    return 10.0 ** int(exponent)


def _step_gy(values: Iterable[float]) -> float:
    """Return the step in which air kermas are written: of the one with the most decimals.

    Zeros at the end are not seen, so that a few values can look coarser than any system writes.
    """
    return min((_resolution(value) for value in values if value), default=_COARSEST_GY)


def kerma_sum_differs(series: Sequence[Sequence[float]], total: float) -> bool:
    """Return whether air kermas add up to something else than the total.

    Not where roundings of all of them, each half a step, make up for the difference.

    Parameters
    ----------
    series
        Air kermas, Gy, in groups that are written in one step each.
    total
        The report's, Gy.
    """
    sum_gy = math.fsum(value for values in series for value in values)
    rounding = 0.5 * math.fsum(
        len(values) * min(_step_gy(values), _COARSEST_GY) for values in (*series, [total])
    )
    return abs(sum_gy - total) > max(RELATIVE_TOLERANCE * total, rounding)


def kermas_by_step(events: Sequence[Event]) -> list[list[float]]:
    """Return the air kerma of the events that state it, Gy, in a group for each type of event.

    Siemens Luminos writes fluoroscopy in steps of 0.1 mGy and radiographs with more decimals.
    """
    types = dict.fromkeys(event.event_type for event in events)
    return [
        known_kermas_gy(event for event in events if event.event_type == kind) for kind in types
    ]


def _kerma_against_total(events: Sequence[Event], totals: Totals, log: ProblemLog) -> None:
    total = totals.reference_air_kerma_gy
    known = known_kermas_gy(events)
    if total is not None and events and kerma_sum_differs(kermas_by_step(events), total):
        log.add(
            "kerma-total-differs",
            f"the air kerma of the events adds up to {math.fsum(known):.6g} Gy, the report's total "
            f"is {total:.6g} Gy",
            "events are missing, doubled or wrong; the map holds what the events say",
        )


def _kinds_against_totals(events: Sequence[Event], totals: Totals, log: ProblemLog) -> None:
    """Note dose that the totals book as the other kind than the events do.

    One maker writes fluoroscopy as acquisition in the totals (Eurocolumbus).
    """
    total = totals.reference_air_kerma_gy
    all_differs = total is not None and kerma_sum_differs(kermas_by_step(events), total)
    if all_differs or not events or any(event.event_type is None for event in events):
        return
    stated = {kind: getattr(totals, kind).reference_air_kerma_gy for kind in KINDS}
    of_kinds = {kind: of_kind(events, kind) for kind in KINDS}
    told = [
        f"{kind} {math.fsum(known_kermas_gy(of_kinds[kind])):.6g} Gy in the events, "
        f"{of_report:.6g} Gy in the total"
        for kind, of_report in stated.items()
        if of_report is not None and kerma_sum_differs(kermas_by_step(of_kinds[kind]), of_report)
    ]
    if told and any(stated.values()):
        log.add(
            "kerma-of-kinds-differs",
            f"the air kerma by kind is {', '.join(told)}",
            "one of the two books dose under the other kind; the totals by kind are the report's",
        )


def _left_for_zeros(events: Sequence[Event], totals: Totals) -> str:
    """Return in words what the total leaves for events whose kerma was rounded to 0."""
    known = math.fsum(event.reference_air_kerma_gy or 0.0 for event in events)
    left_gy = (totals.reference_air_kerma_gy or 0.0) - known
    return (
        f"; the total leaves {left_gy:.2g} Gy for all such events" if left_gy > _NOTHING_GY else ""
    )


def _zero_and_missing_kerma(events: Sequence[Event], totals: Totals, log: ProblemLog) -> None:
    left = _left_for_zeros(events, totals)
    for event in events:
        if event.reference_air_kerma_gy is None:
            if event.provenance.get("reference_air_kerma_gy") is not Provenance.INVALID:
                log.add(
                    "kerma-missing",
                    "there is no reference air kerma",
                    "it is missing from the sums; the map has the event only where kerma-area"
                    " product and size of the field, or a tube output, stand in for it",
                    event=event.index,
                )
        elif event.reference_air_kerma_gy == 0 and event.kerma_area_product_gy_m2:
            log.add(
                "kerma-rounded-to-zero",
                "the air kerma is 0 but the kerma-area product is not",
                f"the kerma is below what the system writes and adds no dose{left}",
                event=event.index,
            )
        elif event.reference_air_kerma_gy == 0:
            log.add("kerma-zero", "the air kerma is 0", "the event adds no dose", event=event.index)


def _order_and_duplicates(events: Sequence[Event], log: ProblemLog) -> None:
    counts = Counter(event.irradiation_event_uid for event in events if event.irradiation_event_uid)
    for event in events:
        if event.irradiation_event_uid and counts[event.irradiation_event_uid] > 1:
            log.add(
                "event-uid-repeated",
                "several events have the same UID",
                "each is counted; if they are copies, the dose is counted twice",
                event=event.index,
            )
    times = [event.started for event in events if event.started]
    if times != sorted(times):
        log.add(
            "events-not-in-time-order",
            "the events are not in order of time",
            "this does not change the sum of the doses",
        )


def _area_plausible(events: Sequence[Event], log: ProblemLog) -> None:
    low, high = _FIELD_M2
    for event in events:
        kerma, product = event.reference_air_kerma_gy, event.kerma_area_product_gy_m2
        if kerma and product and not low <= product / kerma <= high:
            log.add(
                "kerma-area-implausible",
                "kerma-area product over air kerma is no possible field area",
                "one of the two has a wrong unit; check them",
                event=event.index,
            )
