"""What the cases share: reproducible variation, and exposures of a trunk one after another."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dosemap.simulate.exposure_control import Mode, chord_cm, expose
from dosemap.simulate.report import CollimatedField, FilterMaterial, SimulatedEvent


@dataclass(frozen=True, kw_only=True)
class Trunk:
    """The part of the body in the beam, for the exposure control only."""

    depth_cm: float
    width_cm: float
    water_equivalent: float
    """Water-equivalent share of the path; lung makes it less than 1."""


@dataclass(frozen=True, kw_only=True)
class Press:
    """One press of the pedal: what the operator chooses."""

    mode: Mode
    pulses: int
    pulse_rate_per_s: float
    aperture_mm: tuple[float, float]
    """Width and height of the collimated field in the detector plane."""


class Variation:
    """Small differences between one press and the next, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        # Only random() is used: the one sequence that Python promises to keep.
        self._random = random.Random(seed)

    def between(self, low: float, high: float) -> float:
        """Return a number from an even distribution."""
        return low + (high - low) * self._random.random()

    def around(self, centre: float, spread: float) -> float:
        """Return a number at most ``spread`` away from ``centre``."""
        return self.between(centre - spread, centre + spread)


def exposed(view: SimulatedEvent, press: Press, trunk: Trunk) -> SimulatedEvent:
    """Return the event that a press gives in a view.

    Parameters
    ----------
    view
        Geometry, time and labels; its technique and doses are replaced.
    press
        What the operator chose.
    trunk
        What the beam goes through.

    Returns
    -------
    SimulatedEvent
        With the exposure control's technique, and the doses that follow from it.
    """
    path_cm = chord_cm(
        trunk.depth_cm, trunk.width_cm, view.primary_angle_deg, view.secondary_angle_deg
    )
    exposure = expose(path_cm * trunk.water_equivalent, view.source_to_detector_mm, press.mode)
    copper: tuple[tuple[FilterMaterial, float], ...] = (
        (("Cu", exposure.copper_mm),) if exposure.copper_mm > 0 else ()
    )
    return replace(
        view,
        event_type="fluoroscopy" if press.mode == "fluoroscopy" else "stationary",
        kvp=exposure.kvp,
        filters=copper,
        tube_current_ma=exposure.tube_current_ma,
        pulse_width_ms=exposure.pulse_width_ms,
        pulse_rate_per_s=press.pulse_rate_per_s,
        number_of_pulses=press.pulses,
        reference_air_kerma_gy=press.pulses * exposure.kerma_per_pulse_gy,
        field=CollimatedField.centred(*press.aperture_mm),
    )


def end_of(events: Sequence[SimulatedEvent]) -> float:
    """Return when the last event ended, s after the start of the procedure."""
    return events[-1].started_s + events[-1].irradiation_duration_s if events else 0.0
