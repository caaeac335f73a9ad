"""One alert level, and the words that its file can use."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

Scope = Literal["in-procedure", "procedure", "window", "group"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What a level is compared with: the dose so far while a procedure runs; one procedure; all of a
patient's procedures within a number of days; the median of a group of procedures in an audit."""

Statistic = Literal["reference level", "third quartile", "median", "mean"]
"""What of the published doses a typical value is."""

Verified = Literal["source", "quoted", "memory", "site"]
NUMBER_IS: dict[Verified, str] = {
    "source": "read in the source",
    "quoted": "quoted in another document",
    "memory": "from memory, not verified",
    "site": "set by the site",
}

QUANTITIES = {
    "peak_skin_dose_gy": "Gy",
    "reference_air_kerma_gy": "Gy",
    "kerma_area_product_gy_m2": "Gy m2",
    "fluoroscopy_time_s": "s",
}
"""What levels can be of, by the names of the JSON document, with its unit."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One dose level; numbers are in the unit of the JSON document."""

    id: str
    """Short, stable, unique among the levels that apply."""
    name: str
    quantity: str
    """One of :data:`QUANTITIES`."""
    scope: Scope
    first: float
    """Reached at exactly this value."""
    step: float | None = None
    """Distance of the further thresholds; ``None`` where there is only the first."""
    window_days: int | None = None
    """Of scope ``window``: for how many days a procedure counts."""
    procedure_types: tuple[str, ...] = ()
    """Types of procedure that it is for; empty: all."""
    statistic: Statistic | None = None
    """Of scope ``group``: what of the published doses ``first`` is."""
    active: bool = True
    """``False``: known, but off until a site switches it on."""
    wording: str
    """What reaching it means, for a qualified person."""
    source: str
    """Publication, or who in the site decided."""
    date: str
    """Of the source: year, year and month, or day (ISO 8601)."""
    verified: Verified
    """Whether the number was read in the source itself, in a document that quotes it, or not."""
    evidence: str | None = None
    """Where in the source, or which document quotes it; where sources disagree."""
    origin: str = "dosemap"
    """``"dosemap"``, or the name of the site's file."""

    @property
    def unit(self) -> str:
        """Unit of ``first`` and ``step``."""
        return QUANTITIES[self.quantity]

    @property
    def verification(self) -> str:
        """How the number was checked, in words."""
        words = NUMBER_IS[self.verified]
        return f"{words}: {self.evidence}" if self.evidence else words


def level_entry(level: Level) -> dict[str, Any]:
    """Return a level as ``dosemap levels --json`` prints it (``docs/alerts.md``)."""
    return {
        "id": level.id,
        "name": level.name,
        "quantity": level.quantity,
        "scope": level.scope,
        "first": level.first,
        "step": level.step,
        "unit": level.unit,
        "window_days": level.window_days,
        "procedure_types": list(level.procedure_types),
        "statistic": level.statistic,
        "active": level.active,
        "wording": level.wording,
        "source": level.source,
        "date": level.date,
        "verified": level.verified,
        "verification": level.verification,
        "origin": level.origin,
    }
