"""Times and memory of a live session: push, push_many, a long case, and numpy beside it.

Run by ``python benches/live.py``; ``--frames 1728000`` is eight hours of two planes at 30 frames a
second in total each. Figures are wall time of one thread (``RAYON_NUM_THREADS=2``: of two) with
occlusion, where it is said processor time (CPU), on two bodies: vertices of a body come in steps,
and none has the 50,000 of the project's goals.
"""

import argparse
import os

os.environ.setdefault("RAYON_NUM_THREADS", "1")

import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dosemap as dm

SPACINGS_MM = (7.5, 6.7)
"""40,086 and 90,191 vertices."""
SINGLE = 3000
HOUR = 108_000
BLOCK = 10_000
NUMPY_FRAMES = 40
BESIDE_MM = (0.0, 150.0, -4000.0)
"""Where a table is that no beam of the bench meets the patient on: all but the kernel is left."""
MOVES = ("primary_angle_deg", "secondary_angle_deg", "table_origin_in_isocenter_mm")
FIRST_FRAME = """
import time; began = time.perf_counter()
import dosemap as dm
live = dm.LiveSession(surface=dm.Body(spacing_mm={spacing}), equipment="siemens_artis")
live.push(reference_air_kerma_gy=1e-5, kvp=80.0, primary_angle_deg=0.0, secondary_angle_deg=0.0,
    source_to_isocenter_mm=785.0, source_to_reference_point_mm=635.0,
    table_origin_in_isocenter_mm=(0.0, 150.0, 430.0), field_at_1m_mm=(-65.0, 65.0, -65.0, 65.0))
print(time.perf_counter() - began, time.process_time())
"""


def session(spacing_mm: float, **arguments: Any) -> dm.LiveSession:  # noqa: ANN401  (its own)
    """Return a session on a body of the bench."""
    body = dm.Body(sex="M", height_cm=178, mass_kg=80, arms="up", spacing_mm=spacing_mm)
    return dm.LiveSession(surface=body, equipment="siemens_artis", **arguments)


def moving(first: int, count: int) -> dict[str, Any]:
    """Return frames of two planes in which gantry and table move all the time."""
    number = np.arange(first, first + count)
    turn, half = number / 900, 65.0 / 0.635
    return {
        "time_s": number / 30,
        "frame_id": number,
        "plane": np.where(number % 2, "B", "A").tolist(),
        "reference_air_kerma_gy": np.full(count, 1e-5),
        "kvp": 80.0,
        "added_filters": [("Cu", 0.2)],
        "primary_angle_deg": np.where(number % 2, 90.0, 0.0) + 30 * np.sin(turn),
        "secondary_angle_deg": 20 * np.sin(1.7 * turn),
        "source_to_isocenter_mm": 785.0,
        "source_to_reference_point_mm": 635.0,
        "table_origin_in_isocenter_mm": np.stack(
            [20 * np.sin(turn), np.full(count, 150.0), 500 + 40 * np.cos(turn)], axis=1
        ),
        "field_at_1m_mm": np.tile([-half, half, -half, half], (count, 1)),
        "patient_position": "HFS",
    }


