"""Clocks, numbers, planes, tables and postures: what docs/console.md says happens, happens."""

from typing import Any

import numpy as np
import pytest

from dosemap import LiveSession
from dosemap.live import state
from live_frames import dose, frame, session


def pushed(*frames: dict[str, Any], **arguments: Any) -> LiveSession:
    """Return a session with these changes of a frame pushed one by one."""
    live = session(**arguments)
    for changes in frames:
        live.push(**frame(**changes))
    return live


def spans(live: LiveSession) -> list[tuple[str, float | None, float | None, int]]:
    """Return plane, first and last time and number of frames of every event."""
    return [
        (event.plane, event.first_frame_s, event.last_frame_s, event.frames)
        for event in live.events()
    ]


def times(*moments: float | None, **changes: Any) -> list[dict[str, Any]]:
    return [{"time_s": moment, **changes} for moment in moments]


def test_a_gap_ends_an_event() -> None:
    live = pushed(*times(0.0, 0.5, 1.5, 2.6, 2.7))
    assert spans(live) == [("single", 0.0, 1.5, 3), ("single", 2.6, 2.7, 2)]
    assert spans(pushed(*times(0.0, 0.5), pedal_gap_s=0.4)) == [
        ("single", 0.0, 0.0, 1),
        ("single", 0.5, 0.5, 1),
    ]


def test_planes_have_their_own_clock_and_events() -> None:
    both = [
        {"time_s": time_s, "plane": plane, "primary_angle_deg": angle}
        for time_s in (0.0, 0.1, 5.0)
        for plane, angle in (("A", 0.0), ("B", 90.0))
    ]
    assert spans(pushed(*both)) == [
        ("A", 0.0, 0.1, 2),
        ("B", 0.0, 0.1, 2),
        ("A", 5.0, 5.0, 1),
        ("B", 5.0, 5.0, 1),
    ]


def test_plane_b_alone_is_mapped_as_any_other() -> None:
    alone, single = pushed(*times(0.0, 0.1, plane="B")), pushed(*times(0.0, 0.1))
    np.testing.assert_array_equal(dose(alone), dose(single))
    assert alone.oddities == {}
    assert spans(alone) == [("B", 0.0, 0.1, 2)]


def test_a_frame_that_comes_twice_counts_once() -> None:
    frames = [{"time_s": 0.1 * i, "frame_id": i} for i in range(5)]
    live = pushed(*frames, frames[2], frames[4])
    np.testing.assert_array_equal(dose(live), dose(pushed(*frames)))
    assert live.oddities == {"repeated frame": 2}
    assert live.update().frames == 5
    codes = {problem["code"] for problem in live.snapshot().problems}
    assert "repeated-frame" in codes


def test_numbers_that_begin_again_lose_no_dose() -> None:
    live = pushed(*({"time_s": time_s, "frame_id": 1} for time_s in (0.0, 0.1, None)))
    np.testing.assert_allclose(dose(live), 3 * dose(pushed({})), rtol=1e-12)
    assert live.oddities == {"frame_id used again": 2, "no time_s": 1}


def test_the_same_number_in_the_other_plane_is_another_frame() -> None:
    live = pushed(*({"frame_id": 1, "plane": plane} for plane in ("A", "B")))
    assert live.oddities == {}
    assert live.update().frames == 2


def test_a_late_frame_goes_to_the_event_it_belongs_to() -> None:
    live = pushed(*times(0.0, 0.1, 0.2, 4.0, 4.1, 0.15, 4.05, 4.2))
    assert spans(live) == [("single", 0.0, 0.2, 4), ("single", 4.0, 4.2, 4)]
    assert live.oddities == {"late frame": 2}
    np.testing.assert_allclose(dose(live), 8 * dose(pushed({})), rtol=1e-12)


def test_a_block_puts_late_frames_where_single_ones_go() -> None:
    moments = [0.0, 0.1, 4.0, 4.1, 0.3, 0.2, 3.9, 4.2, None, 0.25]
    block = session()
    block.push_many(**frame(time_s=moments))
    assert block.events() == pushed(*times(*moments)).events()
    assert spans(block) == [("single", 0.0, 0.3, 5), ("single", 3.9, 4.2, 5)]


