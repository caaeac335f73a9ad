"""Percentiles of a quantity over the reports that state it."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

PERCENTS = (25, 50, 75, 95, 100)


@dataclass(frozen=True, kw_only=True)
class Percentiles:
    """How a quantity is spread over reports."""

    known: int
    """Reports that have a value; the percentiles are over these alone."""
    lower_bounds: int
    """Of them those whose true value may be higher, so that the percentiles may be too."""
    values: tuple[float, ...]
    """At :data:`PERCENTS`, interpolated linearly between neighbours; empty without a report."""

    @property
    def median(self) -> float | None:
        """The middle value; ``None`` where no report has one."""
        return self.values[PERCENTS.index(50)] if self.values else None


@dataclass
class Sample:
    """The values of one quantity in one group: 8 bytes a report."""

    numbers: "array[float]" = field(default_factory=lambda: array("d"))
    lower_bounds: int = 0

    def add(self, value: float | None, *, is_lower_bound: bool) -> None:
        """Take the value of a report.

        Parameters
        ----------
        value
            ``None``: not known.
        is_lower_bound
            The true value may be higher.
        """
        if value is not None:
            self.numbers.append(value)
            self.lower_bounds += is_lower_bound

    def percentiles(self) -> Percentiles:
        """Return the percentiles."""
        return Percentiles(
            known=len(self.numbers),
            lower_bounds=self.lower_bounds,
            values=tuple(_interpolated(sorted(self.numbers), PERCENTS)),
        )


def _interpolated(ordered: list[float], percents: Iterable[int]) -> Iterable[float]:
    """Yield percentiles as numpy does by default (type 7 of Hyndman and Fan)."""
    if not ordered:
        return
    for percent in percents:
        below, rest = divmod(percent * (len(ordered) - 1), 100)
        above = min(below + 1, len(ordered) - 1)
        yield ordered[below] + (ordered[above] - ordered[below]) * rest / 100
