"""From a dose to what the skin may show, when to look, and what is not known."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dosemap.dose_words import gy
from dosemap.errors import DosemapError
from dosemap.risk.fractions import Sessions, sessions_of
from dosemap.risk.tables import Band, Look, Site, SkinReactions, Window, skin_reactions

_SLACK = 1e-3
"""Sessions may add up to so much more than the peak, relative: maps are kept in single precision.
"""
_LOWER = "The dose is a lower bound"


@dataclass(frozen=True, kw_only=True)
class Risk:
    """What a peak skin dose may lead to. Made by :func:`risk_of`."""

    peak_skin_dose_gy: float | None
    """The linear sum where there are several procedures; ``None``: not known."""
    is_lower_bound: bool
    at_most_gy: float | None
    """Upper bound, where the dose is a lower one and something bounds it."""
    why: str | None
    """Why the dose is not known, or only from below."""
    region: str | None
    site: Site
    day: date | None
    """Of the irradiation, the last one of several."""
    possible: tuple[Band, ...]
    """Bands that the dose can be in with its uncertainty, whatever the site; the lowest first."""
    sessions: Sessions | None
    problems: tuple[Mapping[str, str], ...]
    """What is doubtful of several procedures together, with ``code`` and ``message``."""

    @property
    def band(self) -> Band | None:
        """The band of the dose itself; ``None``: not known, or the table is not for the site."""
        if self.peak_skin_dose_gy is None or self.site == "scalp" or self._only_bounded:
            return None
        table = skin_reactions()
        return table.bands[table.place(self.peak_skin_dose_gy)]

    @property
    def _only_bounded(self) -> bool:
        """Whether nothing but an upper bound is known."""
        return self.is_lower_bound and self.peak_skin_dose_gy == 0

    @property
    def bands(self) -> tuple[Band, ...]:
        """Bands whose reactions are possible; none where the table is not for the site."""
        return () if self.site == "scalp" else self.possible

    @property
    def look(self) -> tuple[Look, ...]:
        """When to look at the skin."""
        table = skin_reactions()
        highest = table.place_of(self.possible[-1].id) if self.possible else -1
        return tuple(look for look in table.looks if table.place_of(look.from_band) <= highest)

    @property
    def statement(self) -> str:
        """The dose and its band in one sentence; never that there is no risk."""
        if self.peak_skin_dose_gy is None:
            return (
                f"The peak skin dose is not known ({self.why or 'no map'}): nothing can be said of"
                " the skin. That does not mean that there is no risk."
            )
        ends = []
        if not self._only_bounded:
            least = "at least " if self.is_lower_bound else ""
            ends.append(f"{least}{gy(self.peak_skin_dose_gy)}")
        if self.at_most_gy is not None:
            ends.append(f"at most {gy(self.at_most_gy)}")
        dose = f"Peak skin dose {' and '.join(ends)}"
        if self.site == "scalp":
            return (
                f"{dose}, on the scalp ({self.region}), for which the published bands do not hold."
            )
        percent = f"{skin_reactions().uncertainty:.0%}"
        low, high = self.possible[0].id, self.possible[-1].id
        if self.band is None:
            reach = f"only band {low} is" if low == high else f"bands {low} to {high} are"
            return f"{dose}; with an uncertainty of {percent} {reach} possible."
        reach = "no other band is" if low == high else f"bands {low} to {high} are"
        return f"{dose}, band {self.band.id}; with an uncertainty of {percent} {reach} possible."

    @property
    def notes(self) -> tuple[str, ...]:
        """What limits the statement."""
        notes = []
        if self.is_lower_bound:
            what = "Only a bound of the dose is known" if self._only_bounded else _LOWER
            notes.append(f"{what}: {self.why or 'part of it is not known'}.")
        if self.site == "other":
            notes.append(
                f"The table names neck, torso, pelvis, buttocks and arms; of this place"
                f" ({self.region}) it says nothing."
            )
        if self.site == "not known" and self.peak_skin_dose_gy is not None:
            notes.append(
                "On which part of the body the peak is, is not known; on the scalp the bands do"
                " not hold."
            )
        return tuple(notes)

    def to_dict(self) -> dict[str, Any]:
        """Return the entry ``risk`` of a document (``docs/risk.md``)."""
        table = skin_reactions()
        return {
            "statement": self.statement,
            "notice": table.notice,
            "peak_skin_dose_gy": self.peak_skin_dose_gy,
            "is_lower_bound": self.is_lower_bound,
            "at_most_gy": self.at_most_gy,
            "region": self.region,
            "site": self.site,
            "notes": list(self.notes),
            "problems": [dict(problem) for problem in self.problems],
            "band": self.band.id if self.band else None,
            "bands": [self._band(band, table) for band in self.bands],
            "look": [
                {
                    "weeks": look.weeks,
                    "date": self._date(look.weeks),
                    "why": look.why,
                    "source": look.source,
                    "verified": look.verified,
                }
                for look in self.look
            ],
            "caveats": [asdict(caveat) for caveat in table.caveats],
            "uncertainty": {"relative": table.uncertainty, "source": table.uncertainty_source},
            "sessions": self.sessions.to_dict() if self.sessions else None,
            "source": table.source,
            "verified": f"{table.verified}: {table.evidence}",
        }

    def _band(self, band: Band, table: SkinReactions) -> dict[str, Any]:
        place = table.place_of(band.id)
        above = table.bands[place + 1 : place + 2]
        return {
            "band": band.id,
            "from_gy": band.from_gy,
            "to_gy": above[0].from_gy if above else None,
            "nci_grade": band.nci_grade,
            "tell": band.tell,
            "reactions": [
                self._reaction(window, expected)
                for window, expected in zip(table.windows, band.reactions, strict=True)
            ],
        }

    def _reaction(self, window: Window, expected: str) -> dict[str, Any]:
        return {
            "window": window.id,
            "from_weeks": window.from_weeks,
            "to_weeks": window.to_weeks,
            "from_date": self._date(window.from_weeks),
            "to_date": self._date(window.to_weeks),
            "expected": expected,
        }

    def _date(self, weeks: int | None) -> str | None:
        if weeks is None or self.day is None:
            return None
        return (self.day + timedelta(weeks=weeks)).isoformat()


def risk_of(  # noqa: PLR0913  (each is known, or not, by itself)
    peak_skin_dose_gy: float | None,
    *,
    region: str | None = None,
    started: date | None = None,
    is_lower_bound: bool = False,
    at_most_gy: float | None = None,
    why: str | None = None,
    sessions: Iterable[tuple[date, float]] = (),
    problems: Iterable[Mapping[str, str]] = (),
) -> Risk:
    """Return what a peak skin dose may lead to; information for a qualified person.

    Parameters
    ----------
    peak_skin_dose_gy
        At one place of the skin, Gy: the linear sum where there are several procedures; ``None``
        where it is not known.
    region
        Part of the body (:func:`dosemap.anatomy.region_names`); ``None`` where it is not known.
    started
        When; of several procedures the last one. ``None``: there are no dates to look at the skin.
    is_lower_bound
        The dose may be higher.
    at_most_gy
        What bounds it then, Gy; ``None``: nothing.
    why
        Why the dose is not known, or only from below.
    sessions
        Of several procedures day and dose at the place of the peak, Gy.
    problems
        What is doubtful of them together; they are told with the risk.

    Raises
    ------
    DosemapError
        A dose is negative or not finite, the bound lies below it, or the sessions add up to more.

    Examples
    --------
    >>> from datetime import date
    >>> risk = risk_of(6.0, region="posterior torso", started=date(2026, 3, 2))
    >>> risk.band.id
    'B'
    >>> risk.to_dict()["look"][1]["date"]
    '2026-03-30'
    >>> risk_of(None, why="no geometry").statement
    'The peak skin dose is not known (no geometry): nothing can be said of the skin. That does not
    mean that there is no risk.'
    """
    over_time = sessions_of(sessions)
    _check(peak_skin_dose_gy, at_most_gy, over_time)
    table = skin_reactions()
    if is_lower_bound and peak_skin_dose_gy == 0 and _may_be_any(table, at_most_gy):
        peak_skin_dose_gy = None
    if peak_skin_dose_gy is None:
        is_lower_bound, at_most_gy = False, None
    return Risk(
        peak_skin_dose_gy=peak_skin_dose_gy,
        is_lower_bound=is_lower_bound,
        at_most_gy=at_most_gy if is_lower_bound else None,
        why=why,
        region=region,
        site=table.site(region),
        day=_last_day(started, over_time),
        possible=_possible(table, peak_skin_dose_gy, at_most_gy, is_lower_bound=is_lower_bound),
        sessions=over_time if over_time.sessions else None,
        problems=tuple(problems),
    )


def _possible(
    table: SkinReactions,
    dose_gy: float | None,
    at_most_gy: float | None,
    *,
    is_lower_bound: bool,
) -> tuple[Band, ...]:
    if dose_gy is None:
        return ()
    highest_gy = dose_gy
    if is_lower_bound:
        highest_gy = math.inf if at_most_gy is None else at_most_gy
    low = table.place(dose_gy * (1 - table.uncertainty))
    high = table.place(highest_gy * (1 + table.uncertainty))
    return table.bands[low : high + 1]


def _may_be_any(table: SkinReactions, at_most_gy: float | None) -> bool:
    """Return whether a bound leaves every band possible, which is to know nothing."""
    return _possible(table, 0.0, at_most_gy, is_lower_bound=True) == table.bands


def _last_day(started: date | None, over_time: Sessions) -> date | None:
    day = started.date() if isinstance(started, datetime) else started
    days = [session.last_day for session in over_time.sessions]
    return max((d for d in (day, *days) if d is not None), default=None)


def _check(dose_gy: float | None, at_most_gy: float | None, over_time: Sessions) -> None:
    for value in (dose_gy, at_most_gy):
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise DosemapError(f"a peak skin dose is {value} Gy; it must be 0 or more")
    if dose_gy is None:
        return
    if at_most_gy is not None and at_most_gy < dose_gy:
        raise DosemapError(f"the peak skin dose is {dose_gy} Gy, above its bound {at_most_gy} Gy")
    if over_time.linear_sum_gy > dose_gy * (1 + _SLACK):
        raise DosemapError(
            f"the sessions add up to {over_time.linear_sum_gy:.6g} Gy, more than the peak of"
            f" {dose_gy:.6g} Gy: the doses must be those at the place of the peak"
        )
