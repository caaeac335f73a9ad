"""Patient and device: what the report says once."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, cast

from dosemap.procedure import Device, Patient, Provenance
from dosemap.ranges import PATIENT_RANGES
from dosemap.reading.items import Items
from dosemap.reading.log import ProblemLog

_OTHER_UNITS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "age_years": (),
    "height_cm": (("centimetres where DICOM has metres", 100.0), ("millimetres", 1000.0)),
    "mass_kg": (("grams where DICOM has kilograms", 1000.0),),
}
"""What a value could be meant in, and by how much it is then too large."""
_YEARS_PER = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}


def read_patient(header: Mapping[str, str], log: ProblemLog) -> Patient:
    """Return the patient of the DICOM header; what cannot be true counts as missing."""
    age, age_from = _age_years(header, log)
    size, size_from = _stated_number(header, "PatientSize", log)
    mass, mass_from = _stated_number(header, "PatientWeight", log)
    stated = {
        "age_years": (age, age_from),
        "height_cm": (None if size is None else 100 * size, size_from),
        "mass_kg": (mass, mass_from),
    }
    values: dict[str, float | None] = {}
    provenance: dict[str, Provenance] = {}
    for name, (value, came_from) in stated.items():
        # Outside its range a value is a placeholder (0, 162Y), a slip, or in another unit.
        (low, high), _ = PATIENT_RANGES[name]
        is_plausible = value is not None and low <= value <= high
        values[name] = value if is_plausible else None
        provenance[name] = came_from
        if value is not None and not is_plausible:
            provenance[name] = Provenance.INVALID
            _note_implausible(name, value, log)
    sex = header.get("PatientSex", "").strip().upper()
    return Patient(
        sex=cast("Literal['F', 'M', 'O']", sex) if sex in {"F", "M", "O"} else None,
        age_years=values["age_years"],
        height_cm=values["height_cm"],
        mass_kg=values["mass_kg"],
        patient_id=header.get("PatientID"),
        issuer_of_patient_id=header.get("IssuerOfPatientID"),
        identity_removed=header.get("PatientIdentityRemoved", "").strip().upper() == "YES",
        name=header.get("PatientName"),
        provenance=provenance,
    )


def _note_implausible(name: str, value: float, log: ProblemLog) -> None:
    (low, high), unit = PATIENT_RANGES[name]
    meant = [
        f"; it looks like {other}"
        for other, factor in _OTHER_UNITS[name]
        if low <= value / factor <= high
    ]
    log.add(
        "patient-value-implausible",
        f"the patient's {name} is {value:g} {unit}, which must lie between {low:g} and"
        f" {high:g}{''.join(meant)}",
        "it counts as not known, and what is assumed for it is listed; state it for a body of the"
        " right size",
    )


def _note_unreadable(keyword: str, log: ProblemLog) -> None:
    # The value is not shown: what is no number may be anything, a name too.
    log.add(
        "patient-value-unreadable",
        f"the patient's {keyword} is not written as DICOM has it",
        "it counts as not known; state it for a body of the right size",
    )


def read_device(header: Mapping[str, str], items: Items, event_items: Sequence[Items]) -> Device:
    """Return the X-ray system: the header first, then the device observer, then the events."""
    places = (items, *event_items[:1])

    def find(keyword: str, *codes: str) -> str | None:
        texts = (place.text(code) for place in places for code in codes)
        return header.get(keyword) or next((text for text in texts if text), None)

    return Device(
        manufacturer=find("Manufacturer", "121014", "113878"),
        model=find("ManufacturerModelName", "121015", "113879"),
        serial_number=find("DeviceSerialNumber", "121016", "113880"),
        station_name=find("StationName", "121013", "113877"),
        software_versions=header.get("SoftwareVersions"),
    )


def date_time(header: Mapping[str, str], of: Literal["Study", "Content"]) -> str | None:
    """Return date and time of the study or the report as one DICOM date-time."""
    date = header.get(f"{of}Date")
    return f"{date}{header.get(f'{of}Time', '')}" if date else None


def _age_years(header: Mapping[str, str], log: ProblemLog) -> tuple[float | None, Provenance]:
    text = header.get("PatientAge", "").strip().upper()
    if len(text) > 1 and text[:-1].isdigit() and text[-1] in _YEARS_PER:
        if text[-1] != "Y" or int(text[:-1]):
            return int(text[:-1]) * _YEARS_PER[text[-1]], Provenance.REPORTED
        log.add(
            "patient-value-implausible",
            "the patient's age_years is 0 years, which stands for not known",
            "the birth date is used if there is one; a newborn's age is written in days",
        )
    elif text:
        _note_unreadable("PatientAge", log)
    born, studied = (_date(header.get(key)) for key in ("PatientBirthDate", "StudyDate"))
    if born is None or studied is None:
        return None, Provenance.INVALID if text else Provenance.MISSING
    if born > studied:
        log.add(
            "patient-value-implausible",
            "the patient's birth date lies after the study",
            "age_years counts as not known; state it for a body of the right size",
        )
        return None, Provenance.INVALID
    return (studied - born).days / 365.25, Provenance.DERIVED


def _date(text: str | None) -> datetime | None:
    try:
        return datetime.strptime((text or "").strip(), "%Y%m%d")
    except ValueError:
        return None


def _stated_number(
    header: Mapping[str, str], keyword: str, log: ProblemLog
) -> tuple[float | None, Provenance]:
    text = header.get(keyword, "").strip()
    if not text:
        return None, Provenance.MISSING
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        _note_unreadable(keyword, log)
        return None, Provenance.INVALID
    return value, Provenance.REPORTED
