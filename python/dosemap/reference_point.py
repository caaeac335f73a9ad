"""Distance of the air-kerma reference point from the focal spot, by each definition in use."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from dosemap.equipment import ReferencePointOrigin, ReferencePointRule
from dosemap.errors import DosemapError
from dosemap.reference_point_text import lengths_mm, read_wording

Point = tuple[float, float, float]


class ReferencePointError(DosemapError):
    """The reference point cannot be placed; the text says why."""


@dataclass(frozen=True)
class Definition:
    """A point on the central ray: from an origin, so far towards the source (or above a table)."""

    origin: ReferencePointOrigin
    towards_source_mm: float


# DICOM CID 10025. Isocenter minus 15 cm is the patient entrance reference point of IEC 60601-2-43;
# those at the table are of 21 CFR 1020.32(d)(3) and (k).
_BY_CODE = {
    "113860": Definition("isocenter", 150),
    "113861": Definition("detector", 300),
    "113862": Definition("table top", 10),
    "113863": Definition("table top", 300),
    "113864": Definition("table centre line", 150),
    "113941": Definition("detector", 0),
    "113964": Definition("skin", 0),
    "113965": Definition("source", -1000),
}
_DIRECTIONS: dict[str, set[str | None]] = {
    "isocenter": {None, "source", "below"},
    "detector": {None, "source", "below"},
    "table centre line": {None, "source"},
    "table top": {"above"},
    "source": {None, "detector", "patient", "above"},
    "chamber": {None, "detector", "patient"},
    "skin": {None},
}
"""Words that leave no doubt on which side the point lies: below is towards a tube under the table,
and the only side of isocentre or detector on which a point can be meant."""
_NEAREST_MM = 100.0
"""Housing and collimator of an X-ray tube reach farther than this from the focal spot."""
_FARTHEST_MM = 2000.0
"""No fluoroscopy system has its detector, let alone its reference point, farther away."""
_STEEPEST = 0.5
"""Share of the central ray that must run through the table, or across it (60 degrees from it): a
beam along the table has no point "above" it."""
_SAME_LENGTH_MM = 1.0
_CODE = re.compile(r"^\d{5,6}$")


@dataclass(frozen=True, kw_only=True)
class KnownDistances:
    """What an event knows of its beam; distances from the focal spot, mm."""

    source_to_isocenter_mm: float | None = None
    source_to_detector_mm: float | None = None
    ray_on_table: tuple[Point, Point] | None = None
    """Focal spot (mm) and direction of the central ray in table space."""
    source_to_skin_mm: Callable[[], float | None] | None = None
    """Finds where the central ray enters the patient; ``None`` where there is no surface."""


def definition_of(text: str | None, rule: ReferencePointRule | None = None) -> Definition:
    """Return what a report's definition says, or the profile's rule, which overrides it.

    Parameters
    ----------
    text
        Code of CID 10025 or the text of the report.
    rule
        Rule of the equipment profile.

    Raises
    ------
    ReferencePointError
        The definition is missing or not understood.
    """
    if rule is not None:
        return Definition(rule.origin, rule.towards_source_mm)
    if text is None:
        raise ReferencePointError("the report does not define the reference point")
    text = text.strip()
    if text in _BY_CODE:
        return _BY_CODE[text]
    kind = "code" if _CODE.match(text) else "text"
    unknown = f"the definition of the reference point is the unknown {kind} {text[:80]!r}"
    wording = read_wording(text)
    if wording is None or wording.towards not in _DIRECTIONS[wording.anchor]:
        raise ReferencePointError(unknown)
    length_mm = wording.length_mm
    match wording.anchor:
        case "source":
            return Definition("source", -length_mm)
        case "chamber":
            return Definition("chamber", -length_mm)
        case "skin" if length_mm:
            raise ReferencePointError(unknown)
        case "isocenter" | "detector" | "table top" | "table centre line" | "skin" as origin:
            return Definition(origin, length_mm)
    raise ReferencePointError(unknown)


def source_to_reference_point_mm(
    definition: str | None,
    distances: KnownDistances,
    *,
    rule: ReferencePointRule | None = None,
) -> float:
    """Return the distance from the focal spot to the reference point, in mm.

    Parameters
    ----------
    definition
        Code of CID 10025 or the text of the report.
    distances
        What the event knows.
    rule
        Rule of the equipment profile, which overrides the report.

    Raises
    ------
    ReferencePointError
        The definition is missing, unknown or refers to something that the event does not know.
    """
    point = definition_of(definition, rule)
    origin_mm, offset_mm = _origin(point, distances)
    distance_mm = origin_mm - offset_mm
    if not is_possible_distance_mm(distance_mm):
        raise ReferencePointError(
            f"the reference point would lie {distance_mm:g} mm in front of the source"
        )
    return distance_mm


def is_possible_distance_mm(distance_mm: float) -> bool:
    """Return whether a reference point can lie so far from the focal spot."""
    return _NEAREST_MM <= distance_mm <= _FARTHEST_MM


def is_free_text(definition: str | None) -> bool:
    """Return whether a definition is words of the maker rather than a DICOM code."""
    return definition is not None and not _CODE.match(definition.strip())


def repeats_the_text(stated_mm: float, definition: str | None) -> bool:
    """Return whether a stated distance is only the length that the definition names.

    Some systems write "26 cm from the chamber" and 260 mm as distance of the reference point from
    the source, which it is not.

    Parameters
    ----------
    stated_mm
        Distance Source to Reference Point (113737).
    definition
        Code or text.

    Examples
    --------
    >>> repeats_the_text(260, "26 cm from chamber to patient"), repeats_the_text(635, "113860")
    (True, False)
    >>> repeats_the_text(530, "530 mm from focus")
    False
    """
    try:
        point = definition_of(definition)
    except ReferencePointError:
        lengths = lengths_mm(definition) if definition and is_free_text(definition) else set()
        return any(abs(stated_mm - length) <= _SAME_LENGTH_MM for length in lengths)
    offset_mm = abs(point.towards_source_mm)
    return point.origin != "source" and abs(stated_mm - offset_mm) <= _SAME_LENGTH_MM


def _origin(point: Definition, distances: KnownDistances) -> tuple[float, float]:
    """Return how far the origin is along the ray, and how far before it the point lies, mm."""
    match point.origin:
        case "source":
            return 0.0, point.towards_source_mm
        case "isocenter":
            return _known(distances.source_to_isocenter_mm, "isocenter"), point.towards_source_mm
        case "detector":
            return _known(distances.source_to_detector_mm, "detector"), point.towards_source_mm
        case "skin":
            return _at_skin(distances), point.towards_source_mm
        case "table top":
            where = f"{point.towards_source_mm / 10:g} cm above the table top"
            return _on_table(distances, 1, -point.towards_source_mm, where), 0.0
        case "table centre line":
            where = f"{point.towards_source_mm / 10:g} cm from the table's centre line"
            return _beside_centre_line(distances, point.towards_source_mm, where), 0.0
        case "chamber":
            raise ReferencePointError(
                "the reference point is defined from the ionisation chamber, and how far that is"
                " from the source is not known"
            )


def _known(origin_mm: float | None, name: str) -> float:
    if origin_mm is None:
        raise ReferencePointError(
            f"the reference point is defined from the {name}, and the distance from the source to "
            f"the {name} is not known"
        )
    return origin_mm


def _at_skin(distances: KnownDistances) -> float:
    where = "the reference point lies at the patient's surface"
    if distances.source_to_skin_mm is None:
        raise ReferencePointError(f"{where}, which is not known here")
    distance_mm = distances.source_to_skin_mm()
    if distance_mm is None:
        raise ReferencePointError(f"{where}, and the central ray misses it")
    return distance_mm


def _beside_centre_line(distances: KnownDistances, towards_source_mm: float, where: str) -> float:
    if distances.ray_on_table is None:
        return _on_table(distances, 0, 0.0, where)
    (x, _, _), _ = distances.ray_on_table
    return _on_table(distances, 0, towards_source_mm if x > 0 else -towards_source_mm, where)


def _on_table(distances: KnownDistances, axis: int, at_mm: float, where: str) -> float:
    """Return how far along the central ray a coordinate of table space has a value, mm."""
    if distances.ray_on_table is None:
        raise ReferencePointError(
            f"the reference point lies {where}, and where the table is from the beam is not known"
        )
    source, direction = distances.ray_on_table
    if abs(direction[axis]) < _STEEPEST:
        raise ReferencePointError(
            f"the reference point lies {where}, which a beam of this angle does not pass"
        )
    return (at_mm - source[axis]) / direction[axis]
