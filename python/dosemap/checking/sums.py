"""Whether the events of a report add up to its totals."""

import math
from collections.abc import Sequence

from dosemap.checking.finding import Finding
from dosemap.procedure import Event, Procedure
from dosemap.reading.checks import kerma_sum_differs
from dosemap.reading.doubts import product_sum_differs

_TIME_TOLERANCE = 0.02
_WHOLE_SECONDS = 1.0
"""Most systems write the time of an event, and the total, in whole seconds."""


def check_sums(procedure: Procedure) -> list[Finding]:
    """Compare air kerma, kerma-area product and fluoroscopy time with the report's totals.

    Parameters
    ----------
    procedure
        The report.
    """
    events, totals = procedure.events, procedure.totals
    kerma = [e.reference_air_kerma_gy for e in events if e.reference_air_kerma_gy is not None]
    product = [e.kerma_area_product_gy_m2 for e in events if e.kerma_area_product_gy_m2 is not None]
    fluoroscopy = [e for e in events if e.event_type == "fluoroscopy"]
    seconds = [
        e.irradiation_duration_s for e in fluoroscopy if e.irradiation_duration_s is not None
    ]
    kerma_total, product_total = totals.reference_air_kerma_gy, totals.kerma_area_product_gy_m2
    time_total = totals.fluoroscopy_time_s
    return [
        _compare(
            "kerma-total",
            (kerma, kerma_total),
            (1e3, "mGy"),
            "air kerma",
            differs=kerma_total is not None and kerma_sum_differs(kerma, kerma_total),
        ),
        _compare(
            "kerma-area-total",
            (product, product_total),
            (1e4, "Gy cm²"),
            "kerma-area product",
            differs=product_total is not None and product_sum_differs(product, product_total),
        ),
        _compare(
            "fluoroscopy-time-total",
            (seconds, time_total),
            (1.0, "s"),
            "duration of the fluoroscopy events",
            differs=_differs(
                seconds,
                time_total,
                max(_WHOLE_SECONDS * (len(seconds) + 1), _TIME_TOLERANCE * (time_total or 0.0)),
            ),
        ),
        _single_kinds(events),
    ]


def _differs(values: Sequence[float], total: float | None, tolerance: float) -> bool:
    return total is not None and abs(math.fsum(values) - total) > tolerance


def _compare(
    check: str,
    sides: tuple[Sequence[float], float | None],
    scale: tuple[float, str],
    what: str,
    *,
    differs: bool,
) -> Finding:
    values, total = sides
    factor, unit = scale
    if total is None or not values:
        lacks = "no total" if total is None else "no event"
        return Finding(
            check=check, status="not possible", message=f"{what}: {lacks} in the report states it"
        )
    summed = math.fsum(values)
    key = unit.replace("²", "2").replace(" ", "_").lower()
    return Finding(
        check=check,
        status="doubtful" if differs else "ok",
        message=f"{what}: the events add up to {summed * factor:.4g} {unit}, the total is"
        f" {total * factor:.4g} {unit}",
        numbers={f"sum_{key}": summed * factor, f"total_{key}": total * factor},
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
