from collections.abc import Mapping, Sequence
from os import PathLike
from types import MappingProxyType
from typing import Any, Protocol, final

import numpy as np
from numpy.typing import NDArray

__version__: str

# X-ray dose reports (rust/dosemap-rdsr)

class ReportError(ValueError):
    """A file is no readable X-ray dose report; the message says what it is instead."""

class NotDoseReport(ReportError):  # noqa: N818  (as ReportError: the package has its own)
    """A file is something else than a dose report of fluoroscopy; the second argument says what."""

@final
class ReportItem:
    """A content item of a dose report; values are given as written, in the unit as written."""

    @property
    def parent(self) -> int | None:
        """Index of the parent in the same tuple; None directly below the report or event."""
    @property
    def code(self) -> str:
        """Code value of the concept, e.g. ``"113738"``; empty where the report has none."""
    @property
    def scheme(self) -> str:
        """Coding scheme designator of the concept, e.g. ``"DCM"``."""
    @property
    def meaning(self) -> str:
        """Code meaning as the report spells it; never match on it."""
    @property
    def value_type(self) -> str:
        """``"NUM"``, ``"CODE"``, ...; ``"REFERENCE"`` for an item that points to another."""
    @property
    def numbers(self) -> tuple[float, ...]:
        """All numeric values, finite; empty where there is none that is a number."""
    @property
    def unit(self) -> str | None:
        """Code value of the unit of the numbers."""
    @property
    def unit_scheme(self) -> str | None:
        """Coding scheme designator of the unit, normally ``"UCUM"``."""
    @property
    def qualifier(self) -> tuple[str, str, str] | None:
        """Value, scheme and meaning of the code that says why there is no number."""
    @property
    def coded(self) -> tuple[str, str, str] | None:
        """Value, scheme and meaning of a CODE item's value."""
    @property
    def text(self) -> str | None:
        """Value of a TEXT, UIDREF, DATETIME, DATE, TIME or PNAME item; unparsable numbers."""

@final
class RadiationDoseReport:
    """A dose report: header, items outside irradiation events, items of every event."""

    @property
    def title(self) -> tuple[str, str, str]:
        """Value, scheme and meaning of the report's title."""
    @property
    def header(self) -> MappingProxyType[str, str]:
        """DICOM keyword to value; a backslash separates several, empty ones are left out."""
    @property
    def procedure_codes(self) -> list[tuple[str, tuple[str, str, str]]]:
        """Codes of the procedure with the keyword of their sequence, performed ones first."""
    @property
    def descriptions(self) -> list[str]:
        """Texts by which people name the procedure; they may hold anything."""
    @property
    def items(self) -> tuple[ReportItem, ...]:
        """Items outside irradiation events, parents before children, in document order."""
    @property
    def events(self) -> tuple[tuple[ReportItem, ...], ...]:
        """The items below every irradiation event, in document order."""

def read_report(source: bytes | bytearray) -> RadiationDoseReport:
    """Read a dose report from the bytes of a DICOM file or of a bare data set.

    Raises
    ------
    ReportError
        If the bytes are not DICOM, are cut off or damaged, or are no projection X-ray dose report.
    """

REPORT_SIZE_LIMIT: int
"""The largest report that is read, in bytes."""

def check_report_start(start: bytes) -> None:
    """Refuse a file by its first bytes, before the rest is read.

    Raises
    ------
    NotDoseReport
        If they are not DICOM, or a DICOM object of a class that is never a dose report.
    """

def read_report_file(path: str | PathLike[str]) -> RadiationDoseReport:
    """Read a dose report from a file.

    Raises
    ------
    ReportError
        As `read_report`.
    OSError
        If the file cannot be read.
    """

class DosemapError(ValueError): ...

def material_symbols() -> list[str]: ...
def data_tables() -> list[tuple[str, str]]:
    """Name and content hash of every embedded data table."""

