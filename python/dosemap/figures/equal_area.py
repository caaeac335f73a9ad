"""How far apart heights lie on a flat map so that skin has its area, at each place of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BIN_EDGES = 1.5
"""Width of a bin, in edges of the mesh."""
_MOST_BINS = 400
_SMOOTHED = 3
"""How often neighbouring bins are averaged."""
_LEAST_SKIN = 0.05
"""Of a full bin: what has less takes after its row."""
_FACTORS = (0.4, 2.5)
"""Heights are never so much closer or farther apart than the mean of their row."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Verticals:
    """Vertical position on a flat map by horizontal position and height.

    With true lengths along each height, the area between two heights is true where the vertical
    distance at a fixed horizontal position is the area of skin per horizontal and height.
    """

    horizontal_mm: "NDArray[np.float64]"
    """Middles of the columns, (n_column,)."""
    height_mm: "NDArray[np.float64]"
    """Borders of the rows, (n_row + 1,)."""
    vertical_mm: "NDArray[np.float64]"
    """(n_row + 1, n_column)."""

    @classmethod
    def of(
        cls,
        horizontal_mm: "NDArray[np.float64]",
        height_mm: "NDArray[np.float64]",
        areas_mm2: "NDArray[np.float64]",
    ) -> "Verticals":
        """Return positions that give triangles their areas.

        The height with half the skin above it is a straight line, at 0.

        Parameters
        ----------
        horizontal_mm, height_mm
            Of the corners of the triangles, (n_triangle, 3).
        areas_mm2
            Of skin, (n_triangle,).
        """
        columns = _borders(horizontal_mm)
        rows = _borders(height_mm)
        first, second = (values[:, 1:] - values[:, :1] for values in (horizontal_mm, height_mm))
        flat = (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2
        place = (height_mm.mean(axis=1), horizontal_mm.mean(axis=1))
        skin_mm2, flat_mm2 = (
            np.histogram2d(*place, bins=(rows, columns), weights=weights)[0]
            for weights in (areas_mm2, flat)
        )
        spread = _spread(skin_mm2, flat_mm2, (rows[1] - rows[0]) * (columns[1] - columns[0]))
        vertical = np.zeros((len(rows), spread.shape[1]))
        vertical[1:] = np.cumsum(spread, axis=0) * (rows[1] - rows[0])
        middles = (columns[1:] + columns[:-1]) / 2
        found = cls(horizontal_mm=middles, height_mm=rows, vertical_mm=vertical)
        below = np.cumsum(skin_mm2.sum(axis=1))
        half_mm = float(np.interp(below[-1] / 2, below, rows[1:]))
        at_straight = found.at(middles, np.full(len(middles), half_mm))
        return cls(horizontal_mm=middles, height_mm=rows, vertical_mm=vertical - at_straight)

    def at(
        self, horizontal_mm: "NDArray[np.float64]", height_mm: "NDArray[np.float64]"
    ) -> "NDArray[np.float64]":
        """Return the vertical position of points, linear between columns and rows."""
        column, right = _place(self.horizontal_mm, horizontal_mm)
        right = np.clip(right, 0.0, 1.0)
        row, up = _place(self.height_mm, height_mm)
        table = self.vertical_mm
        below = table[row, column] * (1 - right) + table[row, column + 1] * right
        above = table[row + 1, column] * (1 - right) + table[row + 1, column + 1] * right
        found: NDArray[np.float64] = below + up * (above - below)
        return found


def _borders(of_corners: "NDArray[np.float64]") -> "NDArray[np.float64]":
    low, high = float(of_corners.min()), float(of_corners.max())
    width = _BIN_EDGES * float(np.median(np.ptp(of_corners, axis=1)))
    count = int(np.clip((high - low) / max(width, 1e-9), 3, _MOST_BINS))
    return np.linspace(low, high, count + 1)


def _place(
    grid: "NDArray[np.float64]", values: "NDArray[np.float64]"
) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    index = np.clip(np.searchsorted(grid, values) - 1, 0, len(grid) - 2)
    return index, (values - grid[index]) / (grid[index + 1] - grid[index])


def _spread(
    skin_mm2: "NDArray[np.float64]", flat_mm2: "NDArray[np.float64]", bin_mm2: float
) -> "NDArray[np.float64]":
    """Return skin per area of horizontal and height in each bin, smooth."""
    of_row = skin_mm2.sum(axis=1) / np.maximum(flat_mm2.sum(axis=1), 1e-12)
    has_skin = flat_mm2.sum(axis=1) > _LEAST_SKIN * bin_mm2
    known = np.flatnonzero(has_skin)
    of_row = np.interp(np.arange(len(of_row)), known, of_row[known])
    missing = _LEAST_SKIN * bin_mm2
    skin_mm2 = skin_mm2 + missing * of_row[:, None]
    flat_mm2 = flat_mm2 + missing
    for _ in range(_SMOOTHED):
        skin_mm2, flat_mm2 = _averaged(skin_mm2), _averaged(flat_mm2)
    low, high = _FACTORS
    found: NDArray[np.float64] = np.clip(
        skin_mm2 / flat_mm2, low * of_row[:, None], high * of_row[:, None]
    )
    return found


def _averaged(table: "NDArray[np.float64]") -> "NDArray[np.float64]":
    for axis in (0, 1):
        wide = np.pad(table, [(1, 1) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        parts = [np.take(wide, np.arange(k, k + table.shape[axis]), axis=axis) for k in range(3)]
        table = parts[0] / 4 + parts[1] / 2 + parts[2] / 4
    return table
