"""The map of frames as they come, through the bindings: columns, threads, refusals."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from dosemap import _core
from kernel_scenes import frame, quality, scene, two_legs

LEGS = scene(two_legs(apart_mm=150.0, spacing_mm=15.0))
QUALITIES = [quality(), quality(backscatter_factor=1.3)]
FIELDS = ((-60.0, 60.0, -60.0, 60.0), (-20.0, 30.0, -40.0, 80.0))


def placed(beams: Sequence[int], air_kerma_gy: Sequence[float]) -> _core.Frames:
    """Beams by their number, from around the patient."""
    settings = [
        frame(
            primary_angle_deg=10.0 * i,
            field_at_1m_mm=FIELDS[i % 2],
            quality=i % 2,
            air_kerma_gy=kerma,
        )
        for i, kerma in zip(beams, air_kerma_gy, strict=True)
    ]
    return LEGS.frames([{**setting} for setting in settings])


FRAMES = placed(range(6), [0.0] * 6)
PLANE = np.array([0, 1, 0, 1, 0, 1, 1, 0], np.uint8)
BEAM = np.array([0, 1, _core.CONTINUES, 2, 5, _core.CONTINUES, 3, 4], np.uint32)
MEANT = [0, 1, 0, 2, 5, 2, 3, 4]
KERMA = np.linspace(0.001, 0.002, len(BEAM))


def push(
    live: _core.LiveMap,
    *,
    plane: NDArray[np.uint8] = PLANE,
    beam: NDArray[np.uint32] = BEAM,
    air_kerma_gy: NDArray[np.float64] = KERMA,
) -> _core.LiveUpdate:
    return live.push(
        scene=LEGS,
        frames=FRAMES,
        qualities=QUALITIES,
        plane=plane,
        beam=beam,
        air_kerma_gy=air_kerma_gy,
    )


def test_rows_are_the_frames_that_they_name() -> None:
    live = _core.LiveMap(LEGS)
    assert (live.peak_vertex, live.peak_dose_gy, live.share_on_skin(0)) == (None, 0.0, None)
    update = push(live)

    one_by_one = [placed([i], [kerma]) for i, kerma in zip(MEANT, KERMA, strict=True)]
    maps = [LEGS.dose_map(frames, QUALITIES) for frames in one_by_one]
    expected = np.sum([m.dose_gy for m in maps], axis=0)
    # Terms are f32, multiplied by the kerma before or after.
    assert live.dose_gy() == pytest.approx(expected, abs=1e-6 * expected.max())
    assert (live.bound_gy() >= live.dose_gy() * (1 - 1e-6)).all()
    assert update.share_on_skin == pytest.approx([m.share_on_skin[0] for m in maps], rel=1e-12)
    assert (live.share_on_skin(0), live.share_on_skin(1)) == tuple(update.share_on_skin[[7, 6]])
    assert update.peak_vertex == live.peak_vertex == live.dose_gy().argmax()
    assert update.peak_dose_gy == live.peak_dose_gy == live.dose_gy().max()

    last = maps[-1].dose_gy
    assert update.beam_vertex is not None
    assert last[update.beam_vertex] == pytest.approx(last.max(), rel=1e-6)
    assert update.beam_gy_per_gy == pytest.approx(last.max() / KERMA[-1], rel=1e-6)
    assert update.beam_vertex_dose_gy == live.dose_gy()[update.beam_vertex]


def test_calls_of_one_row_give_the_same_bits() -> None:
    whole, parted = _core.LiveMap(LEGS), _core.LiveMap(LEGS)
    push(whole)
    for i in range(len(BEAM)):
        row = slice(i, i + 1)
        push(parted, plane=PLANE[row], beam=BEAM[row], air_kerma_gy=KERMA[row])
    assert (whole.dose_gy() == parted.dose_gy()).all()
    assert (whole.bound_gy() == parted.bound_gy()).all()


def test_threads_that_push_and_read_wait_for_each_other() -> None:
    live, alone = _core.LiveMap(LEGS), _core.LiveMap(LEGS)
    halves = KERMA * 0.0 + 0.0009765625  # a power of two: sums of equal terms are exact
    with ThreadPoolExecutor(4) as pool:
        pushes = [pool.submit(push, live, air_kerma_gy=halves) for _ in range(40)]
        reads = [pool.submit(live.dose_gy) for _ in range(40)]
        seen = [read.result().max() for read in reads]
        for pushed in pushes:
            pushed.result()
    for _ in range(40):
        push(alone, air_kerma_gy=halves)
    assert (live.dose_gy() == alone.dose_gy()).all()
    assert max(seen) <= live.peak_dose_gy


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"beam": np.full(8, 6, np.uint32)}, "beam 6 of 6"),
        (
            {"beam": np.full(8, _core.CONTINUES, np.uint32)},
            "row 0: plane 0 has no beam",
        ),
        ({"plane": np.full(8, 2, np.uint8)}, "row 0: plane 2 of 2"),
        ({"air_kerma_gy": np.full(8, np.nan)}, "air kerma of a frame"),
        ({"air_kerma_gy": KERMA[1:]}, "8 planes, 8 beams and 7 values of air kerma"),
    ],
)
def test_rows_that_do_not_fit_are_refused_whole(changed: dict[str, object], words: str) -> None:
    live = _core.LiveMap(LEGS)
    with pytest.raises(_core.DosemapError, match=words):
        push(live, **changed)  # type: ignore[arg-type]
    assert live.peak_vertex is None
    assert not live.dose_gy().any()
