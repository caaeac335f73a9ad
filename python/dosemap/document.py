"""The JSON document of an estimate: the contract with programs (``docs/json.md``)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from dosemap import _core
from dosemap.alerts import alert_parts, load_levels
from dosemap.event_table import EventTable, event_identities
from dosemap.placement import BeamPlacement, PlacedProcedure
from dosemap.procedure import Assumption, Problem, Totals
from dosemap.procedure_types import procedure_type
from dosemap.totals import totals_entry
from dosemap.trust import air_kerma_gy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap.result import PeakDose
    from dosemap.surface import Surface

SCHEMA = "dosemap.estimate/1"

DISCLAIMER = (
    "Research and quality-assurance software; not a medical device, not for clinical decisions."
)

AREA_LEVELS_GY = (2.0, 3.0, 5.0, 10.0, 15.0)
"""Borders of the skin-reaction bands of Balter et al., Radiology 254 (2010) 326,
doi:10.1148/radiol.2542082312, and the 3 Gy of NCRP Report 168."""


def made_by() -> dict[str, Any]:
    """Return the part of a document that says by which program and data it was made."""
    return {
        "software": {"name": "dosemap", "version": _core.__version__, "notice": DISCLAIMER},
        "data_tables": dict(_core.data_tables()),
    }


def build_document(  # noqa: PLR0913  (the parts of the document)
    placed: PlacedProcedure,
    *,
    surface: "Surface | None",
    corrections: Mapping[str, str],
    events: EventTable,
    skin_dose_gy: "NDArray[np.float64] | None",
    peak: "PeakDose | None",
    trust: Mapping[str, Any],
    reason: str | None,
    assumptions: Sequence[Assumption],
    problems: Sequence[Problem],
) -> dict[str, Any]:
    """Return the document; the parameters are the parts of a :class:`~dosemap.DoseResult`."""
    mapped = skin_dose_gy is not None
    document: dict[str, Any] = {
        "schema": SCHEMA,
        **made_by(),
        "source": placed.procedure.source,
        "procedure": _procedure(placed, events),
        "equipment": _equipment(placed),
        "totals": totals_entry(placed.procedure),
        "map": {
            "available": mapped,
            "reason": reason,
            "vertices": len(surface) if surface else 0,
            "surface": surface.description if surface else None,
            "body": surface.body.to_dict() if surface and surface.body else None,
            "air_kerma_not_mapped_gy": _air_kerma_not_mapped(events, placed.procedure.totals),
            "share_of_kerma_area_product_on_skin": _share_on_skin(events),
        },
        "trust": dict(trust),
        "corrections": dict(corrections),
        "peak_skin_dose_gy": peak.dose_gy if peak else None,
        "hottest_1cm2_dose_gy": peak.hottest_1cm2_gy if peak else None,
        "peak": _peak(peak, events),
        "interval": None,
        "risk": None,
        "skin_area_above": _areas(surface, skin_dose_gy),
        "assumptions": assumption_entries(assumptions),
        "problems": problem_entries(problems),
    }
    kind = procedure_type(placed.procedure).name
    return {**document, **alert_parts(document, load_levels(), procedure_type=kind)}


def assumption_entries(assumptions: Iterable[Assumption]) -> list[dict[str, Any]]:
    """Return assumptions as the documents list them."""
    return [
        {
            "field": entry.field,
            "value": entry.value,
            "why": entry.why,
            "provenance": str(entry.provenance),
            "events": list(entry.events),
        }
        for entry in assumptions
    ]


def problem_entries(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return problems as the documents list them."""
    return [
        {"code": entry.code, "events": list(entry.events), "message": entry.message}
        for entry in problems
    ]


