"""Size and shape of the field from what an event has, in the profile's order of preference."""

import math
from dataclasses import dataclass

from dosemap.equipment import FieldSource, Profile
from dosemap.placement.model import FieldRectangle, NotPlaceable
from dosemap.placement.notes import Notes
from dosemap.procedure import Event, Provenance, Shutters

PLANE_MM = 1000.0
"""Distance from the focal spot at which fields are stated."""
AGREEMENT = 0.10
"""Relative difference of two field areas that rounding and penumbra explain."""
_SIDE_MM = (1.0, 1000.0)
"""Sides of a field at 1000 mm that a fluoroscopy system can have."""
_NO_SHAPE = 10.0
"""Shutters whose area is off by more than this factor say nothing of the shape either."""
_AREA_M2 = (1e-6, 1.0)
_SHUTTER_ITEMS = ("left_shutter_mm", "right_shutter_mm", "top_shutter_mm", "bottom_shutter_mm")
_NAMES = {
    "kap_over_kerma": "kerma-area product over air kerma",
    "collimated_field_area": "the collimated field area",
    "shutters": "the shutters",
}


@dataclass(frozen=True)
class KnownArea:
    """A source of the profile that the event can answer, with its answer."""

    source: FieldSource
    area_m2: float
    """At 1000 mm from the focal spot."""


def field_at_1m(
    event: Event,
    profile: Profile,
    source_to_reference_point_mm: float,
    *,
    side_mm: float | None,
    notes: Notes,
) -> tuple[FieldRectangle, Provenance]:
    """Return the field 1000 mm from the focal spot as (u_min, u_max, v_min, v_max) in mm.

    The area comes from the first source of the profile that the event can answer. Shutters give
    the shape; they are scaled when their area differs from that by more than :data:`AGREEMENT`.
    Without shutters the field is a square. The left shutter bounds the side that is at the left
    of an image in the usual display (the right of a supine patient), the top one the cranial side.

    Parameters
    ----------
    event
        The event.
    profile
        Its equipment.
    source_to_reference_point_mm
        Where kerma-area product over air kerma is the area of the field.
    side_mm
        Side of a square to use when the event has no field size.
    notes
        Takes up assumptions and disagreements.

    Raises
    ------
    NotPlaceable
        The event has no field size and ``side_mm`` is ``None``.
    """
    known = known_areas_at_1m(event, profile, source_to_reference_point_mm)
    shutters = _shutters_at_1m(event, profile)
    if not known and shutters is None:
        if side_mm is None:
            raise NotPlaceable(
                "field_at_1m_mm",
                "there is no field size (no usable kerma-area product, collimated field area or "
                "shutters); supply field_side_at_1m_mm",
            )
        return _square(side_mm), Provenance.USER
    if not known and shutters is not None:
        return _rectangle(shutters, 1.0), Provenance.REPORTED
    chosen = known[0]
    _note_precision(event, profile, chosen, notes)
    for other in known[1:]:
        differs = not _agree(chosen.area_m2, other.area_m2)
        if other.source.kind not in {chosen.source.kind, "kap_over_kerma"} and differs:
            notes.log.add(
                "field-area-disagrees",
                f"the field areas from {_NAMES[chosen.source.kind]} and from "
                f"{_NAMES[other.source.kind]} differ by more than {AGREEMENT:.0%}",
                "the area is taken from the first",
                event=event.index,
            )
    if shutters is None or not 1 / _NO_SHAPE < chosen.area_m2 / _area_m2(shutters) < _NO_SHAPE:
        notes.assume("field_at_1m_mm", "square", "only the area of the field is known", event.index)
        return _square(1000.0 * math.sqrt(chosen.area_m2)), Provenance.DERIVED
    if shutters.left_mm != shutters.right_mm or shutters.top_mm != shutters.bottom_mm:
        notes.assume(
            "field_at_1m_mm",
            "left shutter at the left of the image, top shutter cranial",
            "the field is asymmetric and no source says which side the shutters name",
            event.index,
        )
    ratio = chosen.area_m2 / _area_m2(shutters)
    if _agree(chosen.area_m2, _area_m2(shutters)):
        return _rectangle(shutters, 1.0), Provenance.PRIVATE
    return _rectangle(shutters, math.sqrt(ratio)), Provenance.DERIVED


