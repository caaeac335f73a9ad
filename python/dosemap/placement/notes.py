"""Collects assumptions and problems while events are placed; equal ones are merged."""

from dataclasses import replace

from dosemap.procedure import Assumption
from dosemap.reading.log import ProblemLog, event_list


class Notes:
    """Assumptions and problems of one procedure."""

    def __init__(self) -> None:
        self.log = ProblemLog()
        self._assumed: dict[Assumption, list[int]] = {}

    def add(self, assumption: Assumption, event: int) -> None:
        """Note that a value which the report does not hold was used for an event."""
        self._assumed.setdefault(assumption, []).append(event)

    def assume(self, field: str, value: float | str | None, why: str, event: int) -> None:
        """Note that a value was assumed for an event."""
        self.add(Assumption(field=field, value=value, why=why), event)

    def absorb(self, other: "Notes") -> None:
        """Take over what another collection holds."""
        for key, events in other._assumed.items():
            self._assumed.setdefault(key, []).extend(events)
        self.log.absorb(other.log)

    def assumptions(self) -> tuple[Assumption, ...]:
        """Return one assumption per field, value and reason, with its events in ``why``."""
        return tuple(
            replace(
                assumption,
                why=f"{assumption.why} ({event_list(tuple(events))})",
                events=tuple(events),
            )
            for assumption, events in self._assumed.items()
        )
