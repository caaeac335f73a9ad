"""The least and the largest dose that one event can have given to the skin."""

from dataclasses import dataclass

from dosemap.interval.distances import Distances, distances
from dosemap.interval.field import Field, field
from dosemap.interval.known import Given
from dosemap.interval.motion import share_at_one_point
from dosemap.interval.quality import quality
from dosemap.interval.ranges import Bound, Range, Unbounded
from dosemap.procedure import Event, Provenance

_EXACT_METER = Bound(
    quantity="air_kerma_deviation",
    unit="",
    range=Range.exactly(0.0),
    source="the meter is taken as right; IEC 60601-2-43 allows it to be off by 35 %",
    provenance=Provenance.ASSUMED,
)

_METER_GY = 1e-9
"""No meter resolves less: a quotient by less says nothing."""


@dataclass(frozen=True, kw_only=True)
class EventInterval:
    """What is known of the dose of one event where it is highest."""

    event: int
    dose_gy: Range | None
    """Of the point of the skin with the most dose from this event; ``None``: without bounds."""
    reason: str | None = None
    """Why there are no bounds."""
    largest_dose_per_air_kerma: float | None = None
    """High end over the reference air kerma; ``None`` where that is not known."""
    bounds: tuple[Bound, ...] = ()


def event_interval(event: Event, given: Given) -> EventInterval:
    """Return the bounds of one event.

    Raises
    ------
    DosemapError
        A function of the user returned an impossible factor.
    """
    kerma, product = event.reference_air_kerma_gy, event.kerma_area_product_gy_m2
    if kerma is None and product is None:
        reason = "neither its air kerma nor its kerma-area product is known"
        return EventInterval(event=event.index, dose_gy=None, reason=reason)
    if not kerma and not product:
        return EventInterval(event=event.index, dose_gy=Range.exactly(0.0))
    profile, corrections, known = given.profile, given.corrections, given.known
    try:
        where = distances(event, profile, known)
        size = field(event, profile, where, known)
        square = where.inverse_square if corrections.inverse_square else Range.exactly(1.0)
        at_skin = _air_kerma_at_skin(event, square, where, size, given.rounded_to_zero_below_gy)
        factors = quality(event, given, where, size)
    except Unbounded as error:
        return EventInterval(event=event.index, dose_gy=None, reason=str(error))
    share = share_at_one_point(event, profile, where, size)
    meter = known.bound("air_kerma_deviation") or _EXACT_METER
    true_over_indicated = Range(1 / (1 + meter.range.high), 1 / (1 + meter.range.low))
    dose = (
        at_skin.range.times(true_over_indicated)
        .times(factors.calibration)
        .times(factors.support)
        .times(factors.dose_per_air_kerma)
        .times(share.range)
    )
    return EventInterval(
        event=event.index,
        dose_gy=dose,
        largest_dose_per_air_kerma=dose.high / kerma if kerma and kerma > _METER_GY else None,
        bounds=(*where.bounds, size.bound, at_skin, meter, share, *factors.bounds),
    )


def _air_kerma_at_skin(
    event: Event,
    inverse_square: Range | None,
    where: Distances,
    size: Field,
    rounded_to_zero_below_gy: float,
) -> Bound:
    """Return the air kerma free in air at the skin.

    Kerma-area product is the same in every plane: over the area of the field at the skin it gives
    the kerma there without any reference point.
    """
    kerma, product = event.reference_air_kerma_gy, event.kerma_area_product_gy_m2
    if kerma and inverse_square is not None:
        return _kerma_bound(inverse_square.times(kerma), "reference air kerma and distances")
    if not product:
        raise Unbounded(
            f"{where.unknown_because}; supply source_to_reference_point_mm, or the report has to"
            " state a kerma-area product"
        )
    sides_m = [side * d * 1e-6 for side in _ends(size.side_at_1m_mm) for d in _ends(where.skin_mm)]
    at_skin = Range.over(product / side**2 for side in sides_m)
    words = "kerma-area product over the area of the field at the skin"
    if kerma:
        return _kerma_bound(at_skin, f"{words} ({where.unknown_because})")
    if kerma == 0 and inverse_square is not None:
        highest = inverse_square.high * rounded_to_zero_below_gy
        at_skin = Range(min(at_skin.low, highest), min(at_skin.high, highest))
        words += ", and no more than what the report rounds to 0"
    return _kerma_bound(at_skin, words)


def _ends(values: Range) -> tuple[float, float]:
    return values.low, values.high


def _kerma_bound(range_gy: Range, source: str) -> Bound:
    return Bound(
        quantity="air_kerma_at_skin_gy",
        unit="Gy",
        range=range_gy,
        source=source,
        provenance=Provenance.DERIVED,
    )
