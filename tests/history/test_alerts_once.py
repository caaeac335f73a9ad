"""Each crossing is told once: over restarts, revisions, late reports and changed levels."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from history_records import FIRST_DAY, empty_map, record

from dosemap import History
from dosemap.alert_words import steps_reached
from dosemap.alerts import Level, load_levels
from dosemap.history import NotEvaluated, ProcedureRecord, RaisedAlert

LEVELS = {level.id: level for level in load_levels()}
ONE = LEVELS["srdl-peak-skin-dose"]
SIXTY_DAYS = LEVELS["srdl-peak-skin-dose-60-days"]


def visit(
    number: int, *, peak_gy: float = 1.0, day: int | None = None, **more: Any
) -> ProcedureRecord:
    return record(
        (f"1.3.{number}",),
        study=f"1.2.{number}",
        started=FIRST_DAY + timedelta(days=10 * number if day is None else day),
        peak_gy=peak_gy,
        **more,
    )


def add(history: History, entry: ProcedureRecord) -> list[tuple[int, str, int]]:
    return keys(history.add_record(entry).alerts)


def keys(alerts: Iterable[RaisedAlert]) -> list[tuple[int, str, int]]:
    return [(alert.procedure, alert.level_id, alert.number) for alert in alerts]


def stored(path: Path | str, *levels: Level) -> History:
    return History(path, levels=levels)


def test_a_level_of_one_procedure(location: str) -> None:
    with stored(location, ONE) as history:
        assert add(history, visit(1, peak_gy=2.99)) == []
        assert add(history, visit(2, peak_gy=3.0)) == [(2, ONE.id, 0)]
        (alert,) = history.alerts()
        assert (alert.threshold, alert.value, alert.unit) == (3.0, 3.0, "Gy")
        assert alert.wording == ONE.wording


def test_the_parts_of_a_study_are_one_procedure(tmp_path: Path) -> None:
    with stored(tmp_path / "doses.db", ONE) as history:
        assert add(history, record("a", peak_gy=2.0)) == []
        later = FIRST_DAY + timedelta(hours=1)
        assert add(history, record("b", peak_gy=2.0, started=later)) == [(2, ONE.id, 0)]


def test_steps_of_a_window_are_told_once(location: str) -> None:
    with stored(location, SIXTY_DAYS) as history:
        assert add(history, visit(1)) == []
        assert add(history, visit(2)) == []
        assert add(history, visit(3)) == [(3, SIXTY_DAYS.id, 0)]  # 3 Gy
    with stored(location, SIXTY_DAYS) as history:
        assert add(history, visit(3)) == []
        assert add(history, visit(4, peak_gy=2.5)) == [  # 5.5 Gy: past 4 and past 5
            (4, SIXTY_DAYS.id, 1),
            (4, SIXTY_DAYS.id, 2),
        ]
        # A hundred days later nothing of that is in the window.
        assert add(history, visit(5, day=140)) == []
        assert len(history.alerts("ID-4711")) == 3


def test_beams_at_different_places_do_not_add(tmp_path: Path) -> None:
    """Twice 2 Gy is no 4 Gy where it is not the same skin."""
    with stored(tmp_path / "doses.db", SIXTY_DAYS) as history:
        for number, vertex in ((1, 100), (2, 5000)):
            dose_gy = empty_map()
            dose_gy[vertex] = 2.0
            assert add(history, visit(number, peak_gy=2.0, vertex=vertex, dose_gy=dose_gy)) == []


def test_a_revision_withdraws_and_raises(location: str) -> None:
    with stored(location, SIXTY_DAYS) as history:
        add(history, visit(1, peak_gy=2.0))
        assert add(history, visit(2, peak_gy=2.0)) == [(2, SIXTY_DAYS.id, 0), (2, SIXTY_DAYS.id, 1)]
        lower = history.add_record(visit(1, peak_gy=1.5))
        assert keys(lower.withdrawn) == [(2, SIXTY_DAYS.id, 1)]  # 3.5 Gy now
        assert lower.alerts == ()
        # It is kept, with the reason.
        (withdrawn,) = [alert for alert in history.alerts() if alert.withdrawn]
        assert withdrawn.number == 1
        assert withdrawn.withdrawn_reason is not None
        assert "it is not reached any more: 3.50 Gy now" in withdrawn.withdrawn_reason
        # What was withdrawn and is reached again after all must be told.
        assert add(history, visit(1, peak_gy=2.2)) == [(2, SIXTY_DAYS.id, 1)]
        # Each raising is kept, with the state that raised it.
        found = [(alert.number, alert.withdrawn is None) for alert in history.alerts()]
        assert found == [(0, True), (1, False), (1, True)]


def test_a_late_report_moves_the_crossing(tmp_path: Path) -> None:
    """The dose was there earlier than was known: told of the procedure that passed it."""
    with stored(tmp_path / "doses.db", SIXTY_DAYS) as history:
        add(history, visit(2, peak_gy=1.5))
        assert add(history, visit(3, peak_gy=1.5)) == [(2, SIXTY_DAYS.id, 0)]
        late = history.add_record(visit(1, peak_gy=1.5))
        assert keys(late.alerts) == [(1, SIXTY_DAYS.id, 0), (2, SIXTY_DAYS.id, 1)]
        assert keys(late.withdrawn) == [(2, SIXTY_DAYS.id, 0)]
        (reason,) = [alert.withdrawn_reason for alert in late.withdrawn]
        assert reason == "it was reached with an earlier procedure"


def test_a_changed_level(tmp_path: Path) -> None:
    path = tmp_path / "doses.db"
    with stored(path, ONE) as history:
        add(history, visit(1, peak_gy=2.5))
        assert history.alerts() == []
    with stored(path, replace(ONE, first=2.0)) as history:
        raised, withdrawn = history.reevaluate()
        assert (keys(raised), withdrawn) == ([(1, ONE.id, 0)], ())
        assert history.reevaluate() == ((), ())
    with stored(path) as history:
        raised, withdrawn = history.reevaluate()
        assert (raised, keys(withdrawn)) == ((), [(1, ONE.id, 0)])


def test_a_changed_threshold_is_another_alert(location: str) -> None:
    """Who reaches the new one is told of it, and nothing is said of a threshold that is gone."""
    first = replace(ONE, first=1.0, wording="Nothing to do.")
    with stored(location, first) as history:
        assert add(history, visit(1, peak_gy=2.007)) == [(1, ONE.id, 0)]
    with stored(location, replace(first, first=2.0, wording="To the clinic.")) as history:
        raised, withdrawn = history.reevaluate()
        assert [(a.threshold, a.wording) for a in raised] == [(2.0, "To the clinic.")]
        assert [(a.threshold, a.wording) for a in withdrawn] == [(1.0, "Nothing to do.")]
        assert "the level changed" in str(withdrawn[0].withdrawn_reason)
        assert history.reevaluate() == ((), ())
        assert len(history.alerts("ID-4711")) == 2


def test_a_threshold_that_stays_is_not_told_again(tmp_path: Path) -> None:
    with stored(tmp_path / "doses.db", replace(ONE, first=1.0, step=0.5)) as history:
        assert add(history, visit(1, peak_gy=2.007)) == [(1, ONE.id, n) for n in range(3)]
    with stored(tmp_path / "doses.db", replace(ONE, first=2.0, step=0.5)) as history:
        raised, withdrawn = history.reevaluate()
        assert raised == ()
        assert [alert.threshold for alert in withdrawn] == [1.0, 1.5]
        assert {alert.withdrawn_reason for alert in withdrawn} == {
            "the level changed: it has no such threshold any more"
        }


def test_another_window_of_the_same_level_is_another_alert(tmp_path: Path) -> None:
    with stored(tmp_path / "doses.db", SIXTY_DAYS) as history:
        add(history, visit(1, peak_gy=3.5))
    with stored(tmp_path / "doses.db", replace(SIXTY_DAYS, window_days=90)) as history:
        raised, withdrawn = history.reevaluate()
        assert [alert.window_days for alert in raised] == [90]
        assert [alert.window_days for alert in withdrawn] == [60]


@pytest.mark.parametrize("first", ["ZZ-RIGHT-LATER", "AA-RIGHT-BEFORE"])
def test_a_procedure_of_another_patient_is_told_for_both(first: str, location: str) -> None:
    """Also by a program that does not know the level by which the first one was told."""
    with stored(location, ONE, SIXTY_DAYS) as history:
        history.add_record(visit(9, patient_id=first, peak_gy=0.1))
        add(history, visit(1, patient_id="MIDDLE", peak_gy=3.5))
    with stored(location, ONE) as history:
        moved = history.add_record(visit(1, patient_id=first, peak_gy=3.5))
        assert [(a.patient_id, a.level_id) for a in moved.alerts] == [(first, ONE.id)]
        assert [(a.patient_id, a.level_id, a.revision) for a in moved.withdrawn] == [
            ("MIDDLE", ONE.id, 1),
            ("MIDDLE", SIXTY_DAYS.id, 1),
        ]
        assert {a.withdrawn_reason for a in moved.withdrawn} == {
            "the procedure is another patient's now"
        }
        assert list(moved.withdrawn) == history.alerts("MIDDLE")
        assert list(moved.alerts) == history.alerts(first)
        assert moved.alerts[0].revision == 2
        # Nothing of who is forgotten stays.
        history.forget("MIDDLE")
        assert [a.patient_id for a in history.alerts()] == [first]


def test_an_alert_of_nobody_is_told_for_the_patient_who_becomes_known(tmp_path: Path) -> None:
    with stored(tmp_path / "doses.db", ONE) as history:
        add(history, visit(1, patient_id=None, peak_gy=3.5))
        known = history.add_record(visit(1, peak_gy=3.5))
        assert [a.patient_id for a in known.alerts] == ["ID-4711"]
        assert [a.withdrawn_reason for a in known.withdrawn] == ["the procedure is a patient's now"]


def test_an_alert_is_of_the_state_that_raised_it(tmp_path: Path) -> None:
    def report(name: str, peak_gy: float) -> ProcedureRecord:
        entry = visit(1, peak_gy=peak_gy)
        return replace(entry, document={**entry.document, "source": name})

    with stored(tmp_path / "doses.db", ONE) as history:
        history.add_record(report("first.dcm", 3.461))
        lower = history.add_record(report("corrected.dcm", 2.0))
        (withdrawn,) = lower.withdrawn
        assert (withdrawn.file, withdrawn.revision, withdrawn.value) == ("first.dcm", 1, 3.461)
        higher = history.add_record(report("again.dcm", 3.2))
        assert [(a.file, a.revision) for a in higher.alerts] == [("again.dcm", 3)]
        history.export(tmp_path / "all.jsonl")
        alerts = history.alerts()
    # An import says the same, also if it is done twice.
    with stored(tmp_path / "copy.db", ONE) as copy:
        for _ in range(2):
            copy.import_export(tmp_path / "all.jsonl")
            assert copy.alerts() == alerts


@pytest.mark.parametrize("patient_id", ["ID-4711", None])
def test_a_replaced_part_withdraws_its_alerts(patient_id: str | None, tmp_path: Path) -> None:
    with stored(tmp_path / "doses.db", ONE) as history:
        history.add_record(record("ab", patient_id=patient_id, peak_gy=1.0))
        assert add(history, record("cd", patient_id=patient_id, peak_gy=3.5)) == [(2, ONE.id, 0)]
        added = history.add_record(record("abcd", patient_id=patient_id, peak_gy=3.5))
        assert keys(added.alerts) == [(1, ONE.id, 0)]
        assert keys(added.withdrawn) == [(2, ONE.id, 0)]


def test_kerma_counts_where_there_is_no_map(tmp_path: Path) -> None:
    level = LEVELS["srdl-reference-air-kerma-60-days"]
    with stored(tmp_path / "doses.db", level) as history:
        assert add(history, visit(1, peak_gy=5.0, mapped=False)) == []  # 4 Gy of air kerma
        assert add(history, visit(2, peak_gy=2.0)) == [(2, level.id, 0)]  # 5.6 Gy


def test_a_bound_of_an_interval_is_reached_without_map(tmp_path: Path) -> None:
    entry = record(mapped=False, peak_gy=3.0)
    interval = {"low_gy": 3.2, "high_gy": 9.0, "problems": [], "assumptions": []}
    document = {**entry.document, "interval": interval}
    with stored(tmp_path / "doses.db", ONE) as history:
        assert add(history, replace(entry, document=document)) == [(1, ONE.id, 0)]
        found = history.cumulative("ID-4711")
        (alert,) = history.alerts()
        bounds = history.lower_bounds(history.procedures())
    assert (found.peak_skin_dose_gy, found.is_lower_bound) == (3.2, True)
    assert alert.value_is_lower_bound
    assert ": at least 3.20 Gy" in steps_reached([alert])
    # Raised by an earlier version of the program, which did not say whether it was.
    assert ": at least 3.20 Gy" in steps_reached([replace(alert, value_is_lower_bound=None)])
    assert "peak_skin_dose_gy" in bounds[1]


def test_what_is_known_exactly_is_no_lower_bound(tmp_path: Path) -> None:
    with stored(tmp_path / "doses.db", ONE) as history:
        add(history, visit(1, peak_gy=4.0))
        (alert,) = history.alerts()
        assert alert.value_is_lower_bound is False
        assert ": 4.00 Gy" in steps_reached([alert])
        assert history.lower_bounds(history.procedures()) == {1: ()}


def test_levels_of_other_types_of_procedure(tmp_path: Path) -> None:
    level = replace(ONE, procedure_types=("pci",))
    with stored(tmp_path / "doses.db", level) as history:
        other = replace(record("a", peak_gy=4.0), procedure_type="hip_injection")
        assert history.add_record(other).alerts == ()
        pci = replace(record("b", study="1.9", peak_gy=4.0), procedure_type="pci")
        assert keys(history.add_record(pci).alerts) == [(2, ONE.id, 0)]
    with stored(tmp_path / "doses.db", replace(ONE, procedure_types=("tips",))) as history:
        (withdrawn,) = history.reevaluate()[1]
        assert "for procedures of this type" in str(withdrawn.withdrawn_reason)


def test_float_rounding_does_not_hide_a_crossing(tmp_path: Path) -> None:
    """Ten times 0.3 Gy is 3 Gy, though floats say 2.9999999999999996."""
    with stored(tmp_path / "doses.db", SIXTY_DAYS) as history:
        raised = [add(history, visit(n, peak_gy=0.3, day=n)) for n in range(10)]
    assert np.sum([0.3] * 10) <= 3.0
    assert [len(entry) for entry in raised] == [0] * 9 + [1]


def unsaid(entries: Iterable[NotEvaluated]) -> list[tuple[int, str]]:
    return [(entry.procedure, entry.level_id) for entry in entries]


def test_silence_is_never_below(location: str) -> None:
    """A dose that is not known may be any: every level that it could reach is named."""
    with stored(location, ONE, SIXTY_DAYS) as history:
        assert history.add_record(visit(1)).not_evaluated == ()
        blind = history.add_record(visit(2, peak_gy=2.0, mapped=False))
        assert unsaid(blind.not_evaluated) == [(2, ONE.id), (2, SIXTY_DAYS.id)]
        of_window = blind.not_evaluated[1]
        assert (of_window.at_least, of_window.threshold, of_window.window_days) == (1.0, 3.0, 60)
        assert "procedure 2 of 2025-01-30: no map" in of_window.reason
        # A later procedure, whose own dose is known, shares the window with it.
        later = history.add_record(visit(3))
        assert unsaid(later.not_evaluated) == [(3, SIXTY_DAYS.id)]
        assert unsaid(history.add_record(visit(4, day=120)).not_evaluated) == []
        everything = unsaid(history.not_evaluated())
        assert everything == [(2, ONE.id), (2, SIXTY_DAYS.id), (3, SIXTY_DAYS.id)]
        assert unsaid(history.cumulative("ID-4711").not_evaluated) == everything
        last = history.cumulative("ID-4711", window=30)
        assert last.not_evaluated == ()
    with stored(location, ONE, SIXTY_DAYS) as history:
        # The map came later: now it is known.
        assert history.add_record(visit(2, peak_gy=1.5)).not_evaluated == ()
        assert history.not_evaluated("ID-4711") == []
        assert keys(history.alerts()) == [(3, SIXTY_DAYS.id, 0)]


def test_a_reached_level_is_not_among_those_of_which_nobody_can_say(tmp_path: Path) -> None:
    with stored(tmp_path / "doses.db", SIXTY_DAYS) as history:
        add(history, visit(1, mapped=False))
        reached = history.add_record(visit(2, peak_gy=3.0))
    assert keys(reached.alerts) == [(2, SIXTY_DAYS.id, 0)]
    assert reached.not_evaluated == ()


def test_what_a_map_lacks_may_be_too_little_to_reach_a_level(tmp_path: Path) -> None:
    """25 Gy of skin dose per Gy of air kerma is the most that it can be."""
    with stored(tmp_path / "doses.db", SIXTY_DAYS) as history:
        for number, missing_gy, expected in ((1, 0.01, []), (2, 0.05, [(2, SIXTY_DAYS.id)])):
            entry = visit(number, peak_gy=1.0)
            document = {**entry.document, "map": {**entry.document["map"]}}
            document["map"]["air_kerma_not_mapped_gy"] = missing_gy
            added = history.add_record(replace(entry, document=document))
            assert unsaid(added.not_evaluated) == expected  # 2 Gy + 25 (0.01 + 0.05) Gy: 3.5 Gy


def test_a_map_in_doubt_may_lack_its_whole_dose_where_others_have_their_peak(
    tmp_path: Path,
) -> None:
    """0.04 Gy of air kerma gives 1 Gy at most, but anywhere: also at the 2.5 Gy of another."""
    with stored(tmp_path / "doses.db", ONE, SIXTY_DAYS) as history:
        add(history, visit(1, peak_gy=2.5))
        entry = visit(2, peak_gy=0.9, vertex=5000)
        document = {**entry.document, "problems": [{"code": "kerma-not-on-skin", "message": ""}]}
        document["totals"] |= {"reference_air_kerma_gy": 0.04, "sum_of_event_air_kerma_gy": 0.04}
        added = history.add_record(replace(entry, document=document))
        assert unsaid(added.not_evaluated) == [(2, SIXTY_DAYS.id)]  # 2.5 + 1 Gy; alone 1 Gy
        document["totals"] |= {"reference_air_kerma_gy": 0.019, "sum_of_event_air_kerma_gy": 0.019}
        entry = visit(2, peak_gy=0.3, vertex=5000)
        added = history.add_record(
            replace(
                entry,
                document={**document, "peak_skin_dose_gy": 0.3, "peak": entry.document["peak"]},
            )
        )
        assert unsaid(added.not_evaluated) == []  # 2.5 + 0.475 Gy


def test_other_levels_do_not_withdraw_alerts(tmp_path: Path) -> None:
    """A program without the site's file adds a report: the site's alerts stand, told once."""
    path = tmp_path / "doses.db"
    with stored(path, ONE, SIXTY_DAYS) as history:
        assert add(history, visit(1, peak_gy=3.5)) == [(1, ONE.id, 0), (1, SIXTY_DAYS.id, 0)]
    with stored(path, SIXTY_DAYS) as history:
        assert history.add_record(visit(2, peak_gy=0.1)).withdrawn == ()
    with stored(path, ONE, SIXTY_DAYS) as history:
        assert add(history, visit(3, peak_gy=0.1)) == []


def typed(entry: ProcedureRecord, name: str | None) -> ProcedureRecord:
    return replace(entry, procedure_type=name)


def test_a_window_for_types_counts_procedures_of_these_types(tmp_path: Path) -> None:
    level = replace(SIXTY_DAYS, procedure_types=("pci",))
    with stored(tmp_path / "doses.db", level) as history:
        assert add(history, typed(visit(1, peak_gy=2.0), "pci")) == []
        # Were it counted, it would pass 3 Gy where the level does not look.
        assert add(history, typed(visit(2, peak_gy=2.0), "tips")) == []
        assert add(history, typed(visit(3, peak_gy=1.0), "pci")) == [(3, level.id, 0)]


def test_a_type_that_is_not_known_is_told_and_may_be_learned(tmp_path: Path) -> None:
    level = replace(ONE, procedure_types=("pci",))
    with stored(tmp_path / "doses.db", level) as history:
        unknown = history.add_record(visit(1, peak_gy=4.0))
        assert unknown.alerts == ()
        assert "of which type" in unknown.not_evaluated[0].reason
        learned = history.add_record(typed(visit(1, peak_gy=4.0), "pci"))
        assert (learned.status, learned.revision) == ("unchanged", 1)
        assert keys(learned.alerts) == [(1, level.id, 0)]
        assert history.not_evaluated() == []
        # A revision that does not say it keeps it.
        assert history.add_record(visit(1, peak_gy=4.5)).status == "revision"
        assert history.procedures()[0].procedure_type == "pci"
        assert history.alerts()[0].withdrawn is None


@pytest.mark.parametrize("patient_id", ["ID-4711", None])
def test_an_imported_alert_that_does_not_hold_here_is_withdrawn(
    patient_id: str | None, tmp_path: Path
) -> None:
    """The other store knows the first report alone, this one knows that it was corrected."""
    first = record(patient_id=patient_id, peak_gy=3.5)
    with stored(tmp_path / "other.db", ONE) as other:
        other.add_record(first)
        other.export(tmp_path / "all.jsonl")
    with stored(tmp_path / "doses.db") as history:
        history.add_record(first)
        history.add_record(record(patient_id=patient_id, peak_gy=1.0))
    with stored(tmp_path / "doses.db", ONE) as history:
        history.import_export(tmp_path / "all.jsonl")
        assert [alert.withdrawn is not None for alert in history.alerts()] == [True]
