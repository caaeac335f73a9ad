"""Finds room for labels on a map."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DIRECTIONS = 24
_DISTANCES = (1.5, 2.5, 4.0, 6.0, 9.0, 13.0)
"""Of the middle of a label from what it names, in its heights beyond its half width."""
_LABEL_APART = 1.1


def farthest_place(
    candidates: "NDArray[np.float64]",
    taken: "Sequence[tuple[float, float]]",
    *,
    least: float,
) -> tuple[float, float] | None:
    """Return the candidate that is farthest from all places taken.

    Parameters
    ----------
    candidates
        (n, 2).
    taken
        Where other labels are.
    least
        Distance that is needed.

    Returns
    -------
    ``None`` where none is far enough.
    """
    if not taken:
        x, y = candidates[len(candidates) // 8]
        return float(x), float(y)
    apart = np.linalg.norm(candidates[:, None] - np.asarray(taken)[None], axis=2).min(axis=1)
    best = int(apart.argmax())
    if apart[best] < _LABEL_APART * least:
        return None
    return float(candidates[best, 0]), float(candidates[best, 1])


def free_place(
    point: tuple[float, float],
    size: tuple[float, float],
    *,
    obstacles: "NDArray[np.float64]",
    limits: "tuple[NDArray[np.float64], NDArray[np.float64]]",
) -> tuple[float, float]:
    """Return the middle of a label near a point that hides as few obstacles as can be.

    Parameters
    ----------
    point
        What the label names.
    size
        Width and height of the label.
    obstacles
        Points that it should not hide, (n, 2).
    limits
        Lower left and upper right corner within which it must stay.
    """
    half = np.asarray(size) / 2
    low, high = limits[0] + half, limits[1] - half
    best, least = np.asarray(point), np.inf
    for distance in _DISTANCES:
        for angle in np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False) + np.pi / 4:
            way = np.array([np.cos(angle), np.sin(angle)])
            middle = np.clip(np.asarray(point) + way * (half + distance * size[1]), low, high)
            if (np.abs(middle - point) < half + 0.7 * size[1]).all():
                continue
            hidden = (np.abs(obstacles - middle) < half).all(axis=1).sum()
            cost = hidden * 1e3 + np.linalg.norm(middle - point)
            if cost < least:
                best, least = middle, cost
    return float(best[0]), float(best[1])
