"""Alert levels while a procedure runs: each threshold is told once."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from dosemap.alerts import Crossing, Level, crossings, threshold

_SLACK = 1 + 1e-9
"""Thresholds are compared exactly only from a little below them on: decimals take time."""


class LiveAlert(NamedTuple):
    """A threshold that the dose so far has reached."""

    level: Level
    threshold: float
    """In the unit of the level."""
    value: float
    """What was reached."""
    value_is_lower_bound: bool
    """Frames that are not mapped, or lack the quantity, are not in the value."""
    site: str | None
    """Where the peak skin dose is, of levels of it."""
    time_s: float | None
    """Of the frame that reached it."""


class Reached(NamedTuple):
    """A quantity so far."""

    value: float
    is_lower_bound: bool
    site: str | None = None


@dataclass(kw_only=True)
class _Watched:
    """One level and how far it got."""

    level: Level
    following: float
    """The next threshold."""
    before: float = 0.0

    def passed(self, value: float) -> tuple[Crossing, ...]:
        """Return the thresholds that a value passes for the first time."""
        passed = crossings(self.level, before=self.before, after=value)
        if passed:
            self.before = value
            number = passed[-1].number + 1
            self.following = threshold(self.level, number=number) if self.level.step else math.inf
        return passed


class Watch:
    """Compares with levels of scope ``in-procedure``.

    Parameters
    ----------
    levels
        From :func:`dosemap.load_levels`; of these those of quantities that frames tell, for every
        type of procedure.
    """

    def __init__(self, levels: Iterable[Level]) -> None:
        self.not_evaluated: tuple[Level, ...] = ()
        self._watched: list[_Watched] = []
        for level in levels:
            if level.scope != "in-procedure":
                continue
            if level.quantity == "fluoroscopy_time_s" or level.procedure_types:
                self.not_evaluated += (level,)
            else:
                self._watched.append(_Watched(level=level, following=level.first))

    def look(
        self, quantities: Mapping[str, Reached], time_s: float | None
    ) -> tuple[LiveAlert, ...]:
        """Return the thresholds that were reached since the last look.

        Parameters
        ----------
        quantities
            So far, by the names that levels use.
        time_s
            Of the last frame.
        """
        found: tuple[LiveAlert, ...] = ()
        for watched in self._watched:
            reached = quantities[watched.level.quantity]
            if reached.value * _SLACK >= watched.following:
                found += tuple(
                    LiveAlert(
                        level=watched.level,
                        threshold=crossing.threshold,
                        value=reached.value,
                        value_is_lower_bound=reached.is_lower_bound,
                        site=reached.site,
                        time_s=time_s,
                    )
                    for crossing in watched.passed(reached.value)
                )
        return found
