"""How well a document knows the quantities that levels are of: exactly, from below, or not."""

import re
from collections.abc import Mapping
from typing import Any

from dosemap.alerts.knowledge import Known
from dosemap.alerts.known_totals import (
    air_kerma,
    fluoroscopy_time,
    kerma_area_product,
    unlisted,
)
from dosemap.dose_words import gy

LARGEST_DOSE_PER_AIR_KERMA = 25.0
"""No point of the skin gets more, Gy per Gy of reference air kerma, where a shipped profile gives a
map: skin 380 mm from the focal spot, the least that fixed fluoroscopes allow (21 CFR 1020.32(g)),
of a reference point at a detector 1200 mm away, with a backscatter factor of 1.7, 1.07 for air to
skin and a calibration factor of 1.35, gets 24.5. The makes whose reports give a map are such
systems."""

LARGEST_DOSE_OF_ANY_SYSTEM = 100.0
"""The same where the geometry is not known: no map, or one by a site's own or the generic profile.
With the same factors, but a meter that shows 35 % less than there is (1 / 0.65), it holds for
reference points up to 5.9 times as far from the focal spot as the skin: 1190 mm and 200 mm on
mobile systems, where the spacer is off for surgery; 590 mm and 100 mm on small C-arms; 2270 mm and
380 mm on fixed ones."""

LARGEST_DOSE_OF_RADIOGRAPHS = 280.0
"""The same for reports of radiographs alone: a reference point at a detector 3000 mm away and skin
300 mm from the focal spot, the least for mobile systems (21 CFR 1020.31), give 279.8."""

LARGEST_TRUE_PER_SHOWN = 1 / 0.65
LEAST_TRUE_PER_SHOWN = 1 / 1.35
"""Of a meter without calibration factor: what it shows is within 35 % of what is (IEC 60601-2-43).
"""

_CALIBRATION_WITHIN = 1.35
"""Calibration factor that :data:`LARGEST_DOSE_PER_AIR_KERMA` allows for."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_IN_BRACKETS = re.compile(r"\([^)]*\)")

_MISSED = "kerma-not-on-skin"
"""Problem of a map that lacks so much kerma that its geometry is in doubt."""
_GENERIC = "generic"
"""Profile that is taken for systems of any make and kind."""
_RADIOGRAPHY = "radiography"
"""Kind of a report without fluoroscopy."""


def known_quantities(document: Mapping[str, Any]) -> dict[str, Known]:
    """Return what the document of an estimate knows of each quantity.

    Parameters
    ----------
    document
        As ``docs/json.md`` describes it.
    """
    return {
        "peak_skin_dose_gy": _peak(document),
        "reference_air_kerma_gy": air_kerma(document),
        "kerma_area_product_gy_m2": kerma_area_product(document),
        "fluoroscopy_time_s": fluoroscopy_time(document),
    }


def _peak(document: Mapping[str, Any]) -> Known:
    peak_gy, highest_gy = document["peak_skin_dose_gy"], _highest(document)
    if peak_gy is None:
        why, (low_gy, high_gy) = document["map"]["reason"], _interval(document)
        if low_gy is not None or high_gy is not None:
            why += "; it lies between the ends of the interval"
        return Known(at_least=low_gy or 0.0, at_most=highest_gy, may_lack=highest_gy, why=why)
    missing_gy, unlisted_gy = document["map"]["air_kerma_not_mapped_gy"], unlisted(document)
    if missing_gy is not None and not document["totals"]["events_with_unknown_air_kerma"]:
        missing_gy += unlisted_gy
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
    kerma_gy, by_kerma_gy = air_kerma(document).at_most, None
    if kerma_gy is not None:
        by_kerma_gy = kerma_gy * _largest_dose_per_air_kerma(document)
    return _least(by_kerma_gy, _interval(document)[1])


def _interval(document: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return the ends of the interval, wider where it takes the meter as right."""
    interval = document["interval"]
    if interval is None:
        return None, None
    low_gy, high_gy = interval["low_gy"], interval["high_gy"]
    if not any(_takes_meter_as_right(entry) for entry in interval["assumptions"]):
        return low_gy, high_gy
    return (
        None if low_gy is None else low_gy * LEAST_TRUE_PER_SHOWN,
        None if high_gy is None else high_gy * LARGEST_TRUE_PER_SHOWN,
    )


def _takes_meter_as_right(assumption: Mapping[str, Any]) -> bool:
    return (assumption["field"], assumption["provenance"]) == ("calibration_factor", "assumed")


def _largest_dose_per_air_kerma(document: Mapping[str, Any]) -> float:
    """Return the most for the geometry and the calibration factors that were used."""
    used = _IN_BRACKETS.sub("", document["corrections"]["calibration"])
    largest = max((float(number) for number in _NUMBER.findall(used)), default=1.0)
    return _largest_of_system(document) * max(1.0, largest / _CALIBRATION_WITHIN)


def _largest_of_system(document: Mapping[str, Any]) -> float:
    equipment = document["equipment"]
    is_of_make = equipment["file"] is None and equipment["profile"] != _GENERIC
    if document["peak_skin_dose_gy"] is not None and is_of_make:
        return LARGEST_DOSE_PER_AIR_KERMA
    if document["procedure"]["report_kind"] == _RADIOGRAPHY:
        return LARGEST_DOSE_OF_RADIOGRAPHS
    return LARGEST_DOSE_OF_ANY_SYSTEM


def _least(*bounds: float | None) -> float | None:
    """Return the lowest of the bounds that are known."""
    return min((bound for bound in bounds if bound is not None), default=None)
