"""Reports of a mobile C-arm: no table, no angles, no isocentre."""

from typing import Any

from dosemap.interval import KnownRanges, SkinDoseInterval, estimate_interval
from dosemap.procedure import Device, Event, Filter, Patient, Procedure, Totals

KERMA_GY = 0.010
DETECTOR_MM = 1000.0
REFERENCE_MM = 700.0
"""30 cm in front of the detector (113861)."""


def event(index: int = 0, **values: Any) -> Event:
    """10 mGy at 700 mm with the detector at 1000 mm, unless told."""
    plain: dict[str, Any] = {
        "event_type": "fluoroscopy",
        "reference_air_kerma_gy": KERMA_GY,
        "kvp": 80.0,
        "filters": (Filter(material="Cu", thickness_mm=0.3),),
        "reference_point_definition": "113861",
        "source_to_detector_mm": DETECTOR_MM,
    }
    return Event(index=index, **{**plain, **values})


def report(*events: Event, total_gy: float | None = None) -> Procedure:
    """A report of some events."""
    return Procedure(
        source="mobile.dcm",
        study_instance_uid=None,
        sop_instance_uid=None,
        started=None,
        device=Device(manufacturer="Unheard-of", model="Mobile"),
        patient=Patient(),
        events=events,
        totals=Totals(reference_air_kerma_gy=total_gy),
    )


def ends_gy(result: SkinDoseInterval) -> tuple[float, float]:
    """The two ends, which must be there."""
    assert result.low_gy is not None, result.reason
    assert result.high_gy is not None, result.reason
    return result.low_gy, result.high_gy


def interval_gy(*events: Event, **ranges: Any) -> tuple[float, float]:
    """The interval of some events, with ranges that are known."""
    return ends_gy(estimate_interval(report(*events), known=KnownRanges(**ranges)))
