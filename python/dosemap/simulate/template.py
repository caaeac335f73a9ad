"""The blocks of TID 10001 (PS3.16): what every style composes its reports from.

Each function returns the items of one part of a template, in one maker's notation; which parts
are written, and in which order, is the style's affair.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dosemap.simulate.content import (
    ImageReference,
    Item,
    code,
    container,
    dcm,
    instant,
    text,
    uidref,
)
from dosemap.simulate.notation import Notation
from dosemap.simulate.report import Plane, SimulatedDevice, SimulatedEvent, SimulatedProcedure
from dosemap.simulate.uids import derived_uid

XA_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.12.1"

_PLANE_CODES: dict[Plane, str] = {"single": "113622", "A": "113620", "B": "113621"}
_EVENT_TYPE_CODES = {"stationary": "113611", "stepping": "113612", "rotational": "113613"}
_MODIFIERS = {
    "S": "supine",
    "P": "prone",
    "DL": "left lateral decubitus",
    "DR": "right lateral decubitus",
}


def date_time(moment: datetime, *, fraction: bool) -> str:
    """Return a moment in DICOM's DT form, to the second or the millisecond."""
    whole = moment.strftime("%Y%m%d%H%M%S")
    return f"{whole}.{moment.microsecond // 1000:03d}" if fraction else whole


def event_moment(procedure: SimulatedProcedure, event: SimulatedEvent) -> datetime:
    """Return when an event started."""
    return procedure.started + timedelta(seconds=event.started_s)


def procedure_reported(notation: Notation, intent: str = "diagnostic and therapeutic") -> Item:
    """Row "Procedure reported" of TID 10001, with its intent."""
    intent_item = code(
        notation.snomed("intent"), notation.snomed(intent), relationship="HAS CONCEPT MOD"
    )
    return code(dcm("121058"), dcm("113704"), intent_item, relationship="HAS CONCEPT MOD")


def device_observer(procedure: SimulatedProcedure) -> tuple[Item, ...]:
    """TID 1002 and 1004: the device as the observer."""
    device, context = procedure.device, "HAS OBS CONTEXT"
    return (
        code(dcm("121005"), dcm("121007"), relationship=context),
        uidref(dcm("121012"), derived_uid(procedure.uid_seed, "device"), relationship=context),
        text(dcm("121013"), device.station_name, relationship=context),
        text(dcm("121014"), device.manufacturer, relationship=context),
        text(dcm("121015"), device.model, relationship=context),
        text(dcm("121016"), device.serial_number, relationship=context),
    )


def scope(level: str, concept: str, uid: str) -> Item:
    """Return the scope of accumulation: its level, and the UID of what was accumulated over."""
    child = uidref(dcm(concept), uid, relationship="HAS PROPERTIES")
    return code(dcm("113705"), dcm(level), child, relationship="HAS OBS CONTEXT")


def plane(value: Plane) -> Item:
    """Return the acquisition plane."""
    return code(dcm("113764"), dcm(_PLANE_CODES[value]), relationship="HAS CONCEPT MOD")


def calibration(notation: Notation, date: str, party: str, uncertainty_percent: float) -> Item:
    """Return the calibration of TID 10002, with a factor of 1."""
    return container(
        dcm("122505"),
        code(dcm("113794"), notation.snomed("dosimeter"), relationship="HAS CONCEPT MOD"),
        instant(dcm("113723"), date),
        notation.num("122322", 1, "1"),
        notation.num("113763", uncertainty_percent, "%"),
        text(dcm("113724"), party),
    )


def totals(notation: Notation, events: Sequence[SimulatedEvent]) -> tuple[Item, ...]:
    """TID 10004: totals of one plane, summed before rounding as scanners do."""
    fluoroscopy = [event for event in events if event.event_type == "fluoroscopy"]
    acquisitions = [event for event in events if event.event_type != "fluoroscopy"]
    return (
        notation.area_product("113722", _area_product(events)),
        notation.air_kerma("113725", _air_kerma(events)),
        notation.area_product("113726", _area_product(fluoroscopy)),
        notation.air_kerma("113728", _air_kerma(fluoroscopy)),
        notation.num("113730", round(_duration_s(fluoroscopy)), "s"),
        notation.area_product("113727", _area_product(acquisitions)),
        notation.air_kerma("113729", _air_kerma(acquisitions)),
        notation.num("113855", round(_duration_s(acquisitions), 3), "s"),
    )


def radiographic_frames(notation: Notation, events: Sequence[SimulatedEvent]) -> Item:
    """Return the number of frames of all acquisitions of a plane."""
    frames = sum(event.number_of_pulses for event in events if event.event_type != "fluoroscopy")
    return notation.num("113731", frames, "1")


def _air_kerma(events: Sequence[SimulatedEvent]) -> float:
    return math.fsum(event.reference_air_kerma_gy for event in events)


def _area_product(events: Sequence[SimulatedEvent]) -> float:
    return math.fsum(event.dose_area_product_gy_m2 for event in events)


def _duration_s(events: Sequence[SimulatedEvent]) -> float:
    return math.fsum(event.irradiation_duration_s for event in events)


