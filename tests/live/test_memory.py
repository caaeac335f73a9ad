"""However long a case takes, a session needs the same memory."""

import tracemalloc

import numpy as np
import pytest

from dosemap import LiveSession
from dosemap.live import kept
from live_frames import block, dose, part, session

_ROUND = 2000


def push_for_long(live: LiveSession, frames: int, first: int) -> None:
    """Push two planes that never stand still, in many presses."""
    for start in range(first, first + frames, _ROUND):
        more = part(block(start + _ROUND), start, start + _ROUND)
        live.push_many(**more)


def test_memory_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept.KeptBeams.__init__, "__defaults__", (1024,))
    live = session()
    push_for_long(live, 20_000, 0)
    tracemalloc.start()
    try:
        push_for_long(live, 2_000, 20_000)
        before = tracemalloc.get_traced_memory()[0]
        push_for_long(live, 38_000, 22_000)
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    # Presses are kept, half a kilobyte each; 38,000 frames would be 20 MB.
    assert after - before < 1_000_000
    result = live.snapshot()
    assert "beams-merged" in {problem["code"] for problem in result.problems}
    assert result.skin_dose_gy is not None
    np.testing.assert_array_equal(result.skin_dose_gy, dose(live))
    assert result.air_kerma_not_mapped_gy == pytest.approx(0.0, abs=1e-9)


def test_merged_beams_keep_their_kerma_and_stay_near() -> None:
    """The peak between vertices from merged beams is near that of all beams."""
    frames = block(2000)
    whole, merged = session(), session()
    merged._state._kept = kept.KeptBeams(200)
    for live in (whole, merged):
        live.push_many(**frames)
    expected, found = whole.snapshot(), merged.snapshot()
    assert expected.peak_skin_dose_gy is not None
    assert found.peak_skin_dose_gy == pytest.approx(expected.peak_skin_dose_gy, rel=0.05)
    kerma = [result.events.numbers["reference_air_kerma_gy"] for result in (expected, found)]
    np.testing.assert_array_equal(*kerma)
