"""The systems that synthetic reports can come from: one per family of equipment profiles.

They are data, ``data/simulate/systems.toml``; that file says what its keys mean.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast, get_args

from dosemap.errors import SimulationError
from dosemap.simulate.exposure_control import FilterStep, Mode, ModeSettings
from dosemap.simulate.report import FilterMaterial, SimulatedDevice
from dosemap.simulate.source import Source
from dosemap.simulate.source_section import SourceSection
from dosemap.simulate.styles import STYLES

KindName = Literal["angiography suite", "mobile C-arm", "R/F table", "mini C-arm"]
Tube = Literal["below the table", "above the table"]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What all systems of a kind have in common."""

    name: KindName
    tube: Tube
    """Where the tube is when the gantry stands upright."""
    detector_gap_mm: tuple[float, float]
    """From the patient to the detector: smallest and largest."""
    pad_thickness_mm: float
    modes: Mapping[Mode, ModeSettings]
    source: Source


@dataclass(frozen=True, kw_only=True)
class System:
    """One X-ray system, named as the family of equipment profiles that reads its reports."""

    name: str
    kind: Kind
    style: str
    """Key of :data:`dosemap.simulate.styles.STYLES`."""
    habits_known: bool
    """Whether the style follows a report, or notes on one, of this family."""
    device: SimulatedDevice
    reference_point: str
    """Code of DICOM context group 10025, where the style does not write its own."""
    source_to_reference_point_mm: float
    source_to_isocenter_mm: float | None
    """``None`` where the detector stands at one distance from the tube."""
    source_to_detector_mm: float
    """The largest; the only one where there is no isocentre."""
    detector_formats_mm: tuple[float, ...]
    """Sides of the square formats, from the smallest."""
    source: Source

    def format_for(self, side_mm: float) -> float:
        """Return the smallest detector format that holds a field.

        Parameters
        ----------
        side_mm
            Longer side of the field in the detector plane, mm.

        Raises
        ------
        SimulationError
            No format holds it.
        """
        for format_mm in self.detector_formats_mm:
            if side_mm <= format_mm:
                return format_mm
        raise SimulationError(
            f"a field of {side_mm:.0f} mm at the detector is larger than that of {self.name}"
        )


@cache
def load_systems() -> Mapping[str, System]:
    """Return all systems by name, in the order of the file."""
    path = files("dosemap").joinpath("data", "simulate", "systems.toml")
    root = SourceSection("systems.toml", tomllib.loads(path.read_text(encoding="utf-8")))
    kinds = {name: _kind(name, part) for name, part in root.tables("kinds")}
    systems = {name: _system(name, part, kinds) for name, part in root.tables("systems")}
    root.close()
    return systems


def _kind(name: str, part: SourceSection) -> Kind:
    if name not in get_args(KindName):
        raise part.fail("name", name, f"one of {', '.join(get_args(KindName))}")
    modes: dict[Mode, ModeSettings] = {
        mode: _mode(section)
        for mode in get_args(Mode)
        if (section := part.optional(mode)) is not None
    }
    return Kind(
        name=cast("KindName", name),
        tube=part.choice("tube", get_args(Tube)),
        detector_gap_mm=part.interval("detector_gap_mm"),
        pad_thickness_mm=part.number("pad_thickness_mm", 0, 100),
        modes=modes,
        source=part.source(),
    )


def _mode(part: SourceSection) -> ModeSettings:
    settings = ModeSettings(
        kerma_per_pulse_ugy=part.number("kerma_per_pulse_ugy", 0.1, 10_000),
        filter_steps=tuple(_filter_step(step) for step in part.sections("filters")),
        pulse_width_ms=part.interval("pulse_width_ms"),
        maximum_current_ma=part.number("maximum_current_ma", 0.1, 2000),
        maximum_kerma_rate_ugy_per_s=1e3
        / 60
        * part.number("maximum_kerma_rate_mgy_per_min", 1, 1000, math.inf),
    )
    part.close()
    return settings


def _filter_step(part: SourceSection) -> FilterStep:
    filters = tuple(
        (material, part.number(material, 0.01, 10))
        for material in get_args(FilterMaterial)
        if part.has(material)
    )
    below_kv = part.number("below_kv", 40, 150, math.inf)
    part.close()
    return FilterStep(below_kv=below_kv, filters=filters)


def _system(name: str, part: SourceSection, kinds: Mapping[str, Kind]) -> System:
    return System(
        name=name,
        kind=kinds[part.choice("kind", kinds)],
        style=part.choice("style", STYLES),
        habits_known=part.flag("habits_known"),
        device=SimulatedDevice(
            manufacturer=part.text("manufacturer"),
            model=part.text("model"),
            serial_number="000000",
            software_versions=part.text("software_versions"),
        ),
        reference_point=part.text("reference_point"),
        source_to_reference_point_mm=part.number("source_to_reference_point_mm", 100, 1500),
        source_to_isocenter_mm=part.number("source_to_isocenter_mm", 300, 1500, None),
        source_to_detector_mm=part.number("source_to_detector_mm", 300, 1800),
        detector_formats_mm=part.increasing("detector_formats_mm", 50, 500),
        source=part.source(),
    )
