"""How far the skin can be from the focal spot, and how far the reference point is."""

import math
from dataclasses import dataclass, replace

from dosemap.equipment import Profile
from dosemap.interval.known import KnownRanges
from dosemap.interval.ranges import Bound, Range, Unbounded
from dosemap.procedure import Event, Provenance
from dosemap.reference_point import (
    Definition,
    KnownDistances,
    ReferencePointError,
    definition_of,
    is_possible_distance_mm,
    repeats_the_text,
    source_to_reference_point_mm,
)

_NEAREST_SKIN_MM = {"stationary": 380.0, "mobile": 300.0, "mini": 90.0}
"""Least distance of focal spot and skin that fluoroscopes must keep: 21 CFR 1020.32(g) and the
states' rules that repeat it, such as Nevada NAC 459.574, which adds 90 mm for mini C-arms. (200 mm
is allowed for special surgical use; who works so has to say it.)"""
_MINI_C_ARM_MM = 450.0
"""Mini C-arms for hands and feet are those with the detector nearer than this (21 CFR 1020.32)."""
_LEAST_PATIENT_MM = 20.0
"""A hand; all else is thicker."""
_DETECTOR_MM = Range(_MINI_C_ARM_MM, 1800.0)
"""From the largest mini C-arm to a tube at a chest stand."""
_ISOCENTER_MM = Range(450.0, 1000.0)
"""Focal spot to isocentre: 500-600 mm in small mobile C-arms, 720-810 mm in suites; with margin."""
_CHAMBER_MM = Range(150.0, 400.0)
"""Focal spot to the meter's ionisation chamber, which sits in front of the collimator."""
_ON_PAD_MM = Range(0.0, 100.0)
"""Skin above the table top, for a tube below it."""
_OVER_TABLE_MM = Range(20.0, 500.0)
"""Skin above the table top, for a tube above it: a hand to the largest abdomen."""
_FROM_CENTRE_LINE_MM = Range(10.0, 300.0)
"""Skin from the table's centre line, for a tube at the side."""
_TUBE_ABOVE_FROM_MM = 100.0
"""Reference points higher above the table top than any pad are those of tubes above it (21 CFR
1020.32(k): 1 cm with the tube below, 30 cm with the tube above)."""


@dataclass(frozen=True, kw_only=True)
class Distances:
    """Distances from the focal spot, mm, and what follows from them."""

    detector_mm: Range
    skin_mm: Range
    reference_mm: Range | None
    """``None`` where the reference point is fixed to the skin or not known."""
    inverse_square: Range | None
    """(d_ref / d_skin)^2; ``None`` where the reference point is not known."""
    unknown_because: str | None
    """Why the reference point is not known."""
    bounds: tuple[Bound, ...]


def distances(event: Event, profile: Profile | None, known: KnownRanges) -> Distances:
    """Return the distances of an event.

    Raises
    ------
    Unbounded
        What is known leaves no place for the skin.
    """
    detector = _detector(event, known)
    skin = _skin(event, detector.range, known)
    beyond = _skin_beyond_reference(event, profile)
    reference, reason = None, None
    if beyond is None or _stated_mm(event) is not None:
        try:
            reference = _reference(event, detector.range, profile, known)
        except ReferencePointError as error:
            reason = str(error)
    if beyond and reference:
        skin = _narrowed(skin, reference.range, beyond)
    squares = []
    if beyond:
        squares.append(_square_of_fixed(skin.range, beyond.range))
    if reference:
        squares.append(_square(reference.range, skin.range))
    return Distances(
        detector_mm=detector.range,
        skin_mm=skin.range,
        reference_mm=reference.range if reference else None,
        inverse_square=Range(max(s.low for s in squares), min(s.high for s in squares))
        if squares
        else None,
        unknown_because=reason,
        bounds=tuple(bound for bound in (detector, reference, beyond, skin) if bound),
    )


