"""Adds maps vertex by vertex and finds the peak of the sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dosemap.history.grids import PlacedMap

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class SummedPeak:
    """The highest dose of several procedures together at one place."""

    dose_gy: float
    vertex: int
    contributions_gy: tuple[float, ...]
    """What each map gave there; they add up to the peak."""


def summed(maps: Sequence[PlacedMap]) -> "NDArray[np.float64]":
    """Return the sum of maps on the same grid, (n_vertex,), Gy; at least one."""
    total_gy = maps[0].dose_gy.copy()
    for placed in maps[1:]:
        total_gy += placed.dose_gy
    return total_gy


@dataclass(frozen=True, kw_only=True, eq=False)
class PeakFinder:
    """Maps on the same grid, of which the peak of any sum is found fast.

    A vertex has the mean over its patch, which lies below the peak that each estimate looked for
    between the vertices. So each procedure counts with its own peak at the vertex in whose patch
    that is. Two peaks in one patch need not be at one point of it: the peak of the sum may be too
    high by that, never too low.
    """

    vertices: "NDArray[np.intp]"
    """Those that have dose of any map, (n,)."""
    doses_gy: "NDArray[np.float64]"
    """(n_map, n), Gy."""

    @classmethod
    def of(cls, maps: Sequence[PlacedMap]) -> "PeakFinder":
        """Make one of at least one map."""
        touched = summed(maps) > 0
        touched[[placed.peak_vertex for placed in maps]] = True
        vertices = np.flatnonzero(touched)
        doses_gy = np.array([placed.dose_gy[vertices] for placed in maps])
        rows = np.arange(len(maps))
        columns = np.searchsorted(vertices, [placed.peak_vertex for placed in maps])
        refined_gy = [placed.refined_peak_gy for placed in maps]
        doses_gy[rows, columns] = np.maximum(doses_gy[rows, columns], refined_gy)
        return cls(vertices=vertices, doses_gy=doses_gy)

    def peak(self, rows: Sequence[int]) -> SummedPeak:
        """Return the peak of the sum of some of the maps, by their places; at least one."""
        chosen = np.zeros(len(self.doses_gy))
        chosen[list(rows)] = 1.0
        # Not the matrix product: its threads wait for each other where processors are busy.
        column = int(np.einsum("i,ij->j", chosen, self.doses_gy).argmax())
        contributions = tuple(float(self.doses_gy[row, column]) for row in rows)
        return SummedPeak(
            dose_gy=sum(contributions),
            vertex=int(self.vertices[column]),
            contributions_gy=contributions,
        )
