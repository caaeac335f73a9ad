"""Collects what is wrong with a report; the same finding in many events becomes one problem."""

from dataclasses import dataclass, field

from dosemap.procedure import Problem


def event_list(events: tuple[int, ...]) -> str:
    """Return event numbers for a sentence, runs joined.

    Examples
    --------
    >>> event_list((0, 1, 2, 5))
    'events 0-2, 5'
    >>> event_list((4,))
    'event 4'
    """
    runs: list[list[int]] = []
    for number in sorted(set(events)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    text = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
    return ("event " if len(set(events)) == 1 else "events ") + text


@dataclass
class ProblemLog:
    """Findings about one report, in the order in which they came up."""

    _found: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)

    def add(self, code: str, what: str, then: str, *, event: int | None = None) -> None:
        """Note a finding.

        Parameters
        ----------
        code
            Stable short name.
        what
            Field, value and unit; no patient's name or identifier.
        then
            What follows from it, or what to do.
        event
            Index of the event concerned.
        """
        events = self._found.setdefault((code, what, then), [])
        if event is not None:
            events.append(event)

    def absorb(self, other: "ProblemLog") -> None:
        """Take over the findings of another log."""
        for key, events in other._found.items():
            self._found.setdefault(key, []).extend(events)

    def problems(self) -> tuple[Problem, ...]:
        """Return the findings as problems, one per code and text."""
        return tuple(
            Problem(
                code=code,
                message=f"{event_list(tuple(events)) + ': ' if events else ''}{what}; {then}.",
                events=tuple(events),
            )
            for (code, what, then), events in self._found.items()
        )
