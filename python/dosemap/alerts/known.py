"""How well a document knows the quantities that levels are of: exactly, from below, or not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dosemap.dose_words import gy

LARGEST_DOSE_PER_AIR_KERMA = 25.0
"""No point of the skin gets more, Gy per Gy of reference air kerma: skin 380 mm from the focal
spot, the least that fixed fluoroscopes allow (21 CFR 1020.32(g)), of a reference point at a
detector 1200 mm away, with a backscatter factor of 1.7, 1.07 for air to skin and a calibration
factor of 1.35, gets 24.5. The makes whose reports give a map are such systems."""

_CALIBRATION_WITHIN = 1.35
"""Calibration factor that :data:`LARGEST_DOSE_PER_AIR_KERMA` allows for."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_IN_BRACKETS = re.compile(r"\([^)]*\)")

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
    may_lack: float | None = None
    """Of the peak of a map: no place of the map lacks more than this; ``None``: nothing bounds it.
    It may be more than ``at_most`` is above ``at_least``, for the true peak may be elsewhere."""

    @classmethod
    def exactly(cls, value: float) -> "Known":
        """Return a quantity that is known."""
        return cls(at_least=value, at_most=value, may_lack=0.0)


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
    is_in_doubt = any(problem["code"] == _MISSED for problem in document["problems"])
    if missing_gy == 0 and not is_in_doubt:
        return Known.exactly(peak_gy)
    lacking_gy = None
    if missing_gy is None:
        why = "the map lacks events, and how much air kerma is not known: the peak is a lower bound"
    elif is_in_doubt:
        why = "much of the air kerma missed the skin or was not placed: the peak is a lower bound"
    else:
        why = f"the map lacks {gy(missing_gy)} of air kerma: the peak is a lower bound"
        lacking_gy = missing_gy * _largest_dose_per_air_kerma(document)
    highest_gy = _highest(document)
    # A bound that the map has passed already bounds nothing.
    anywhere_gy = highest_gy if highest_gy is not None and highest_gy >= peak_gy else None
    above_map_gy = None if lacking_gy is None else peak_gy + lacking_gy
    return Known(
        at_least=peak_gy,
        at_most=_least(above_map_gy, anywhere_gy),
        why=why,
        may_lack=_least(lacking_gy, anywhere_gy),
    )


def _highest(document: Mapping[str, Any]) -> float | None:
    """Return what no place of the skin can have got more than, wherever the beams went, Gy.

    By the whole air kerma as if all of it fell on one place at the shortest distance, and by the
    interval, which knows no table position either.
    """
    interval, kerma_gy = document["interval"], _air_kerma(document["totals"]).at_most
    by_kerma_gy = None
    if kerma_gy is not None:
        by_kerma_gy = kerma_gy * _largest_dose_per_air_kerma(document)
    return _least(by_kerma_gy, interval and interval["high_gy"])


def _largest_dose_per_air_kerma(document: Mapping[str, Any]) -> float:
    """Return the most for the calibration factors that were used."""
    used = _IN_BRACKETS.sub("", document["corrections"]["calibration"])
    largest = max((float(number) for number in _NUMBER.findall(used)), default=1.0)
    return LARGEST_DOSE_PER_AIR_KERMA * max(1.0, largest / _CALIBRATION_WITHIN)


def _least(*bounds: float | None) -> float | None:
    """Return the lowest of the bounds that are known."""
    return min((bound for bound in bounds if bound is not None), default=None)


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
