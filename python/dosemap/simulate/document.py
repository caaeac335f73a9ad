"""What can be simulated, and what was, as JSON documents (``docs/simulate.md``)."""

from collections import Counter
from dataclasses import asdict
from typing import Any, get_args

from dosemap.simulate.preset import Preset
from dosemap.simulate.preset_toml import load_presets
from dosemap.simulate.report import SimulatedProcedure
from dosemap.simulate.simulation import Simulation, fitting_systems, usual_system
from dosemap.simulate.source import Evidence
from dosemap.simulate.systems import load_systems

LIST_SCHEMA = "dosemap.simulate_list/1"
SCHEMA = "dosemap.simulate/1"


def list_document() -> dict[str, Any]:
    """Return a line on each procedure and each device."""
    return {
        "schema": LIST_SCHEMA,
        "procedures": [
            {
                **_about(preset),
                "usual_device": usual_system(preset).name,
                "devices": [system.name for system in fitting_systems(preset)],
            }
            for preset in load_presets().values()
        ],
        "devices": [
            {
                "name": system.name,
                "kind": system.kind.name,
                "manufacturer": system.device.manufacturer,
                "model": system.device.model,
                "habits_known": system.habits_known,
                "basis": system.source.basis,
            }
            for system in load_systems().values()
        ],
    }


def simulation_document(simulation: Simulation) -> dict[str, Any]:
    """Return what a simulation is, what it came to and what its numbers rest on.

    Parameters
    ----------
    simulation
        From :func:`dosemap.simulate.simulate_procedure`.
    """
    system, procedure = simulation.system, simulation.procedure
    return {
        "schema": SCHEMA,
        **_about(simulation.preset),
        "device": system.name,
        "usual_device": usual_system(simulation.preset).name,
        "kind": system.kind.name,
        "manufacturer": system.device.manufacturer,
        "model": system.device.model,
        "style": system.style,
        "habits_known": system.habits_known,
        "seed": simulation.seed,
        "totals": _totals(procedure),
        "sources": {
            **{group: asdict(source) for group, source in simulation.preset.sources.items()},
            "device": asdict(system.source),
            "exposure": asdict(system.kind.source),
        },
    }


def _about(preset: Preset) -> dict[str, Any]:
    evidence = Counter(source.evidence for source in preset.all_sources())
    return {
        "name": preset.name,
        "title": preset.title,
        "kinds": list(preset.kinds),
        "positions": list(dict.fromkeys(view.posture for view in preset.views)),
        "modes": list(preset.modes),
        "expected": {
            expected.quantity: {
                "value": expected.value,
                "within_factor": expected.within_factor,
                **asdict(expected.source),
            }
            for expected in preset.expected
        },
        "evidence": {name: evidence[name] for name in get_args(Evidence)},
    }


def _totals(procedure: SimulatedProcedure) -> dict[str, Any]:
    kinds = Counter(event.event_type for event in procedure.events)
    return {
        "events": len(procedure.events),
        "events_by_type": dict(kinds),
        "reference_air_kerma_gy": procedure.reference_air_kerma_gy,
        "kerma_area_product_gy_m2": procedure.dose_area_product_gy_m2,
        "fluoroscopy_time_s": procedure.fluoroscopy_time_s,
    }