@final
class Spectrum:
    def __new__(
        cls, kvp: float, *, anode_angle_deg: float, filters: Sequence[tuple[str, float]]
    ) -> Spectrum: ...
    def filtered(self, filters: Sequence[tuple[str, float]]) -> Spectrum: ...
    @property
    def kvp(self) -> float: ...
    @property
    def energies_kev(self) -> NDArray[np.float64]: ...
    @property
    def fluence_per_cm2_mas(self) -> NDArray[np.float64]: ...
    @property
    def air_kerma_weights(self) -> NDArray[np.float64]: ...
    @property
    def mean_energy_kev(self) -> float: ...
    @property
    def air_kerma_ugy_per_mas_at_1m(self) -> float: ...
    def half_value_layer_mm(self, material: str) -> float: ...
    def second_half_value_layer_mm(self, material: str) -> float: ...
    def transmission(self, filters: Sequence[tuple[str, float]]) -> float: ...
    def mu_en_ratio_to_air(self, medium: str) -> float: ...

@final
class Backscatter:
    def __new__(cls, spectrum: Spectrum) -> Backscatter: ...
    @property
    def amplitudes(self) -> list[float]: ...
    def excess(
        self,
        *,
        u_edges_mm: tuple[float, float],
        v_edges_mm: tuple[float, float],
        point_mm: tuple[float, float],
        source_to_point_mm: float,
        cos_incidence: float,
    ) -> float: ...
    def scatter_mu_en_ratio(self, medium: str) -> float: ...

def forward_scatter_ratio(
    *,
    pmma_equivalent_thickness_mm: float,
    field_at_1m_mm: tuple[float, float, float, float],
    distance_mm: float,
) -> float: ...

# Surfaces and the kernel

class _RestingParts(Protocol):
    """Vertex numbers, ``None`` for all: :class:`dosemap.surface.RestingParts`."""

    @property
    def contact(self) -> NDArray[np.uint32] | None: ...
    @property
    def centred(self) -> NDArray[np.uint32] | None: ...
    @property
    def head_end(self) -> NDArray[np.uint32] | None: ...
    @property
    def feet_end(self) -> NDArray[np.uint32] | None: ...

@final
class Surface:
    @staticmethod
    def plane(
        width_mm: float, length_mm: float, *, anterior: bool, spacing_mm: float
    ) -> Surface: ...
    @staticmethod
    def elliptic_cylinder(
        semi_axes_mm: tuple[float, float], length_mm: float, *, spacing_mm: float
    ) -> Surface: ...
    @staticmethod
    def mesh(vertices_mm: NDArray[np.float64], triangles: NDArray[np.uint32]) -> Surface: ...
    @property
    def vertices_mm(self) -> NDArray[np.float64]: ...
    @property
    def triangles(self) -> NDArray[np.uint32]: ...
    @property
    def normals(self) -> NDArray[np.float64]: ...
    @property
    def areas_mm2(self) -> NDArray[np.float64]: ...
    @property
    def enclosed_volume_mm3(self) -> float: ...
    @property
    def loose_edges(self) -> int: ...
    def __len__(self) -> int: ...
    def origin_at_rest(
        self,
        patient_position: str,
        *,
        support_height_mm: float,
        head_gap_mm: float = 0.0,
        lateral_shift_mm: float = 0.0,
        parts: _RestingParts | None = None,
    ) -> list[float]:
        """Origin of patient space in table space when the surface rests on the support, mm."""
    def hottest_mean(self, dose_gy: NDArray[np.float64], area_mm2: float) -> tuple[float, int]:
        """Highest mean dose over a connected piece of skin, and the vertex at its centre."""

def completed_person(
    *, sex: str | None, age_years: float | None, height_mm: float | None, mass_kg: float | None
) -> tuple[float, float, float]:
    """Age (years), height (mm) and mass (kg) of a person, filled in from reference persons."""

def mass_of_thickness_kg(
    *, sex: str | None, age_years: float | None, height_mm: float | None, thickness_mm: float
) -> float:
    """Mass of a person whose abdomen has this depth when lying, kg."""

