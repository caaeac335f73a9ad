"""However long a case takes, a session needs the same memory."""

import tracemalloc

import numpy as np
import pytest

from dosemap import LiveSession
from dosemap.live import kept, seen
from live_frames import block, dose, session, trunk

_ROUND = 2000


def push_for_long(live: LiveSession, first: int, last: int) -> None:
    """Push two planes that move again and again, in many presses."""
    for start in range(first, last, _ROUND):
        live.push_many(**block(_ROUND, first=start, stand=8))


def test_memory_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept.KeptBeams.__init__, "__defaults__", (1024,))
    monkeypatch.setattr(seen, "REMEMBERED", 256)
    tracemalloc.start()
    try:
        live = session(surface=trunk())
        push_for_long(live, 0, 20_000)
        before, presses = tracemalloc.get_traced_memory()[0], len(live.events())
        push_for_long(live, 20_000, 60_000)
        after, more = tracemalloc.get_traced_memory()[0], len(live.events()) - presses
    finally:
        tracemalloc.stop()
    # Presses are kept, up to their limit; 40,000 frames would be 30 MB.
    assert more > 500
    assert after - before < more * 2000 + 200_000
    result = live.snapshot()
    assert "beams-merged" in {problem["code"] for problem in result.problems}
    assert result.skin_dose_gy is not None
    np.testing.assert_array_equal(result.skin_dose_gy, dose(live))
    kerma_gy = live.update().reference_air_kerma_gy
    assert result.trust["air_kerma_gy"] == pytest.approx(kerma_gy, rel=1e-9)


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
    np.testing.assert_array_equal(kerma[0], kerma[1])
