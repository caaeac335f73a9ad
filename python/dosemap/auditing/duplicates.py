"""States of one procedure that were sent more than once: one counts, the others are listed.

Reports that share their study, their first event or their own UID are compared by their events.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dosemap.auditing.ledger import Ledger
from dosemap.auditing.row import split_digests

_KEYS = ("sop", "study", "first_event")


@dataclass(frozen=True)
class _State:
    """A report among others that may be of the same procedure."""

    number: int
    sop: str | None
    events: frozenset[str]
    order: tuple[str, bytes]
    """Later is greater: when the report was made, else by the file's path, so that the result
    does not depend on the order of the work."""


def mark_superseded(ledger: Ledger) -> None:
    """Find the reports of this run that another report of it stands for, and mark them.

    Parameters
    ----------
    ledger
        The files and their events.
    """
    ledger.change("UPDATE file SET superseded_by = NULL WHERE superseded_by IS NOT NULL")
    for key in _KEYS:
        for states in _groups(ledger, key):
            for state in states:
                later = [other for other in states if _stands_for(other, state)]
                if later:
                    best = max(later, key=lambda other: (len(other.events), other.order))
                    ledger.change(
                        "UPDATE file SET superseded_by = ? WHERE id = ?", best.number, state.number
                    )
    ledger.checkpoint()


def _groups(ledger: Ledger, key: str) -> Iterator[list[_State]]:
    """Yield the reports that share a value, where there are several."""
    shared = (
        f"SELECT {key} FROM file WHERE run = ? AND status = 'estimated' AND {key} IS NOT NULL"
        f" GROUP BY {key} HAVING count(*) > 1"
    )
    members = (
        "SELECT id, path, sop, created, event_digests FROM file"
        f" WHERE run = ? AND status = 'estimated' AND {key} = ?"
    )
    # All values first: the updates between would disturb an open query.
    for (value,) in list(ledger.select(shared, ledger.run)):
        yield [
            _State(
                number=record["id"],
                sop=record["sop"],
                events=split_digests(record["event_digests"]),
                order=(record["created"] or "", record["path"]),
            )
            for record in ledger.select(members, ledger.run, value)
        ]


def _stands_for(other: _State, state: _State) -> bool:
    """Return whether of two reports the other one counts for both.

    The one with all events of the first and more does; of others with common events, or with the
    same UID, the later one.
    """
    if other.number == state.number:
        return False
    is_same = other.sop is not None and other.sop == state.sop
    if not is_same and other.events.isdisjoint(state.events):
        return False  # another part of the study
    if other.events > state.events or other.events < state.events:
        return other.events > state.events
    return other.order > state.order
