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
from dosemap.alerts import Level, load_levels
from dosemap.history import ProcedureRecord, RaisedAlert

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
        assert "not reached any more" in withdrawn.withdrawn_reason
        # What was withdrawn and is reached again after all must be told.
        assert add(history, visit(1, peak_gy=2.2)) == [(2, SIXTY_DAYS.id, 1)]
        assert [alert.withdrawn for alert in history.alerts()] == [None, None]


def test_a_late_report_moves_the_crossing(tmp_path: Path) -> None:
    """The dose was there earlier than was known: told of the procedure that passed it."""
    with stored(tmp_path / "doses.db", SIXTY_DAYS) as history:
        add(history, visit(2, peak_gy=1.5))
        assert add(history, visit(3, peak_gy=1.5)) == [(2, SIXTY_DAYS.id, 0)]
        late = history.add_record(visit(1, peak_gy=1.5))
        assert keys(late.alerts) == [(1, SIXTY_DAYS.id, 0), (2, SIXTY_DAYS.id, 1)]
        assert keys(late.withdrawn) == [(2, SIXTY_DAYS.id, 0)]


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
    document = {**entry.document, "interval": {"low_gy": 3.2, "high_gy": 9.0, "problems": []}}
    with stored(tmp_path / "doses.db", ONE) as history:
        assert add(history, replace(entry, document=document)) == [(1, ONE.id, 0)]
        found = history.cumulative("ID-4711")
    assert (found.peak_skin_dose_gy, found.is_lower_bound) == (3.2, True)


def test_levels_of_other_types_of_procedure(tmp_path: Path) -> None:
    level = replace(ONE, procedure_types=("pci",))
    with stored(tmp_path / "doses.db", level) as history:
        other = replace(record("a", peak_gy=4.0), procedure_type="hip_injection")
        assert history.add_record(other).alerts == ()
        pci = replace(record("b", study="1.9", peak_gy=4.0), procedure_type="pci")
        assert keys(history.add_record(pci).alerts) == [(2, ONE.id, 0)]


def test_float_rounding_does_not_hide_a_crossing(tmp_path: Path) -> None:
    """Ten times 0.3 Gy is 3 Gy, though floats say 2.9999999999999996."""
    with stored(tmp_path / "doses.db", SIXTY_DAYS) as history:
        raised = [add(history, visit(n, peak_gy=0.3, day=n)) for n in range(10)]
    assert np.sum([0.3] * 10) <= 3.0
    assert [len(entry) for entry in raised] == [0] * 9 + [1]
