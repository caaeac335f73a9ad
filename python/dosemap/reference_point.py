"""Distance of the air-kerma reference point from the focal spot, by each definition in use."""

import re
from dataclasses import dataclass
from typing import Literal

from dosemap.equipment import ReferencePointRule
from dosemap.errors import DosemapError

Origin = Literal["source", "isocenter", "detector"]


class ReferencePointError(DosemapError):
    """The reference point cannot be placed; the text says why."""


@dataclass(frozen=True)
class _Definition:
    """A point on the central ray: from an origin, so far towards the source."""

    origin: Origin
    towards_source_mm: float


# DICOM CID 10025. Isocenter minus 15 cm is the patient entrance reference point of IEC 60601-2-43.
_BY_CODE = {
    "113860": _Definition("isocenter", 150),
    "113861": _Definition("detector", 300),
    "113941": _Definition("detector", 0),
    "113965": _Definition("source", -1000),
}
_NOT_ON_THE_RAY = {
    "113862": "1 cm above the table top",
    "113863": "30 cm above the table top",
    "113864": "15 cm from the table's centre line",
    "113964": "at the patient's surface",
}
# Philips writes "15cm below BeamIsocenter": along the ray, as IEC 60601-2-43 has it.
_BY_TEXT = (
    (
        re.compile(r"^15\s*cm (below|from) (beam ?)?isocent(er|re)( toward source)?$", re.I),
        _BY_CODE["113860"],
    ),
)
_NEAREST_MM = 100.0
"""Housing and collimator of an X-ray tube reach farther than this from the focal spot."""
_FARTHEST_MM = 2000.0
"""No fluoroscopy system has its detector, let alone its reference point, farther away."""
_CODE = re.compile(r"^\d{5,6}$")


@dataclass(frozen=True, kw_only=True)
class KnownDistances:
    """Distances from the focal spot that an event knows, mm."""

    source_to_isocenter_mm: float | None
    source_to_detector_mm: float | None


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
    point = _Definition(rule.origin, rule.towards_source_mm) if rule else _defined(definition)
    origins = {
        "source": 0.0,
        "isocenter": distances.source_to_isocenter_mm,
        "detector": distances.source_to_detector_mm,
    }
    origin_mm = origins[point.origin]
    if origin_mm is None:
        raise ReferencePointError(
            f"the reference point is defined from the {point.origin}, and the distance from the "
            f"source to the {point.origin} is not known"
        )
    distance_mm = origin_mm - point.towards_source_mm
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


def _defined(definition: str | None) -> _Definition:
    if definition is None:
        raise ReferencePointError("the report does not define the reference point")
    definition = definition.strip()
    if definition in _BY_CODE:
        return _BY_CODE[definition]
    if definition in _NOT_ON_THE_RAY:
        raise ReferencePointError(
            f"the reference point lies {_NOT_ON_THE_RAY[definition]} ({definition}), which is no "
            "fixed distance from the source"
        )
    for pattern, point in _BY_TEXT:
        if pattern.search(definition):
            return point
    kind = "code" if _CODE.match(definition) else "text"
    raise ReferencePointError(
        f"the definition of the reference point is the unknown {kind} {definition[:80]!r}"
    )
