"""Whether distances, angles, table and field of a report can be, and fit each other."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from statistics import median

from dosemap.checking.distances import reference_point_mm, source_to_isocenter_mm
from dosemap.checking.finding import Finding, within
from dosemap.equipment import Claim, FieldSource, Profile
from dosemap.placement import BeamPlacement, PlacedProcedure
from dosemap.placement.field_size import AGREEMENT, field_area_at_1m
from dosemap.procedure import Event
from dosemap.reference_point import ReferencePointError

# Limits are wide: a real system never lies outside, a wrong unit or axis mostly does. Those without
# a reference were set from the reports at hand (in brackets) with a margin.
_SOURCE_TO_ISOCENTER_MM = (300.0, 1500.0)  # (700 to 810)
_SOURCE_TO_DETECTOR_MM = (300.0, 2000.0)  # (900 to 1209)
_TABLE_BELOW_ISOCENTER_MM = (-100.0, 450.0)  # (41 to 343)
_TABLE_ACROSS_MM = (-400.0, 400.0)  # (-160 to 90)
_HEAD_END_TO_ISOCENTER_MM = (-400.0, 2500.0)  # a head holder to the feet on a table of 3 m
_AREA_AT_REFERENCE_POINT_CM2 = (10.0, 3000.0)
_KVP = (40.0, 150.0)
"""Limits of the spectra."""
_LEAST_KERMA_GY = 50e-6
"""Rounding of the kerma, 10 uGy at worst, spoils its comparison with areas below this."""

_BY_KERMA = FieldSource(
    kind="kap_over_kerma",
    minimum_kerma_gy=_LEAST_KERMA_GY,
    plane_mm=None,
    claim=Claim(evidence="standard", basis="what the two quantities are", validated=True),
)
_WITHOUT_PROFILE = FieldSource(
    kind="collimated_field_area",
    minimum_kerma_gy=0.0,
    plane_mm=None,
    claim=Claim(evidence="assumed", basis="at the detector, as most have it", validated=False),
)
_FIELD_NAMES = {"collimated_field_area": "collimated field area", "shutters": "shutters"}


def check_geometry(placed: PlacedProcedure) -> list[Finding]:
    """Check what the place of the beams depends on.

    Parameters
    ----------
    placed
        The procedure with its placements; without a profile what needs one is not possible.
    """
    events, profile = placed.procedure.events, placed.profile
    reference_mm = _reference_points(events, profile)
    return [
        _reference_point(events, reference_mm),
        *_field_areas(events, profile, reference_mm),
        within(
            "field-area-plausible",
            _areas_cm2(events),
            _AREA_AT_REFERENCE_POINT_CM2,
            what="kerma-area product over air kerma",
            unit="cm²",
        ),
        within(
            "source-to-isocenter",
            _values(events, lambda event: source_to_isocenter_mm(event, profile)),
            _SOURCE_TO_ISOCENTER_MM,
            what="source to isocentre",
            unit="mm",
        ),
        within(
            "source-to-detector",
            _values(events, attrgetter("source_to_detector_mm")),
            _SOURCE_TO_DETECTOR_MM,
            what="source to detector",
            unit="mm",
        ),
        _order_of_distances(events, profile, reference_mm),
        *_angles(events),
        *_table(placed),
        within(
            "tube-voltage",
            _values(events, attrgetter("kvp")),
            _KVP,
            what="tube voltage",
            unit="kV",
        ),
    ]


def _values(
    events: tuple[Event, ...], value_of: Callable[[Event], float | None]
) -> dict[int, float]:
    """Return the values of events that have dose, by event; those without may hold anything."""
    return {
        event.index: value
        for event in events
        if event.reference_air_kerma_gy and (value := value_of(event)) is not None
    }


def _reference_points(
    events: tuple[Event, ...], profile: Profile | None
) -> dict[int, float | ReferencePointError]:
    found: dict[int, float | ReferencePointError] = {}
    for event in events:
        try:
            found[event.index] = reference_point_mm(event, profile)
        except ReferencePointError as error:
            found[event.index] = error
    return found


def _reference_point(
    events: tuple[Event, ...], reference_mm: Mapping[int, float | ReferencePointError]
) -> Finding:
    check = "reference-point"
    if not events:
        return Finding(check=check, status="not possible", message="there are no events")
    errors = {event: e for event, e in reference_mm.items() if isinstance(e, ReferencePointError)}
    if errors:
        reasons = "; ".join(dict.fromkeys(str(error) for error in errors.values()))
        return Finding(check=check, status="doubtful", message=reasons, events=tuple(errors))
    distances = [value for value in reference_mm.values() if isinstance(value, float | int)]
    low, high = min(distances), max(distances)
    return Finding(
        check=check,
        status="ok",
        message=f"reference point {low:g} mm from the source"
        if low == high
        else f"reference point {low:g} to {high:g} mm from the source",
        numbers={"minimum_mm": low, "maximum_mm": high},
    )


def _field_areas(
    events: tuple[Event, ...],
    profile: Profile | None,
    reference_mm: Mapping[int, float | ReferencePointError],
) -> list[Finding]:
    """Compare the areas of other sources with that of kerma-area product over air kerma."""
    sources = profile.field if profile else (_WITHOUT_PROFILE,)
    findings = []
    for source in sources:
        if source.kind == _BY_KERMA.kind:
            continue
        ratios = {}
        for event in events:
            distance = reference_mm[event.index]
            if not isinstance(distance, ReferencePointError):
                area = field_area_at_1m(event, source, distance)
                expected = field_area_at_1m(event, _BY_KERMA, distance)
                if area and expected:
                    ratios[event.index] = area / expected
        findings.append(_agreement(source, ratios))
    return findings


def _agreement(source: FieldSource, ratios: Mapping[int, float]) -> Finding:
    name = _FIELD_NAMES[source.kind]
    check = f"field-area-by-{source.kind.replace('_', '-')}"
    if not ratios:
        return Finding(
            check=check,
            status="not possible",
            message=f"{name} against kerma-area product over air kerma: no event from"
            f" {_LEAST_KERMA_GY * 1e6:g} µGy has both",
        )
    middle = median(ratios.values())
    apart = tuple(event for event, ratio in ratios.items() if abs(ratio - 1) > AGREEMENT)
    return Finding(
        check=check,
        status="ok" if abs(middle - 1) <= AGREEMENT else "doubtful",
        message=f"area by the {name} over that by kerma-area product and air kerma: median"
        f" {middle:.2f} of {len(ratios)} events, {min(ratios.values()):.2f} to"
        f" {max(ratios.values()):.2f}; {len(apart)} differ by more than {AGREEMENT:.0%}",
        events=apart,
        numbers={
            "median": middle,
            "minimum": min(ratios.values()),
            "maximum": max(ratios.values()),
        },
    )


def _areas_cm2(events: tuple[Event, ...]) -> dict[int, float]:
    return {
        event.index: 1e4 * event.kerma_area_product_gy_m2 / event.reference_air_kerma_gy
        for event in events
        if event.reference_air_kerma_gy
        and event.reference_air_kerma_gy >= _LEAST_KERMA_GY
        and event.kerma_area_product_gy_m2
    }


def _order_of_distances(
    events: tuple[Event, ...],
    profile: Profile | None,
    reference_mm: Mapping[int, float | ReferencePointError],
) -> Finding:
    """Check that isocentre and reference point lie before the detector."""
    wrong, compared = [], 0
    for event in events:
        detector = event.source_to_detector_mm
        if detector is None or not event.reference_air_kerma_gy:
            continue
        isocenter, reference = source_to_isocenter_mm(event, profile), reference_mm[event.index]
        nearer = [d for d in (isocenter, reference) if isinstance(d, float | int)]
        compared += bool(nearer)
        if any(distance > detector for distance in nearer):
            wrong.append(event.index)
    if not compared:
        message = "isocentre, reference point and detector: not enough distances to compare"
        return Finding(check="order-of-distances", status="not possible", message=message)
    return Finding(
        check="order-of-distances",
        status="doubtful" if wrong else "ok",
        message="the detector is nearer to the source than isocentre or reference point"
        if wrong
        else "isocentre and reference point lie before the detector",
        events=tuple(wrong),
    )


def _angles(events: tuple[Event, ...]) -> list[Finding]:
    return [
        within(
            f"{axis}-angle",
            _values(events, attrgetter(f"positioner_{axis}_angle_deg")),
            (-limit, limit),
            what=f"{axis} angle",
            unit="deg",
        )
        for axis, limit in (("primary", 180.0), ("secondary", 90.0))
    ]


def _table(placed: PlacedProcedure) -> list[Finding]:
    origins = {
        event.index: beam.table_origin_in_isocenter_mm
        for event, beam in zip(placed.procedure.events, placed.placements, strict=True)
        if isinstance(beam, BeamPlacement)
    }
    kinds = (
        ("table-across", _TABLE_ACROSS_MM, "centre line of the table left of the isocentre"),
        ("table-height", _TABLE_BELOW_ISOCENTER_MM, "table top below the isocentre"),
        ("table-along", _HEAD_END_TO_ISOCENTER_MM, "head end of the table beyond the isocentre"),
    )
    return [
        within(check, {e: o[axis] for e, o in origins.items()}, limits, what=what, unit="mm")
        for axis, (check, limits, what) in enumerate(kinds)
    ]
