"""How far the reference point of an event is from the focal spot, by all that is known of it."""

from collections.abc import Callable, Sequence
from functools import partial

from dosemap.placement.model import NotPlaceable
from dosemap.placement.pose import Pose
from dosemap.placement.resolver import Resolver
from dosemap.procedure import PatientPosition, Provenance
from dosemap.reference_point import (
    KnownDistances,
    ReferencePointError,
    is_free_text,
    is_possible_distance_mm,
    repeats_the_text,
    source_to_reference_point_mm,
)

SkinDistance = Callable[[Pose, PatientPosition], float | None]
"""Finds where the central ray enters the patient: distance from the focal spot in mm, ``None``
where it misses."""

_NAME = "source_to_reference_point_mm"
_TOLERANCE_MM = 20.0
"""Distances of the reference point are written with two digits by some systems."""


def reference_distance_mm(
    resolver: Resolver,
    isocenter_mm: float | None,
    path: Sequence[Pose],
    position: PatientPosition | None,
    skin_distance: SkinDistance | None,
) -> float:
    """Return the distance from the focal spot to the reference point, mm.

    Parameters
    ----------
    resolver
        Event, profile and what the caller knows.
    isocenter_mm
        Focal spot to isocentre; ``None`` where it is not known.
    path, position
        C-arm and table along the way of the beam, and the patient; no poses where something of
        them is not known.
    skin_distance
        Where the patient's surface is known, finds the entrance of the central ray.

    Raises
    ------
    NotPlaceable
        It does not follow from what is known.
    """
    event, rule = resolver.event, resolver.profile.reference_point
    poses: Sequence[Pose | None] = path or (None,)
    known = [
        KnownDistances(
            source_to_isocenter_mm=isocenter_mm,
            source_to_detector_mm=event.source_to_detector_mm,
            ray_on_table=pose.central_ray_on_table(position) if pose and position else None,
            source_to_skin_mm=partial(skin_distance, pose, position)
            if pose and position and skin_distance
            else None,
        )
        for pose in poses
    ]
    stated = _stated(resolver)
    try:
        defined = _largest(resolver, known)
    except ReferencePointError as error:
        chosen = resolver.choose(_NAME, stated, resolver.overrides.source_to_reference_point_mm)
        if chosen is not None:
            return chosen
        # Where the pose is missing, what it lacks is named already and says the same.
        supply = f"; supply {_NAME}" if path else ""
        raise NotPlaceable(_NAME, f"{error}{supply}") from error
    if rule is not None:
        resolver.provenance[_NAME] = Provenance.PROFILE
        resolver.assume(
            _NAME,
            defined,
            f"profile, in place of what the report says: {rule.claim.basis}",
            Provenance.PROFILE,
        )
        return defined
    if is_free_text(event.reference_point_definition):
        resolver.assume(
            "reference_point_definition",
            event.reference_point_definition,
            "taken along the central ray, as IEC 60601-2-43 has it; the text does not say so",
        )
    if stated is None:
        resolver.provenance[_NAME] = Provenance.DERIVED
        return defined
    return _of_two(resolver, stated, defined)


def _largest(resolver: Resolver, known: Sequence[KnownDistances]) -> float:
    """Return the distance by the definition, the largest along the way of the beam.

    Points at the table or the skin are nearer to the focal spot at one end of a movement than at
    the other, and the report states one air kerma: the largest distance gives the highest dose.
    """
    found: list[float] = []
    failure: ReferencePointError | None = None
    for distances in known:
        try:
            distance_mm = source_to_reference_point_mm(
                resolver.event.reference_point_definition,
                distances,
                rule=resolver.profile.reference_point,
            )
        except ReferencePointError as error:
            failure = failure or error
        else:
            found.append(distance_mm)
    if not found and failure is not None:
        raise failure
    nearest, farthest = min(found), max(found)
    if farthest - nearest > _TOLERANCE_MM:
        resolver.assume(
            _NAME,
            farthest,
            f"the reference point lies {nearest:.0f} to {farthest:.0f} mm from the focal spot along"
            f" the way of the beam; the largest distance is used, which overstates the dose by up"
            f" to {(farthest / nearest) ** 2 - 1:.0%}",
        )
    return farthest


def _stated(resolver: Resolver) -> float | None:
    """Return the stated distance, if it can be one."""
    event = resolver.event
    stated = event.source_to_reference_point_mm
    if stated is None:
        return None
    if repeats_the_text(stated, event.reference_point_definition):
        resolver.problem(
            "reference-point-implausible",
            f"the stated distance of the reference point from the source, {stated:g} mm, only"
            " repeats the length in its definition, which is not counted from the source",
            "it is not used",
        )
        return None
    if not is_possible_distance_mm(stated):
        resolver.problem(
            "reference-point-implausible",
            f"the stated distance of the reference point from the source is {stated:g} mm",
            "it is not used",
        )
        return None
    return stated


def _of_two(resolver: Resolver, stated: float, defined: float) -> float:
    if abs(stated - defined) <= _TOLERANCE_MM:
        resolver.provenance[_NAME] = Provenance.REPORTED
        return stated
    larger, smaller = max(defined, stated), min(defined, stated)
    resolver.problem(
        "reference-point-differs",
        f"the stated distance of the reference point is {stated:g} mm, its definition "
        f"gives {defined:g} mm",
        "which holds is not known; the larger is used, which gives the higher dose: "
        f"{(larger / smaller) ** 2:.2g} times the other",
    )
    resolver.provenance[_NAME] = Provenance.ASSUMED
    resolver.assume(_NAME, larger, "the larger of two that disagree")
    return larger
