"""How an audit estimates its reports: one object that goes to every worker."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from dosemap.alerts import Level, load_levels
from dosemap.body import SPACING_RANGE_MM
from dosemap.equipment import Profile, shipped_texts
from dosemap.procedure_types import ProcedureMap
from dosemap.ranges import check_range
from dosemap.surface import DEFAULT_SPACING_MM


@dataclass(frozen=True, kw_only=True)
class AuditSettings:
    """What the results of an audit depend on beside the reports.

    Everything is held by value, so that a worker on another machine needs no file of this one.

    Raises
    ------
    DosemapError
        The distance between points is out of range.
    """

    spacing_mm: float = DEFAULT_SPACING_MM
    """Distance between the points of the body's map, 3 to 15 mm."""
    interval: bool = False
    """Also bound the peak skin dose of every report, with or without a map."""
    site: tuple[Profile, ...] = ()
    """Equipment profiles of the site, for the systems that their rules match."""
    procedure_map: ProcedureMap | None = None
    """The site's names for its procedures."""
    with_descriptions: bool = False
    """Keep the texts of reports whose type neither a code of the standard nor the site's map says:
    people typed them, and may have written names."""
    levels: tuple[Level, ...] = field(default_factory=load_levels)
    """Alert levels: of one procedure, and typical values of groups."""

    def __post_init__(self) -> None:
        # Every report would fail by it, after an older output was replaced.
        check_range("spacing_mm", self.spacing_mm, SPACING_RANGE_MM, "mm")

    def digest_of_doses(self) -> str:
        """Return a digest of all that doses depend on."""
        from dosemap import _core  # noqa: PLC0415  (only where an audit runs)

        parts = (_core.__version__, _core.data_tables(), sorted(shipped_texts().items()))
        return _digest({"parts": parts, **self._values("spacing_mm", "interval", "site")})

    def digest(self) -> str:
        """Return a digest of all that a row depends on."""
        rest = self._values("procedure_map", "with_descriptions", "levels")
        return _digest({"doses": self.digest_of_doses(), **rest})

    def _values(self, *names: str) -> dict[str, object]:
        return {name: getattr(self, name) for name in names}


def _digest(values: Mapping[str, object]) -> str:
    # Texts, numbers and frozen dataclasses of them: their repr says all there is.
    return sha256(repr(sorted(values.items())).encode()).hexdigest()[:32]
