"""What a report says that cannot be, that nothing here follows, or that it says twice otherwise."""

import math
from collections.abc import Sequence

from dosemap.procedure import Event, Totals
from dosemap.reading.codes import shown
from dosemap.reading.items import Items
from dosemap.reading.log import ProblemLog

PRODUCT_TOLERANCE = 0.02
"""Relative: rounding of the events explains 1.5 % in one real report; where the product of events
was lost it is 12 and 16 %."""
_MEAN_FIELD_CM2 = (10.0, 3000.0)
"""Of a whole examination at the reference point. Single fields are smaller (0.5 cm2 was seen), but
a kerma or a product in another unit than stated is off by ten at least, mostly by a thousand."""
_LEAST_KERMA_GY = 50e-6
"""Below this, rounding of single events spoils the quotient."""
_NOT_FOLLOWED = {
    "113770": "Column Angulation",
    "113792": "Distance Source to Table Plane",
}
"""Geometry of an event that nothing uses; no report at hand has it, or only as 0."""


def note_doubts(
    events: Sequence[Event], event_items: Sequence[Items], totals: Totals, log: ProblemLog
) -> None:
    """Note lost kerma-area product, repeated definitions and geometry that is left out.

    Parameters
    ----------
    events, event_items
        The events, and the items that they were read from.
    totals
        Of the report.
    log
        Where findings go.
    """
    _product_against_total(events, totals, log)
    _mean_field(events, log)
    for event, items in zip(events, event_items, strict=True):
        _repeated_reference_point(event.index, items, log)
        for code, name in _NOT_FOLLOWED.items():
            if any(number for item in items.all(code) for number in item.numbers):
                log.add(
                    "geometry-not-followed",
                    f"the event states {name} ({code}, DCM)",
                    "it is not used; if the beam depends on it, a map is wrong",
                    event=event.index,
                )


def _product_against_total(events: Sequence[Event], totals: Totals, log: ProblemLog) -> None:
    total = totals.kerma_area_product_gy_m2
    known = [e.kerma_area_product_gy_m2 for e in events if e.kerma_area_product_gy_m2 is not None]
    if total is None or not known or not product_sum_differs(known, total):
        return
    log.add(
        "kerma-area-total-differs",
        f"the kerma-area product of the events adds up to {1e4 * math.fsum(known):.6g} Gy cm²,"
        f" the report's total is {1e4 * total:.6g} Gy cm²",
        "the product of some events is lost or wrong, and with it the size of their fields; the "
        "air kerma is taken as it is, and nothing is scaled",
    )


def _mean_field(events: Sequence[Event], log: ProblemLog) -> None:
    doses = [
        (event.kerma_area_product_gy_m2, event.reference_air_kerma_gy)
        for event in events
        if event.kerma_area_product_gy_m2 and event.reference_air_kerma_gy
    ]
    kerma_gy = math.fsum(kerma for _, kerma in doses)
    if kerma_gy < _LEAST_KERMA_GY:
        return
    area_cm2 = 1e4 * math.fsum(product for product, _ in doses) / kerma_gy
    low, high = _MEAN_FIELD_CM2
    if not low <= area_cm2 <= high:
        log.add(
            "mean-field-implausible",
            f"the mean field of all events, kerma-area product over air kerma, is {area_cm2:.3g} "
            f"cm2; plausible is {low:g} to {high:g} cm2",
            "one of the two may be in another unit than the report states: compare both with the "
            "console before any dose is used",
        )


def product_sum_differs(known: Sequence[float], total: float) -> bool:
    """Return whether kerma-area products of events add up to something else than the total.

    Parameters
    ----------
    known
        Of the events that state it, Gy·m².
    total
        The report's, Gy·m².
    """
    return abs(math.fsum(known) - total) > PRODUCT_TOLERANCE * total


def _repeated_reference_point(index: int, items: Items, log: ProblemLog) -> None:
    """Note codes that differ; texts stand side by side, and are understood together or not."""
    stated = dict.fromkeys(shown(item.coded[0]) for item in items.all("113780") if item.coded)
    if len(stated) > 1:
        log.add(
            "reference-point-repeated",
            f"the reference point is defined by {len(stated)} codes: {', '.join(stated)}",
            "the first is used; check the distance of the reference point",
            event=index,
        )
