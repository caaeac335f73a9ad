"""The store against a plain model in memory: hypothesis adds and adds again in any order."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from history_records import FIRST_DAY, record
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dosemap import History
from dosemap.alerts import load_levels
from dosemap.history import RaisedAlert

EVENTS = "abcdef"
PATIENTS = ("ID-1", "ID-2")
LEVEL = [level for level in load_levels() if level.id == "srdl-peak-skin-dose-60-days"]


@dataclass
class Part:
    """What the model knows of a procedure: only what counts."""

    patient: str
    events: frozenset[str]
    peak_gy: float
    seen: set[tuple[str, frozenset[str], float]] = field(default_factory=set)


class Model:
    """Lists in memory; the rules are written down anew, not taken from the program."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    def add(self, patient: str, events: frozenset[str], peak_gy: float) -> str:
        content = (patient, events, peak_gy)
        if any(content in part.seen for part in self.parts):
            return "unchanged"
        hit = [part for part in self.parts if part.events & events]
        if not hit:
            self.parts.append(Part(patient, events, peak_gy, {content}))
            return "new"
        known = frozenset[str]().union(*(part.events for part in hit))
        if events <= known and events != known:
            # Kept with the one that it shares most with; which is the same to what counts.
            hit[0].seen.add(content)
            return "older_state"
        first, *others = hit
        first.patient, first.events, first.peak_gy = content
        first.seen = first.seen.union({content}, *(part.seen for part in others))
        self.parts = [part for part in self.parts if part not in others]
        return "revision"

    def dose_gy(self, patient: str) -> float:
        return sum(part.peak_gy for part in self.of(patient))

    def of(self, patient: str) -> list[Part]:
        return [part for part in self.parts if part.patient == patient]


Key = tuple[int, str | None, int]
"""Of an alert: procedure, for whom it was raised, number of the threshold."""


class Store(RuleBasedStateMachine):
    """All maps have their dose at one vertex: the peak of the sum is the sum of the peaks."""

    @initialize()
    def make(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "doses.db"
        self.history = History(self.path, levels=LEVEL)
        self.model = Model()
        self.standing: set[Key] = set()

    def teardown(self) -> None:
        if hasattr(self, "history"):
            self.history.close()
            self.folder.cleanup()

    @rule(
        patient=st.sampled_from(PATIENTS),
        events=st.frozensets(st.sampled_from(EVENTS), min_size=1, max_size=4),
        peak_gy=st.sampled_from((0.5, 1.5, 3.5)),
    )
    def add(self, patient: str, events: frozenset[str], peak_gy: float) -> None:
        added = self.history.add_record(
            record(
                sorted(events),
                patient_id=patient,
                peak_gy=peak_gy,
                started=FIRST_DAY + timedelta(minutes=EVENTS.index(min(events))),
            )
        )
        assert added.status == self.model.add(patient, events, peak_gy)
        raised, withdrawn = keys(added.alerts), keys(added.withdrawn)
        # Nothing is raised that stands already, nothing withdrawn that does not stand.
        assert not raised & self.standing
        assert withdrawn <= self.standing
        self.standing = (self.standing | raised) - withdrawn

    @rule()
    def restart(self) -> None:
        self.history.close()
        self.history = History(self.path, levels=LEVEL)

    @rule(patient=st.sampled_from(PATIENTS))
    def forget(self, patient: str) -> None:
        # The model does not know whom replaced and corrected reports named; the store does.
        if not self.model.of(patient) or any(
            known != part.patient for part in self.model.parts for known, _, _ in part.seen
        ):
            return
        assert self.history.forget(patient) == len(self.model.of(patient))
        self.model.parts = [part for part in self.model.parts if part.patient != patient]
        self.standing = standing(self.history.alerts())

    @invariant()
    def counts_are_those_of_the_model(self) -> None:
        if not hasattr(self, "model"):
            return
        stored = self.history.procedures()
        assert sorted(
            (entry.patient_id or "", entry.peak_skin_dose_gy or 0.0) for entry in stored
        ) == (sorted((part.patient, part.peak_gy) for part in self.model.parts))
        assert standing(self.history.alerts()) == self.standing
        for patient in PATIENTS:
            if self.model.of(patient):
                dose_gy = self.history.cumulative(patient).peak_skin_dose_gy
                assert dose_gy == pytest.approx(self.model.dose_gy(patient))
                # As many thresholds stand as the dose of all together has passed: 3, 4, 5 ... Gy.
                numbers = {entry.procedure for entry in self.history.procedures(patient)}
                passed = max(0, int(self.model.dose_gy(patient)) - 2)
                assert sum(procedure in numbers for procedure, *_ in self.standing) == passed


def keys(alerts: Iterable[RaisedAlert]) -> set[Key]:
    return {(alert.procedure, alert.patient_id, alert.number) for alert in alerts}


def standing(alerts: Iterable[RaisedAlert]) -> set[Key]:
    return keys(alert for alert in alerts if alert.withdrawn is None)


TestStore = Store.TestCase
TestStore.settings = settings(max_examples=10, stateful_step_count=15, deadline=None)
