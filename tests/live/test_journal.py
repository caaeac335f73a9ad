"""The journal: whatever was acknowledged survives a kill, and a resumed session is the same."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from killed_pusher import FRAMES

from dosemap import Body, Corrections, DosemapError, LiveSession
from dosemap.equipment import Profile
from dosemap.live import LiveAlert
from dosemap.live.columns import COLUMNS, ROW
from dosemap.live.recorded import Recorded, read_journal
from live_frames import BODY, block, dose, frame, part, session, trunk

KILLS = 100


def recorded_frames(path: Path) -> int:
    return sum(map(len, read_journal(path).blocks())) // ROW.size


def codes_of(live: LiveSession) -> set[str]:
    return {problem["code"] for problem in live.snapshot().problems}


def assert_same(one: LiveSession, other: LiveSession) -> None:
    np.testing.assert_array_equal(dose(one), dose(other))
    assert one.events() == other.events()
    assert one.alerts == other.alerts
    assert one.not_mapped == other.not_mapped
    assert one.oddities == other.oddities
    assert one.update() == other.update()


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    journal = tmp_path / "case.dmj"
    here = Path(__file__)
    folders = [str(here.parent), str(here.parents[1]), *sys.path]
    pusher = subprocess.Popen(
        [sys.executable, str(here.with_name("killed_pusher.py")), journal],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert pusher.stdin is not None
    assert pusher.stdout is not None
    acknowledged, in_journal = -1, 0
    with pusher:
        for _ in range(KILLS):
            pusher.stdin.write(f"{in_journal}\n")
            pusher.stdin.flush()
            numbers = [int(word) for word in pusher.stdout.readline().split()]
            acknowledged = max([acknowledged, *numbers])
            in_journal = recorded_frames(journal)
            # All that were acknowledged, and at most the one whose push did not return.
            assert acknowledged + 1 <= in_journal <= acknowledged + 2 or not numbers
    assert acknowledged > KILLS  # it was not only killed before it could push
    straight = session(surface=trunk())
    straight.push_many(**part(FRAMES, 0, in_journal))
    assert_same(LiveSession.resume(journal, surface=trunk()), straight)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The journal of three blocks and a few single frames, one of them bad."""
    path = tmp_path_factory.mktemp("journal") / "case.dmj"
    with session(journal=path) as live:
        live.push_many(**part(FRAMES, 0, 30))
        live.push(**frame(time_s=40.0, kvp=None))
        live.push(**frame(time_s=40.1, reference_air_kerma_gy=3.5, added_filters=[("Al", 1.0)]))
        live.push_many(**frame(time_s=[41.0, 41.1], added_filters=[[("Cu", 0.3)], None]))
    return path.read_bytes()


def test_a_resumed_session_goes_on_to_the_bit(tmp_path: Path) -> None:
    path = tmp_path / "case.dmj"
    frames = block(300)
    told: list[LiveAlert] = []
    with session(journal=path) as live:
        live.push_many(**part(frames, 0, 120))
        live.push(**frame(time_s=200.0, reference_air_kerma_gy=4.0, added_filters=[("Al", 1.0)]))
    resumed = LiveSession.resume(path, on_alert=told.append)
    assert_same(resumed, live)
    assert resumed.alerts
    assert not told  # they were told before
    rest = part(frames, 120, 300)
    for one in (live, resumed):
        one.push_many(**rest)
    assert_same(resumed, live)
    resumed.close()
    assert_same(LiveSession.resume(path), live)
    assert resumed.snapshot().to_json() == live.snapshot().to_json()


def test_a_record_that_is_torn_anywhere_is_dropped_and_told(
    tmp_path: Path, recorded: bytes
) -> None:
    path = tmp_path / "case.dmj"
    path.write_bytes(recorded)
    whole = recorded_frames(path)
    last = len(recorded) - (13 + 2 * 8 * len(COLUMNS))
    for length in range(last + 1, len(recorded), 23):
        path.write_bytes(recorded[:length])
        live = LiveSession.resume(path)
        assert live.update().frames == whole - 2
        assert "journal-torn" in {problem["code"] for problem in live.snapshot().problems}
        assert path.stat().st_size == last
        live.push_many(**frame(time_s=[41.0, 41.1], added_filters=[[("Cu", 0.3)], None]))
        live.close()
        assert path.read_bytes() == recorded


def test_a_journal_that_grows_while_it_is_read_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "case.dmj"
    live = session(journal=path)
    live.push(**frame())

    def read(journal: Path) -> Recorded:
        recorded = read_journal(journal)
        live.push(**frame(time_s=0.1))  # as the session of another process would
        return recorded

    monkeypatch.setattr("dosemap.live.session.read_journal", read)
    with pytest.raises(DosemapError, match="another session writes to it"):
        LiveSession.resume(path)
    assert recorded_frames(path) == 2


def test_a_journal_of_another_version_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorded: bytes
) -> None:
    path = tmp_path / "case.dmj"
    path.write_bytes(recorded)
    assert "journal-of-other-version" not in codes_of(LiveSession.resume(path))
    monkeypatch.setattr("dosemap._core.__version__", "99.0")
    assert "journal-of-other-version" in codes_of(LiveSession.resume(path))


