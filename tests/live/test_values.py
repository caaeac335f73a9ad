"""What frames can hold: bad values are counted and never raise, wrong types raise."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosemap import Corrections, DosemapError, LiveSession, _core
from dosemap.live.columns import COLUMNS
from dosemap.procedure import Filter
from dosemap.spectrum import Spectrum
from live_frames import dose, frame, session

LIVE = session()
NAN, INF = float("nan"), float("inf")
ORIGIN, FIELD = (0.0, 150.0, 450.0), (-80.0, 80.0, -80.0, 80.0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reference_air_kerma_gy": None}, "reference_air_kerma_gy: missing"),
        ({"reference_air_kerma_gy": NAN}, "reference_air_kerma_gy: not a number"),
        ({"reference_air_kerma_gy": -1e-6}, "reference_air_kerma_gy: out of range"),
        ({"reference_air_kerma_gy": 11.0}, "reference_air_kerma_gy: out of range"),
        ({"reference_air_kerma_gy": 10**400}, "reference_air_kerma_gy: out of range"),
        ({"kvp": None}, "kvp: missing"),
        ({"kvp": 39.9}, "kvp: out of range"),
        ({"kvp": -INF}, "kvp: out of range"),
        ({"primary_angle_deg": None}, "primary_angle_deg: missing"),
        ({"secondary_angle_deg": 91.0}, "secondary_angle_deg: out of range"),
        ({"detector_rotation_deg": NAN}, "detector_rotation_deg: not a number"),
        ({"table_head_tilt_deg": 96.0}, "table_head_tilt_deg: out of range"),
        ({"source_to_isocenter_mm": 78.5}, "source_to_isocenter_mm: out of range"),
        ({"source_to_reference_point_mm": None}, "source_to_reference_point_mm: missing"),
        ({"table_origin_in_isocenter_mm": None}, "table_origin_in_isocenter_mm: missing"),
        (
            {"table_origin_in_isocenter_mm": (0.0, None, 450.0)},
            "table_origin_in_isocenter_mm: not a number",
        ),
        ({"field_at_1m_mm": (80.0, -80.0, -80.0, 80.0)}, "field_at_1m_mm: out of range"),
        ({"field_at_1m_mm": (NAN, 80.0, -80.0, 80.0)}, "field_at_1m_mm: not a number"),
        ({"plane": "C"}, "plane: unknown"),
        ({"patient_position": "supine"}, "patient_position: unknown"),
        ({"angle_space": "room"}, "angle_space: unknown"),
        ({"added_filters": [("Cu", NAN)]}, "added_filters: unknown"),
        ({"added_filters": [("unobtainium", 0.1)]}, "beam: unusable"),
    ],
)
def test_a_bad_value_is_counted_and_the_next_frame_goes_on(
    changes: dict[str, Any], reason: str
) -> None:
    live = session()
    live.push(**frame())
    before = dose(live)
    update = live.push(**frame(time_s=0.1, **changes))
    assert update.not_mapped == reason
    assert live.not_mapped == {reason: 1}
    assert update.frames_not_mapped == 1
    np.testing.assert_array_equal(dose(live), before)
    kerma_is_known = not reason.startswith("reference_air_kerma")
    assert update.air_kerma_not_mapped_gy == (1e-4 if kerma_is_known else 0.0)
    assert update.reference_air_kerma_gy == pytest.approx(2e-4 if kerma_is_known else 1e-4)
    after = live.push(**frame(time_s=0.2))
    assert after.not_mapped is None
    np.testing.assert_allclose(dose(live), 2 * before, rtol=1e-12)
    result = live.snapshot()
    assert result.air_kerma_not_mapped_gy == (
        pytest.approx(1e-4) if kerma_is_known else None
    )  # without its kerma nobody knows how much is missing
    assert "frames-not-mapped" in {problem["code"] for problem in result.problems}


def test_in_a_block_a_bad_frame_keeps_no_other_out() -> None:
    values = np.full(50, 80.0)
    values[[3, 17]] = NAN, 500.0
    filters: list[Any] = [[("Cu", 0.1)]] * 50
    filters[20] = [("unobtainium", 1.0)]
    block = session()
    moving = {"time_s": np.arange(50) / 15, "primary_angle_deg": np.arange(50.0)}
    update = block.push_many(**{**frame(kvp=values, added_filters=filters), **moving})
    assert (update.frames, update.frames_not_mapped) == (50, 3)
    single = session()
    for number in range(50):
        if number not in (3, 17, 20):
            one = {name: float(column[number]) for name, column in moving.items()}
            single.push(**frame(**one))
    np.testing.assert_array_equal(dose(block), dose(single))


@pytest.mark.parametrize(
    "changes",
    [
        {"reference_air_kerma_gy": "1e-4"},
        {"kvp": True},
        {"kvp": {"kV": 80.0}},
        {"kilovolt": 80.0},
        {"plane": 1},
        {"plane": b"A"},
        {"added_filters": "Cu"},
        {"added_filters": [("Cu",)]},
        {"added_filters": [("Cu", "0.1")]},
        {"added_filters": 0.1},
        {"table_origin_in_isocenter_mm": 450.0},
        {"table_origin_in_isocenter_mm": (0.0, 450.0)},
        {"field_at_1m_mm": ("a", "b", "c", "d")},
        {"patient_position": 0},
    ],
)
def test_a_wrong_type_or_name_raises_and_changes_nothing(changes: dict[str, Any]) -> None:
    live = session()
    with pytest.raises(TypeError, match=next(iter(changes))):
        live.push(**frame(**changes))
    with pytest.raises(TypeError, match=next(iter(changes))):
        live.push_many(**{**frame(time_s=[0.0, 1.0]), **changes})
    assert live.update().frames == 0


def test_a_function_of_the_caller_that_raises_keeps_its_frames_out_and_is_told(
    tmp_path: Path,
) -> None:
    def medium(spectrum: Spectrum) -> float:
        if spectrum.kvp == 90.0:
            raise ValueError("no such table")
        return 1.05

    corrections, journal = Corrections(medium=medium), tmp_path / "case.dmj"
    live = session(corrections=corrections, journal=journal)
    live.push_many(**frame(time_s=[0.0, 0.1, 0.2], kvp=[80.0, 90.0, 80.0]))
    assert live.update().frames == 3
    assert live.not_mapped == {"beam: unusable": 1}
    messages = [problem["message"] for problem in live.snapshot().problems]
    assert any("ValueError: no such table" in message for message in messages)
    # Else a journal with such a frame could never be resumed.
    np.testing.assert_array_equal(
        dose(LiveSession.resume(journal, corrections=corrections)), dose(live)
    )


def test_in_a_block_a_frame_without_table_or_field_is_as_one_alone() -> None:
    here = ORIGIN
    fields: tuple[list[Any], ...] = (
        [here, None, (0.0, None, 450.0), np.array(here), [NAN, 1.0, 2.0]],
        [FIELD, FIELD, FIELD, None, np.array(FIELD)],
    )
    names = ("table_origin_in_isocenter_mm", "field_at_1m_mm")
    times = 0.1 * np.arange(5)
    block, single = session(), session()
    block.push_many(**frame(time_s=times, **dict(zip(names, fields, strict=True))))
    for number in range(5):
        one = {name: field[number] for name, field in zip(names, fields, strict=True)}
        single.push(**frame(time_s=float(times[number]), **one))
    assert block.not_mapped == single.not_mapped
    assert sum(block.not_mapped.values()) == 4
    np.testing.assert_array_equal(dose(block), dose(single))
    nowhere = session()
    nowhere.push_many(**frame(time_s=[0.0, 0.1], table_origin_in_isocenter_mm=[None, None]))
    assert nowhere.not_mapped == {"table_origin_in_isocenter_mm: missing": 2}


def test_a_masked_value_is_a_missing_one() -> None:
    live = session()
    live.push_many(
        **frame(
            time_s=[0.0, 0.1, 0.2],
            kvp=np.ma.masked_array([80.0, 81.0, 82.0], mask=[False, True, False]),
            table_origin_in_isocenter_mm=np.ma.masked_array(
                [ORIGIN] * 3, mask=[[False] * 3] * 2 + [[True] * 3]
            ),
        )
    )
    assert live.not_mapped == {
        "kvp: missing": 1,
        "table_origin_in_isocenter_mm: not a number": 1,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"time_s": np.array([1, 2], dtype="m8[ns]")},
        {"time_s": np.array([1, 2], dtype="M8[ns]")},
        {"table_origin_in_isocenter_mm": [(0.0, 150.0, 450.0), (0.0, 150.0)]},
        {"kvp": [80.0, [80.0]]},
        {"kvp": np.array([1j, 2j])},
    ],
)
def test_arrays_of_something_else_than_numbers_raise(changes: dict[str, Any]) -> None:
    live = session()
    with pytest.raises(TypeError, match=next(iter(changes))):
        live.push_many(**{**frame(time_s=[0.0, 1.0]), **changes})
    with pytest.raises(TypeError, match="time_s is timedelta64"):
        live.push(**frame(time_s=np.timedelta64(500, "ns")))
    assert live.update().frames == 0


def test_a_plane_that_is_none_is_in_no_event_whatever_else_is_bad() -> None:
    live = session()
    live.push(**frame(plane="C", reference_air_kerma_gy=None))
    assert live.events() == ()
    assert live.not_mapped == {"reference_air_kerma_gy: missing": 1}


def test_the_core_has_the_same_columns() -> None:
    assert _core.live_columns() == [(column.field, column.part) for column in COLUMNS]


def test_arrays_of_different_lengths_raise() -> None:
    with pytest.raises(DosemapError, match="arrays of one length"):
        LIVE.push_many(**frame(time_s=[0.0, 1.0], kvp=[80.0, 80.0, 80.0]))


def test_a_block_takes_lists_with_none_and_filters_of_both_kinds() -> None:
    copper = Filter(material="Cu", thickness_mm=0.1)
    live = session()
    update = live.push_many(
        **frame(
            time_s=[0.0, None, 0.2],
            added_filters=[[copper], (("Cu", 0.1),), None],
            plane=["A", "A", None],
        )
    )
    assert update.frames_not_mapped == 0
    assert [event.plane for event in live.events()] == ["A", "single"]
    assert live.oddities == {"no time_s": 1}
    assert live.push_many(time_s=[]).frames == 3


_NUMBER = st.one_of(
    st.none(), st.floats(), st.integers(), st.sampled_from([0.0, 80.0, 635.0, 785.0])
)
_FRAMES = st.fixed_dictionaries(
    {},
    optional={
        column.field: _NUMBER
        if not any(other.part for other in COLUMNS if other.field == column.field)
        else st.lists(_NUMBER, min_size=width, max_size=width)
        for column, width in (
            (column, sum(other.field == column.field for other in COLUMNS)) for column in COLUMNS
        )
        if column.field not in ("plane", "patient_position", "angle_space", "added_filters")
    }
    | {
        "plane": st.sampled_from(["A", "B", "single", "", None]),
        "patient_position": st.sampled_from(["HFS", "HFP", "FFDL", "x", None]),
        "angle_space": st.sampled_from(["patient", "isocenter", "", None]),
        "added_filters": st.lists(
            st.tuples(st.sampled_from(["Cu", "Al", "x"]), st.floats()), max_size=2
        ),
    },
)


@given(st.lists(_FRAMES, min_size=1, max_size=4))
@settings(max_examples=200)
def test_no_value_raises(frames: list[dict[str, Any]]) -> None:
    before = LIVE.update()
    for values in frames:
        update = LIVE.push(**frame(**values))
        assert np.isfinite(update.peak_skin_dose_gy)
        assert update.frames_not_mapped <= update.frames
        assert update.peak_skin_dose_gy >= before.peak_skin_dose_gy
