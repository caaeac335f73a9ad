"""The skin dose of several procedures of a patient together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from os import PathLike
from typing import TYPE_CHECKING, Any

from dosemap.history.added import NotEvaluated
from dosemap.history.patient_maps import PatientMaps
from dosemap.history.stored import StoredProcedure, local, patient_doubts
from dosemap.history.summing import summed
from dosemap.history.window import in_window

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from numpy.typing import NDArray

    from dosemap.risk import Risk
    from dosemap.surface import Surface

_SESSION_SHARE = 0.01
"""A procedure that gave less of the peak than this is no session of the skin there."""


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """What one procedure gave."""

    procedure: StoredProcedure
    dose_at_peak_gy: float | None
    """At the place of the cumulative peak; ``None``: what it gave there is not known."""
    not_added: str | None = None
    """Why it has none."""
    is_lower_bound: bool = False
    """Whether its map lacks dose, so that its own peak may have been higher."""
    registration: Mapping[str, Any] | None = None
    """How its map came onto the others' vertices, and how far these are from its own, mm;
    ``None`` where they are the same."""
    map_gy: "NDArray[np.float64] | None" = field(default=None, repr=False, compare=False)
    """Its map on the vertices of the sum, (n_vertex,), Gy."""

    def to_dict(self) -> dict[str, Any]:
        """Return it without the map, as ``dosemap history cumulative --json`` prints it."""
        shown = self.procedure.to_dict()
        for name in ("patient_id", "issuer", "study_instance_uid"):
            del shown[name]
        return {
            **shown,
            "dose_at_peak_gy": self.dose_at_peak_gy,
            "not_added": self.not_added,
            "registration": self.registration,
        }


@dataclass(frozen=True, kw_only=True)
class PeakThen:
    """The cumulative peak as it was right after a procedure."""

    procedure: int
    started: datetime | None
    peak_skin_dose_gy: float | None
    """Of the procedures in the window that ends with this one; ``None``: none has a map."""
    site: str | None
    is_lower_bound: bool
    """Whether a procedure of that window is not or not wholly in the sum."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``dosemap history cumulative --json`` prints it."""
        return {**vars(self), "started": self.started.isoformat() if self.started else None}


