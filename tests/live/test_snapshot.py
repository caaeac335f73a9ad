"""A snapshot is a result as of an estimate, and goes where results go."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from dosemap import DosemapError, DoseResult, History, LiveSession, estimate
from live_frames import block, dose, frame, session
from simulated_reports import artis_procedure


def test_it_has_the_document_of_an_estimate() -> None:
    live = session()
    live.push_many(**block(60))
    found = live.snapshot().document
    expected = estimate(artis_procedure()).document
    assert found.keys() == expected.keys()
    for name in ("procedure", "totals", "map", "trust", "peak", "corrections"):
        assert found[name].keys() == expected[name].keys()
    assert found["map"]["air_kerma_not_mapped_gy"] == 0
    assert found["procedure"]["report_kind"] == "frames"


def test_every_stand_in_is_listed() -> None:
    live = session(source_to_reference_point_mm=635.0)
    bare = frame(source_to_reference_point_mm=None, added_filters=None, patient_position=None)
    live.push(**bare)
    entries = {e["field"]: (e["value"], e["provenance"]) for e in live.snapshot().assumptions}
    assert entries["source_to_reference_point_mm"] == (635.0, "user")
    assert entries["added_filters"] == ("none", "assumed")
    assert entries["patient_position"] == ("HFS", "assumed")
    assert entries["table_head_tilt_deg"] == (0.0, "assumed")
    assert entries["angle_space"][1] == "profile"
    given = session()
    given.push(**frame(detector_rotation_deg=0.0))
    fields = {entry["field"] for entry in given.snapshot().assumptions}
    assert not fields & {"detector_rotation_deg", "added_filters", "patient_position"}


def test_before_the_first_frame_there_is_no_map_and_the_reason_says_so() -> None:
    live = session()
    assert live.snapshot().reason == "no map: no frame has come yet"
    live.push(**frame(kvp=None))
    result = live.snapshot()
    assert result.reason == "no map: no frame could be mapped; see the problems"
    assert result.air_kerma_not_mapped_gy == pytest.approx(1e-4)
    live.push(**frame(time_s=0.1, reference_air_kerma_gy=0.0))
    assert live.snapshot().peak is None
    live.push(**frame(time_s=0.2, table_origin_in_isocenter_mm=(0.0, 150.0, -4000.0)))
    assert "no beam meets the surface" in str(live.snapshot().reason)


def test_a_clock_that_leaves_the_calendar_is_in_no_way() -> None:
    live = session(started=datetime(2026, 3, 1, 9, 0, 0))
    for time_s in (0.0, 9e11, -9e11):
        live.push(**frame(time_s=time_s))
    result = live.snapshot()
    assert [event.frames for event in live.events()] == [1, 1, 1]
    assert result.events.texts["started"] == ["2026-03-01T09:00:00", "", ""]


def test_later_frames_do_not_change_a_snapshot() -> None:
    live = session()
    live.push_many(**block(60))
    result, before = live.snapshot(), dose(live)
    live.push_many(**block(60))
    assert result.skin_dose_gy is not None
    np.testing.assert_array_equal(result.skin_dose_gy, before)


def test_it_survives_as_netcdf(tmp_path: Path) -> None:
    live = session(started=datetime(2026, 3, 1, 9, 0, 0))
    live.push_many(**block(200))
    result = live.snapshot()
    result.to_netcdf(tmp_path / "case.nc")
    again = DoseResult.from_netcdf(tmp_path / "case.nc")
    assert again.to_json() == result.to_json()
    assert result.events.texts["started"][1] == "2026-03-01T09:00:00.133333"


def test_in_the_store_a_later_snapshot_is_a_revision(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    live = session(started=datetime(2026, 3, 1, 9, 0, 0))
    live.push_many(**block(100))
    with History(tmp_path / "doses.db") as history:
        assert live.to_store(history, patient_id="P1").status == "new"
        assert live.to_store(history, patient_id="P1").status == "unchanged"
        live.push(**frame(time_s=100.0))
        assert live.to_store(history, patient_id="P1").status == "revision"
        assert len(history.procedures("P1")) == 1
        other = session(started=datetime(2026, 3, 2, 9, 0, 0))
        other.push_many(**block(100))
        assert other.to_store(history, patient_id="P1").status == "new"


def test_what_cannot_be_raises_at_the_beginning() -> None:
    for arguments, words in (
        ({"patient_position": "supine"}, "patient_position is 'supine'"),
        ({"source_to_reference_point_mm": 63.5}, "source_to_reference_point_mm is 63.5 mm"),
        ({"pedal_gap_s": -1.0}, "pedal_gap_s is -1 s"),
        ({"equipment": "ge_surgery"}, "mobile C-arms"),
        ({"surface": None}, "surface is None"),
        ({"head_gap_mm": 1e6}, "head_gap_mm"),
    ):
        with pytest.raises(DosemapError, match=words):
            session(**arguments)


def test_a_session_without_arguments_is_a_programming_error() -> None:
    with pytest.raises(TypeError):
        LiveSession()  # type: ignore[call-arg]


def test_the_share_on_skin_is_that_of_each_frame() -> None:
    live = session()
    live.push(**frame())
    of_first = live.snapshot().trust["share_on_skin"]
    beside = frame(time_s=0.1, table_origin_in_isocenter_mm=(0.0, 150.0, -4000.0))
    live.push(**{**beside, "reference_air_kerma_gy": 3e-4})
    assert live.snapshot().trust["share_on_skin"] == pytest.approx(of_first / 4)


def test_in_the_store_a_resumed_session_is_the_same_procedure(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    started, path = datetime(2026, 3, 1, 9, 0, 0), tmp_path / "case.dmj"
    with session(started=started, journal=path) as live:
        live.push_many(**block(100))
        live.push(**frame(time_s=90.0, kvp=None))
    with History(tmp_path / "doses.db") as history:
        assert live.to_store(history, patient_id="P1").status == "new"
        resumed = LiveSession.resume(path)
        assert resumed.to_store(history, patient_id="P1").status == "unchanged"
        resumed.push(**frame(time_s=100.0))
        assert resumed.to_store(history, patient_id="P1").status == "revision"
