"""States of one procedure that were sent more than once: one counts, the others are listed.

Reports that share their study, their first event or their own UID are compared; what replaces what
is the rule of the history, which gets the reports in the order in which they were made.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from dosemap.auditing.ledger import Ledger
from dosemap.auditing.row import split_digests
from dosemap.history.identity import Part, decide

_KEYS = ("sop", "study", "first_event")
_TOTALS_ONLY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _State:
    """A report among others that may be of the same procedure."""

    number: int
    system: tuple[str | None, ...]
    events: frozenset[str]
    made: str
    """When the report was made; empty where it does not say."""
    order: tuple[int, bytes]
    """Of those made at the same time: the number of the history's state, of which the last counts;
    without a history by the file's path, so that the result does not depend on the order of the
    work."""


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
            counting = _Counting()
            for state in sorted(states, key=lambda state: (state.made, state.order)):
                for number, stands_for_it in counting.add(state):
                    ledger.change(
                        "UPDATE file SET superseded_by = ? WHERE id = ?", stands_for_it, number
                    )
    ledger.checkpoint()


def _groups(ledger: Ledger, key: str) -> Iterator[list[_State]]:
    """Yield the reports that share a value, where there are several that count."""
    counts = "run = ? AND status = 'estimated' AND superseded_by IS NULL"
    shared = (
        f"SELECT {key} FROM file WHERE {counts} AND {key} IS NOT NULL"
        f" GROUP BY {key} HAVING count(*) > 1"
    )
    members = f"SELECT id, path, doses, added FROM file WHERE {counts} AND {key} = ?"
    # All values first: the updates between would disturb an open query.
    for (value,) in list(ledger.select(shared, ledger.run)):
        yield [_state(*record) for record in ledger.select(members, ledger.run, value)]


def _state(number: int, path: bytes, doses: str, added: str) -> _State:
    known, revision = json.loads(doses), json.loads(added).get("revision", 0)
    return _State(
        number=number,
        system=tuple(known["system"]),
        events=split_digests(known["event_digests"]),
        made=known["created"] or "",
        order=(revision, path),
    )


@dataclass
class _Counting:
    """Those of a group that count so far; no two of them share an event."""

    parts: dict[int, _State] = field(default_factory=dict)
    by_event: dict[str, int] = field(default_factory=dict)
    """So that thousands of reports under one study are not compared each with each."""

    def add(self, state: _State) -> Iterator[tuple[int, int]]:
        """Take the next state; yield those that do not count now, each with what counts instead."""
        touched = sorted(self._touched(state))
        parts = [
            Part(procedure=n, events=self.parts[n].events, made=self.parts[n].made) for n in touched
        ]
        decision = decide(state.events, parts, made=state.made)
        if decision.relation == "older_state":
            assert decision.procedure is not None
            yield state.number, decision.procedure
            return
        for number in touched:
            del self.parts[number]
            yield number, state.number
        self.parts[state.number] = state
        self.by_event.update(dict.fromkeys(state.events, state.number))

    def _touched(self, state: _State) -> set[int]:
        """Return those with a common event, and of one system those where one has totals only."""
        found = {self.by_event[event] for event in state.events & self.by_event.keys()}
        return (found & self.parts.keys()) | {
            number
            for number, part in self.parts.items()
            if _TOTALS_ONLY in (part.events, state.events) and part.system == state.system
        }