@dataclass(frozen=True, kw_only=True)
class Cumulative:
    """Skin dose of several procedures, added place by place; made by ``History.cumulative``."""

    contributions: tuple[Contribution, ...]
    """Every procedure, in time order."""
    window_days: int | None
    until: datetime | None
    """End of the window."""
    peak_skin_dose_gy: float | None
    """Peak of the sum, Gy; not the sum of the peaks. ``None``: no procedure has a map."""
    vertex: int | None
    site: str | None
    """Where it is, in words."""
    address: Mapping[str, str | float | None] | None
    is_lower_bound: bool
    at_most_gy: float | None
    """What no place got more than, Gy, where the peak is a lower bound; ``None``: nothing bounds
    it."""
    reasons: tuple[str, ...]
    """Why the sum is a lower bound, in words."""
    reference_air_kerma_gy: float | None
    """Sum of all procedures that state it, mapped or not."""
    reference_air_kerma_is_lower_bound: bool
    """Whether a procedure does not state it, or states less than there was."""
    reference_air_kerma_why: str | None
    """Why it is, in words."""
    problems: tuple[Mapping[str, str], ...]
    not_evaluated: tuple[NotEvaluated, ...] = ()
    """Levels of which nobody can say whether they were reached with one of the procedures."""
    over_time: tuple[PeakThen, ...]
    skin_dose_gy: "NDArray[np.float64] | None" = field(default=None, repr=False, compare=False)
    """Sum at each vertex, (n_vertex,), Gy."""
    surface: "Surface | None" = field(default=None, repr=False, compare=False)
    """The skin that the sum is on: that of the last procedure with a body."""

    def risk(self) -> "Risk":
        """Return what the sum may lead to, as published; information for a qualified person.

        The linear sum counts; what repair between the procedures may mean stands beside it
        (``docs/risk.md``).
        """
        from dosemap.risk import risk_of  # noqa: PLC0415  (few sums are asked for it)

        # The days to look at the skin count from the last dose there, not from scatter since.
        least_gy = _SESSION_SHARE * (self.peak_skin_dose_gy or 0.0)
        sessions = [
            (entry.procedure.started.date(), entry.dose_at_peak_gy)
            for entry in self.contributions
            if entry.procedure.started
            and entry.dose_at_peak_gy is not None
            and entry.dose_at_peak_gy >= least_gy
        ]
        region = self.address["region"] if self.address else None
        # Without a map anywhere, only what bounds them is known.
        known_gy = 0.0 if self.peak_skin_dose_gy is None else self.peak_skin_dose_gy
        return risk_of(
            known_gy,
            region=None if region is None else str(region),
            started=sessions[-1][0] if sessions else None,
            is_lower_bound=self.is_lower_bound or self.peak_skin_dose_gy is None,
            at_most_gy=self.at_most_gy,
            why="; ".join(self.reasons) or None,
            sessions=sessions,
            problems=self.problems,
        )

    @property
    def dataset(self) -> "xr.Dataset":
        """The maps as a data set: dims procedure and vertex."""
        from dosemap.history.cumulative_dataset import to_dataset  # noqa: PLC0415  (xarray)

        return to_dataset(self)

    def to_netcdf(self, path: str | PathLike[str]) -> None:
        """Write :attr:`dataset` to a netCDF file, by a temporary name beside it."""
        from dosemap.history.cumulative_dataset import write_netcdf  # noqa: PLC0415  (xarray)

        write_netcdf(self, path)

    def to_zarr(self, path: str | PathLike[str]) -> None:
        """Write :attr:`dataset` to a new Zarr folder; needs ``pip install "dosemap[zarr]"``."""
        from dosemap.history.cumulative_dataset import write_zarr  # noqa: PLC0415  (xarray)

        write_zarr(self, path)

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``dosemap history cumulative --json`` prints it: no patient, no map."""
        return {
            "window_days": self.window_days,
            "until": self.until.isoformat() if self.until else None,
            "peak_skin_dose_gy": self.peak_skin_dose_gy,
            "is_lower_bound": self.is_lower_bound,
            "at_most_gy": self.at_most_gy,
            "reasons": list(self.reasons),
            "site": self.site,
            "address": dict(self.address) if self.address else None,
            "vertex": self.vertex,
            "reference_air_kerma_gy": self.reference_air_kerma_gy,
            "reference_air_kerma_is_lower_bound": self.reference_air_kerma_is_lower_bound,
            "reference_air_kerma_why": self.reference_air_kerma_why,
            "procedures": [entry.to_dict() for entry in self.contributions],
            "over_time": [entry.to_dict() for entry in self.over_time],
            "alerts_not_evaluated": [entry.without_patient() for entry in self.not_evaluated],
            "problems": [dict(problem) for problem in self.problems],
        }


def accumulate(patient: PatientMaps, *, days: int | None, end: datetime | None) -> Cumulative:
    """Add the maps of a patient's procedures in a window.

    Parameters
    ----------
    patient
        The procedures and their maps.
    days
        Length of the window; ``None``: all that came before its end.
    end
        Its end; ``None``: the last procedure.
    """
    chosen = in_window(patient.procedures, days=days, end=end)
    maps, peak = patient.of_some(chosen), patient.peak(chosen)
    reasons = [(entry, patient.why_lower_bound(entry)) for entry in chosen]
    kerma = patient.known_apart("reference_air_kerma_gy", chosen)
    is_any_stated = any(entry.reference_air_kerma_gy is not None for entry in chosen)
    is_part = kerma.at_most is None
    most_gy = patient.known_together("peak_skin_dose_gy", chosen).at_most
    last = max((local(e.started) for e in chosen if e.started), default=None)
    surface = patient.grid.surface if patient.grid and maps else None
    vertex = peak.vertex if peak else None
    return Cumulative(
        contributions=tuple(
            _contribution(patient, entry, peak.by_procedure if peak else {}) for entry in chosen
        ),
        window_days=days,
        until=end or last,
        peak_skin_dose_gy=peak.dose_gy if peak else None,
        vertex=vertex,
        site=patient.site(peak) if peak else None,
        address=patient.address(peak) if peak else None,
        is_lower_bound=any(why for _, why in reasons),
        # Maps are kept in single precision: a bound may be below the peak by as little.
        at_most_gy=None if most_gy is None else max(most_gy, peak.dose_gy if peak else 0.0),
        reasons=tuple(f"{entry.name}: {why}" for entry, why in reasons if why),
        reference_air_kerma_gy=kerma.at_least if is_any_stated else None,
        reference_air_kerma_is_lower_bound=is_part,
        reference_air_kerma_why=kerma.why if is_part else None,
        problems=tuple(_problems(patient, chosen)),
        over_time=tuple(_over_time(patient, chosen, days)),
        skin_dose_gy=summed(maps) if maps else None,
        surface=surface,
    )


def _contribution(
    patient: PatientMaps, entry: StoredProcedure, at_peak_gy: Mapping[int, float]
) -> Contribution:
    placed = patient.maps.get(entry.procedure)
    registration = placed.registration if placed else None
    return Contribution(
        procedure=entry,
        dose_at_peak_gy=at_peak_gy.get(entry.procedure),
        not_added=patient.not_added.get(entry.procedure),
        is_lower_bound=patient.why_lower_bound(entry) is not None,
        registration=registration.to_dict() if registration else None,
        map_gy=placed.dose_gy if placed else None,
    )


def _over_time(
    patient: PatientMaps, chosen: Sequence[StoredProcedure], days: int | None
) -> list[PeakThen]:
    then = []
    for entry in chosen:
        earlier = patient.procedures[: patient.procedures.index(entry) + 1]
        until = in_window(earlier, days=days, end=None)
        peak = patient.peak(until)
        then.append(
            PeakThen(
                procedure=entry.procedure,
                started=entry.started,
                peak_skin_dose_gy=peak.dose_gy if peak else None,
                site=patient.site(peak) if peak else None,
                is_lower_bound=any(patient.why_lower_bound(other) for other in until),
            )
        )
    return then


def _problems(patient: PatientMaps, chosen: Sequence[StoredProcedure]) -> list[dict[str, str]]:
    problems = patient_doubts(chosen, [patient.records[entry.procedure] for entry in chosen])
    for entry in chosen:
        placed = patient.maps.get(entry.procedure)
        if entry.started is None:
            problems.append(
                {
                    "code": "procedure-without-time",
                    "message": f"procedure {entry.procedure} states no time: it counts in every"
                    " window",
                }
            )
        if placed is not None and placed.registration is not None:
            how = placed.registration
            problems.append(
                {
                    "code": "map-registered",
                    "message": f"{entry.name}: the map is on other vertices; they are"
                    f" {how.median_mm:.1f} mm from those of the sum where dose is (median; 95 %"
                    f" within {how.p95_mm:.1f} mm, all within {how.max_mm:.1f} mm), by the"
                    f" {how.method}",
                }
            )
    return problems
