"""A procedure of the store, and what is doubtful about a patient's procedures together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Any

from dosemap.history.record import ProcedureRecord

_AGE_SLACK_YEARS = 2.0
_HEIGHT_SLACK_CM = 10.0
_GROWN_YEARS = 18.0
_DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, kw_only=True)
class StateDoses:
    """The doses of one state of a procedure."""

    procedure: int
    revision: int
    added: str
    software_version: str
    peak_skin_dose_gy: float | None
    reference_air_kerma_gy: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``dosemap history add --json`` prints it."""
        return dict(vars(self))


@dataclass(frozen=True, kw_only=True)
class StoredProcedure:
    """The state of a procedure that counts."""

    procedure: int
    """Number in the store."""
    revision: int
    revisions: int
    """How many states are kept."""
    patient_id: str | None = field(repr=False)
    issuer: str | None = field(repr=False)
    study_instance_uid: str | None = field(repr=False)
    started: datetime | None
    added: str
    manufacturer: str | None
    model: str | None
    procedure_type: str | None
    software_version: str
    reference_air_kerma_gy: float | None
    kerma_area_product_gy_m2: float | None
    fluoroscopy_time_s: float | None
    peak_skin_dose_gy: float | None
    has_map: bool
    other_revisions: tuple[StateDoses, ...] = ()
    """The states that do not count, the oldest first."""

    @property
    def system(self) -> str:
        """Maker and model."""
        return " ".join(text for text in (self.manufacturer, self.model) if text) or "not known"

    @property
    def name(self) -> str:
        """Number and day, for sentences."""
        day = f" of {self.started:%Y-%m-%d}" if self.started else ""
        return f"procedure {self.procedure}{day}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``dosemap history show --json`` prints it."""
        values = dict(vars(self))
        values["started"] = self.started.isoformat() if self.started else None
        values["other_revisions"] = [state.to_dict() for state in self.other_revisions]
        return values


def in_time_order(procedures: Iterable[StoredProcedure]) -> list[StoredProcedure]:
    """Return procedures by their start, those without one first; zones are local, as in reports."""
    return sorted(procedures, key=lambda entry: (local(entry.started), entry.procedure))


def local(started: datetime | None) -> datetime:
    """Return a start without its zone, by which reports of one site are in order."""
    return started.replace(tzinfo=None) if started else datetime.min


def patient_doubts(
    procedures: Sequence[StoredProcedure], records: Sequence[ProcedureRecord]
) -> list[dict[str, str]]:
    """Return why the procedures of a patient may be those of several people.

    Parameters
    ----------
    procedures, records
        Of one patient, in the same order.

    Returns
    -------
    Entries of ``code`` and ``message``.
    """
    doubts = []
    facts = [record.patient for record in records]
    removed = sum(fact.identity_removed for fact in facts)
    if removed:
        doubts.append(
            _doubt(
                f"{removed} of the reports are de-identified: their patient ID may stand for"
                " several people, whose doses must not be added"
            )
        )
    sexes = {fact.sex for fact in facts if fact.sex in ("F", "M")}
    if len(sexes) > 1:
        doubts.append(_doubt("the sex differs between the reports"))
    dated = [
        (local(procedure.started), fact)
        for procedure, fact in zip(procedures, facts, strict=True)
        if procedure.started and fact.age_years is not None
    ]
    for (first, one), (second, other) in combinations(dated, 2):
        years = (second - first).days / _DAYS_PER_YEAR
        if abs((other.age_years or 0.0) - (one.age_years or 0.0) - years) > _AGE_SLACK_YEARS:
            doubts.append(
                _doubt(
                    f"the ages of {first:%Y-%m-%d} and {second:%Y-%m-%d} are"
                    f" {one.age_years:.0f} and {other.age_years:.0f} years"
                )
            )
            break
    heights = [
        fact.height_cm
        for fact in facts
        if fact.height_cm is not None and (fact.age_years is None or fact.age_years >= _GROWN_YEARS)
    ]
    if heights and max(heights) - min(heights) > _HEIGHT_SLACK_CM:
        doubts.append(_doubt(f"the adult's height is {min(heights):.0f} to {max(heights):.0f} cm"))
    return doubts


def _doubt(what: str) -> dict[str, str]:
    return {
        "code": "patient-may-be-several",
        "message": f"{what}; check that all procedures are of one person",
    }
