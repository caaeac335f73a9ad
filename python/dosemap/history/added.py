"""What came of adding a procedure to a store."""

from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["new", "unchanged", "revision", "older_state"]


@dataclass(frozen=True, kw_only=True)
class RaisedAlert:
    """A threshold of a level that a patient's procedures reached."""

    procedure: int
    """The procedure with which it was reached."""
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
    withdrawn: str | None = None
    """When it turned out not to hold; it is never deleted."""
    withdrawn_reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``dosemap history alerts --json`` prints it."""
        return dict(vars(self))


@dataclass(frozen=True, kw_only=True)
class NotEvaluated:
    """A level of which nobody can say whether it was reached: something is not known."""

    procedure: int
    """The procedure with which, or with the window that ends with which, it may be reached."""
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

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``dosemap history alerts --json`` prints it."""
        return dict(vars(self))


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
    alerts: tuple[RaisedAlert, ...] = ()
    """Those that were raised now and not before."""
    withdrawn: tuple[RaisedAlert, ...] = ()
    """Those that do not hold any more."""
    not_evaluated: tuple[NotEvaluated, ...] = ()
    """Levels of which nobody can say whether they were reached with this procedure; of one that is
    ``unchanged`` nothing is looked at again."""
    notes: tuple[str, ...] = ()
    """What a person should know of."""
