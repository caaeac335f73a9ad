"""Patient, device and totals: what the report says once."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, cast

from dosemap.procedure import Device, Patient, Provenance, Totals
from dosemap.reading.codes import concepts
from dosemap.reading.items import Items
from dosemap.reading.log import ProblemLog
from dosemap.reading.numbers import NumberReader

# Outside these ranges a value is a placeholder (0, 162Y) or in another unit.
_PLAUSIBLE = {"age_years": (0.0, 120.0), "height_cm": (25.0, 250.0), "mass_kg": (0.3, 400.0)}
_YEARS_PER = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}


def read_patient(header: Mapping[str, str], log: ProblemLog) -> Patient:
    """Return the patient of the DICOM header; what cannot be true counts as missing."""
    age = _age_years(header)
    height_m = _number(header.get("PatientSize"))
    stated = {
        "age_years": age,
        "height_cm": None if height_m is None else height_m * 100,
        "mass_kg": _number(header.get("PatientWeight")),
    }
    provenance: dict[str, Provenance] = {}
    for name, value in stated.items():
        low, high = _PLAUSIBLE[name]
        if value is None:
            provenance[name] = Provenance.MISSING
        elif low <= value <= high and value > 0:
            provenance[name] = Provenance.REPORTED
        else:
            log.add(
                "patient-value-implausible",
                f"the patient's {name} is given as {value:g}",
                "it counts as not known; state it for a body of the right size",
            )
            stated[name] = None
            provenance[name] = Provenance.INVALID
    sex = header.get("PatientSex", "").strip().upper()
    return Patient(
        sex=cast("Literal['F', 'M', 'O']", sex) if sex in {"F", "M", "O"} else None,
        age_years=stated["age_years"],
        height_cm=stated["height_cm"],
        mass_kg=stated["mass_kg"],
        patient_id=header.get("PatientID"),
        name=header.get("PatientName"),
        provenance=provenance,
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


def read_totals(items: Items, log: ProblemLog) -> Totals:
    """Return the accumulated values summed over the planes, or a vendor's own totals."""
    reader = NumberReader(log)
    planes = items.containers("113702") or [items]
    sums: dict[str, float | None] = {}
    for name, sources in concepts("total").items():
        values = [reader.read(plane, sources)[0] for plane in planes]
        known = [value for value in values if value is not None]
        sums[name] = math.fsum(known) if known else None
    return Totals(**sums)


def study_time(header: Mapping[str, str]) -> str | None:
    """Return study date and time as one DICOM date-time."""
    date = header.get("StudyDate")
    return f"{date}{header.get('StudyTime', '')}" if date else None


def _age_years(header: Mapping[str, str]) -> float | None:
    text = header.get("PatientAge", "").strip().upper()
    if len(text) > 1 and text[:-1].isdigit() and text[-1] in _YEARS_PER:
        return int(text[:-1]) * _YEARS_PER[text[-1]]
    born, studied = (_date(header.get(key)) for key in ("PatientBirthDate", "StudyDate"))
    if born is None or studied is None:
        return None
    return (studied - born).days / 365.25


def _date(text: str | None) -> datetime | None:
    try:
        return datetime.strptime((text or "").strip(), "%Y%m%d")
    except ValueError:
        return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