def _procedure(placed: PlacedProcedure, events: EventTable) -> dict[str, Any]:
    procedure = placed.procedure
    system = f"{procedure.device.manufacturer} {procedure.device.model}"
    positions = _positions(placed)
    return {
        "study_instance_uid": procedure.study_instance_uid,
        "sop_instance_uid": procedure.sop_instance_uid,
        "report_kind": procedure.report_kind,
        "synthetic": procedure.is_synthetic,
        "manufacturer": procedure.device.manufacturer,
        "model": procedure.device.model,
        "started": procedure.started.isoformat() if procedure.started else None,
        "content_created": (
            procedure.content_created.isoformat() if procedure.content_created else None
        ),
        "event_identities": event_identities(events, scope=procedure.study_instance_uid or system),
        "patient_position": "+".join(sorted({entry["position"] for entry in positions})) or None,
        "patient_positions": positions,
    }


def _positions(placed: PlacedProcedure) -> list[dict[str, Any]]:
    """Return every patient position of the map with its provenance and events."""
    events: dict[tuple[str, str], list[int]] = {}
    for event, placement in zip(placed.procedure.events, placed.placements, strict=True):
        if isinstance(placement, BeamPlacement):
            provenance = str(placement.provenance["patient_position"])
            events.setdefault((placement.patient_position, provenance), []).append(event.index)
    return [
        {"position": position, "provenance": provenance, "events": indices}
        for (position, provenance), indices in events.items()
    ]


def _equipment(placed: PlacedProcedure) -> dict[str, Any]:
    """Return the profile used and what in it has not been checked on a real system."""
    family = placed.family
    if family is None:
        return {"profile": None, "file": None, "not_validated": []}
    claims = [(place, claim) for place, claim in family.claims() if not claim.validated]
    file = placed.profile.file if placed.profile else None
    return {
        "profile": family.name,
        "file": asdict(file) if file else None,
        "not_validated": [
            {"claim": place, "evidence": claim.evidence, "basis": claim.basis}
            for place, claim in claims
        ],
    }


def _air_kerma_not_mapped(events: EventTable, totals: Totals) -> float | None:
    """Return the kerma of events that are not in the map; ``None`` when it cannot be known."""
    kerma = events.numbers["reference_air_kerma_gy"]
    all_gy = air_kerma_gy(events, totals)
    if all_gy is None:
        return None
    on_skin = np.isfinite(kerma) & (np.nan_to_num(events.numbers["share_on_skin"]) > 0)
    # What events without a value, or events that are not in the report, had is only in the total.
    return max(0.0, all_gy - math.fsum(kerma[on_skin]))


def _share_on_skin(events: EventTable) -> float | None:
    """Share of the kerma-area product of the events in the map that met skin."""
    kerma = events.numbers["reference_air_kerma_gy"]
    u_min, u_max, v_min, v_max = events.numbers["field_at_1m_mm"].T
    weight = kerma * (u_max - u_min) * (v_max - v_min)
    weight = weight * events.numbers["source_to_reference_point_mm"] ** 2
    share = events.numbers["share_on_skin"]
    known = np.isfinite(weight) & np.isfinite(share)
    if not weight[known].sum() > 0:
        return None
    return float((weight * share)[known].sum() / weight[known].sum())


def _peak(peak: "PeakDose | None", events: EventTable) -> dict[str, Any] | None:
    if peak is None:
        return None
    doses = np.nan_to_num(events.numbers["dose_at_peak_gy"])
    order = [int(index) for index in np.argsort(-doses, kind="stable") if doses[index] > 0]
    return {
        "site": peak.site,
        "address": peak.address,
        "vertex": peak.vertex,
        "point_in_patient_mm": list(peak.point_in_patient_mm),
        "events": [{"event": index, "dose_gy": float(doses[index])} for index in order],
    }


def _areas(
    surface: "Surface | None", skin_dose_gy: "NDArray[np.float64] | None"
) -> list[dict[str, float]]:
    if surface is None or skin_dose_gy is None:
        return []
    areas_cm2 = surface.areas_mm2 / 100
    return [
        {"dose_gy": level, "area_cm2": float(areas_cm2[skin_dose_gy >= level].sum())}
        for level in AREA_LEVELS_GY
    ]