def seen_at(event: SimulatedEvent, source_to_reference_point_mm: float) -> SimulatedEvent:
    """Return an event with the kerma-area product of its field at a reference point without code.

    The kerma of the event is then that at the point; a given product is kept.
    """
    if event.kerma_area_product_gy_m2 is not None:
        return event
    scale = source_to_reference_point_mm / event.source_to_detector_mm
    product = event.reference_air_kerma_gy * event.field.area_m2 * scale**2
    return replace(event, kerma_area_product_gy_m2=product)


def event_type(notation: Notation, event: SimulatedEvent) -> Item:
    """Return the irradiation event type."""
    if event.event_type == "fluoroscopy":
        return code(dcm("113721"), notation.snomed("fluoroscopy"))
    return code(dcm("113721"), dcm(_EVENT_TYPE_CODES[event.event_type]))


def event_uid(procedure: SimulatedProcedure, index: int) -> Item:
    """Return the UID of an irradiation event."""
    return uidref(dcm("113769"), derived_uid(procedure.uid_seed, "event", index))


def acquired_image(
    procedure: SimulatedProcedure, index: int, *, count: int = 1
) -> tuple[Item, ...]:
    """Return references to the stored images; fluoroscopy stores none."""
    if procedure.events[index].event_type == "fluoroscopy":
        return ()
    names = [("image", index), *(("image", index, number) for number in range(1, count))]
    return tuple(
        Item(
            "IMAGE",
            dcm("113795"),
            ImageReference(XA_IMAGE_STORAGE, derived_uid(procedure.uid_seed, *name)),
        )
        for name in names
    )


def event_dose(notation: Notation, event: SimulatedEvent) -> tuple[Item, ...]:
    """Return kerma-area product and reference air kerma of an event."""
    return (
        notation.area_product("122130", event.dose_area_product_gy_m2),
        notation.air_kerma("113738", event.reference_air_kerma_gy),
    )


def positioner(notation: Notation, event: SimulatedEvent) -> tuple[Item, ...]:
    """Return the positioner angles; end angles only where the event has them."""
    ends = (
        ("113739", event.primary_end_angle_deg),
        ("113740", event.secondary_end_angle_deg),
    )
    return (
        notation.num("112011", event.primary_angle_deg, "deg"),
        notation.num("112012", event.secondary_angle_deg, "deg"),
        *(notation.num(concept, value, "deg") for concept, value in ends if value is not None),
    )


def xray_filter(
    notation: Notation, material: str, thickness_mm: float, thickest_mm: float | None = None
) -> Item:
    """Return one strip filter, of uniform thickness unless its thickest part is given."""
    return container(
        dcm("113771"),
        code(dcm("113772"), dcm("113650")),
        code(dcm("113757"), notation.snomed(material)),
        notation.num("113758", thickness_mm, "mm"),
        notation.num("113773", thickness_mm if thickest_mm is None else thickest_mm, "mm"),
    )


def no_filter() -> Item:
    """Return the filter container of an event without added filter; it names no material."""
    return container(dcm("113771"), code(dcm("113772"), dcm("111609")))


def pulses(
    notation: Notation, event: SimulatedEvent, *, rate: bool = True, number: bool = True
) -> tuple[Item, ...]:
    """Return fluoroscopy mode (fluoroscopy only), pulse rate and number of pulses."""
    return (
        *((code(dcm("113732"), dcm("113631")),) if event.event_type == "fluoroscopy" else ()),
        *((notation.num("113791", event.pulse_rate_per_s, "pulse/s"),) if rate else ()),
        *((notation.num("113768", event.number_of_pulses, "1"),) if number else ()),
    )


def patient_orientation(notation: Notation, event: SimulatedEvent) -> tuple[Item, ...]:
    """Return relationship to the table, and orientation with its modifier."""
    end, posture = event.patient_position[:2], event.patient_position[2:]
    modifier = code(
        dcm("113744"),
        notation.snomed(event.upright_modifier or _MODIFIERS[posture]),
        relationship="HAS CONCEPT MOD",
    )
    return (
        code(dcm("113745"), notation.snomed("headfirst" if end == "HF" else "feet-first")),
        code(dcm("113743"), notation.snomed(event.orientation), modifier),
    )


def table_angles(notation: Notation, event: SimulatedEvent) -> tuple[Item, ...]:
    """Return the three table angles."""
    return (
        notation.num("113754", event.table_head_tilt_deg, "deg"),
        notation.num("113755", event.table_horizontal_rotation_deg, "deg"),
        notation.num("113756", event.table_cradle_tilt_deg, "deg"),
    )


def irradiating_device(device: SimulatedDevice) -> Item:
    """TID 1021: the device as a participant."""
    about = (
        ("113877", device.station_name),
        ("113878", device.manufacturer),
        ("113879", device.model),
        ("113880", device.serial_number),
    )
    children = (
        text(dcm(concept), value, relationship="HAS PROPERTIES") for concept, value in about
    )
    return code(dcm("113876"), dcm("113859"), *children)
