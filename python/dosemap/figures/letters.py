"""How large letters are on a map."""

from dataclasses import dataclass

_WIDTH = 0.62
"""Of a letter over its height, about."""


@dataclass(frozen=True, kw_only=True)
class Letters:
    """Letters of one size in axes of one scale."""

    size: float
    """Points."""
    mm_per_point: float
    """Of the map."""

    @property
    def height_mm(self) -> float:
        """Height on the map."""
        return self.size * self.mm_per_point

    def width_mm(self, words: str) -> float:
        """Return about how wide a text is on the map."""
        return _WIDTH * len(words) * self.height_mm

    def times(self, factor: float) -> "Letters":
        """Return letters that are so many times as large."""
        return Letters(size=factor * self.size, mm_per_point=self.mm_per_point)
