"""A pusher, a taker of snapshots and a drawer at once: the map is that of all frames at once."""

import sys
import threading
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from dosemap import Corrections, LiveSession, _core
from dosemap.equipment import Profile
from dosemap.live.chain import FilterSets
from dosemap.placement import place_on_table
from dosemap.scenes import Scenes
from live_frames import BODY, EQUIPMENT, block, dose, part, session, single

FRAMES = 3000
BLOCK = block(FRAMES, stand=3)
OF_LARGEST = 1e-6
"""The live map adds terms of f32 per gray of kerma, the other kernel terms with the kerma in."""


def at_once(frames: dict[str, object], count: int) -> NDArray[np.float64]:
    """Return the map of the same frames by the kernel for whole procedures, without the session."""
    profile = Profile.named(EQUIPMENT)
    place = place_on_table(profile, head_gap_mm=None, lateral_shift_mm=None)
    scene = Scenes(BODY, place=place, support=profile.support, corrections=Corrections()).scene(
        "HFS"
    )
    filters = [*profile.filtration(()), ("Cu", 0.1)]
    qualities = [
        _core.BeamQuality(
            _core.Spectrum(kvp, anode_angle_deg=profile.tube.anode_angle_deg, filters=filters),
            support=[[(layer.material, layer.thickness_mm)] for layer in profile.support.layers],
            medium="skin",
        )
        for kvp in (75.0, 80.0)
    ]
    settings = []
    for number in range(count):
        one = single(frames, number)
        settings.append(
            {
                **{name: one[name] for name in ("primary_angle_deg", "secondary_angle_deg")},
                "source_to_isocenter_mm": one["source_to_isocenter_mm"],
                "table_origin_in_isocenter_mm": tuple(one["table_origin_in_isocenter_mm"]),
                "field_at_1m_mm": tuple(one["field_at_1m_mm"]),
                "angles_relative_to_patient": True,
                "detector_rotation_deg": 0.0,
                "table_horizontal_rotation_deg": 0.0,
                "table_head_tilt_deg": 0.0,
                "table_cradle_tilt_deg": 0.0,
                "air_kerma_gy": one["reference_air_kerma_gy"],
                "reference_distance_mm": one["source_to_reference_point_mm"],
                "forward_scatter_ratio": 0.0,
                "quality": int(one["kvp"] == 80.0),
            }
        )
    return scene.dose_map(scene.frames(settings), qualities).dose_gy


def push_in_parts(live: LiveSession) -> None:
    """Push in blocks of many sizes and single frames."""
    sizes = np.random.default_rng(1).choice([1, 1, 2, 7, 40, 200], FRAMES)
    first = 0
    for size in sizes:
        last = min(first + int(size), FRAMES)
        if size == 1:
            live.push(**single(BLOCK, first))
        else:
            live.push_many(**part(BLOCK, first, last))
        first = last
        if first == FRAMES:
            break


def until(stopped: threading.Event, do: Callable[[], None], failures: list[BaseException]) -> None:
    """Do something again and again."""
    try:
        while not stopped.is_set():
            do()
    except BaseException as error:  # it is raised again in the test
        failures.append(error)
        raise


@pytest.fixture(scope="module")
def stressed() -> LiveSession:
    """A session that was looked at and drawn while its frames came."""
    live = session()
    stopped = threading.Event()
    failures: list[BaseException] = []
    peaks: list[float] = []

    def look() -> None:
        result = live.snapshot()
        peaks.append(result.peak_skin_dose_gy or 0.0)
        kerma = [event["dose_gy"] for event in (result.document["peak"] or {}).get("events", [])]
        assert sum(kerma) == pytest.approx(peaks[-1], rel=1e-9)

    def draw() -> None:
        update, skin = live.update(), live.skin_dose_gy()
        # Drawn after the update: frames may have come between, none may be gone.
        assert skin.max() >= update.peak_skin_dose_gy

    threads = [threading.Thread(target=until, args=(stopped, do, failures)) for do in (look, draw)]
    for thread in threads:
        thread.start()
    push_in_parts(live)
    stopped.set()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(peaks) > 2
    assert peaks == sorted(peaks)
    return live


def test_under_load_the_map_is_that_of_all_frames_at_once(stressed: LiveSession) -> None:
    expected = at_once(BLOCK, FRAMES)
    np.testing.assert_allclose(dose(stressed), expected, rtol=0, atol=OF_LARGEST * expected.max())
    assert stressed.update().frames == FRAMES


def test_a_quiet_session_has_the_same_bits(stressed: LiveSession) -> None:
    quiet = session()
    update = quiet.push_many(**BLOCK)
    np.testing.assert_array_equal(dose(quiet), dose(stressed))
    assert quiet.events() == stressed.events()
    one, other = quiet.snapshot().to_dict(), stressed.snapshot().to_dict()
    for document in (one, other):
        del document["procedure"]["event_identities"]  # each session has its own
    assert one == other
    assert update.peak_skin_dose_gy == stressed.update().peak_skin_dose_gy


def test_several_pushers_lose_no_frame() -> None:
    """The order of their frames is open, the sums are not."""
    live = session()
    of_thread = [part(BLOCK, first, first + 300) for first in (0, 300, 600)]

    def push(frames: dict[str, object]) -> None:
        for number in range(300):
            live.push(**single(frames, number))

    threads = [threading.Thread(target=push, args=(frames,)) for frames in of_thread]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = at_once(part(BLOCK, 0, 900), 900)
    np.testing.assert_allclose(dose(live), expected, rtol=0, atol=OF_LARGEST * expected.max())
    assert live.update().frames == 900


def test_filters_numbered_by_several_threads_are_not_mixed_up() -> None:
    wrong: list[object] = []

    def number(known: FilterSets, barrier: threading.Barrier) -> None:
        barrier.wait()
        for step in range(150):
            mine = (("Cu", float(step)),)
            if known.all[int(known.place(mine))] != mine:
                wrong.append(mine)

    switching_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):  # without a lock about every third goes wrong
            shared = FilterSets(), threading.Barrier(4)
            threads = [threading.Thread(target=number, args=shared) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(shared[0].all) == 151
    finally:
        sys.setswitchinterval(switching_s)
    assert not wrong