@pytest.mark.parametrize("at", [0.3, 0.6, 0.9])
def test_a_damaged_journal_is_refused(tmp_path: Path, recorded: bytes, at: float) -> None:
    path = tmp_path / "case.dmj"
    damaged = bytearray(recorded)
    damaged[int(at * len(damaged))] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(DosemapError, match="damaged at byte"):
        LiveSession.resume(path)
    assert path.read_bytes() == damaged


def test_a_journal_is_never_overwritten(tmp_path: Path, recorded: bytes) -> None:
    path = tmp_path / "case.dmj"
    path.write_bytes(recorded)
    with pytest.raises(DosemapError, match=r"exists; LiveSession.resume goes on"):
        session(journal=path)
    assert path.read_bytes() == recorded
    for content in (b"", b"no journal", recorded[:40]):
        path.write_bytes(content)
        with pytest.raises(DosemapError, match=r"no journal|damaged"):
            LiveSession.resume(path)


def test_a_journal_knows_whom_it_is_of(tmp_path: Path, recorded: bytes) -> None:
    path = tmp_path / "case.dmj"
    path.write_bytes(recorded)
    for arguments, words in (
        ({"surface": Body(spacing_mm=15)}, "surface is another one"),
        ({"equipment": "philips_allura"}, "equipment profile philips_allura is another"),
        ({"equipment": Profile.named("philips_allura")}, "is another"),
        ({"corrections": Corrections(occlusion=False)}, "corrections are others"),
    ):
        with pytest.raises(DosemapError, match=words):
            LiveSession.resume(path, **arguments)
    LiveSession.resume(path, surface=BODY, equipment="siemens_artis", corrections=Corrections())


def test_what_a_journal_cannot_hold_is_asked_for(tmp_path: Path) -> None:
    skin = trunk()
    corrections = Corrections(medium=lambda spectrum: 1.0 + 0.001 * spectrum.kvp)
    arguments: dict[str, Any] = {"surface": skin, "corrections": corrections}
    path = tmp_path / "case.dmj"
    with session(journal=path, **arguments) as live:
        live.push(**frame())
    with pytest.raises(DosemapError, match="give it with surface"):
        LiveSession.resume(path)
    with pytest.raises(DosemapError, match="give them with corrections"):
        LiveSession.resume(path, surface=skin)
    assert_same(LiveSession.resume(path, **arguments), live)


def test_a_full_disk_ends_the_journal_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "case.dmj"
    live = session(journal=path)
    live.push(**frame())
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:50]))
    for number in (1, 2):
        assert live.push(**frame(time_s=0.1 * number)).frames == number + 1
    monkeypatch.undo()
    assert live.push(**frame(time_s=0.3)).frames == 4
    assert live.journal_error == "no space left"
    live.close()
    resumed = LiveSession.resume(path)
    assert resumed.update().frames == 1
    told = [p["message"] for p in resumed.snapshot().problems if p["code"] == "journal-torn"]
    assert len(told) == 1
    assert "the last 50 bytes" in told[0]
    assert "after the disk was full is not in the journal" in told[0]
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:50]))
    with pytest.raises(DosemapError, match="no space left"):
        session(journal=tmp_path / "other.dmj")
    assert not (tmp_path / "other.dmj").exists()


def test_a_journal_that_is_removed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "case.dmj"
    live = session(journal=path)
    live.push(**frame())
    path.unlink()
    assert live.push(**frame(time_s=0.1)).frames == 2
    assert live.journal_error == "the file was removed"


def test_two_sessions_on_one_journal_find_out(tmp_path: Path) -> None:
    path = tmp_path / "case.dmj"
    one = session(journal=path)
    one.push(**frame())
    other = LiveSession.resume(path)
    for live in (other, one, other):
        live.push(**frame(time_s=0.1))
    assert one.journal_error == other.journal_error == "something else writes to the file"


def test_settings_can_be_numbers_of_numpy(tmp_path: Path) -> None:
    path = tmp_path / "case.dmj"
    numbers: dict[str, Any] = {"height_cm": np.float32(165), "mass_kg": np.int64(70)}
    surface = Body(sex="F", spacing_mm=15, **numbers)
    live = session(
        journal=path,
        surface=surface,
        source_to_reference_point_mm=np.int64(635),
        pedal_gap_s=np.float32(0.3),
    )
    live.push(**frame(source_to_reference_point_mm=None))
    assert_same(LiveSession.resume(path), live)
    assert_same(LiveSession.resume(path, surface=surface), live)


def test_a_row_of_another_length_does_not_spoil_a_journal(tmp_path: Path) -> None:
    live = session(journal=tmp_path / "case.dmj")
    with pytest.raises(DosemapError, match="3 bytes"):
        live.push_row(b"abc")
    assert recorded_frames(tmp_path / "case.dmj") == 0


def test_a_disk_that_fails_stops_the_journal_and_not_the_case(tmp_path: Path) -> None:
    path = tmp_path / "case.dmj"
    live = session(journal=path)
    live.push(**frame())
    journal = live._journal
    assert journal is not None
    assert journal._file is not None
    os.close(journal._file)
    update = live.push(**frame(time_s=0.1))
    assert update.frames == 2
    assert live.journal_error
    assert "journal-ended" in {problem["code"] for problem in live.snapshot().problems}
    assert recorded_frames(path) == 1
    journal._file = None
