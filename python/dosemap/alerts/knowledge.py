"""What is known of a quantity that levels are of."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a quantity, in the unit of its name."""

    at_least: float = 0.0
    at_most: float | None = None
    """``None`` where nothing bounds it."""
    why: str | None = None
    """Why it is not known exactly; ``None`` where it is."""
    may_lack: float | None = None
    """Of the peak of a map: no place of the map lacks more than this; ``None``: nothing bounds it.
    It may be more than ``at_most`` is above ``at_least``, for the true peak may be elsewhere."""

    @classmethod
    def exactly(cls, value: float) -> "Known":
        """Return a quantity that is known."""
        return cls(at_least=value, at_most=value, may_lack=0.0)
