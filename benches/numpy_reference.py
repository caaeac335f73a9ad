"""Dose map of a procedure by a good numpy program and by dosemap, side by side.

Run by ``make bench``. The same scene, the same frames, the same chain: inverse square, oblique path
through two support layers, backscatter at the point with distance and obliquity, hardening behind
the support, dose to skin. Only the field's edge differs: numpy tests the vertex, dosemap counts
the share of its patch, which costs more. Figures are CPU time on one thread.
"""

import math
import os

os.environ["RAYON_NUM_THREADS"] = "1"

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dosemap import _core

Array = NDArray[np.float64]
Array32 = NDArray[np.float32]

VERTICES = 40_000
FRAMES = 48
REPEATS = 5
SUPPORT = (("Al", 0.7), ("PMMA", 5.6))
BOXES_MM = (
    ((-225.0, -40.0, -2000.0), (225.0, 0.0, 0.0)),
    ((-225.0, 0.0, -2000.0), (225.0, 20.0, 0.0)),
)
PATIENT_ORIGIN_IN_TABLE_MM = (0.0, -140.0, 0.0)
WIDTHS_MM = np.array([2.8, 10.6, 29.8, 71.0, 150.0])
BACKSCATTER_TABLE = Path(__file__).parents[1] / "rust/dosemap/data/backscatter_amplitudes.csv"
SCATTER_CUT = 1e-4
"""Backscatter outside the field is followed to this share of the kerma in it, as in dosemap."""


@dataclass(frozen=True)
class Quality:
    """Constants of the beam quality."""

    amplitudes: Array
    distance_mm: Array
    obliquity: Array
    hardening: float
    primary_ratio: float
    scatter_ratio: float
    layer_depths: Array
    """-ln T of each layer alone at normal incidence."""
    depths: Array
    exponents: Array
    """-ln T of both layers against the sum of their depths."""


def mean_backscatter(spectrum: _core.Spectrum) -> tuple[Array, Array, Array]:
    """Average the backscatter table over a spectrum: amplitudes, distances, obliquities."""
    table = np.genfromtxt(BACKSCATTER_TABLE, delimiter=",", comments="#", skip_header=0)
    table = table[~np.isnan(table[:, 0])]
    at = np.array([np.interp(spectrum.energies_kev, table[:, 0], c) for c in table.T[1:16]])
    weighted = spectrum.air_kerma_weights * at[:5]
    amplitudes = weighted.sum(axis=1)
    distances = (weighted * at[5:10]).sum(axis=1) / amplitudes
    obliquity = np.exp((weighted * np.log(at[10:15])).sum(axis=1) / amplitudes)
    return amplitudes, distances, obliquity


def reference_excess(amplitudes: Array) -> float:
    """B - 1 in the middle of a 20 cm square field."""
    return float(
        sum(a * math.erf(100.0 / s) ** 2 for a, s in zip(amplitudes, WIDTHS_MM, strict=True))
    )


def reach_mm(amplitudes: Array) -> float:
    """Distance from the edge of the field where B - 1 has fallen to the cut."""
    half = 65.0
    for gap_mm in range(1000):
        excess = sum(
            a / 2 * (math.erf((2 * half + gap_mm) / s) - math.erf(gap_mm / s)) * math.erf(half / s)
            for a, s in zip(amplitudes, WIDTHS_MM, strict=True)
        )
        if excess < SCATTER_CUT:
            return float(gap_mm)
    return 1000.0


def erf(x: Array32) -> Array32:
    """Error function within 3e-7 (Abramowitz and Stegun 7.1.28), faster than scipy's."""
    t = np.minimum(np.abs(x), np.float32(6.0))
    series = np.full_like(t, 4.30638e-5)
    for coefficient in (2.765672e-4, 1.520143e-4, 9.2705272e-3, 4.22820123e-2, 7.05230784e-2, 1.0):
        series *= t
        series += np.float32(coefficient)
    for _ in range(4):
        series *= series
    np.reciprocal(series, out=series)
    np.subtract(np.float32(1.0), series, out=series)
    return np.copysign(series, x, out=series)


