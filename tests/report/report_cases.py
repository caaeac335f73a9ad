"""Results that pages are made of in these tests."""

from dataclasses import replace
from functools import cache
from typing import Any

from dosemap import Body, DoseResult, estimate, read_rdsr
from dosemap.procedure import Procedure
from dosemap.simulate import SimulatedEvent
from dosemap.surface import Surface
from simulated_reports import artis_bytes, artis_procedure

HOSTILE = (
    "</script><script>window.hacked=1</script><img src=x onerror='window.hacked=2'>"
    "\u202eevil\u2028\x1b[31m\x00&lt;b&gt;\"'`$x{y}"
)
"""Ends a script, starts one, loads something, turns the line around, colours a terminal."""

EVENTS = (
    SimulatedEvent(reference_air_kerma_gy=1.5),
    SimulatedEvent(reference_air_kerma_gy=1.0, primary_angle_deg=30.0),
    SimulatedEvent(reference_air_kerma_gy=0.5, primary_angle_deg=-30.0),
    SimulatedEvent(reference_air_kerma_gy=1.0, secondary_angle_deg=20.0),
)
"""Three and a half grays: one alert level is reached."""


@cache
def of_a_body() -> DoseResult:
    """Return a map of several grays on a body of few vertices."""
    return estimate(artis_procedure(*EVENTS), surface=Body(sex="F", spacing_mm=10.0))


@cache
def of_many_levels() -> DoseResult:
    """Return a map of more than ten grays, whose lines lie close to each other."""
    beams = ((6.0, 0.0, 0.0), (5.0, 30.0, 0.0), (4.0, -30.0, 0.0), (5.0, 0.0, 20.0))
    events = (
        SimulatedEvent(
            reference_air_kerma_gy=kerma_gy,
            primary_angle_deg=primary_deg,
            secondary_angle_deg=secondary_deg,
        )
        for kerma_gy, primary_deg, secondary_deg in beams
    )
    return estimate(artis_procedure(*events), surface=Body(sex="F", spacing_mm=10.0))


@cache
def of_a_trunk(*, events: int) -> DoseResult:
    """Return a map of many events, which turn round a coarse trunk."""
    beams = [SimulatedEvent(primary_angle_deg=6.0 * number - 30.0) for number in range(10)]
    procedure = artis_procedure(*beams)
    repeated = tuple(
        replace(procedure.events[number % len(beams)], index=number) for number in range(events)
    )
    trunk = Surface.elliptic_cylinder(width_mm=350, thickness_mm=220, length_mm=1000, spacing_mm=20)
    return estimate(replace(procedure, events=repeated), surface=trunk)


@cache
def without_map() -> DoseResult:
    """Return totals only: a report of a system whose table nobody knows."""
    return estimate(_of_another_make(read_rdsr(artis_bytes(*EVENTS), name="mobile.dcm")))


def _of_another_make(procedure: Procedure) -> Procedure:
    device = replace(procedure.device, manufacturer="Nobody", model="Unknown")
    return replace(procedure, device=device)


def poisoned(result: DoseResult) -> DoseResult:
    """Return a result with something hostile in every text that people or reports write."""
    events = replace(
        result.events,
        texts={
            **result.events.texts,
            "event_type": [HOSTILE + "x" * 10_000] * len(result.events),
            "added_filters": [HOSTILE] * len(result.events),
        },
    )
    document = _poison(result.document)
    document["source"] = HOSTILE + "y" * 10_000
    return replace(result, document=document, events=events)


_LOGIC = frozenset(
    {"schema", "report_kind", "started", "provenance", "event_identities", "level_id", "unit"}
    | {"quantity", "alert_levels_below", "code", "content_created", "region", "corrections"}
    | {"data_tables", "from_date", "to_date", "date", "sha256"}
)
"""Words that the program chose and reads again."""


def _poison(value: Any, key: str = "") -> Any:
    if key in _LOGIC or key.endswith("_from"):
        return value
    if isinstance(value, dict):
        return {name: _poison(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_poison(part, key) for part in value]
    return value + HOSTILE if isinstance(value, str) else value
