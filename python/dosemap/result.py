"""What an estimate yields: the map, its peak, and everything that explains them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from dosemap import _core
from dosemap.alerts import Level, alert_parts, known_quantities, load_levels
from dosemap.errors import DosemapError
from dosemap.figures.missing import need
from dosemap.procedure_types import procedure_type
from dosemap.spectrum import Spectrum
from dosemap.surface import Surface

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure
    from numpy.typing import NDArray
    from plotly.graph_objects import Figure as Figure3D

    from dosemap.equipment import Support
    from dosemap.event_table import EventTable
    from dosemap.interval import SkinDoseInterval
    from dosemap.procedure import Procedure
    from dosemap.rdsr import Source
    from dosemap.risk import Risk


@dataclass(frozen=True, kw_only=True)
class Setup:
    """The scenes of an estimate as they were computed, for looking at single factors."""

    parts: tuple[tuple[_core.Scene, _core.Frames, tuple[int, ...]], ...]
    """Per lying position the scene, its frames, and the event of each frame."""
    qualities: tuple[_core.BeamQuality, ...]
    spectra: tuple[Spectrum, ...]
    """Filtered spectrum of each beam quality."""
    quality_of_event: Mapping[int, int]
    support: "Support"
    """Table and pad that the beams went through."""

    @cached_property
    def frames_of_event(self) -> tuple[dict[int, list[int]], ...]:
        """Of each part the places of an event's frames, by event."""
        found: list[dict[int, list[int]]] = []
        for _, _, events in self.parts:
            found.append({})
            for place, event in enumerate(events):
                found[-1].setdefault(event, []).append(place)
        return tuple(found)

    def vertex_factors(self, event: int) -> "list[dict[str, NDArray[np.float64]]]":
        """Return the factors of each frame of an event at every vertex, by the reference."""
        quality = self.qualities[self.quality_of_event[event]]
        return [
            scene.vertex_factors(frames, place, quality)
            for (scene, frames, _), places in zip(self.parts, self.frames_of_event, strict=True)
            for place in places.get(event, ())
        ]


@dataclass(frozen=True, kw_only=True)
class PeakDose:
    """The point of the skin with the highest dose."""

    dose_gy: float
    hottest_1cm2_gy: float
    """Highest mean over a connected square centimetre."""
    vertex: int
    point_in_patient_mm: tuple[float, float, float]
    site: str
    """In words."""
    address: Mapping[str, str | float | None] | None = None
    """By anatomy, on a body: region, side, from_midline_mm, vertebral_level."""


