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
    between the vertices. So the peak of the sum is the highest of: the sums at the vertices, and
    for each procedure its own peak with what the others gave at that vertex.
    """
    total_gy = summed(maps)
    vertex = int(total_gy.argmax())
    doses = [float(placed.dose_gy[vertex]) for placed in maps]
    best = SummedPeak(dose_gy=sum(doses), vertex=vertex, contributions_gy=tuple(doses))
    for number, placed in enumerate(maps):
        at = placed.peak_vertex
        doses = [float(other.dose_gy[at]) for other in maps]
        doses[number] = max(doses[number], placed.refined_peak_gy)
        if sum(doses) > best.dose_gy:
            best = SummedPeak(dose_gy=sum(doses), vertex=at, contributions_gy=tuple(doses))
    return best
