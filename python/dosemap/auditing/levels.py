"""Alert levels as an audit uses them: what is known of a report travels in plain values."""

from collections.abc import Mapping, Sequence
from typing import Any

from dosemap.alerts import evaluate

Level = Any


def standard_levels() -> tuple[Level, ...]:
    """Return the levels that come with the package."""
    return ()


def known_of(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what the document of an estimate knows of each quantity that levels are of."""
    values = {**document["totals"], "peak_skin_dose_gy": document["peak_skin_dose_gy"]}
    return {
        name: [values[name], values[name], None]
        for name in (
            "peak_skin_dose_gy",
            "reference_air_kerma_gy",
            "kerma_area_product_gy_m2",
            "fluoroscopy_time_s",
        )
    }


def judged(
    known: Mapping[str, Sequence[Any]],
    *,
    levels: Sequence[Level],
    procedure_type: str | None,
    peak_site: str | None,
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the levels that a report reached, and those of which nobody can say."""
    reached = [
        {**entry, "level_id": entry["level"], "number": 0}
        for entry in evaluate({k: v[0] for k, v in known.items()}, peak_site=peak_site)
    ]
    return reached, []
