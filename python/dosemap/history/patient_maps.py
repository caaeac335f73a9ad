"""A patient's maps on common vertices, and what is known of their sum."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dosemap.alerts import Known, known_quantities
from dosemap.dose_words import gy
from dosemap.history.grids import Grid, PlacedMap, common_grid, placed_map
from dosemap.history.record import ProcedureRecord
from dosemap.history.registration import NotRegistered
from dosemap.history.stored import StoredProcedure
from dosemap.history.summing import PeakFinder

_PEAK = "peak_skin_dose_gy"
_NO_MAP = "no map"
_MOST_REASONS = 3
_ROUNDING = 1e-9
"""Air kerma that a map lacks counts as none where it could add so little: it is rounding."""


@dataclass(frozen=True, kw_only=True)
class JointPeak:
    """The highest dose of several procedures together, as far as it is known."""

    dose_gy: float
    by_procedure: Mapping[int, float]
    """What each gave there, Gy, by its number; of those that are not in it that is not known."""
    vertex: int | None = None
    """Of the common grid; ``None`` where it is of a procedure without a map on it."""


@dataclass(frozen=True, kw_only=True)
class PatientMaps:
    """A patient's procedures with their maps on a common grid."""

    procedures: tuple[StoredProcedure, ...]
    """In time order."""
    records: Mapping[int, ProcedureRecord]
    grid: Grid | None
    maps: Mapping[int, PlacedMap]
    not_added: Mapping[int, str]
    """Why a procedure has no map here."""

    @classmethod
    def of(
        cls, procedures: Sequence[StoredProcedure], records: Mapping[int, ProcedureRecord]
    ) -> "PatientMaps":
        """Bring all maps onto one grid."""
        grid = common_grid([records[entry.procedure] for entry in procedures])
        maps, not_added = {}, {}
        for entry in procedures:
            record = records[entry.procedure]
            if grid is None or record.grid is None:
                not_added[entry.procedure] = _why_no_map(record)
                continue
            try:
                maps[entry.procedure] = placed_map(record, grid)
            except NotRegistered as error:
                not_added[entry.procedure] = str(error)
        return cls(
            procedures=tuple(procedures),
            records=records,
            grid=grid,
            maps=maps,
            not_added=not_added,
        )

    @cached_property
    def _rows(self) -> Mapping[int, int]:
        return {number: row for row, number in enumerate(self.maps)}

    @cached_property
    def _finder(self) -> PeakFinder:
        return PeakFinder.of(list(self.maps.values()))

    @cached_property
    def _known(self) -> Mapping[int, Mapping[str, Known]]:
        return {n: known_quantities(record.document) for n, record in self.records.items()}

    @cached_property
    def _alone_gy(self) -> Mapping[int, float]:
        """Return what those without map here are known to have given somewhere, Gy."""
        return {number: self._known[number][_PEAK].at_least for number in self.not_added}

    def of_some(self, procedures: Sequence[StoredProcedure]) -> list[PlacedMap]:
        """Return the maps of some of them."""
        return [self.maps[e.procedure] for e in procedures if e.procedure in self.maps]

    def peak(self, procedures: Sequence[StoredProcedure]) -> JointPeak | None:
        """Return the highest dose of some of them together; ``None``: nothing is known of it.

        It is never below what one procedure alone is known to have given, with a map or without.
        """
        best = None
        mapped = [entry.procedure for entry in procedures if entry.procedure in self._rows]
        if mapped:
            found = self._finder.peak([self._rows[number] for number in mapped])
            best = JointPeak(
                dose_gy=found.dose_gy,
                vertex=found.vertex,
                by_procedure=dict(zip(mapped, found.contributions_gy, strict=True)),
            )
        for entry in procedures:
            alone_gy = self._alone_gy.get(entry.procedure, 0.0)
            if alone_gy > (best.dose_gy if best else 0.0):
                best = JointPeak(dose_gy=alone_gy, by_procedure={entry.procedure: alone_gy})
        return best

    def site(self, peak: JointPeak) -> str | None:
        """Return where a peak is, in words."""
        if peak.vertex is not None and self.grid is not None:
            found = self.grid.site(peak.vertex)
            if found is not None:
                return found
        of_largest = self._peak_of_largest(peak)
        return str(of_largest["site"]) if of_largest else None

    def address(self, peak: JointPeak) -> Mapping[str, Any] | None:
        """Return where a peak is, for programs; ``None`` where it is on no body."""
        surface = self.grid.surface if self.grid is not None else None
        if peak.vertex is not None and surface is not None:
            return surface.address(peak.vertex)
        of_largest = self._peak_of_largest(peak)
        return of_largest["address"] if of_largest else None

    def _peak_of_largest(self, peak: JointPeak) -> Mapping[str, Any] | None:
        """Return the entry ``peak`` of the procedure that gave most."""
        largest = max(peak.by_procedure, key=lambda number: peak.by_procedure[number])
        found: Mapping[str, Any] | None = self.records[largest].document["peak"]
        return found

    def known_apart(self, quantity: str, procedures: Sequence[StoredProcedure]) -> Known:
        """Return what is known of the sum of a quantity over some of them, wherever each was."""
        each = [self._known[entry.procedure][quantity] for entry in procedures]
        most = [known.at_most for known in each if known.at_most is not None]
        reasons = (
            f"{entry.name}: {known.why}"
            for entry, known in zip(procedures, each, strict=True)
            if known.why
        )
        return Known(
            at_least=sum(known.at_least for known in each),
            at_most=sum(most) if len(most) == len(each) else None,
            why=_joined(reasons),
        )

    def known_together(self, quantity: str, procedures: Sequence[StoredProcedure]) -> Known:
        """Return what is known of a quantity of some of them together.

        Parameters
        ----------
        quantity
            One that levels are of; of the skin dose the peak of the sum, which is no more than
            the sum of the peaks.
        procedures
            Some of them.
        """
        apart = self.known_apart(quantity, procedures)
        return self._known_peak(apart, procedures) if quantity == _PEAK else apart

    def _known_peak(self, apart: Known, procedures: Sequence[StoredProcedure]) -> Known:
        peak = self.peak(procedures)
        at_least = peak.dose_gy if peak else 0.0
        reasons = [
            f"{e.name}: {_NO_MAP if e.procedure in self.not_added else why}"
            for e in procedures
            if (why := self.why_lower_bound(e)) is not None
        ]
        if not reasons:
            return Known.exactly(at_least)
        # What the sum lacks may all lie where it is highest.
        lacking = [self._may_lack(entry) for entry in procedures]
        known = [lack_gy for lack_gy in lacking if lack_gy is not None]
        bounds = [apart.at_most] if apart.at_most is not None else []
        if len(known) == len(lacking):
            bounds.append(at_least + sum(known))
        return Known(at_least=at_least, at_most=min(bounds, default=None), why=_joined(reasons))

    def _may_lack(self, entry: StoredProcedure) -> float | None:
        """Return what a place of the sum lacks of a procedure at most; ``None``: no bound."""
        known = self._known[entry.procedure][_PEAK]
        return known.at_most if entry.procedure in self.not_added else known.may_lack

    def why_lower_bound(self, entry: StoredProcedure) -> str | None:
        """Return why the sum lacks dose of a procedure; ``None`` where all of it is in."""
        if entry.procedure in self.not_added:
            kerma_gy = entry.reference_air_kerma_gy
            stated = "unknown air kerma" if kerma_gy is None else f"{gy(kerma_gy)} of air kerma"
            reason = self.not_added[entry.procedure].removeprefix(f"{_NO_MAP}: ")
            return f"{_NO_MAP}, {stated}: {reason}"
        known = self._known[entry.procedure][_PEAK]
        if known.at_most is not None and known.at_most <= known.at_least * (1 + _ROUNDING):
            return None
        return known.why


def _joined(reasons: Iterable[str]) -> str | None:
    """Return reasons as one text, the first ones where there are many."""
    texts = list(reasons)
    more = len(texts) - _MOST_REASONS
    shown = [*texts[:_MOST_REASONS], *([f"and {more} more procedures"] if more > 0 else [])]
    return "; ".join(shown) or None


def _why_no_map(record: ProcedureRecord) -> str:
    reason = record.document["map"]["reason"]
    return str(reason) if reason else "only its document was imported, without the map"
