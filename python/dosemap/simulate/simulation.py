"""The main job of the package: a procedure on a device gives a report."""

from collections.abc import Iterator
from dataclasses import dataclass

from dosemap.errors import SimulationError
from dosemap.simulate.preset import Preset
from dosemap.simulate.preset_toml import load_presets
from dosemap.simulate.report import SimulatedProcedure
from dosemap.simulate.scene import stage
from dosemap.simulate.systems import System, load_systems
from dosemap.simulate.writer import Target, write_rdsr


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """A procedure as it was done on one device."""

    preset: Preset
    system: System
    seed: int
    procedure: SimulatedProcedure
    """What the report says."""

    def write(self, target: Target) -> None:
        """Write the report as the make of the device does.

        Parameters
        ----------
        target
            Path, or a binary file open for writing; the file is there whole or not at all.

        Raises
        ------
        DosemapError
            The file cannot be written.
        ImportError
            pydicom is not installed.
        """
        write_rdsr(self.procedure, target, style=self.system.style)


def simulate_procedure(name: str, *, device: str | None = None, seed: int = 1) -> Simulation:
    """Do one of the procedures of ``dosemap simulate --list``; the same arguments give the same.

    Parameters
    ----------
    name
        Of the procedure.
    device
        Family of equipment profiles whose reports it is to look like; by default the first one
        of the kind that the procedure is usually done on.
    seed
        Another number gives other small differences between the presses, and other UIDs.

    Returns
    -------
    Simulation
        Synthetic: no patient, no measurement.

    Raises
    ------
    SimulationError
        There is no such procedure or device, or the procedure is not done on such a device.

    Examples
    --------
    >>> simulation = simulate_procedure("hip_injection", device="siemens_cios")
    >>> round(simulation.procedure.fluoroscopy_time_s)
    26
    """
    presets = load_presets()
    if name not in presets:
        raise SimulationError(f"there is no procedure {name!r}; known are {', '.join(presets)}")
    preset = presets[name]
    system = usual_system(preset) if device is None else _asked_for(device, preset)
    return Simulation(
        preset=preset, system=system, seed=seed, procedure=stage(preset, system, seed=seed)
    )


def fitting_systems(preset: Preset) -> Iterator[System]:
    """Yield the devices that a procedure is done on, those of the usual kind first."""
    for kind in preset.kinds:
        yield from (system for system in load_systems().values() if system.kind.name == kind)


def usual_system(preset: Preset) -> System:
    """Return the device that a procedure is put on unless another is asked for."""
    return next(fitting_systems(preset))


def _asked_for(device: str, preset: Preset) -> System:
    systems = load_systems()
    if device not in systems:
        raise SimulationError(f"there is no device {device!r}; known are {', '.join(systems)}")
    system = systems[device]
    if system.kind.name not in preset.kinds:
        fitting = ", ".join(system.name for system in fitting_systems(preset))
        kind = f"{_article(system.kind.name)} {system.kind.name}"
        raise SimulationError(f"{preset.name} is not done on {device}, {kind}; it fits {fitting}")
    return system


def _article(kind: str) -> str:
    return "an" if kind.startswith("R/F") else "a"
