"""The JSON document of ``dosemap equipment check`` (``docs/json.md``)."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from dosemap import __version__
from dosemap.checking.coverage import beam_values, report_fields
from dosemap.checking.geometry import check_geometry
from dosemap.checking.matching import closest_first, explain_match
from dosemap.checking.sums import check_sums
from dosemap.checking.supply import what_to_supply
from dosemap.document import assumption_entries, problem_entries
from dosemap.equipment import Family, Profile, load_families, match_family
from dosemap.placement import BeamPlacement, PlacedProcedure, place_procedure
from dosemap.procedure import Procedure
from dosemap.profile_document import claims, gives
from dosemap.scenes import skin_of

SCHEMA = "dosemap.check/1"


def check_document(
    procedure: Procedure, *, equipment: Family | None = None, site: Sequence[Profile] = ()
) -> dict[str, Any]:
    """Return what a report has, lacks and contradicts, and what would give it a map.

    Parameters
    ----------
    procedure
        The report.
    equipment
        A profile to use whatever its match rules say.
    site
        Profiles of the site; one that fits is chosen before the shipped ones.
    """
    candidates = (*load_families(), *site)
    family = equipment or match_family(procedure.device, site=site)
    profile = family if isinstance(family, Profile) else None
    placed = place_procedure(
        procedure, family, skin_distance=skin_of(procedure, profile) if profile else None
    )
    device = procedure.device
    return {
        "schema": SCHEMA,
        "software": {"name": "dosemap", "version": __version__},
        "source": procedure.source,
        "report_kind": procedure.report_kind,
        "synthetic": procedure.is_synthetic,
        "system": {
            "manufacturer": device.manufacturer,
            "model": device.model,
            "software_versions": device.software_versions,
        },
        "equipment": _equipment(procedure, family, candidates, forced=equipment is not None),
        "events": _events(procedure),
        "map": _map(placed),
        "report_fields": report_fields(procedure.events),
        "beam_values": beam_values(placed),
        "checks": [
            {
                "check": finding.check,
                "status": finding.status,
                "message": finding.message,
                "events": list(finding.events),
                "numbers": dict(finding.numbers),
            }
            for finding in (*check_sums(procedure), *check_geometry(placed))
        ],
        "assumptions": assumption_entries(placed.assumptions),
        "problems": problem_entries((*procedure.problems, *placed.problems)),
    }


def _equipment(
    procedure: Procedure, family: Family | None, candidates: Sequence[Family], *, forced: bool
) -> dict[str, Any]:
    fit = explain_match(procedure.device, family) if family else None
    stated = claims(family) if family else []
    return {
        "profile": family.name if family else None,
        "title": family.title if family else None,
        "gives": gives(family) if family else None,
        "chosen_by": "user" if forced else "match" if family else None,
        "why": fit["why"] if fit else None,
        "matches": bool(fit and fit["matches"]),
        "claims": len(stated),
        "claims_validated": sum(claim.validated for claim in stated),
        "candidates": closest_first(
            [explain_match(procedure.device, candidate) for candidate in candidates],
            chosen=family.name if family else None,
        ),
    }


def _events(procedure: Procedure) -> dict[str, Any]:
    kinds = Counter(event.event_type or "unknown" for event in procedure.events)
    return {
        "count": len(procedure.events),
        "by_type": dict(sorted(kinds.items())),
        "with_air_kerma": sum(bool(event.reference_air_kerma_gy) for event in procedure.events),
    }


def _map(placed: PlacedProcedure) -> dict[str, Any]:
    beams = [entry for entry in placed.placements if isinstance(entry, BeamPlacement)]
    placed_gy = math.fsum(beam.reference_air_kerma_gy for beam in beams)
    all_gy = placed_gy + placed.air_kerma_not_placed_gy
    return {
        "available": placed.reason is None,
        "reason": placed.reason,
        "events_placed": len(beams),
        "share_of_air_kerma_placed": placed_gy / all_gy if all_gy else None,
        "supply": what_to_supply(placed),
    }
