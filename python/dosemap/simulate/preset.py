"""A procedure as it is usually done, before it is put on a system: what a preset says.

Presets are data, ``data/procedures/*.toml``; :mod:`dosemap.simulate.preset_toml` reads them and
:mod:`dosemap.simulate.scene` makes a report's content of one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from dosemap.simulate.exposure_control import Mode
from dosemap.simulate.report import (
    Orientation,
    PatientPosition,
    Plane,
    SimulatedPatient,
    TargetRegion,
)
from dosemap.simulate.source import Source
from dosemap.simulate.systems import KindName

SourceGroup = Literal["patient", "targets", "views", "steps"]
Quantity = Literal[
    "fluoroscopy_time_s",
    "kerma_area_product_gy_m2",
    "reference_air_kerma_gy",
    "peak_skin_dose_gy",
]


@dataclass(frozen=True, kw_only=True)
class Target:
    """What the beam is centred on, and the part of the body around it."""

    name: str
    region: TargetRegion
    from_vertex_share: float
    """Distance from the top of the head along the body, as a share of the stature."""
    left_mm: float
    """To the patient's left of the midline."""
    from_back_share: float
    """Distance from the back as a share of the part's depth."""
    depth_mm: float
    """Front to back."""
    width_mm: float
    water_equivalent: float
    """Water-equivalent thickness per thickness; lung makes it less than 1, bone more."""


@dataclass(frozen=True, kw_only=True)
class View:
    """How patient and beam stand to each other.

    Angles are DICOM's, relative to the patient, for a tube below the table; with a tube above it
    the beam runs the other way along the same line.
    """

    name: str
    target: Target
    position: PatientPosition
    orientation: Orientation
    table_head_tilt_deg: float
    primary_angle_deg: float
    secondary_angle_deg: float
    end_primary_angle_deg: float | None
    """Where a rotation ends; it begins at the primary angle."""
    plane: Plane
    field_mm: tuple[float, float]
    """Width and height of the collimated field, in the plane of the target."""

    @property
    def posture(self) -> str:
        """How the patient lies, or stands with which side against the table."""
        words = "" if self.orientation == "recumbent" else f" {self.orientation}"
        return f"{self.position}{words}"


@dataclass(frozen=True, kw_only=True)
class Runs:
    """Presses of a pedal that are alike."""

    mode: Mode
    times: int
    pulses: float
    """Mean number in one press."""
    pulses_per_s: float


@dataclass(frozen=True, kw_only=True)
class Step:
    """A stretch of work in one view, or in two at once on a biplane system."""

    views: tuple[View, ...]
    fluoroscopy: Runs | None
    series: Runs | None
    """Stored images; they are spread among the fluoroscopy."""
    pause_s: float
    """Mean time before each press."""

    @property
    def runs(self) -> tuple[Runs, ...]:
        """What there is of fluoroscopy and series."""
        return tuple(runs for runs in (self.fluoroscopy, self.series) if runs is not None)


@dataclass(frozen=True, kw_only=True)
class Variation:
    """How much one press differs from the next: even distributions around the mean."""

    angle_deg: float
    """Between steps in the same view."""
    pan_mm: float
    """Of the table, each way."""
    share: float
    """Of durations, fields and pauses."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What is known or taken as the usual size of a total."""

    quantity: Quantity
    value: float
    within_factor: float
    """The preset comes out at least this near, above or below."""
    source: Source


@dataclass(frozen=True, kw_only=True)
class Preset:
    """One kind of procedure."""

    name: str
    title: str
    kinds: tuple[KindName, ...]
    """Kinds of systems it is done on; the usual one first."""
    patient: SimulatedPatient
    steps: tuple[Step, ...]
    variation: Variation
    expected: tuple[Expected, ...]
    sources: Mapping[SourceGroup, Source]

    @property
    def views(self) -> tuple[View, ...]:
        """The views in the order in which they are used first."""
        return tuple(dict.fromkeys(view for step in self.steps for view in step.views))

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes in the order in which they are used first."""
        return tuple(dict.fromkeys(runs.mode for step in self.steps for runs in step.runs))

    def all_sources(self) -> Iterator[Source]:
        """Yield what each group of numbers rests on."""
        yield from self.sources.values()
        yield from (expected.source for expected in self.expected)