def masses_of_height_kg(height_mm: float) -> tuple[float, float]:
    """Least and largest mass for which a body of this height can be made, kg."""

def body_address(
    region: int, left_of_midline_mm: float, vertebral_level: float
) -> tuple[str, str, str | None, float | None, str | None]:
    """Words, region, side, distance from the midline (mm) and vertebral level of a point."""

def body_regions() -> list[str]:
    """The regions of a body's surface, in the order of their numbers."""

@final
class Body:
    def __new__(
        cls,
        *,
        sex: str | None,
        age_years: float,
        height_mm: float,
        mass_kg: float,
        spacing_mm: float,
    ) -> Body: ...
    def posed(self, patient_position: str, *, arms: str, head_turned_deg: float) -> Surface:
        """The skin as it rests in a position."""
    def resting_parts(self, patient_position: str) -> list[NDArray[np.uint32] | None]:
        """Vertices that make contact, that are centred, at the head end and at the feet end."""
    def regions(self) -> NDArray[np.uint8]:
        """Region of every vertex, as a number among `body_regions()`."""
    def left_of_midline_mm(self) -> NDArray[np.float64]:
        """How far left of the median plane every vertex of the upright body is, mm."""
    def vertebral_levels(self) -> NDArray[np.float64]:
        """Vertebral coordinate of every vertex (T1 is 8 to 9), NaN off neck and trunk."""
    def measures_mm(self) -> list[tuple[str, float, float]]:
        """Name, published mean and value of the figure's measures, mm."""

def central_ray_on_table(
    pose: Mapping[str, object], patient_position: str
) -> tuple[list[float], list[float]]:
    """Focal spot (mm) and direction of the central ray in table space."""

def render(
    surface: Surface,
    colours: NDArray[np.uint8],
    *,
    azimuth_deg: float,
    elevation_deg: float,
    pixel_mm: float,
) -> NDArray[np.uint8]:
    """One view of a surface with a colour per vertex, as (rows, columns, 4) bytes: RGBA."""

def encode_png(rgba: NDArray[np.uint8]) -> bytes:
    """RGBA bytes, (rows, columns, 4), as a PNG file."""

@final
class BeamQuality:
    def __new__(
        cls,
        spectrum: Spectrum,
        *,
        support: Sequence[Sequence[tuple[str, float]]],
        medium: str,
        backscatter_factor: float | None = None,
        mu_en_ratio: float | None = None,
        support_transmission: float | None = None,
    ) -> BeamQuality: ...
    @property
    def primary_mu_en_ratio(self) -> float: ...
    @property
    def scatter_mu_en_ratio(self) -> float: ...
    @property
    def support_transmission(self) -> float:
        """Transmission at normal incidence through all layers."""