def _skin_beyond_reference(event: Event, profile: Profile | None) -> Bound | None:
    """Return how much farther from the focal spot than the reference point the skin can be.

    For definitions that fix the point to the table or the patient; ``None`` for others.
    """
    point = _definition(event, profile)
    if point is None:
        return None
    at_mm = point.towards_source_mm
    above = f"{at_mm / 10:g} cm above the table top; skin"
    match point.origin:
        case "skin":
            beyond, words = Range(0, 0), "at the patient's surface"
        case "table top" if at_mm < _TUBE_ABOVE_FROM_MM:
            skin = _ON_PAD_MM
            beyond = Range(skin.low - at_mm, skin.high - at_mm)
            words = f"{above} {skin.low:g}-{skin.high:g} mm above it, on the pad"
        case "table top":
            skin = _OVER_TABLE_MM
            beyond = Range(at_mm - skin.high, at_mm - skin.low)
            words = f"{above} {skin.low:g}-{skin.high:g} mm above it, tube above"
        case "table centre line":
            skin = _FROM_CENTRE_LINE_MM
            beyond = Range(at_mm - skin.high, at_mm - skin.low)
            words = (
                f"{at_mm / 10:g} cm from the table's centre line; skin"
                f" {skin.low:g}-{skin.high:g} mm from it"
            )
        case _:
            return None
    return Bound(
        quantity="skin_beyond_reference_point_mm",
        unit="mm",
        range=beyond,
        source=f"the reference point lies {words}",
        provenance=Provenance.ASSUMED,
    )


def _definition(event: Event, profile: Profile | None) -> Definition | None:
    rule = profile.reference_point if profile else None
    try:
        return definition_of(event.reference_point_definition, rule)
    except ReferencePointError:
        return None


def _stated_mm(event: Event) -> float | None:
    """Return the stated distance of the reference point, if it can be one."""
    stated = event.source_to_reference_point_mm
    if stated is None or not is_possible_distance_mm(stated):
        return None
    return None if repeats_the_text(stated, event.reference_point_definition) else stated


def _detector(event: Event, known: KnownRanges) -> Bound:
    name = "source_to_detector_mm"
    if event.source_to_detector_mm is not None:
        return _bound(name, Range.exactly(event.source_to_detector_mm), "report", event)
    return known.bound(name) or _bound(
        name, _DETECTOR_MM, "not in the report; what systems have, mini C-arms left out"
    )


def _skin(event: Event, detector: Range, known: KnownRanges) -> Bound:
    name = "source_to_skin_mm"
    behind = known.bound("skin_to_detector_mm")
    gap = behind.range if behind else Range(_LEAST_PATIENT_MM, math.inf)
    given = known.bound(name)
    if given is not None:
        near, far, words = given.range.low, given.range.high, given.source
    else:
        kind = _kind(event, detector)
        near, far = _NEAREST_SKIN_MM[kind], math.inf
        words = f"no nearer than the law allows a {kind} fluoroscope (21 CFR 1020.32)"
    behind_words = (
        f"skin {gap.low:g}-{gap.high:g} mm before the detector, given by the caller"
        if behind
        else f"and the patient, {_LEAST_PATIENT_MM:g} mm thick or more, before the detector"
    )
    range_mm = Range(max(near, detector.low - gap.high), min(far, detector.high - gap.low))
    if range_mm.low > range_mm.high:
        raise Unbounded(
            f"the skin would have to be {range_mm.low:g} mm or more and {range_mm.high:g} mm or "
            "less from the focal spot; check source_to_skin_mm and skin_to_detector_mm"
        )
    user = given is not None or behind is not None
    return Bound(
        quantity=name,
        unit="mm",
        range=range_mm,
        source=f"{words}; {behind_words}" if given is None or behind else words,
        provenance=Provenance.USER if user else Provenance.ASSUMED,
    )


def _kind(event: Event, detector: Range) -> str:
    """Return which of the law's distances holds; that of mobile C-arms where it is not plain."""
    if detector.high <= _MINI_C_ARM_MM:
        return "mini"
    tied = (event.table_longitudinal_position_mm, event.table_lateral_position_mm)
    # Only a table that belongs to the system is in its report.
    return "mobile" if tied == (None, None) else "stationary"