def singles(frames: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Return the frames one by one, as a console has them: plain numbers."""
    columns = {name: plain(value, count) for name, value in frames.items()}
    return [{name: column[i] for name, column in columns.items()} for i in range(count)]


def plain(value: Any, count: int) -> list[Any]:  # noqa: ANN401  (arrays, lists, values)
    """Return a column as a list of Python's own values."""
    if isinstance(value, np.ndarray):
        return list(value.tolist())
    return list(value) if isinstance(value, list) and len(value) == count else [value] * count


def push_times_us(live: dm.LiveSession, frames: Iterable[dict[str, Any]]) -> NDArray[np.float64]:
    """Return how long each push took, microseconds."""
    times = []
    for frame in frames:
        began = time.perf_counter()
        live.push(**frame)
        times.append(time.perf_counter() - began)
    return 1e6 * np.array(times)


def percentiles(name: str, times_us: NDArray[np.float64]) -> None:
    """Print p50, p90, p99 and the largest."""
    p50, p90, p99 = np.percentile(times_us, [50, 90, 99])
    print(f"{name:34}{p50:9.0f}{p90:9.0f}{p99:9.0f}{times_us.max():9.0f}")


def bench_push(spacing_mm: float, folder: Path) -> None:
    """Measure single frames: moving, standing, with journal and alerts, and all but the kernel."""
    frames = singles(moving(0, SINGLE), SINGLE)
    still = [{**frames[i % 2], "time_s": i / 30, "frame_id": i} for i in range(SINGLE)]
    beside = [{**frame, "table_origin_in_isocenter_mm": BESIDE_MM} for frame in still]
    strong = [{**frame, "reference_air_kerma_gy": 0.01} for frame in still]
    told: list[object] = []
    print("push, us: p50, p90, p99, largest")
    percentiles("gantry and table moving", push_times_us(session(spacing_mm), frames))
    journal = session(spacing_mm, journal=folder / "moving.dmj")
    percentiles("  with journal", push_times_us(journal, frames))
    percentiles("standing", push_times_us(session(spacing_mm), still))
    journal = session(spacing_mm, journal=folder / "standing.dmj")
    percentiles("  with journal", push_times_us(journal, still))
    alerting = session(spacing_mm, on_alert=told.append)
    times_us = push_times_us(alerting, strong)
    percentiles(f"  with alerts, {len(told)} told", times_us)
    percentiles("standing, beside the patient", push_times_us(session(spacing_mm), beside))


def bench_block(spacing_mm: float, frames: int, **changes: Any) -> None:  # noqa: ANN401  (of push)
    """Measure a long case through push_many, and the memory it takes."""
    live = session(spacing_mm)
    live.push_many(**{**moving(0, 10), **changes})
    taken_s, of_processor_s = 0.0, 0.0
    for first in range(0, frames, BLOCK):
        block = {**moving(first + 10, min(BLOCK, frames - first)), **changes}
        start, of_processor = time.perf_counter(), time.process_time()
        live.push_many(**block)
        taken_s += time.perf_counter() - start
        of_processor_s += time.process_time() - of_processor
        if first in (0, 20 * BLOCK):
            print(f"  after {first + BLOCK} frames: {resident_mib():.0f} MiB resident at most")
    each_us, of_processor_us = 1e6 * taken_s / frames, 1e6 * of_processor_s / frames
    print(
        f"  {frames} frames in {taken_s:.2f} s: {each_us:.1f} us each, {of_processor_us:.1f} of CPU"
    )
    print(f"  at the end: {resident_mib():.0f} MiB resident at most")
    start = time.perf_counter()
    result = live.snapshot()
    print(
        f"  snapshot: {time.perf_counter() - start:.2f} s, {result.peak_skin_dose_gy or 0:.3f} Gy"
    )


def resident_mib() -> float:
    """Return the most memory that was resident, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bench_numpy() -> None:
    """Recompute a sample by the numpy program of ``numpy_reference.py``; on the smaller body."""
    from numpy_reference import (  # noqa: PLC0415  (beside this file)
        beams,
        frame_settings,
        numpy_dose_map,
        scene_and_quality,
    )

    surface = session(SPACINGS_MM[0]).surface().core
    scene, _, quality = scene_and_quality(surface)
    placed = beams(scene.frames(frame_settings(NUMPY_FRAMES)))
    began = time.perf_counter()
    numpy_dose_map(surface, placed, quality)
    each_us = 1e6 * (time.perf_counter() - began) / NUMPY_FRAMES
    print(f"numpy, the same chain without occlusion: {each_us:.0f} us per frame")


def bench_first_frame(spacing_mm: float) -> None:
    """Measure import and first frame in a new interpreter."""
    command = [sys.executable, "-c", FIRST_FRAME.format(spacing=spacing_mm)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(5)]
    seconds = [[float(word) for word in run.stdout.split()] for run in runs]
    wall_s, of_processor_s = (min(column) for column in zip(*seconds, strict=True))
    print(f"import, session and first frame: {wall_s:.2f} s, {of_processor_s:.2f} s of CPU")


def bench(spacing_mm: float) -> None:
    """Measure all on one body."""
    print(f"\n{len(session(spacing_mm).surface())} vertices")
    bench_first_frame(spacing_mm)
    with TemporaryDirectory() as folder:
        bench_push(spacing_mm, Path(folder))
    print("push_many, moving")
    bench_block(spacing_mm, HOUR)
    print("push_many, standing")
    still = moving(0, 1)
    bench_block(spacing_mm, HOUR, plane="A", **{name: still[name][0] for name in MOVES})
    print("push_many, moving beside the patient")
    bench_block(spacing_mm, HOUR, table_origin_in_isocenter_mm=BESIDE_MM)


def main() -> None:
    """Run all, or one long case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, help="only push_many, with so many frames")
    frames = parser.parse_args().frames
    if frames is not None:
        bench_block(SPACINGS_MM[0], frames)
        return
    for spacing_mm in SPACINGS_MM:
        bench(spacing_mm)
    bench_numpy()


if __name__ == "__main__":
    main()