def quality_of(spectrum: _core.Spectrum, core: _core.BeamQuality) -> Quality:
    """Return the constants; the two dose ratios are taken from dosemap."""
    amplitudes, distance_mm, obliquity = mean_backscatter(spectrum)
    behind = mean_backscatter(spectrum.filtered(SUPPORT))[0]
    secants = np.linspace(0.0, 12.0, 400)[1:] ** 2 / 12.0
    layer_depths = np.array([-np.log(spectrum.transmission([layer])) for layer in SUPPORT])
    exponents = [
        -np.log(spectrum.transmission([(symbol, t * secant) for symbol, t in SUPPORT]))
        for secant in secants
    ]
    return Quality(
        amplitudes=amplitudes,
        distance_mm=distance_mm,
        obliquity=obliquity,
        hardening=reference_excess(behind) / reference_excess(amplitudes),
        primary_ratio=core.primary_mu_en_ratio,
        scatter_ratio=core.scatter_mu_en_ratio,
        layer_depths=layer_depths,
        depths=np.concatenate([[0.0], layer_depths.sum() * secants]),
        exponents=np.concatenate([[0.0], exponents]),
    )


def frame_settings(count: int) -> list[dict[str, object]]:
    """Return frames of a cardiac procedure: 13 x 13 cm at the reference point, all moving."""
    half_at_1m_mm = 65.0 / 0.635
    return [
        {
            "angles_relative_to_patient": True,
            "primary_angle_deg": -40.0 + 90.0 * phase,
            "secondary_angle_deg": 25.0 * float(np.sin(7.0 * phase)),
            "detector_rotation_deg": 0.0,
            "source_to_isocenter_mm": 785.0,
            "table_origin_in_isocenter_mm": (20.0 * phase, 150.0, 430.0 + 40.0 * phase),
            "table_horizontal_rotation_deg": 0.0,
            "table_head_tilt_deg": 0.0,
            "table_cradle_tilt_deg": 0.0,
            "field_at_1m_mm": (-half_at_1m_mm, half_at_1m_mm, -half_at_1m_mm, half_at_1m_mm),
            "air_kerma_gy": 0.01,
            "reference_distance_mm": 635.0,
            "forward_scatter_ratio": 0.0,
            "quality": 0,
        }
        for phase in np.arange(count) / count
    ]


def beams(frames: _core.Frames) -> list[tuple[Array, Array]]:
    """Return the focal spot and the axes u, v, w (rows) of every frame in patient space."""
    found = []
    for number, source in enumerate(frames.source_in_patient_mm):
        seen = frames.locate(number, np.asarray(source) + np.eye(3))
        axes = np.stack([seen["u_mm"], seen["v_mm"], seen["depth_mm"]])
        found.append((np.asarray(source), axes))
    return found


def crossings(source: Array, points: Array, box: tuple[tuple[float, ...], ...]) -> Array:
    """Path inside a box over its thickness, (n,); all in table space."""
    way = points - source[:, None]
    with np.errstate(divide="ignore"):
        low = (np.array(box[0]) - source)[:, None] / way
        high = (np.array(box[1]) - source)[:, None] / way
    enter = np.minimum(low, high).max(axis=0).clip(0.0, 1.0)
    leave = np.maximum(low, high).min(axis=0).clip(0.0, 1.0)
    length = (leave - enter).clip(0.0) * np.sqrt((way * way).sum(axis=0))
    return np.asarray(length / (box[1][1] - box[0][1]))


