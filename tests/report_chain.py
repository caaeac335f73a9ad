"""A report through the whole program, and what must hold whatever is in it."""

import json
import math
import random
from typing import Any, get_args

from dosemap import DosemapError, Surface, estimate, estimate_interval, read_rdsr
from dosemap.checking import check_document
from dosemap.equipment import Profile, load_profiles
from dosemap.placement import PlacementOverrides
from dosemap.procedure import LyingPosition, UprightPosition
from dosemap.simulate import SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles import STYLES
from make_devices import device_of

SURFACE = Surface.elliptic_cylinder(width_mm=350, thickness_mm=220, length_mm=1700, spacing_mm=25)
POSITIONS = (*get_args(LyingPosition), *get_args(UprightPosition))


def written_procedures() -> dict[str, SimulatedProcedure]:
    """Return for each style two planes, and all kinds of events."""
    events = (
        SimulatedEvent(acquisition_plane="A"),
        SimulatedEvent(acquisition_plane="B", started_s=20.0, event_type="stationary"),
        SimulatedEvent(
            acquisition_plane="A",
            event_type="rotational",
            started_s=40.0,
            primary_angle_deg=60,
            primary_end_angle_deg=-60,
        ),
    )
    return {
        style: SimulatedProcedure(uid_seed=style, events=events, device=device_of(style))
        for style in STYLES
    }


def check_chain(data: bytes, dice: random.Random | None = None) -> bool:
    """Read, check, place, estimate and bound; return whether there was a result.

    With dice, a caller's profile and knowledge are drawn too.
    """
    try:
        procedure = read_rdsr(data, name="report.dcm")
        arguments = _drawn(dice) if dice else {}
        result = estimate(procedure, surface=SURFACE, **arguments)
        interval = estimate_interval(procedure, equipment=arguments.get("equipment"))
        checked = check_document(procedure, equipment=arguments.get("equipment"))
    except DosemapError as error:
        assert str(error)  # noqa: PT017  (whether it raises is open)
        return False
    json.dumps(checked, allow_nan=False)
    check_estimate(json.loads(result.with_interval(interval).to_json()))  # raises on NaN
    return True


def _drawn(dice: random.Random) -> dict[str, Any]:
    """Return what a caller may know."""
    if dice.random() < 0.5:
        return {}
    profiles: list[Profile | None] = [None, *load_profiles()]
    return {
        "equipment": dice.choice(profiles),
        "overrides": PlacementOverrides(
            patient_position=dice.choice((None, *POSITIONS)),
            table_offset_mm=dice.choice((None, (0.0, 150.0, 450.0))),
            kvp=dice.choice((None, 80.0)),
            field_side_at_1m_mm=dice.choice((None, 150.0)),
            primary_angle_deg=dice.choice((None, 20.0)),
            secondary_angle_deg=dice.choice((None, 0.0)),
        ),
    }


def check_estimate(document: dict[str, Any]) -> None:
    """Check what must hold between the figures of a result."""
    peak = document["peak_skin_dose_gy"]
    assert (peak is None) == (document["map"]["reason"] is not None)
    assert peak is None or peak >= 0
    not_mapped = document["map"]["air_kerma_not_mapped_gy"]
    assert not_mapped is None or not_mapped >= 0
    if document["peak"]:
        doses = [entry["dose_gy"] for entry in document["peak"]["events"]]
        assert all(dose >= 0 for dose in doses)
        # f32 blocks against the sum; the peak lies between the vertices.
        assert math.isclose(math.fsum(doses), peak, rel_tol=2e-3, abs_tol=1e-12)
    _check_shares(document["trust"])
    _check_totals(document["totals"])
    low, high = document["interval"]["low_gy"], document["interval"]["high_gy"]
    assert low is None or low >= 0
    assert low is None or high is None or low <= high
    assert (low is None or high is None) == (document["interval"]["reason"] is not None)


def _check_shares(trust: dict[str, Any]) -> None:
    if not trust["air_kerma_gy"]:
        return
    parts = [trust[f"share_{part}"] for part in ("on_skin", "missed_skin", "not_placed")]
    assert all(-1e-9 <= share <= 1 + 1e-9 for share in parts)
    assert math.isclose(sum(parts), 1, abs_tol=1e-6)
    assert -1e-9 <= trust["share_with_assumed_fields"] <= 1 + 1e-9


def _check_totals(totals: dict[str, Any]) -> None:
    for entry in (totals, *totals["planes"]):
        parts = (entry, entry["fluoroscopy"], entry["acquisition"])
        for part in parts:
            values = [part[key] for key in part if key.endswith(("_gy", "_gy_m2", "_s", "_frames"))]
            assert all(value is None or value >= 0 for value in values)
        assert entry["events"] >= sum(part["events"] for part in parts[1:])
    assert totals["events"] == sum(plane["events"] for plane in totals["planes"])