@final
class Frames:
    def __len__(self) -> int: ...
    @property
    def source_in_patient_mm(self) -> list[list[float]]:
        """Focal spot of every frame in patient space, mm."""
    @property
    def central_ray_in_patient(self) -> list[list[float]]:
        """Direction of every central ray in patient space."""
    @property
    def detector_axes_in_patient(self) -> list[list[list[float]]]:
        """Unit vectors along detector rows and columns of every frame in patient space."""
    @property
    def field_at_unit_distance(self) -> list[list[float]]:
        """Edges of every field at unit distance: along rows from and to, columns from and to."""
    def subset(self, numbers: Sequence[int]) -> Frames:
        """Some of the frames, by their numbers."""
    def locate(self, frame: int, points_mm: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Points (patient space, mm) as one frame's beam sees them."""

@final
class DoseMap:
    @property
    def dose_gy(self) -> NDArray[np.float64]: ...
    def plus(self, other: DoseMap) -> DoseMap:
        """Add the map of further frames on the same surface."""
    @property
    def share_on_skin(self) -> NDArray[np.float64]: ...

@final
class Peak:
    @property
    def vertex(self) -> int: ...
    @property
    def point_mm(self) -> list[float]: ...
    @property
    def dose_gy(self) -> float: ...
    @property
    def frame_dose_gy(self) -> list[float]: ...

@final
class Scene:
    def __new__(
        cls,
        surface: Surface,
        *,
        patient_position: str,
        patient_origin_in_table_mm: tuple[float, float, float],
        support_boxes_mm: Sequence[tuple[tuple[float, float, float], tuple[float, float, float]]],
        inverse_square: bool = True,
        occlusion: bool = True,
    ) -> Scene: ...
    def frames(self, settings: Sequence[Mapping[str, object]]) -> Frames:
        """Place frames given as mappings of the fields of a pose and of a frame."""
    def central_ray_entrance_mm(self, pose: Mapping[str, object]) -> float | None:
        """Distance from the focal spot to where the central ray enters the skin, mm."""
    def in_patient_mm(
        self, points_in_table_mm: Sequence[tuple[float, float, float]]
    ) -> list[list[float]]:
        """Points of table space, mm, in patient space."""
    def dose_map(self, frames: Frames, qualities: Sequence[BeamQuality]) -> DoseMap:
        """Dose of every vertex from all frames, by the fast kernel."""
    def reference_dose_gy(
        self, frames: Frames, qualities: Sequence[BeamQuality]
    ) -> NDArray[np.float64]:
        """Compute the same point by point, as the book has it: the oracle of the fast kernel."""
    def peak(
        self,
        frames: Frames,
        qualities: Sequence[BeamQuality],
        map: DoseMap,
        *,
        also: Sequence[tuple[Scene, Frames]] = ...,
    ) -> Peak | None:
        """Find the peak of a map of the same frames and qualities; `None` if nothing is irradiated.

        `also`: further scenes with their frames that were added to the map.
        """
    def hottest_mean(
        self,
        frames: Frames,
        qualities: Sequence[BeamQuality],
        *,
        near: Sequence[int],
        area_mm2: float,
        also: Sequence[tuple[Scene, Frames]] = ...,
    ) -> float:
        """Highest mean dose over a disc of skin around any point near some vertices."""

    def vertex_factors(
        self, frames: Frames, frame: int, quality: BeamQuality
    ) -> dict[str, NDArray[np.float64]]:
        """Every factor of one frame at every vertex; NaN where the skin faces away."""

# A procedure many times over

ENSEMBLE_RELATIVE_ERROR: float

@final
class Ensemble:
    def __new__(
        cls,
        scenes: Sequence[Sequence[Scene]],
        frames: Sequence[tuple[Frames, Sequence[int]]],
        qualities: Sequence[BeamQuality],
        *,
        variations: Mapping[str, NDArray[Any]],
    ) -> Ensemble:
        """Scenes by body and patient position, frames by position with the group of each."""
    def step(self) -> int:
        """Compute some more variations; tells how many, 0 when all are done."""
    def peak_dose_gy(self) -> NDArray[np.float64]:
        """Peak of each variation, Gy."""
    def peak_vertex(self) -> NDArray[np.int64]:
        """The vertex of each, -1 where no beam meets the skin."""
    def dose_quantile_gy(self, share: float) -> NDArray[np.float64]:
        """Dose of every vertex that a share of the variations does not exceed, Gy."""

# A procedure while it runs

def live_columns() -> list[tuple[str, int]]:
    """Field and place in it of every number of a row."""

@final
class LiveSums:
    """Sums of some frames, as `dosemap.live` says of its updates."""

    @property
    def frames(self) -> int: ...
    @property
    def reference_air_kerma_gy(self) -> float:
        """Of the frames that state one that can be."""
    @property
    def frames_without_kerma(self) -> int: ...
    @property
    def kerma_area_product_gy_m2(self) -> float: ...
    @property
    def frames_without_kerma_area_product(self) -> int: ...

@final
class LivePress:
    """One press of the pedal: frames of a plane without a gap between them."""

    @property
    def number(self) -> int: ...
    @property
    def plane(self) -> int: ...
    @property
    def position(self) -> float:
        """Place of the patient position, or what a frame had for one."""
    @property
    def first_s(self) -> float | None: ...
    @property
    def last_s(self) -> float | None: ...
    @property
    def mapped(self) -> LiveSums: ...
    @property
    def not_mapped(self) -> LiveSums: ...
    @property
    def defaulted(self) -> int:
        """Bits of columns that the session filled in any of its mapped frames."""

@final
class KeptBeam:
    """Frames that follow each other in one press, with the beam of the strongest."""

    @property
    def press(self) -> int:
        """Number of the press."""
    @property
    def row(self) -> list[float]: ...
    @property
    def air_kerma_gy(self) -> float: ...
    @property
    def on_skin_gy(self) -> float:
        """Air kerma by share of the field on skin."""

@final
class LiveTally:
    """The sums of a session."""

    @property
    def not_mapped(self) -> list[tuple[tuple[str, str], LiveSums]]:
        """By field and what is wrong with it, in the order in which they were met."""
    @property
    def oddities(self) -> list[tuple[str, int]]:
        """How often each was met."""
    @property
    def core_message(self) -> str | None:
        """What the kernel first said of values that together are no beam."""

@final
class LiveNow:
    """The state after the last frame of a call."""

    @property
    def frames(self) -> int: ...
    @property
    def frames_not_mapped(self) -> int: ...
    @property
    def reference_air_kerma_gy(self) -> float: ...
    @property
    def frames_without_kerma(self) -> int: ...
    @property
    def air_kerma_not_mapped_gy(self) -> float: ...
    @property
    def kerma_area_product_gy_m2(self) -> float: ...
    @property
    def frames_without_kerma_area_product(self) -> int: ...
    @property
    def peak_vertex(self) -> int | None:
        """The vertex with the highest dose so far, of equals the first; None before any has one."""
    @property
    def peak_skin_dose_gy(self) -> float: ...
    @property
    def time_s(self) -> float | None:
        """Of the last frame, as all that follows."""
    @property
    def not_mapped(self) -> tuple[str, str] | None:
        """Field and what is wrong with it."""
    @property
    def dose_rate_gy_per_s(self) -> float | None:
        """At the vertex that its beam gives most, by the time since the frame before."""
    @property
    def beam_vertex_dose_gy(self) -> float | None:
        """Dose so far there; None when the beam misses."""

@final
class LiveCopy:
    """The state at one moment; later frames do not change it."""

    @property
    def dose_map(self) -> DoseMap:
        """Without shares of frames on skin."""
    @property
    def presses(self) -> list[LivePress]: ...
    @property
    def beams(self) -> list[KeptBeam]: ...
    @property
    def merged(self) -> int:
        """How often neighbouring beams became one."""
    @property
    def tally(self) -> LiveTally: ...

@final
class LiveFeed:
    """A session's frames so far. Rows are bytes: 64-bit floats in the order of `live_columns`."""

    def __new__(cls, scene: Scene, settings: Mapping[str, object]) -> LiveFeed: ...
    def give_scene(self, position: int, scene: Scene) -> None: ...
    def give_quality(
        self, row: Sequence[float], quality: BeamQuality, *, calibration_factor: float
    ) -> None: ...
    def take(self, rows: bytes, start: int = 0) -> tuple[int, int | list[float] | None]:
        """Add rows in order from a place on, up to one that wants something.

        Returns where it ended, and what the next row wants: the scene of the patient position of
        this number, or the beam quality of this row. How rows are parted changes no bit.
        """
    def refuse(self, rows: bytes, start: int, message: str) -> int:
        """Add the row at a place, which cannot have what it wants; returns where the next is."""
    def now(self) -> LiveNow: ...
    def dose_gy(self) -> NDArray[np.float64]:
        """Copy of the dose of every vertex, Gy."""
    def presses(self) -> list[LivePress]: ...
    def tally(self) -> LiveTally: ...
    def copy(self) -> LiveCopy:
        """All that a snapshot needs."""