@dataclass(frozen=True, kw_only=True, repr=False)
class DoseResult:
    """A skin dose map and how it came about.

    Made by :func:`dosemap.estimate` or :meth:`from_netcdf`.
    """

    document: Mapping[str, Any]
    """What ``dosemap estimate --json`` prints (``docs/json.md``)."""
    events: "EventTable"
    surface: Surface | None = None
    skin_dose_gy: "NDArray[np.float64] | None" = None
    """Dose of each vertex of the surface, (n_vertex,), Gy, the mean over its patch of skin;
    ``None`` where there is no map."""
    peak: PeakDose | None = None
    setup: Setup | None = None
    procedure: "Procedure | None" = None
    """The report it was made from; ``None`` where the result was loaded from a file, which holds
    no identifier of the patient."""
    levels: tuple[Level, ...] = field(default_factory=load_levels)
    """Alert levels that the document is held against."""

    def __repr__(self) -> str:
        if self.peak is None:
            return f"<DoseResult of {self.document['source']}: {self.reason}>"
        return (
            f"<DoseResult of {self.document['source']}: peak skin dose {self.peak.dose_gy:.4g} Gy,"
            f" {self.peak.site}>"
        )

    @property
    def reason(self) -> str | None:
        """Why there is no map; ``None`` when there is one."""
        reason: str | None = self.document["map"]["reason"]
        return reason

    @property
    def peak_skin_dose_gy(self) -> float | None:
        """Highest dose at a point of the skin, Gy."""
        return self.peak.dose_gy if self.peak else None

    @property
    def hottest_1cm2_dose_gy(self) -> float | None:
        """Dose averaged over the most exposed square centimetre, Gy."""
        return self.peak.hottest_1cm2_gy if self.peak else None

    @property
    def air_kerma_not_mapped_gy(self) -> float | None:
        """Reference air kerma of events that hit no skin or could not be placed, Gy.

        Where events state no kerma, or there are none, what the report's total has above those
        that do; ``None`` when it states no total either.
        """
        kerma: float | None = self.document["map"]["air_kerma_not_mapped_gy"]
        return kerma

    @property
    def trust(self) -> dict[str, Any]:
        """Shares of the air kerma on skin, missed, not placed and with assumed fields.

        The keys are those of ``trust`` in ``docs/json.md``.
        """
        return dict(self.document["trust"])

    @property
    def assumptions(self) -> list[dict[str, Any]]:
        """What was taken from elsewhere than the report: field, value and why."""
        return list(self.document["assumptions"])

    @property
    def problems(self) -> list[dict[str, Any]]:
        """What a person should know of: code, events and message."""
        return list(self.document["problems"])

    def alerts(self) -> list[dict[str, Any]]:
        """Return the alert levels that were reached (``alerts`` in ``docs/json.md``).

        A level that is not there was not always below: see ``alert_levels_below`` and
        ``alerts_not_evaluated`` of the document.
        """
        return list(self.document["alerts"])

    def with_interval(self, interval: "SkinDoseInterval") -> "DoseResult":
        """Return the same result with an interval of the peak skin dose in its document.

        Parameters
        ----------
        interval
            Of the same report, from :func:`dosemap.estimate_interval`.
        """
        document = {**self.document, "interval": interval.to_dict()}
        result = replace(self, document=document).with_levels(self.levels)
        return result if self.document["risk"] is None else result.with_risk()

    def with_levels(self, levels: Iterable[Level]) -> "DoseResult":
        """Return the same result held against other alert levels.

        Parameters
        ----------
        levels
            From :func:`dosemap.alerts.load_levels`; those of scope ``procedure`` are looked at, and
            those for types of procedure by the codes of the report.
        """
        levels = tuple(levels)
        kind = procedure_type(self.procedure).name if self.procedure else None
        parts = alert_parts(self.document, levels, procedure_type=kind)
        return replace(self, document={**self.document, **parts}, levels=levels)

    def risk(self) -> "Risk":
        """Return what the dose to the skin may lead to; information for a qualified person.

        Where the peak skin dose is not known, or only from below, that is what it says
        (``docs/risk.md``).
        """
        from dosemap.risk import risk_of  # noqa: PLC0415  (few results are asked for it)

        peak, known = self.document["peak"], known_quantities(self.document)["peak_skin_dose_gy"]
        started, address = self.document["procedure"]["started"], peak and peak["address"]
        return risk_of(
            known.at_least,
            region=address and address["region"],
            started=datetime.fromisoformat(started) if started else None,
            is_lower_bound=known.at_least != known.at_most,
            at_most_gy=known.at_most,
            why=known.why,
        )

    def with_risk(self) -> "DoseResult":
        """Return the same result with :meth:`risk` in its document."""
        return replace(self, document={**self.document, "risk": self.risk().to_dict()})

    def area_above_cm2(self, dose_gy: float) -> float:
        """Return the area of skin with at least a dose, in cm2.

        Parameters
        ----------
        dose_gy
            The dose, Gy.

        Raises
        ------
        DosemapError
            There is no map.
        """
        surface, skin_dose_gy = self._map()
        return float(surface.areas_mm2[skin_dose_gy >= dose_gy].sum()) / 100

    @property
    def dataset(self) -> "xr.Dataset":
        """The result as a labelled data set: dims vertex, triangle, corner, event, xyz."""
        from dosemap.dataset import to_dataset  # noqa: PLC0415  (xarray takes seconds)

        return to_dataset(self)

    def event_factors(self, event: int) -> "xr.Dataset":
        """Return every factor of the dose chain of one event at every vertex.

        Computed anew by the reference implementation.

        Parameters
        ----------
        event
            Index of the event.

        Returns
        -------
        Data set with dims frame and vertex: inverse square, coverage, backscatter excess
        (B - 1), support transmission, cosine of incidence, source-to-skin distance, incident air
        kerma and skin dose; NaN where the skin faces away from the tube.

        Raises
        ------
        DosemapError
            The event is not in the map, or the result was loaded from a file.
        """
        from dosemap.dataset import factors_dataset  # noqa: PLC0415  (xarray takes seconds)

        if self.setup is None:
            raise DosemapError(
                "factors can be computed only where the estimate was made, and only with a map;"
                " run estimate() again"
            )
        if event not in self.setup.quality_of_event:
            raise DosemapError(f"event {event} is not in the map; see problems")
        quality = self.setup.qualities[self.setup.quality_of_event[event]]
        return factors_dataset(self.setup.vertex_factors(event), quality)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document as a new dictionary."""
        copy: dict[str, Any] = json.loads(self.to_json())
        return copy

    def to_json(self) -> str:
        """Return the JSON document (``docs/json.md``) as a text."""
        return json.dumps(self.document, indent=2, ensure_ascii=False, allow_nan=False)

    def to_netcdf(self, path: str | PathLike[str]) -> None:
        """Write the result to a netCDF file, by a temporary name beside it.

        Parameters
        ----------
        path
            Where to; an existing file is replaced once the new one is complete.
        """
        from dosemap.dataset import write_netcdf  # noqa: PLC0415  (xarray takes seconds)

        write_netcdf(self, path)

    def report(self, path: str | PathLike[str]) -> None:
        """Write an interactive report: one HTML file that needs no network (``docs/report.md``).

        Needs ``pip install "dosemap[report]"``. It holds the JSON document with the risk, and no
        name or identifier of the patient beyond what that has.

        Parameters
        ----------
        path
            Where to; an existing file is replaced once the new one is complete.

        Raises
        ------
        DosemapError
            The file cannot be written, or the extra is not installed.
        """
        from dosemap.report.page import write_page  # noqa: PLC0415  (an extra)

        write_page(self, path)

    def plot(self) -> "Figure3D":
        """Return the dose map on the body as a plotly figure in three dimensions.

        Needs ``pip install "dosemap[report]"``.

        Raises
        ------
        DosemapError
            There is no map, or the extra is not installed.
        """
        from dosemap.report.figure import map_figure  # noqa: PLC0415  (an extra)

        return map_figure(self)

    def to_dicom(
        self,
        path: str | PathLike[str],
        *,
        source: "Source | None" = None,
        created: datetime | None = None,
    ) -> None:
        """Write a Patient Radiation Dose SR, and beside it a picture of the map it refers to.

        Both belong to the patient and the study of the report that the estimate was made from. A
        report at ``case.dcm`` has its picture at ``case.map.dcm`` (``docs/prsr.md``).

        Parameters
        ----------
        path
            Where to; an existing report of the same kind is replaced.
        source
            That report, where the result was loaded from a file, which holds no identifier.
        created
            When; now by default. The same result at the same moment gives the same bytes.

        Raises
        ------
        DosemapError
            There is no map, no report to refer to, highdicom is not installed, or the file cannot
            be written.
        """
        from dosemap.prsr.write import write_prsr  # noqa: PLC0415  (few results are written so)

        write_prsr(self, path, source=source, created=created)

    @classmethod
    def from_netcdf(cls, path: str | PathLike[str]) -> "DoseResult":
        """Read a result that :meth:`to_netcdf` wrote.

        Raises
        ------
        DosemapError
            No such file, or not a dosemap result.
        """
        from dosemap.dataset import read_netcdf  # noqa: PLC0415  (xarray takes seconds)

        return read_netcdf(path)

    def plot_unfolded(self) -> "Figure":
        """Return the unfolded map as a matplotlib figure; needs ``pip install "dosemap[report]"``.

        Contours with their doses, alert levels in blue, the peak, and what is not shown
        (``docs/figures.md``). Nothing of pyplot is used.

        Raises
        ------
        DosemapError
            There is no map, its surface cannot be unfolded, or matplotlib is missing.
        """
        need("matplotlib", extra="report", what="a figure")
        from dosemap.figures.unfolded_figure import unfolded_figure  # noqa: PLC0415  (matplotlib)

        return unfolded_figure(self)

    def plot_events(self) -> "Figure":
        """Return air kerma, dose at the peak and angles of the events as a matplotlib figure.

        Needs ``pip install "dosemap[report]"``. Events that are not in the map are marked.

        Raises
        ------
        DosemapError
            matplotlib is missing.
        """
        need("matplotlib", extra="report", what="a figure")
        from dosemap.figures.events_figure import events_figure  # noqa: PLC0415  (matplotlib)

        return events_figure(self)

    def _repr_html_(self) -> str:
        """Return the result as a notebook shows it."""
        from dosemap.figures.notebook import notebook_html  # noqa: PLC0415  (few are shown so)

        return notebook_html(self)

    def to_vtk(self, path: str | PathLike[str]) -> None:
        """Write the map for ParaView, by a temporary name; needs ``pip install "dosemap[vtk]"``.

        Triangles in patient space, mm, with ``skin_dose_gy``, ``area_mm2``, ``normals`` and on a
        body ``region`` (numbers of ``dosemap.anatomy.region_names``) at the points.

        Parameters
        ----------
        path
            ``.vtu`` (XML) or ``.vtk``.

        Raises
        ------
        DosemapError
            There is no map, another suffix, or meshio is missing.
        """
        need("meshio", extra="vtk", what="a VTK file")
        from dosemap.figures.vtk import write_vtk  # noqa: PLC0415  (meshio)

        write_vtk(self, path)

    def _map(self) -> "tuple[Surface, NDArray[np.float64]]":
        if self.surface is None or self.skin_dose_gy is None:
            raise DosemapError(self.reason or "there is no map")
        return self.surface, self.skin_dose_gy
