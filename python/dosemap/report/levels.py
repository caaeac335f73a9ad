"""Alert levels of the peak skin dose as marks on a scale of doses."""

from dataclasses import dataclass

from dosemap.figures.skin_map import looked_at, thresholds_gy
from dosemap.result import DoseResult


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One threshold of a level."""

    name: str
    dose_gy: float


def level_marks(result: DoseResult, *, top_gy: float) -> list[Mark]:
    """Return the thresholds of the levels that the document was held against, ascending.

    The first of each level also where it lies above the scale.

    Parameters
    ----------
    result
        The result.
    top_gy
        End of the scale; further thresholds of a level above it are left out.
    """
    ids = looked_at(result.document)
    marks = [
        Mark(name=level.name, dose_gy=dose_gy)
        for level in result.levels
        if level.id in ids
        for dose_gy in thresholds_gy([level], up_to_gy=top_gy)
    ]
    return sorted(marks, key=lambda mark: mark.dose_gy)
