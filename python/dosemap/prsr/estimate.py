"""What was estimated: TID 10031 (Radiation Dose Estimate) and 10032 (its representation)."""

from collections.abc import Iterator, Mapping
from typing import Any

from highdicom.sr import ContainerContentItem, ContentItem, RelationshipTypeValues

from dosemap.alert_words import reached
from dosemap.alerts import known_quantities
from dosemap.prsr.items import (
    CONCEPT_MOD,
    CONTAINS,
    PROPERTIES,
    code,
    container,
    image,
    number,
    text,
)

_SHARES = {
    "share_on_skin": "share_on_skin",
    "share_missed_skin": "share_missed_skin",
    "share_not_placed": "share_not_placed",
    "share_with_assumed_fields": "share_assumed",
    "share_with_derived_air_kerma": "share_derived",
}
"""Key of ``trust`` in the JSON document to the name of the concept."""
_UNCERTAINTY_METHOD = (
    "dosemap, interval of the peak skin dose: lowest and highest dose compatible with what the"
    " report states and with bounds of what it does not (docs/methods/interval.md); not a"
    " statistical confidence interval"
)


def estimate_item(
    document: Mapping[str, Any], methodology: ContentItem, *, picture: tuple[str, str]
) -> ContainerContentItem:
    """Return the container of the estimate.

    Parameters
    ----------
    document
        Of an estimate with a map.
    methodology
        How it was made (TID 10033).
    picture
        SOP class and instance UID of the picture of the map.
    """
    sop_class_uid, sop_instance_uid = picture
    return container(
        "estimate",
        text("estimate_name", "Skin dose map and peak skin dose of one procedure"),
        *_doubts(document),
        _peak(document),
        number("hottest_1cm2", document["hottest_1cm2_dose_gy"], "gray"),
        *_areas(document),
        *_coverage(document),
        container(
            "representation",
            code("distribution", "skin_dose_map"),
            image("representation_data", sop_class_uid, sop_instance_uid),
        ),
        methodology,
    )


def _doubts(document: Mapping[str, Any]) -> Iterator[ContentItem]:
    """Yield what a reader must know before the numbers: problems, assumptions, alert levels."""
    yield from _taken_for_granted(document, CONTAINS)
    for entry in document["alerts"]:
        yield text("alert", f"{reached(entry)}. {entry['wording']}")
    for entry in document["alerts_not_evaluated"]:
        yield text("alert_unknown", f"{entry['level']}: {entry['reason']}")


def _taken_for_granted(
    part: Mapping[str, Any], relationship: RelationshipTypeValues
) -> Iterator[ContentItem]:
    """Yield the problems and assumptions of the document or of its interval."""
    for entry in part["problems"]:
        yield text("problem", f"{entry['code']}: {entry['message']}", relationship=relationship)
    for entry in part["assumptions"]:
        what = f"{entry['field']} = {entry['value']} ({entry['provenance']})"
        yield text("assumption", f"{what}: {entry['why']}", relationship=relationship)


def _peak(document: Mapping[str, Any]) -> ContentItem:
    return number(
        "maximum_absorbed_dose",
        document["peak_skin_dose_gy"],
        "gray",
        code("finding_site", "skin", relationship=CONCEPT_MOD),
        text("peak_site", document["peak"]["site"], relationship=PROPERTIES),
        *_why_lower_bound(document),
        *_interval(document["interval"]),
    )


def _why_lower_bound(document: Mapping[str, Any]) -> Iterator[ContentItem]:
    why = known_quantities(document)["peak_skin_dose_gy"].why
    if why:
        yield text("lower_bound", why, relationship=PROPERTIES)


def _interval(interval: Mapping[str, Any] | None) -> Iterator[ContentItem]:
    if interval is None:
        return
    for key, name in (("low_gy", "lowest"), ("high_gy", "highest")):
        if interval[key] is not None:
            yield number(name, interval[key], "gray", relationship=PROPERTIES)
    if interval["reason"]:
        yield text("no_end", interval["reason"], relationship=PROPERTIES)
    yield text("uncertainty_method", _UNCERTAINTY_METHOD, relationship=PROPERTIES)
    yield from _taken_for_granted(interval, PROPERTIES)


def _areas(document: Mapping[str, Any]) -> Iterator[ContentItem]:
    for entry in document["skin_area_above"]:
        level = number("absorbed_dose", entry["dose_gy"], "gray", relationship=PROPERTIES)
        yield number("area_above", entry["area_cm2"], "square_centimetre", level)


def _coverage(document: Mapping[str, Any]) -> Iterator[ContentItem]:
    """Yield shares of the air kerma; what is not known has no item."""
    trust = document["trust"]
    if trust["air_kerma_gy"] is not None:
        yield number("air_kerma", trust["air_kerma_gy"], "gray")
    for key, name in _SHARES.items():
        if trust[key] is not None:
            yield number(name, trust[key], "ratio")
    not_mapped_gy = document["map"]["air_kerma_not_mapped_gy"]
    if not_mapped_gy is not None:
        yield number("not_mapped", not_mapped_gy, "gray")
