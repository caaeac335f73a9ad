"""How well a document knows the quantities that levels are of: exactly, from below, or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LARGEST_DOSE_PER_AIR_KERMA = 25.0
"""No point of the skin gets more, Gy per Gy of reference air kerma: skin 380 mm from the focal
spot, the least that fixed fluoroscopes allow (21 CFR 1020.32(g)), of a reference point at a
detector 1200 mm away, with a backscatter factor of 1.7, 1.07 for air to skin and a calibration
factor of 1.35, gets 24.5. The makes whose reports give a map are such systems."""

_MISSED = "kerma-not-on-skin"
"""Problem of a map that lacks so much kerma that its geometry is in doubt."""
_NOT_STATED = "the report does not state it"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a quantity, in the unit of its name."""

    at_least: float = 0.0
    at_most: float | None = None
    """``None`` where nothing bounds it."""
    why: str | None = None
    """Why it is not known exactly; ``None`` where it is."""

    @classmethod
    def exactly(cls, value: float) -> "Known":
        """Return a quantity that is known."""
        return cls(at_least=value, at_most=value)


def known_quantities(document: Mapping[str, Any]) -> dict[str, Known]:
    """Return what the document of an estimate knows of each quantity.

    Parameters
    ----------
    document
        As ``docs/json.md`` describes it.
    """
    totals = document["totals"]
    return {
        "peak_skin_dose_gy": _peak(document),
        "reference_air_kerma_gy": _air_kerma(totals),
        "kerma_area_product_gy_m2": _kerma_area_product(totals),
        "fluoroscopy_time_s": _time(totals),
    }


def _peak(document: Mapping[str, Any]) -> Known:
    peak_gy, interval = document["peak_skin_dose_gy"], document["interval"]
    if peak_gy is None:
        reason = document["map"]["reason"]
        if interval is None:
            return Known(why=reason)
        why = f"{reason}; it lies between the ends of the interval"
        return Known(at_least=interval["low_gy"] or 0.0, at_most=interval["high_gy"], why=why)
    missing_gy = document["map"]["air_kerma_not_mapped_gy"]
    if missing_gy is None:
        why = "the map lacks events, and how much air kerma is not known: the peak is a lower bound"
        return Known(at_least=peak_gy, why=why)
    if any(problem["code"] == _MISSED for problem in document["problems"]):
        why = "much of the air kerma missed the skin or was not placed: the peak is a lower bound"
        return Known(at_least=peak_gy, why=why)
    if missing_gy == 0:
        return Known.exactly(peak_gy)
    return Known(
        at_least=peak_gy,
        at_most=peak_gy + LARGEST_DOSE_PER_AIR_KERMA * missing_gy,
        why=f"the map lacks {missing_gy:.3g} Gy of air kerma: the peak is a lower bound",
    )


def _air_kerma(totals: Mapping[str, Any]) -> Known:
    total = totals["reference_air_kerma_gy"]
    if totals["reference_air_kerma_from"] == "report" and total is not None:
        of_events = totals["sum_of_event_air_kerma_gy"]
        if of_events <= total:
            return Known.exactly(total)
        why = f"its events add up to {of_events:.4g} Gy, more than the report's total"
        return Known(at_least=total, at_most=of_events, why=why)
    return _sum(total, totals, unknown=totals["events_with_unknown_air_kerma"])


def _kerma_area_product(totals: Mapping[str, Any]) -> Known:
    total = totals["kerma_area_product_gy_m2"]
    if totals["kerma_area_product_from"] == "report" and total is not None:
        return Known.exactly(total)
    return _sum(total, totals, unknown=totals["events_with_unknown_kerma_area_product"])


def _sum(total: float | None, totals: Mapping[str, Any], *, unknown: int) -> Known:
    """Return what a sum over events says when so many of them do not state the quantity."""
    if total is None:
        return Known(why=_NOT_STATED)
    if not unknown:
        return Known.exactly(total)
    why = f"{unknown} of {totals['events']} events do not state it: the sum is a lower bound"
    return Known(at_least=total, why=why)


def _time(totals: Mapping[str, Any]) -> Known:
    stated, of_events = totals["fluoroscopy_time_s"], totals["fluoroscopy"]["time_s"]
    if stated is not None:
        return Known.exactly(stated)
    unknown = totals["events_of_unknown_type"]
    if of_events is None or not unknown:
        return Known(why=_NOT_STATED) if of_events is None else Known.exactly(of_events)
    why = f"{unknown} of {totals['events']} events may be fluoroscopy: the sum is a lower bound"
    return Known(at_least=of_events, why=why)
