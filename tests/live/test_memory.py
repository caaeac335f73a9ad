"""However long a case takes, a session needs the same memory."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from dosemap import LiveSession
from dosemap.live import state
from live_frames import block, dose, session, trunk

_ROUND = 2000
_STATM = Path("/proc/self/statm")


def push_for_long(live: LiveSession, first: int, last: int) -> None:
    """Push two planes that move again and again, in many presses."""
    for start in range(first, last, _ROUND):
        live.push_many(**block(_ROUND, first=start, stand=8))


def resident_bytes() -> int:
    """Return the memory of the process, the core's included."""
    return int(_STATM.read_text().split()[1]) * 4096


def test_memory_of_the_interpreter_does_not_grow() -> None:
    live = session(surface=trunk())
    push_for_long(live, 0, 4000)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        push_for_long(live, 4000, 24_000)
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert after - before < 20_000  # of 20,000 frames


def test_a_journal_is_resumed_record_by_record(tmp_path: Path) -> None:
    path, skin = tmp_path / "case.dmj", trunk()
    with session(surface=skin, journal=path) as live:
        push_for_long(live, 0, 20_000)
    assert path.stat().st_size > 3_800_000
    tracemalloc.start()
    try:
        resumed = LiveSession.resume(path, surface=skin)
        highest = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    np.testing.assert_array_equal(dose(resumed), dose(live))
    assert highest < 1_000_000


@pytest.mark.skipif(not _STATM.is_file(), reason="the system does not tell the memory in use")
def test_memory_of_the_core_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST_BEAMS", 1024)
    monkeypatch.setattr(state, "MOST_PRESSES", 200)
    monkeypatch.setattr(state, "REMEMBERED", 256)
    live = session(surface=trunk())
    push_for_long(live, 0, 40_000)
    before = resident_bytes()
    push_for_long(live, 40_000, 240_000)
    # Rows alone would be 38 MB, numbers and times of frames 13 MB.
    assert resident_bytes() - before < 4_000_000
    result = live.snapshot()
    assert "beams-merged" in {problem["code"] for problem in result.problems}
    assert result.skin_dose_gy is not None
    np.testing.assert_array_equal(result.skin_dose_gy, dose(live))
    kerma_gy = live.update().reference_air_kerma_gy
    assert result.trust["air_kerma_gy"] == pytest.approx(kerma_gy, rel=1e-9)


def test_merged_beams_keep_their_kerma_and_stay_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peak between vertices from merged beams is near that of all beams."""
    frames = block(2000)
    whole = session()
    monkeypatch.setattr(state, "MOST_BEAMS", 200)
    merged = session()
    for live in (whole, merged):
        live.push_many(**frames)
    expected, found = whole.snapshot(), merged.snapshot()
    assert "beams-merged" in {problem["code"] for problem in found.problems}
    assert expected.peak_skin_dose_gy is not None
    assert found.peak_skin_dose_gy == pytest.approx(expected.peak_skin_dose_gy, rel=0.05)
    kerma = [result.events.numbers["reference_air_kerma_gy"] for result in (expected, found)]
    np.testing.assert_array_equal(kerma[0], kerma[1])
