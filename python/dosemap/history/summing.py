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
    total_gy: NDArray[np.float64] = np.sum([placed.dose_gy for placed in maps], axis=0)
    return total_gy


def peak_of_sum(maps: Sequence[PlacedMap]) -> SummedPeak:
    """Return the peak of the sum of maps on the same grid; at least one.

    A vertex has the mean over its patch, which lies below the peak that each estimate looked for
    between the vertices. So besides the sums at all vertices those at the procedures' own peaks are
    looked at, where each whose own peak is in that patch counts with it. Two peaks in one patch
    need not be at one point of it: the sum may be too high by that, never too low.
    """
    candidates = {int(summed(maps).argmax()), *(placed.peak_vertex for placed in maps)}
    found = [_at(maps, vertex) for vertex in sorted(candidates)]
    return max(found, key=lambda peak: peak.dose_gy)


def _at(maps: Sequence[PlacedMap], vertex: int) -> SummedPeak:
    doses = [float(placed.dose_gy[vertex]) for placed in maps]
    for number, placed in enumerate(maps):
        if placed.peak_vertex == vertex:
            doses[number] = max(doses[number], placed.refined_peak_gy)
    return SummedPeak(dose_gy=sum(doses), vertex=vertex, contributions_gy=tuple(doses))
