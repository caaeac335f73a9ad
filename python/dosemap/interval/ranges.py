"""A quantity between two bounds, and where the bounds come from."""

from collections.abc import Iterable
from dataclasses import dataclass

from dosemap.errors import DosemapError
from dosemap.procedure import Provenance


class Unbounded(DosemapError):  # noqa: N818  (it says what is the case)
    """Nothing bounds the dose of an event; the text says why and what to supply."""


@dataclass(frozen=True)
class Range:
    """All values from ``low`` to ``high``; products are of quantities that are 0 or more."""

    low: float
    high: float

    @classmethod
    def exactly(cls, value: float) -> "Range":
        """Return the range of one value."""
        return cls(value, value)

    @classmethod
    def over(cls, values: Iterable[float]) -> "Range":
        """Return the range that holds all values."""
        known = tuple(values)
        return cls(min(known), max(known))

    @property
    def is_exact(self) -> bool:
        """Whether it holds one value only."""
        return self.low == self.high

    def times(self, other: "Range | float") -> "Range":
        """Return the range of products.

        Examples
        --------
        >>> Range(1, 2).times(Range(3, 5)), Range(1, 2).times(10)
        (Range(low=3, high=10), Range(low=10, high=20))
        """
        if not isinstance(other, Range):
            other = Range.exactly(other)
        return Range(self.low * other.low, self.high * other.high)


@dataclass(frozen=True, kw_only=True)
class Bound:
    """The bounds of one quantity of one event."""

    quantity: str
    unit: str
    range: Range
    source: str
    """Where the bounds come from, in words."""
    provenance: Provenance
