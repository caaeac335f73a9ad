"""Chooses the values of one event and remembers where each came from."""

from dosemap.equipment import Profile
from dosemap.placement.model import PlacementOverrides
from dosemap.placement.notes import Notes
from dosemap.procedure import Assumption, Event, Provenance


class Resolver:
    """Each value from the report, else the caller; what is used is noted with its provenance."""

    def __init__(
        self, event: Event, profile: Profile, overrides: PlacementOverrides, notes: Notes
    ) -> None:
        self.event = event
        self.profile = profile
        self.overrides = overrides
        self.notes = notes
        self.provenance: dict[str, Provenance] = {}

    def choose(
        self, name: str, reported: float | None, given: float | None, *, field: str | None = None
    ) -> float | None:
        """Return the report's value, else the caller's, and remember which.

        Parameters
        ----------
        name
            Name of the value that is placed.
        reported, given
            What the report and the caller have.
        field
            Field of the event that holds it, where its name is another.
        """
        if reported is not None:
            self.provenance[name] = self.event.provenance.get(field or name, Provenance.REPORTED)
            return reported
        if given is not None:
            self.note_given(name, given)
        return given

    def zero_if_missing(self, name: str, field: str, why: str) -> float:
        """Return a reported angle; 0, listed as assumed, where there is none."""
        value = self.choose(name, getattr(self.event, field), None, field=field)
        if value is not None:
            return value
        self.provenance[name] = Provenance.ASSUMED
        self.assume(name, 0.0, why)
        return 0.0

    def note_given(self, name: str, value: float | str) -> None:
        """Remember that a value is the caller's."""
        self.provenance[name] = Provenance.USER
        self.assume(name, value, "given by the caller", Provenance.USER)

    def assume(
        self,
        field: str,
        value: float | str | None,
        why: str,
        provenance: Provenance = Provenance.ASSUMED,
    ) -> None:
        """List a value that the report does not hold."""
        assumption = Assumption(field=field, value=value, why=why, provenance=provenance)
        self.notes.add(assumption, self.event.index)

    def problem(self, code: str, what: str, then: str) -> None:
        """Note something that a person should know of."""
        self.notes.log.add(code, what, then, event=self.event.index)