def known_areas_at_1m(
    event: Event, profile: Profile, source_to_reference_point_mm: float
) -> list[KnownArea]:
    """Return the plausible areas of the field in the profile's order of preference.

    The parameters are those of :func:`field_at_1m`.
    """
    return [
        KnownArea(source, area)
        for source in profile.field
        if (area := field_area_at_1m(event, source, source_to_reference_point_mm)) is not None
        and _AREA_M2[0] <= area <= _AREA_M2[1]
    ]


def shutter_area_at_1m(event: Event, profile: Profile) -> float | None:
    """Return the area between the shutters 1000 mm from the focal spot, m2."""
    shutters = _shutters_at_1m(event, profile)
    return None if shutters is None else _area_m2(shutters)


def field_area_at_1m(event: Event, source: FieldSource, reference_point_mm: float) -> float | None:
    """Return the area of the field 1000 mm from the focal spot by one source, m2.

    ``None`` where the event does not have it. The parameters are those of :func:`field_at_1m`.
    """
    if source.kind == "kap_over_kerma":
        kerma, product = event.reference_air_kerma_gy, event.kerma_area_product_gy_m2
        if not kerma or not product or kerma < source.minimum_kerma_gy:
            return None
        return product / kerma * (PLANE_MM / reference_point_mm) ** 2
    if source.kind == "shutters":
        shutters = _shutters_of(event, source)
        return None if shutters is None else _area_m2(shutters)
    plane_mm = source.plane_mm or event.source_to_detector_mm
    if not event.collimated_field_area_m2 or not plane_mm:
        return None
    return event.collimated_field_area_m2 * (PLANE_MM / plane_mm) ** 2


def _shutters_at_1m(event: Event, profile: Profile) -> Shutters | None:
    sources = [source for source in profile.field if source.kind == "shutters"]
    return _shutters_of(event, sources[0] if sources else None)


def _shutters_of(event: Event, source: FieldSource | None) -> Shutters | None:
    """Return the shutters scaled to 1000 mm, from the event or from the private items."""
    reported = event.shutters
    if reported is None and source is not None:
        plane_mm = source.plane_mm or event.source_to_detector_mm
        if plane_mm and all(name in event.private for name in _SHUTTER_ITEMS):
            left, right, top, bottom = (event.private[name] for name in _SHUTTER_ITEMS)
            reported = Shutters(
                left_mm=left, right_mm=right, top_mm=top, bottom_mm=bottom, plane_mm=plane_mm
            )
    if reported is None:
        return None
    scale = PLANE_MM / reported.plane_mm
    scaled = Shutters(
        left_mm=reported.left_mm * scale,
        right_mm=reported.right_mm * scale,
        top_mm=reported.top_mm * scale,
        bottom_mm=reported.bottom_mm * scale,
        plane_mm=PLANE_MM,
    )
    sides_mm = (scaled.left_mm + scaled.right_mm, scaled.top_mm + scaled.bottom_mm)
    is_possible = all(_SIDE_MM[0] <= side <= _SIDE_MM[1] for side in sides_mm)
    return scaled if is_possible else None


def _area_m2(shutters: Shutters) -> float:
    return (shutters.left_mm + shutters.right_mm) * (shutters.top_mm + shutters.bottom_mm) * 1e-6


def _agree(area: float, other: float) -> bool:
    return abs(area / other - 1.0) <= AGREEMENT


def _square(side_mm: float) -> FieldRectangle:
    half = side_mm / 2
    return -half, half, -half, half


def _rectangle(shutters: Shutters, scale: float) -> FieldRectangle:
    return (
        -shutters.left_mm * scale,
        shutters.right_mm * scale,
        -shutters.bottom_mm * scale,
        shutters.top_mm * scale,
    )


def _note_precision(event: Event, profile: Profile, chosen: KnownArea, notes: Notes) -> None:
    """Say so when kerma-area product over kerma had to serve below its limit."""
    limits = [s.minimum_kerma_gy for s in profile.field if s.kind == "kap_over_kerma"]
    kerma = event.reference_air_kerma_gy or 0.0
    if chosen.source.kind == "kap_over_kerma" and kerma < max(limits):
        notes.assume(
            "field_at_1m_mm",
            "kerma-area product over air kerma",
            f"the air kerma is below {max(limits):g} Gy, where its rounding blurs the "
            "field size, and there is nothing better",
            event.index,
        )
