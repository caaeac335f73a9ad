"""Length of skin around a tube at each height, by the direction from the centre."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from dosemap.figures.sections import Section, directions, smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GAP_ANGLE = 0.1
"""Pieces of a section that are apart, and by more than so many radians, have an opening between."""
_LEAST_SHARE_AROUND = 0.5
"""Of the usual angle, from which a section says how long the way around is."""


@dataclass(frozen=True, kw_only=True)
class Ruler:
    """Length of skin from the middle line at one height, by the direction from the centre."""

    angles: "NDArray[np.float64]"
    lengths_mm: "NDArray[np.float64]"
    openings: tuple[int | None, int | None]
    """Where the widest opening left and right of the middle line ends, as an index."""
    around: float
    """Angle of the directions in which there is skin."""

    @classmethod
    def of(cls, section: Section, centre_mm: "NDArray[np.float64]", gap_mm: float) -> "Ruler":
        """Return the ruler of a section; openings are wider than ``gap_mm``."""
        angles = directions(section.across_mm, centre_mm)
        backwards = angles[:, 0] > angles[:, 1]
        angles[backwards] = angles[backwards, ::-1]
        ends_mm = section.ends_mm.copy()
        ends_mm[backwards] = ends_mm[backwards, ::-1]
        lengths_mm = section.lengths_mm
        # What lies across the cut is divided there.
        across = np.flatnonzero(angles[:, 1] - angles[:, 0] > np.pi)
        first, second = angles[across].T
        after = (np.pi - second) / (first + 2 * np.pi - second)
        middle_mm = ends_mm[across, 1] + after[:, None] * (ends_mm[across, 0] - ends_mm[across, 1])
        left = np.stack([np.full_like(first, -np.pi), first], axis=1)
        right = np.stack([second, np.full_like(second, np.pi)], axis=1)
        left_mm = np.stack([middle_mm, ends_mm[across, 0]], axis=1)
        right_mm = np.stack([ends_mm[across, 1], middle_mm], axis=1)
        angles = np.concatenate([np.delete(angles, across, axis=0), left, right])
        ends_mm = np.concatenate([np.delete(ends_mm, across, axis=0), left_mm, right_mm])
        lengths_mm = np.concatenate(
            [
                np.delete(lengths_mm, across),
                lengths_mm[across] * (1 - after),
                lengths_mm[across] * after,
            ]
        )
        order = np.argsort(angles.mean(axis=1), kind="stable")
        angles, ends_mm, lengths_mm = angles[order], ends_mm[order], lengths_mm[order]
        gaps_mm = np.linalg.norm(ends_mm[1:, 0] - ends_mm[:-1, 1], axis=1)
        reached = np.maximum.accumulate(angles[:, 1])
        gaps_mm[(gaps_mm < gap_mm) | (angles[1:, 0] - reached[:-1] < _GAP_ANGLE)] = 0.0
        stops_mm = np.cumsum(lengths_mm)
        stops_mm[1:] += np.cumsum(gaps_mm)
        along_mm = np.stack([stops_mm - lengths_mm, stops_mm], axis=1).ravel()
        at = np.maximum.accumulate(angles.ravel())
        openings: list[int | None] = [None, None]
        for side, of_side in enumerate((angles[1:, 0] <= 0, angles[1:, 0] > 0)):
            widest = int(np.argmax(np.where(of_side, gaps_mm, 0.0))) if len(gaps_mm) else 0
            if len(gaps_mm) and of_side[widest] and gaps_mm[widest] > 0:
                openings[side] = 2 * widest + 2
        return cls(
            angles=at,
            lengths_mm=along_mm - np.interp(0.0, at, along_mm),
            openings=(openings[0], openings[1]),
            around=float(np.ptp(angles, axis=1).sum()) if len(angles) else 0.0,
        )

    def widen(self, side: int, by_mm: float) -> None:
        """Make the opening of a side wider, where there is one."""
        opening = self.openings[side]
        if opening is not None and side == 0:
            self.lengths_mm[:opening] -= by_mm
        elif opening is not None:
            self.lengths_mm[opening:] += by_mm

    def at(self, angles: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Return the length from the middle line; beyond the cut it goes on."""
        turns = np.round(angles / (2 * np.pi))
        inside = np.interp(angles - 2 * np.pi * turns, self.angles, self.lengths_mm)
        around: NDArray[np.float64] = inside + turns * np.ptp(self.lengths_mm)
        return around


def rulers_of(
    sections: "Sequence[Section]", centres_mm: "NDArray[np.float64]", *, gap_mm: float
) -> list[Ruler]:
    """Return the rulers of the sections of a tube, the next one where there is too little skin.

    Parameters
    ----------
    sections
        In the order of their heights.
    centres_mm
        Of each, (n_section, 2).
    gap_mm
        Pieces of a section farther apart have an opening between them.
    """
    rulers = _with_enough_skin(
        [
            Ruler.of(section, centre, gap_mm)
            for section, centre in zip(sections, centres_mm, strict=True)
        ]
    )
    _level_edges(rulers)
    return rulers


def _with_enough_skin(rulers: "list[Ruler]") -> "list[Ruler]":
    """Put the next one in place of those at the ragged ends of a tube, with little skin."""
    around = np.array([ruler.around for ruler in rulers])
    good = np.flatnonzero(around > _LEAST_SHARE_AROUND * np.median(around))
    nearest = [int(good[np.argmin(np.abs(good - row))]) for row in range(len(rulers))]
    return [
        rulers[row]
        if row == found
        else replace(rulers[found], lengths_mm=rulers[found].lengths_mm.copy())
        for row, found in enumerate(nearest)
    ]


def _level_edges(rulers: "list[Ruler]") -> None:
    """Widen openings so that the skin beyond them does not follow every step of their borders."""
    for side, sign in ((0, -1.0), (1, 1.0)):
        ends = sign * np.array([ruler.lengths_mm[-side] for ruler in rulers])
        for ruler, end, even in zip(rulers, ends, smooth(ends), strict=True):
            ruler.widen(side, even - end)
