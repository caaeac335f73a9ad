"""How large the field can be: it bounds backscatter, and kerma that only the area product tells."""

import math
from dataclasses import dataclass

from dosemap.equipment import Profile
from dosemap.interval.distances import Distances
from dosemap.interval.known import KnownRanges
from dosemap.interval.ranges import Bound, Range
from dosemap.placement.field_size import field_at_1m
from dosemap.placement.model import NotPlaceable
from dosemap.placement.notes import Notes
from dosemap.procedure import Event, Provenance

_POSSIBLE_SIDE_MM = Range(30.0, 500.0)
"""Collimators leave 3 cm; the largest detector, 43 cm, spans 48 cm at 1 m when 900 mm away."""
_PLAUSIBLE_AREA_M2 = (1e-4, 0.3)
"""Area product over kerma at the reference point beyond this is a slip or rounding."""
_BLUR = 1.25
"""Largest factor by which rounding and the meters put a derived side off: 1.56 in area."""
_OBLONG = 2.0
"""Ratio of the sides up to which a field may be oblong where only its area is known."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """Size of the field 1000 mm from the focal spot."""

    side_at_1m_mm: Range
    """Side of the square of the same area."""
    oblong: float
    """Largest ratio of its sides."""
    bound: Bound


def field(event: Event, profile: Profile | None, distances: Distances, known: KnownRanges) -> Field:
    """Return the size of an event's field."""
    side, words = _reported(event, profile, distances)
    if side is not None:
        side = Range(side.low / _BLUR, side.high * _BLUR)
        bound = _bound(side, f"{words}, with a margin of {_BLUR:g}", Provenance.DERIVED)
        return Field(side_at_1m_mm=side, oblong=_OBLONG, bound=bound)
    given = known.bound("field_side_at_1m_mm")
    if given is not None:
        return Field(side_at_1m_mm=given.range, oblong=1.0, bound=given)
    bound = _bound(
        _POSSIBLE_SIDE_MM, "not in the report; what collimators allow", Provenance.ASSUMED
    )
    return Field(side_at_1m_mm=_POSSIBLE_SIDE_MM, oblong=_OBLONG, bound=bound)


def _reported(
    event: Event, profile: Profile | None, distances: Distances
) -> tuple[Range | None, str]:
    reference = distances.reference_mm
    if profile is not None and reference is not None:
        try:
            # By some sources it depends on the distance of the reference point.
            sides_mm = [
                _side_by_profile_mm(event, profile, reference_mm)
                for reference_mm in (reference.low, reference.high)
            ]
            return Range.over(sides_mm), "report and profile"
        except NotPlaceable:
            pass
    kerma, product = event.reference_air_kerma_gy, event.kerma_area_product_gy_m2
    if kerma and product and reference is not None:
        area_m2 = product / kerma
        if _PLAUSIBLE_AREA_M2[0] <= area_m2 <= _PLAUSIBLE_AREA_M2[1]:
            side_mm = 1e6 * math.sqrt(area_m2)
            return (
                Range(side_mm / reference.high, side_mm / reference.low),
                "kerma-area product over air kerma",
            )
    area_m2 = event.collimated_field_area_m2 or 0.0
    if _PLAUSIBLE_AREA_M2[0] <= area_m2 <= _PLAUSIBLE_AREA_M2[1]:
        side_mm, detector = 1e6 * math.sqrt(area_m2), distances.detector_mm
        return (
            Range(side_mm / detector.high, side_mm / detector.low),
            "collimated field area, at the detector",
        )
    return None, ""


def _side_by_profile_mm(event: Event, profile: Profile, reference_mm: float) -> float:
    # What the notes take up is said where the map is made.
    (u1, u2, v1, v2), _ = field_at_1m(event, profile, reference_mm, side_mm=None, notes=Notes())
    return math.sqrt((u2 - u1) * (v2 - v1))


def _bound(side: Range, source: str, provenance: Provenance) -> Bound:
    return Bound(
        quantity="field_side_at_1m_mm",
        unit="mm",
        range=side,
        source=source,
        provenance=provenance,
    )