def numpy_dose_map(
    surface: _core.Surface, placed: list[tuple[Array, Array]], quality: Quality
) -> Array:
    """Return the dose per vertex, (n_vertex,), Gy; vectorised over vertices, culled per frame."""
    points = np.ascontiguousarray(surface.vertices_mm.T)
    normals = np.ascontiguousarray(surface.normals.T)
    origin = np.array(PATIENT_ORIGIN_IN_TABLE_MM)
    half = 65.0 / 635.0
    reach = reach_mm(quality.amplitudes)
    dose = np.zeros(points.shape[1])
    for source, axes in placed:
        ray = points - source[:, None]
        depth = axes[2] @ ray
        u, v = axes[0] @ ray, axes[1] @ ray
        near = np.maximum(np.abs(u), np.abs(v)) < half * depth + reach
        away = np.einsum("ij,ij->j", ray, normals)
        lit = np.flatnonzero(near & (away < 0.0))
        ray, depth, u, v = ray[:, lit], depth[lit], u[lit], v[lit]
        squared = np.einsum("ij,ij->j", ray, ray)
        distance = np.sqrt(squared)
        cosine_squared = (away[lit] / distance) ** 2

        in_table = points[:, lit] + origin[:, None]
        passed = [crossings(source + origin, in_table, box) for box in BOXES_MM]
        support_depth = passed[0] * quality.layer_depths[0] + passed[1] * quality.layer_depths[1]
        transmission = np.exp(-np.interp(support_depth, quality.depths, quality.exponents))

        edge = half * depth
        inside = (np.abs(u) <= edge) & (np.abs(v) <= edge)
        to_edges = np.stack([edge - u, edge + u, edge - v, edge + v]).astype(np.float32)
        excess = np.zeros_like(depth)
        for a, k, b, width in zip(
            quality.amplitudes, quality.distance_mm, quality.obliquity, WIDTHS_MM, strict=True
        ):
            low_u, high_u, low_v, high_v = erf(to_edges * np.float32(1.0 / width))
            share = (low_u + high_u) * (low_v + high_v)
            oblique = cosine_squared * (1.0 + b) / (cosine_squared + b)
            excess += 0.25 * a * distance / (distance + k) * oblique * share
        excess *= np.where(support_depth > 0.0, quality.hardening, 1.0)

        kerma = 0.01 * 635.0**2 / squared * transmission
        dose[lit] += kerma * (inside * quality.primary_ratio + excess * quality.scatter_ratio)
    return dose


def cpu_seconds(compute: Callable[[], object]) -> float:
    """Return the least CPU time of several runs."""
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        compute()
        seconds.append(time.process_time() - start)
    return min(seconds)


def scene_and_quality(surface: _core.Surface) -> tuple[_core.Scene, _core.BeamQuality, Quality]:
    """Return a surface on its support, and the beam quality as the core and as numpy take it."""
    scene = _core.Scene(
        surface,
        patient_position="HFS",
        patient_origin_in_table_mm=PATIENT_ORIGIN_IN_TABLE_MM,
        support_boxes_mm=BOXES_MM,
    )
    spectrum = _core.Spectrum(80.0, anode_angle_deg=12.0, filters=[("Al", 2.5), ("Cu", 0.2)])
    core = _core.BeamQuality(spectrum, support=[[layer] for layer in SUPPORT], medium="skin")
    return scene, core, quality_of(spectrum, core)


def main() -> None:
    """Compute both maps, compare them, time them."""
    # Perimeter 969 mm x length 1760 mm, a vertex per spacing squared.
    spacing_mm = (969 * 1760 / VERTICES) ** 0.5
    surface = _core.Surface.elliptic_cylinder((200.0, 100.0), 1760.0, spacing_mm=spacing_mm)
    scene, core, quality = scene_and_quality(surface)
    frames = scene.frames(frame_settings(FRAMES))
    placed = beams(frames)

    by_numpy = numpy_dose_map(surface, placed, quality)
    by_dosemap = scene.dose_map(frames, [core]).dose_gy
    reference = scene.reference_dose_gy(frames, [core])
    difference = np.abs(by_numpy - by_dosemap) / by_dosemap.max()
    pairs = len(surface) * FRAMES
    numpy_ns = 1e9 * cpu_seconds(lambda: numpy_dose_map(surface, placed, quality)) / pairs
    dosemap_ns = 1e9 * cpu_seconds(lambda: scene.dose_map(frames, [core])) / pairs
    reference_ns = 1e9 * cpu_seconds(lambda: scene.reference_dose_gy(frames, [core])) / pairs

    print(f"{len(surface)} vertices x {FRAMES} frames, CPU time per (vertex x frame), one thread")
    print(f"  numpy              {numpy_ns:7.1f} ns")
    print(f"  dosemap            {dosemap_ns:7.1f} ns   {numpy_ns / dosemap_ns:.1f} times faster")
    print(f"  dosemap, reference {reference_ns:7.1f} ns")
    print(
        "numpy against dosemap, in shares of the highest dose: median "
        f"{np.median(difference[by_dosemap > 0]):.1e}, 99 % of the skin below "
        f"{np.quantile(difference, 0.99):.1e} (edges differ: point against patch)"
    )
    fast = np.abs(by_dosemap - reference).max() / reference.max()
    print(f"dosemap against its reference: {fast:.1e}")


if __name__ == "__main__":
    main()