def _reference(event: Event, detector: Range, profile: Profile | None, known: KnownRanges) -> Bound:
    name = "source_to_reference_point_mm"
    isocenter_mm = event.source_to_isocenter_mm
    if isocenter_mm is None and profile is not None and profile.source_to_isocenter is not None:
        isocenter_mm = profile.source_to_isocenter.distance_mm
    rule = profile.reference_point if profile else None
    stated = _stated_mm(event)

    def defined_mm(isocenter: float | None, sid: float | None) -> float:
        at = KnownDistances(source_to_isocenter_mm=isocenter, source_to_detector_mm=sid)
        return source_to_reference_point_mm(event.reference_point_definition, at, rule=rule)

    try:
        defined = defined_mm(isocenter_mm, event.source_to_detector_mm)
    except ReferencePointError as error:
        if stated is not None:
            return _bound(name, Range.exactly(stated), "report", event)
        given = known.bound(name)
        if given is not None:
            return given
        chamber = _from_chamber(event, profile)
        if chamber is not None:
            return chamber
        # The definition may want nothing but a distance that has bounds.
        isocenters = Range(_ISOCENTER_MM.low, min(_ISOCENTER_MM.high, detector.high))
        pairs = ((isocenters.low, detector.low), (isocenters.high, detector.high))
        try:
            range_mm = Range.over(defined_mm(*pair) for pair in pairs)
        except ReferencePointError:
            raise error from None
        return _bound(
            name,
            range_mm,
            f"its definition, with the isocentre {isocenters.low:g}-{isocenters.high:g} mm and the "
            f"detector {detector.low:g}-{detector.high:g} mm from the focal spot",
        )
    if stated is None or rule is not None:
        words = "profile" if rule is not None else "its definition and the distances of the report"
        return _bound(name, Range.exactly(defined), words, derived=True)
    both = "the stated distance and that of its definition"
    return _bound(name, Range.over((defined, stated)), both, derived=True)


def _from_chamber(event: Event, profile: Profile | None) -> Bound | None:
    """Return the bounds of a reference point that is counted from the meter's chamber."""
    point = _definition(event, profile)
    if point is None or point.origin != "chamber":
        return None
    range_mm = Range(
        _CHAMBER_MM.low - point.towards_source_mm, _CHAMBER_MM.high - point.towards_source_mm
    )
    return _bound(
        "source_to_reference_point_mm",
        range_mm,
        f"its definition, {-point.towards_source_mm:g} mm from the ionisation chamber, with that"
        f" {_CHAMBER_MM.low:g}-{_CHAMBER_MM.high:g} mm from the focal spot",
    )


def _square(reference: Range, skin: Range) -> Range:
    return Range((reference.low / skin.high) ** 2, (reference.high / skin.low) ** 2)


def _square_of_fixed(skin: Range, beyond: Range) -> Range:
    """(d_ref / d)^2 with d_ref = d - beyond: monotone in both, so the corners have the ends."""
    return Range.over(
        max(0.0, 1 - off / d) ** 2
        for off in (beyond.low, beyond.high)
        for d in (skin.low, skin.high)
    )


def _narrowed(skin: Bound, reference: Range, beyond: Bound) -> Bound:
    near = max(skin.range.low, reference.low + beyond.range.low)
    far = min(skin.range.high, reference.high + beyond.range.high)
    if near > far:
        raise Unbounded(
            f"{beyond.source} and is stated {reference.low:g} mm from the focal spot, where no"
            " skin can be; supply source_to_skin_mm"
        )
    return replace(skin, range=Range(near, far), source=f"{skin.source}; {beyond.source}")


def _bound(
    name: str, range_mm: Range, source: str, event: Event | None = None, *, derived: bool = False
) -> Bound:
    if event is not None:
        provenance = event.provenance.get(name, Provenance.REPORTED)
    else:
        provenance = Provenance.DERIVED if derived else Provenance.ASSUMED
    return Bound(quantity=name, unit="mm", range=range_mm, source=source, provenance=provenance)
