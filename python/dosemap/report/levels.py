"""Alert levels of the peak skin dose as marks on a scale of doses."""

from dataclasses import dataclass

from dosemap.alerts import threshold
from dosemap.result import DoseResult

_MOST_OF_LEVEL = 10


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
    document = result.document
    told = (*document["alerts"], *document["alerts_not_evaluated"])
    looked_at = {*(entry["level_id"] for entry in told), *document["alert_levels_below"]}
    marks = []
    for level in result.levels:
        if level.quantity != "peak_skin_dose_gy" or level.id not in looked_at:
            continue
        count = _MOST_OF_LEVEL if level.step is not None else 1
        doses = [threshold(level, number=number) for number in range(count)]
        marks += [
            Mark(name=level.name, dose_gy=dose)
            for number, dose in enumerate(doses)
            if number == 0 or dose <= top_gy
        ]
    return sorted(marks, key=lambda mark: mark.dose_gy)
