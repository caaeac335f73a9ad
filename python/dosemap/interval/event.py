"""The least and the largest dose that one event can have given to the skin."""

from dataclasses import dataclass

from dosemap.corrections import Corrections
from dosemap.interval.distances import Distances, distances
from dosemap.interval.field import Field, field
from dosemap.interval.known import Given
from dosemap.interval.motion import share_at_one_point
from dosemap.interval.output import TubeCharge, tube_charge
from dosemap.interval.quality import Quality, quality
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
    by_tube_output: bool = False
    """Whether its air kerma is by the tube output of the profile."""
    bounds: tuple[Bound, ...] = ()


def event_interval(event: Event, given: Given) -> EventInterval:
    """Return the bounds of one event.

    Raises
    ------
    DosemapError
        A function of the user returned an impossible factor.
    """
    kerma, product = event.reference_air_kerma_gy, event.kerma_area_product_gy_m2
    charge = tube_charge(event, given.profile)
    if charge is None and not kerma and not product:
        if kerma is None and product is None:
            reason = "neither its air kerma nor its kerma-area product is known"
            return EventInterval(event=event.index, dose_gy=None, reason=reason)
        return EventInterval(event=event.index, dose_gy=Range.exactly(0.0))
    profile, known = given.profile, given.known
    try:
        where = distances(event, profile, known)
        size = field(event, profile, where, known)
        factors = quality(event, given, where, size, output=charge.output if charge else None)
        at_skin = (
            _by_tube_output(charge, factors, where, given.corrections)
            if charge
            else _as_reported(event, given, where, size)
        )
    except Unbounded as error:
        return EventInterval(event=event.index, dose_gy=None, reason=str(error))
    share = share_at_one_point(event, profile, where, size)
    # What the tube's output tells passed no meter.
    meter = None if charge else known.bound("air_kerma_deviation") or _EXACT_METER
    off = meter.range if meter else Range.exactly(0.0)
    true_over_indicated = Range(1 / (1 + off.high), 1 / (1 + off.low))
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
        by_tube_output=charge is not None,
        bounds=(
            *where.bounds,
            size.bound,
            at_skin,
            *((meter,) if meter else ()),
            share,
            *factors.bounds,
        ),
    )


def _by_tube_output(
    charge: TubeCharge, factors: Quality, where: Distances, corrections: Corrections
) -> Bound:
    """Return the air kerma free in air at the skin by charge and output of the tube."""
    per_mas = factors.output_ugy_per_mas or Range.exactly(0.0)
    # Without the inverse square the kerma at the reference point counts as that at the skin.
    from_mm = None if corrections.inverse_square else where.reference_mm
    return charge.air_kerma(per_mas, from_mm or where.skin_mm)


def _as_reported(event: Event, given: Given, where: Distances, size: Field) -> Bound:
    """Return the air kerma free in air at the skin by what the report states.

    Kerma-area product is the same in every plane: over the area of the field at the skin it gives
    the kerma there without any reference point.
    """
    kerma, product = event.reference_air_kerma_gy, event.kerma_area_product_gy_m2
    follows_distance = given.corrections.inverse_square
    inverse_square = where.inverse_square if follows_distance else Range.exactly(1.0)
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
        highest = inverse_square.high * given.rounded_to_zero_below_gy
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
