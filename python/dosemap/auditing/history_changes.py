"""What an audit changed in a history: alerts raised and withdrawn, procedures revised.

Found by comparing the history with what it was when the audit began, not by listening: what a run
did that was stopped, or killed, is told by the one that goes on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dosemap.auditing.row import Row
from dosemap.history.added import OfProcedure

if TYPE_CHECKING:
    from dosemap.history import History, RaisedAlert
    from dosemap.history.stored import StoredProcedure

_GONE = "the history has another state of it by now, or none; dosemap history add adds it again"

State = Mapping[str, Any]
"""A history as far as changes of it are told, in plain values."""


@dataclass(frozen=True, kw_only=True)
class AddedFile:
    """A file of the audit that is in the history."""

    name: str
    notes: str | None
    """What the history had to say of it."""


@dataclass(frozen=True, kw_only=True)
class ChangedProcedure:
    """A procedure of which another state counts than before."""

    procedure: "StoredProcedure"
    of: OfProcedure
    """The same in words."""
    peak_skin_dose_before_gy: float | None
    reference_air_kerma_before_gy: float | None
    notes: str | None = None


@dataclass(frozen=True, kw_only=True)
class HistoryChanges:
    """What is otherwise in a history than before the audit."""

    raised: "tuple[RaisedAlert, ...]" = ()
    """With the path of the file, where it is one of the audit."""
    withdrawn: "tuple[RaisedAlert, ...]" = ()
    revised: tuple[ChangedProcedure, ...] = ()
    joined: int = 0
    """Procedures that are now part of another one, or were removed meanwhile."""
    standing: Mapping[int, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """Ids of the levels whose alerts stand, by the number of the procedure."""
    started: Mapping[int, str | None] = field(default_factory=dict, repr=False)
    """When each procedure that counts began, by its number."""

    is_pseudonymised: bool = False

    def seen_from(self, row: Row) -> Row:
        """Return the columns of a row that say how its procedure stands in the history.

        Parameters
        ----------
        row
            With the number of the procedure when the file was added; it may have gone to another
            one since.
        """
        number = row["history_procedure"]
        if number is None:
            return {}
        if self.started.get(number, "") == row["started"]:
            return {"history_alerts": list(self.standing.get(number, ()))}
        return {"history_notes": _GONE} if row["counts"] else {}

    def shows_ids(self, *, asked_for: bool) -> bool:
        """Return whether patients are named: where that is asked for, or by their pseudonyms."""
        return asked_for or self.is_pseudonymised

    def to_dict(self, *, with_ids: bool) -> dict[str, Any]:
        """Return it as plain values, as the JSON document of an audit has it.

        Parameters
        ----------
        with_ids
            With the IDs of patients; pseudonyms are always there.
        """
        with_ids = self.shows_ids(asked_for=with_ids)
        return {
            "is_pseudonymised": self.is_pseudonymised,
            "alerts": [_entry(alert, with_ids=with_ids) for alert in self.raised],
            "withdrawn": [_entry(alert, with_ids=with_ids) for alert in self.withdrawn],
            "revisions": [
                {
                    **_entry(entry.of, with_ids=with_ids),
                    "revision": entry.procedure.revision,
                    "peak_skin_dose_before_gy": entry.peak_skin_dose_before_gy,
                    "peak_skin_dose_gy": entry.procedure.peak_skin_dose_gy,
                    "reference_air_kerma_before_gy": entry.reference_air_kerma_before_gy,
                    "reference_air_kerma_gy": entry.procedure.reference_air_kerma_gy,
                    "notes": entry.notes,
                }
                for entry in self.revised
            ],
            "procedures_joined": self.joined,
        }


def _entry(told: OfProcedure, *, with_ids: bool) -> dict[str, Any]:
    entry = told.to_dict()
    return entry if with_ids else entry | {"patient_id": None, "issuer": None}


def state_of(history: "History") -> State:
    """Return a history as it is now.

    Parameters
    ----------
    history
        That is compared later.
    """
    return {
        "procedures": [
            [
                entry.procedure,
                entry.revision,
                entry.peak_skin_dose_gy,
                entry.reference_air_kerma_gy,
            ]
            for entry in history.procedures()
        ],
        "standing": [_key(alert) for alert in history.alerts() if alert.withdrawn is None],
    }


def changes_since(
    before: State, history: "History", files: Mapping[int, AddedFile]
) -> HistoryChanges:
    """Return what is otherwise than it was.

    Parameters
    ----------
    before
        From :func:`state_of`.
    history
        The same history.
    files
        Those of the audit, by the number of their procedure.
    """
    counting = {entry.procedure: entry for entry in history.procedures()}
    revisions = {number: entry.revision for number, entry in counting.items()}
    earlier = {number: rest for number, *rest in before["procedures"]}
    stood = {tuple(key) for key in before["standing"]}
    alerts = history.alerts()

    def told(chosen: Iterable["RaisedAlert"]) -> tuple["RaisedAlert", ...]:
        by_day = sorted(chosen, key=lambda alert: (alert.started or "", alert.procedure))
        return tuple(
            # Another state came of another file.
            replace(alert, file=files[alert.procedure].name)
            if alert.procedure in files and alert.revision == revisions.get(alert.procedure)
            else alert
            for alert in by_day
        )

    stand = [alert for alert in alerts if alert.withdrawn is None]
    standing: dict[int, dict[str, None]] = {}
    for alert in stand:
        standing.setdefault(alert.procedure, {})[alert.level_id] = None
    return HistoryChanges(
        raised=told(alert for alert in stand if _key(alert) not in stood),
        withdrawn=told(
            alert for alert in alerts if alert.withdrawn is not None and _key(alert) in stood
        ),
        revised=tuple(_revised(counting, earlier, files)),
        joined=len(earlier.keys() - counting.keys()),
        standing={number: tuple(ids) for number, ids in standing.items()},
        started={number: _iso(entry) for number, entry in counting.items()},
        is_pseudonymised=history.is_pseudonymised,
    )


def _revised(
    counting: "Mapping[int, StoredProcedure]",
    earlier: Mapping[int, Sequence[Any]],
    files: Mapping[int, AddedFile],
) -> Iterable[ChangedProcedure]:
    for number, entry in counting.items():
        revision, peak_gy, kerma_gy = earlier.get(number, (entry.revision, None, None))
        if revision != entry.revision:
            file = files.get(number)
            yield ChangedProcedure(
                procedure=entry,
                of=OfProcedure(
                    procedure=number,
                    patient_id=entry.patient_id,
                    issuer=entry.issuer,
                    started=_iso(entry),
                    file=file.name if file else None,
                ),
                peak_skin_dose_before_gy=peak_gy,
                reference_air_kerma_before_gy=kerma_gy,
                notes=file.notes if file else None,
            )


def _iso(procedure: "StoredProcedure") -> str | None:
    return procedure.started.isoformat() if procedure.started else None


def _key(alert: "RaisedAlert") -> tuple[object, ...]:
    """Return by what an alert is the same; one that was raised anew has another time."""
    of = (alert.procedure, alert.patient_id, alert.issuer)
    what = (alert.level_id, alert.scope, alert.window_days, alert.quantity, alert.threshold)
    return *of, *what, alert.revision, alert.raised
