"""Alert levels while frames come: each threshold once, after the state is complete."""

from typing import Any

import pytest

from dosemap import LiveSession
from dosemap.live import LiveAlert
from live_frames import frame, session


def strong(number: int, **changes: Any) -> dict[str, Any]:
    """Return a frame of half a gray."""
    return frame(**{"time_s": 0.1 * number, "reference_air_kerma_gy": 0.5, **changes})


def test_each_threshold_is_told_once() -> None:
    told: list[LiveAlert] = []
    live = session(on_alert=told.append)
    for number in range(10):
        update = live.push(**strong(number))
        assert update.alerts == tuple(told[-len(update.alerts) :] if update.alerts else ())
    of_kerma = [a.threshold for a in told if a.level.quantity == "reference_air_kerma_gy"]
    assert of_kerma == [3.0, 4.0, 5.0]
    of_peak = [a for a in told if a.level.quantity == "peak_skin_dose_gy"]
    assert [a.threshold for a in of_peak] == sorted({a.threshold for a in of_peak})
    assert of_peak[0].threshold == 2.0
    assert of_peak[0].value >= 2.0
    assert of_peak[0].site == live.update().peak_site
    assert tuple(told) == live.alerts
    assert {level.quantity for level in live.levels_not_evaluated} == {"fluoroscopy_time_s"}


def test_a_block_tells_the_same_thresholds() -> None:
    live = session()
    update = live.push_many(**strong(0, time_s=None), frame_id=list(range(10)))
    assert [a.threshold for a in update.alerts if a.level.unit == "Gy"].count(3.0) == 2
    assert len(live.alerts) == len(update.alerts)


def test_what_is_not_mapped_makes_the_peak_a_lower_bound() -> None:
    live = session()
    live.push(**strong(0, kvp=None))
    alerts = live.push_many(**strong(1, time_s=None), frame_id=list(range(10))).alerts
    bounds = {a.level.quantity: a.value_is_lower_bound for a in alerts}
    assert bounds["peak_skin_dose_gy"]
    assert not bounds["reference_air_kerma_gy"]


def test_a_callback_can_look_at_the_session_and_its_errors_stay_out_of_the_way() -> None:
    seen: list[float] = []

    def look(alert: LiveAlert) -> None:
        # The lock is free and the frame that reached the level is in.
        seen.append(live.update().reference_air_kerma_gy)
        assert live.snapshot().peak is not None
        assert alert in live.alerts
        raise RuntimeError("the display is broken")

    live: LiveSession = session(on_alert=look)
    for number in range(6):
        live.push(**strong(number))
    assert live.alerts[0].time_s is not None
    assert seen[0] == pytest.approx(live.alerts[0].time_s * 5 + 0.5)
    assert live.callback_errors == len(live.alerts) > 0
    assert "alert-callback-failed" in {p["code"] for p in live.snapshot().problems}