def test_late_frames_change_no_dose_of_a_beam_that_moves() -> None:
    frames = [{"time_s": 0.1 * i, "primary_angle_deg": 4.0 * i} for i in range(12)]
    order = [0, 1, 2, 5, 3, 4, 6, 9, 8, 7, 11, 10]
    shuffled, in_order = pushed(*(frames[i] for i in order)), pushed(*frames)
    np.testing.assert_allclose(dose(shuffled), dose(in_order), rtol=1e-12)
    assert len(shuffled.events()) == 1


def test_a_clock_that_is_set_back_begins_an_event() -> None:
    live = pushed(*times(100.0, 100.1, 20.0, 20.1))
    assert spans(live) == [("single", 100.0, 100.1, 2), ("single", 20.0, 20.1, 2)]
    assert live.oddities == {"clock set back": 1}
    np.testing.assert_allclose(dose(live), 4 * dose(pushed({})), rtol=1e-12)


@pytest.mark.parametrize("moment", [None, float("nan"), float("inf")])
def test_a_frame_without_time_goes_to_the_event_that_is_on(moment: float | None) -> None:
    live = pushed(*times(0.0, moment, 0.1))
    assert spans(live) == [("single", 0.0, 0.1, 3)]
    expected = {"no time_s": 1} if moment is None else {"no time_s": 1, "unusable time_s": 1}
    assert live.oddities == expected
    assert pushed({"time_s": None}).update().frames == 1


def test_a_bad_number_or_area_product_keeps_no_frame_out_of_the_map() -> None:
    live = pushed({"frame_id": float("nan"), "kerma_area_product_gy_m2": -1.0})
    np.testing.assert_array_equal(dose(live), dose(pushed({})))
    assert live.oddities == {
        "unusable frame_id": 1,
        "unusable kerma_area_product_gy_m2": 1,
    }
    assert live.events()[0].kerma_area_product_gy_m2 is None


def test_a_table_that_moves_moves_the_dose_from_that_frame_on() -> None:
    there = (60.0, 150.0, 450.0)
    live = pushed({}, {"time_s": 0.1, "table_origin_in_isocenter_mm": there})
    expected = dose(pushed({})) + dose(pushed({"table_origin_in_isocenter_mm": there}))
    np.testing.assert_allclose(dose(live), expected, rtol=1e-12)
    assert len(live.events()) == 1


def test_a_posture_that_changes_begins_an_event_and_the_skin_stays_the_same() -> None:
    turned = {"time_s": 0.1, "patient_position": "HFP"}
    live = pushed({}, turned, {"time_s": 0.2, "patient_position": "HFS"})
    expected = 2 * dose(pushed({})) + dose(pushed({"patient_position": "HFP"}))
    np.testing.assert_allclose(dose(live), expected, rtol=1e-12)
    assert [event.patient_position for event in live.events()] == ["HFS", "HFP", "HFS"]
    assert live.snapshot().document["procedure"]["patient_position"] == "HFP+HFS"


def test_the_skin_dose_rate_is_that_of_the_last_frame() -> None:
    live = session()
    first, second = live.push(**frame()), live.push(**frame(time_s=0.1))
    assert first.skin_dose_rate_gy_per_s is None
    assert second.beam_site_dose_gy is not None
    assert second.skin_dose_rate_gy_per_s == pytest.approx(second.beam_site_dose_gy / 2 / 0.1)
    missed = live.push(**frame(time_s=0.2, table_origin_in_isocenter_mm=(0.0, 150.0, -4000.0)))
    assert (missed.beam_site_dose_gy, missed.not_mapped) == (None, None)
    assert missed.skin_dose_rate_gy_per_s == 0.0


def test_presses_beyond_the_limit_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST_PRESSES", 5)
    live = pushed(*times(*range(0, 24, 2)))
    assert [event.frames for event in live.events()] == [1, 1, 1, 1, 1, 7]
    assert live.oddities == {"press beyond the limit": 7}
    np.testing.assert_allclose(dose(live), 12 * dose(pushed({})), rtol=1e-12)
