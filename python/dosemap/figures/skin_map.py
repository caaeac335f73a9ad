"""What a figure of a dose map needs, of one procedure or of several together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dosemap.dose_words import gy
from dosemap.figures.scale import DoseScale
from dosemap.result_words import is_lower_bound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dosemap.alerts import Level
    from dosemap.figures.unfolded import Centre
    from dosemap.result import DoseResult
    from dosemap.surface import Surface


_LAST_STEPS = 3
"""Steps of a level that are drawn besides its first; all of them would hide the map."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SkinMap:
    """A dose map and its peak."""

    surface: "Surface" = field(repr=False)
    skin_dose_gy: "NDArray[np.float64]" = field(repr=False)
    """(n_vertex,), Gy."""
    peak_gy: float
    """Highest dose at a point; patches, whose means the map shows, are at most this."""
    peak_vertex: int
    site: str | None
    levels_gy: tuple[float, ...]
    """Thresholds of the alert levels of the peak skin dose."""
    is_lower_bound: bool = False

    @classmethod
    def of_result(cls, result: "DoseResult") -> "SkinMap | None":
        """Return the map of a result; ``None`` where it has none."""
        if result.surface is None or result.skin_dose_gy is None or result.peak is None:
            return None
        return cls(
            surface=result.surface,
            skin_dose_gy=result.skin_dose_gy,
            peak_gy=result.peak.dose_gy,
            peak_vertex=result.peak.vertex,
            site=result.peak.site,
            is_lower_bound=is_lower_bound(result.document),
            levels_gy=thresholds_gy(
                (level for level in result.levels if level.id in looked_at(result.document)),
                up_to_gy=result.peak.dose_gy,
            ),
        )

    @cached_property
    def scale(self) -> DoseScale:
        """Colours and contours."""
        return DoseScale.of(self.peak_gy, self.levels_gy)

    @property
    def centre(self) -> "Centre":
        """The side of the patient that the peak looks to; it is not cut."""
        return "front" if self.surface.normals[self.peak_vertex, 1] < 0 else "back"

    @property
    def peak_words(self) -> str:
        """The peak as a figure names it."""
        return ("at least " if self.is_lower_bound else "") + gy(self.peak_gy)


def looked_at(document: "Mapping[str, Any]") -> set[str]:
    """Return the ids of the levels that a document was held against."""
    return {
        *(entry["level_id"] for entry in document["alerts"]),
        *document["alert_levels_below"],
        *(entry["level_id"] for entry in document["alerts_not_evaluated"]),
    }


def thresholds_gy(levels: "Iterable[Level]", *, up_to_gy: float) -> tuple[float, ...]:
    """Return the thresholds of levels of the peak skin dose, ascending, Gy.

    Parameters
    ----------
    levels
        Those of other quantities do not count.
    up_to_gy
        Of a level with steps, those up to here; where they are many the first and the last ones.
    """
    found: set[float] = set()
    for level in levels:
        if level.quantity == "peak_skin_dose_gy":
            last = int(max(0.0, up_to_gy - level.first) / level.step) if level.step else 0
            numbers = {0, *range(max(0, last - _LAST_STEPS + 1), last + 1)}
            found |= {level.first + number * (level.step or 0.0) for number in numbers}
    return tuple(sorted(found))
