"""Several irradiations of the same skin as one dose: the sum, and by the linear-quadratic model."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from dosemap.errors import DosemapError
from dosemap.risk.tables import Endpoint, fractionation


@dataclass(frozen=True, kw_only=True)
class Session:
    """What a place of the skin got at one time."""

    first_day: date
    last_day: date
    """Later than the first where irradiations that lie near each other count as one."""
    dose_gy: float


@dataclass(frozen=True, kw_only=True)
class Equivalent:
    """The sessions for one kind of reaction; advisory, the linear sum comes first."""

    endpoint: Endpoint
    bed_gy: float
    """Biologically effective dose."""
    eqd2_gy: float
    """Dose in fractions of 2 Gy with the same effect."""
    single_dose_gy: float
    """Dose at once with the same effect, to be held against the bands."""


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """Irradiations of the same skin over time."""

    linear_sum_gy: float
    sessions: tuple[Session, ...]
    equivalents: tuple[Equivalent, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the entry ``sessions`` of a risk (``docs/risk.md``)."""
        model = fractionation()
        return {
            "linear_sum_gy": self.linear_sum_gy,
            "sessions": [
                {
                    "first_day": session.first_day.isoformat(),
                    "last_day": session.last_day.isoformat(),
                    "dose_gy": session.dose_gy,
                }
                for session in self.sessions
            ],
            "equivalents": [
                {
                    "endpoint": entry.endpoint.name,
                    "alpha_beta_gy": entry.endpoint.alpha_beta_gy,
                    "bed_gy": entry.bed_gy,
                    "eqd2_gy": entry.eqd2_gy,
                    "single_dose_gy": entry.single_dose_gy,
                    "source": entry.endpoint.source,
                    "verified": entry.endpoint.verified,
                }
                for entry in self.equivalents
            ],
            "advisory": f"{model.model} {model.caution}",
            "source": model.source,
            "verified": f"{model.verified}: {model.evidence}",
        }


def sessions_of(doses: Iterable[tuple[date, float]]) -> Sessions:
    """Return irradiations of one place of the skin together.

    Parameters
    ----------
    doses
        Day (or moment) and dose, Gy, of each. Those on the same day or on days that follow each
        other count as one: hours of repair cannot be credited.

    Raises
    ------
    DosemapError
        A dose is negative or not finite.

    Examples
    --------
    >>> from datetime import date
    >>> found = sessions_of([(date(2026, 1, 5), 5.0), (date(2026, 3, 2), 5.0)])
    >>> found.linear_sum_gy
    10.0
    >>> [round(equivalent.single_dose_gy, 1) for equivalent in found.equivalents]
    [8.2, 7.6]
    """
    model = fractionation()
    merged: list[Session] = []
    for moment, dose_gy in sorted((_day(moment), dose_gy) for moment, dose_gy in doses):
        if not (math.isfinite(dose_gy) and dose_gy >= 0):
            raise DosemapError(f"the dose of the session of {moment} is {dose_gy} Gy")
        last = merged[-1] if merged else None
        if last and (moment - last.last_day).days <= model.merged_within_days:
            merged[-1] = replace(last, last_day=moment, dose_gy=last.dose_gy + dose_gy)
        else:
            merged.append(Session(first_day=moment, last_day=moment, dose_gy=dose_gy))
    amounts = [session.dose_gy for session in merged]
    equivalents = tuple(_equivalent(amounts, endpoint) for endpoint in model.endpoints)
    return Sessions(
        linear_sum_gy=math.fsum(amounts), sessions=tuple(merged), equivalents=equivalents
    )


def bed_gy(doses_gy: Iterable[float], *, alpha_beta_gy: float) -> float:
    """Return the biologically effective dose of acute fractions, Gy.

    Parameters
    ----------
    doses_gy
        Of each fraction; repair between them is complete.
    alpha_beta_gy
        Of the tissue.

    Examples
    --------
    >>> round(bed_gy([2.0] * 30, alpha_beta_gy=10.0), 6)
    72.0
    """
    return math.fsum(dose * (1 + dose / alpha_beta_gy) for dose in doses_gy)


def eqd2_gy(bed: float, *, alpha_beta_gy: float) -> float:
    """Return the dose in fractions of 2 Gy of a biologically effective dose, both Gy."""
    return bed / (1 + 2 / alpha_beta_gy)


def single_dose_gy(bed: float, *, alpha_beta_gy: float) -> float:
    """Return the dose at once of a biologically effective dose, both Gy."""
    # The positive root of d + d^2 / ab = BED, in the form that small doses lose no digits in.
    return 2 * bed / (1 + math.sqrt(1 + 4 * bed / alpha_beta_gy))


def _equivalent(doses_gy: list[float], endpoint: Endpoint) -> Equivalent:
    alpha_beta_gy = endpoint.alpha_beta_gy
    bed = bed_gy(doses_gy, alpha_beta_gy=alpha_beta_gy)
    return Equivalent(
        endpoint=endpoint,
        bed_gy=bed,
        eqd2_gy=eqd2_gy(bed, alpha_beta_gy=alpha_beta_gy),
        single_dose_gy=single_dose_gy(bed, alpha_beta_gy=alpha_beta_gy),
    )


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
