"""What came of adding a procedure to a store."""

from dataclasses import dataclass, field
from typing import Any, Literal

from dosemap.history.stored import StateDoses

Status = Literal["new", "unchanged", "revision", "older_state"]


@dataclass(frozen=True, kw_only=True)
class OfProcedure:
    """What the store tells of a procedure, with all by which a person finds it."""

    procedure: int
    """Its number in the store. Of a level: the procedure with which, or with the window that ends
    with which, the level was or may be reached."""
    patient_id: str | None = field(default=None, repr=False)
    """Or the pseudonym that the store has; ``None``: a procedure without patient ID."""
    issuer: str | None = field(default=None, repr=False)
    started: str | None = None
    """ISO 8601, as the report states it."""
    file: str | None = field(default=None, repr=False)
    """Name of the file that was added; a pseudonymised store keeps none."""

    @property
    def named(self) -> str:
        """Patient, day, file and number, for a person."""
        patient = f"patient {self.patient_id}" if self.patient_id else "no patient ID"
        issuer = f" ({self.issuer})" if self.issuer else ""
        return f"{patient}{issuer}, {self.named_without_patient}"

    @property
    def named_without_patient(self) -> str:
        """Day, file and number, for a person who may not know whose it is."""
        day = self.started[:10] if self.started else "day not known"
        file = f", {self.file}" if self.file else ""
        return f"{day}{file}, procedure {self.procedure}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``dosemap history alerts --json`` prints it."""
        return dict(vars(self))

    def without_patient(self) -> dict[str, Any]:
        """Return it as :meth:`to_dict`, without what may say who the patient is."""
        hidden = ("patient_id", "issuer", "file")
        return {name: value for name, value in self.to_dict().items() if name not in hidden}


@dataclass(frozen=True, kw_only=True)
class RaisedAlert(OfProcedure):
    """A threshold of a level that a patient's procedures reached."""

    level_id: str
    number: int
    """0 for the level's first threshold, n for its nth step."""
    level: str
    scope: str
    """``"procedure"`` or ``"window"``."""
    window_days: int | None
    quantity: str
    unit: str
    threshold: float
    value: float
    """What was reached when it was raised."""
    wording: str
    source: str
    verified: str
    raised: str
    """When, UTC, ISO 8601."""
    value_is_lower_bound: bool | None = None
    """Whether it may have been more; ``None``: an earlier version of the program raised it and did
    not say."""
    revision: int | None = None
    """The state of the procedure with which it was raised; ``None``: an earlier version of the
    program raised it and did not say."""
    withdrawn: str | None = None
    """When it turned out not to hold; it is kept, and raised anew if it holds again."""
    withdrawn_reason: str | None = None

    @property
    def named_without_patient(self) -> str:
        """Day, file, number and state, for a person who may not know whose it is."""
        state = f", revision {self.revision}" if self.revision is not None else ""
        return f"{super().named_without_patient}{state}"


@dataclass(frozen=True, kw_only=True)
class NotEvaluated(OfProcedure):
    """A level of which nobody can say whether it was reached: something is not known."""

    level_id: str
    level: str
    scope: str
    window_days: int | None
    quantity: str
    unit: str
    at_least: float
    """What is known of the quantity; 0 where nothing is."""
    threshold: float
    """The level's first."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class Added:
    """What the store did with a record."""

    status: Status
    """``new``; ``unchanged``: known already; ``revision``: takes the place of an earlier state;
    ``older_state``: has fewer events than what is known, or was made earlier; kept but does not
    count."""
    procedure: int
    """Number of the procedure in the store."""
    revision: int
    """Number of this state of it, from 1."""
    before: tuple[StateDoses, ...] = ()
    """Of a revision: the doses of the states in whose place it is."""
    now: StateDoses | None = None
    """Of a revision: its own."""
    alerts: tuple[RaisedAlert, ...] = ()
    """Those that were raised now and not before."""
    withdrawn: tuple[RaisedAlert, ...] = ()
    """Those that do not hold any more."""
    not_evaluated: tuple[NotEvaluated, ...] = ()
    """Levels of which nobody can say whether they were reached with this procedure; of one that is
    ``unchanged`` nothing is looked at again."""
    notes: tuple[str, ...] = ()
    """What a person should know of."""
