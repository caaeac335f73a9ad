"""Alert levels while a procedure runs: each threshold is told once."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from dosemap.alerts import Crossing, Level, crossings, threshold

if TYPE_CHECKING:
    from dosemap import _core

_SLACK = 1 + 1e-9
"""Thresholds are compared exactly only from a little below them on: decimals take time."""

_LACK = {
    "peak_skin_dose_gy": "frames_not_mapped",
    "reference_air_kerma_gy": "frames_without_kerma",
    "kerma_area_product_gy_m2": "frames_without_kerma_area_product",
}
"""The frames that are missing from each quantity."""


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
            if level.quantity not in _LACK or level.procedure_types:
                self.not_evaluated += (level,)
            else:
                self._watched.append(_Watched(level=level, following=level.first))

    def look(self, now: "_core.LiveNow", site: str | None) -> tuple[LiveAlert, ...]:
        """Return the thresholds that were reached since the last look.

        Parameters
        ----------
        now
            The quantities so far, by the names that levels use.
        site
            Where the peak is.
        """
        found: tuple[LiveAlert, ...] = ()
        for watched in self._watched:
            quantity = watched.level.quantity
            value: float = getattr(now, quantity)
            if value * _SLACK >= watched.following:
                found += tuple(
                    LiveAlert(
                        level=watched.level,
                        threshold=crossing.threshold,
                        value=value,
                        value_is_lower_bound=getattr(now, _LACK[quantity]) > 0,
                        site=site if quantity == "peak_skin_dose_gy" else None,
                        time_s=now.time_s,
                    )
                    for crossing in watched.passed(value)
                )
        return found
