"""How it was estimated: TID 10033 (Radiation Dose Estimate Methodology) and 10034 (parameters)."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from highdicom.sr import ContainerContentItem, ContentItem

from dosemap.prsr.items import (
    CONCEPT_MOD,
    PROPERTIES,
    code,
    composite,
    container,
    number,
    text,
    uid,
)
from dosemap.prsr.values import is_uid

if TYPE_CHECKING:
    from dosemap.event_table import EventTable
    from dosemap.result import DoseResult

_SIMPLE_OBJECTS = ("plane", "cylinder", "elliptical cylinder")
"""Beginnings of the descriptions of surfaces that are no person's (:mod:`dosemap.surface`)."""


def methodology_item(result: "DoseResult", *, source: tuple[str, str]) -> ContainerContentItem:
    """Return the container of the methodology.

    Parameters
    ----------
    result
        With a map.
    source
        SOP class and instance UID of the report that the estimate was made from.
    """
    document, events = result.document, result.events
    sop_class_uid, sop_instance_uid = source
    return container(
        "methodology",
        composite("source_report", sop_class_uid, sop_instance_uid, *_events_used(events)),
        *_without_uid(events),
        _patient_model(document),
        container("model_registration", text("registration_method", _registration(document))),
        *_attenuator(document),
        container(
            "method",
            code("method_type", "analytical"),
            text("method_reference", _reference(document)),
            container("parameters", *_parameters(document, events)),
        ),
    )


def _is_used(events: "EventTable") -> np.ndarray:
    """Return of each event whether its beam is in the map, also where it met no skin."""
    return np.isfinite(events.numbers["half_value_layer_mm_al"])


def _events_used(events: "EventTable") -> Iterator[ContentItem]:
    """Yield the UIDs of the events used, which the template asks for where some were not."""
    used = _is_used(events)
    if used.all():
        return
    for is_used, event_uid in zip(used, events.texts["irradiation_event_uid"], strict=True):
        if is_used and is_uid(event_uid):
            yield uid("event_used", event_uid, relationship=PROPERTIES)


def _without_uid(events: "EventTable") -> Iterator[ContentItem]:
    uids = events.texts["irradiation_event_uid"]
    unnamed = [i for i, used in enumerate(_is_used(events)) if used and not is_uid(uids[i])]
    if unnamed:
        places = ", ".join(map(str, unnamed))
        yield text(
            "events_without_uid",
            f"used for the map; by their place in the report, from 0: {places}",
        )


def _patient_model(document: Mapping[str, Any]) -> ContainerContentItem:
    body, surface = document["map"]["body"], document["map"]["surface"]
    if body:
        kind = "anthropomorphic"
        reference = (
            f"{surface}; template {body['template']}, vertices at most {body['spacing_mm']:g} mm"
            " apart (dosemap, docs/surfaces.md)"
        )
    else:
        kind = "simple_object" if surface.startswith(_SIMPLE_OBJECTS) else "own_mesh"
        reference = f"{surface} (dosemap, docs/surfaces.md)"
    return container(
        "patient_model",
        code("patient_model_type", kind),
        code("transport_model_type", "mesh_transport"),
        text("patient_model_reference", reference),
        container("demographics", *(_demographics(body) if body else ())),
    )


def _demographics(body: Mapping[str, Any]) -> Iterator[ContentItem]:
    """Yield the values that the body was made of: one person, so least and largest are equal."""
    for key, of, unit in (
        ("age_years", "age", "year"),
        ("mass_kg", "weight", "kilogram"),
        ("height_cm", "height", "centimetre"),
    ):
        yield number(f"minimum_{of}", body[key], unit)
        yield number(f"maximum_{of}", body[key], unit)
    if body["sex"]:
        yield code("model_sex", f"sex_{body['sex'].lower()}")


def _registration(document: Mapping[str, Any]) -> str:
    positions = "; ".join(
        f"{entry['position']} ({entry['provenance']}), {_events(entry['events'])}"
        for entry in document["procedure"]["patient_positions"]
    )
    return f"placed on the table by patient position: {positions}"


def _events(events: list[int]) -> str:
    if len(events) == 1:
        return f"event {events[0]}"
    return f"{len(events)} events, {events[0]} to {events[-1]}"


def _attenuator(document: Mapping[str, Any]) -> Iterator[ContentItem]:
    """Yield table and pad, unless the estimate goes without them."""
    transmission, equipment = document["corrections"]["support"], document["equipment"]
    if transmission == "off":
        return
    unchecked = sum(entry["claim"].startswith("support") for entry in equipment["not_validated"])
    note = f"; {unchecked} of its claims not checked on a real system" if unchecked else ""
    yield container(
        "attenuator",
        code("attenuator_category", "patient_support"),
        text(
            "attenuator_description",
            f"table and pad of the equipment profile {equipment['profile']}{note};"
            f" transmission {transmission}",
        ),
    )


def _reference(document: Mapping[str, Any]) -> str:
    software = document["software"]
    tables = ", ".join(f"{name} {digest}" for name, digest in document["data_tables"].items())
    return (
        f"{software['name']} {software['version']}, docs/methods.md; equipment profile"
        f" {document['equipment']['profile']}; data tables: {tables}"
    )


def _parameters(document: Mapping[str, Any], events: "EventTable") -> Iterator[ContentItem]:
    for factor, choice in document["corrections"].items():
        yield text("correction", f"{factor}: {choice}")
    yield from _range("half_value_layer", events.numbers["half_value_layer_mm_al"], "millimetre")
    yield from _range("correction_factor", events.numbers["calibration_factor"], "ratio")


def _range(name: str, values: np.ndarray, unit: str) -> Iterator[ContentItem]:
    """Yield the least and the largest value over the events in the map."""
    known = values[np.isfinite(values)]
    if not known.size:
        return
    for derivation, value in (("minimum", known.min()), ("maximum", known.max())):
        modifier = code("derivation", derivation, relationship=CONCEPT_MOD)
        yield number(name, float(value), unit, modifier)
