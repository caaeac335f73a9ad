"""Make backscatter_amplitudes.csv and forward_scatter.csv from the Monte Carlo example (5 min).

Run by hand: ``pip install .[tables]``, then ``python scripts/make_backscatter_tables.py FOLDER``.
The Monte Carlo's own tables are kept in FOLDER and used again when they are there.
docs/methods/backscatter.md explains the model that is fitted.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares, nnls
from scipy.special import erf

Array = NDArray[np.float64]

ROOT = Path(__file__).parents[1]
DATA = ROOT / "rust/dosemap/data"
HISTORIES = {"normal": 4_000_000, "point": 8_000_000, "oblique": 1_000_000, "slab": 1_000_000}
WIDTHS_MM = np.array([2.8, 10.6, 29.8, 71.0, 150.0])
"""Chosen once: the widths that fit all energies best, rounded."""
FITTED_HALF_WIDTHS_CM = (0.3, 40.0)
REFERENCE_HALF_WIDTH_CM = 10.0
"""Field whose scatter spectrum gives the mu_en ratios; they vary by 1 % between 5 and 35 cm."""
SLAB_SIDES_CM = np.array([1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 25.0, 35.0])
MEDIA = ("water", "skin", "tissue4")
PROVENANCE = (
    "# Source: the project's own Monte Carlo, rust/dosemap/examples/backscatter_monte_carlo (MIT).",
    "# Made by scripts/make_backscatter_tables.py; do not edit.",
)


def monte_carlo(scene: str, folder: Path) -> NDArray[np.void]:
    """Results of one scene of the Monte Carlo, run when they are not in the folder."""
    path = folder / f"{scene}.csv"
    if not path.exists():
        example = ["--release", "--package", "dosemap", "--example", "backscatter_monte_carlo"]
        command = ["cargo", "run", *example, "--", scene, str(HISTORIES[scene])]
        path.write_bytes(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return np.genfromtxt(path, delimiter=",", names=True)


def levels(table: NDArray[np.void], column: str) -> Array:
    """Values of one axis of a scene."""
    return np.unique(table[column])


def widths_at_centre(half_widths_cm: Array) -> Array:
    """Share of each Gaussian that a square gives at its centre, (half widths, Gaussians)."""
    return np.asarray(erf(10.0 * half_widths_cm[:, None] / WIDTHS_MM) ** 2)


def fit_amplitudes(normal: NDArray[np.void]) -> Array:
    """Amplitudes, none negative, (energies, 5); largest residual printed."""
    half_widths = levels(normal, "half_width_cm")
    low, high = FITTED_HALF_WIDTHS_CM
    fitted = (half_widths >= low) & (half_widths <= high)
    excess = normal["air"].reshape(-1, len(half_widths))[:, fitted]
    shares = widths_at_centre(half_widths[fitted])
    amplitudes = np.array([nnls(shares, row)[0] for row in excess])
    report("amplitudes", amplitudes @ shares.T - excess)
    return amplitudes


def fit_distances(normal: NDArray[np.void], point: NDArray[np.void], amplitudes: Array) -> Array:
    """Fit k of distance / (distance + k) in mm, (energies, 5).

    The scene's largest distance is a parallel beam; the others are divided by it, so that what
    the scene's expansion leaves out cancels.
    """
    distances, half_widths = levels(point, "distance_cm"), levels(point, "half_width_cm")
    excess = point["air"].reshape(-1, len(distances), len(half_widths))
    parallel = normal["air"].reshape(-1, 1, len(half_widths))
    target = parallel * excess[:, :-1] / excess[:, -1:]
    distances_mm = 10.0 * distances[:-1]
    low, high = FITTED_HALF_WIDTHS_CM
    reach = np.sqrt(2.0) * half_widths[None, :] <= 0.5 * distances[:-1, None]
    fitted = reach & (half_widths >= low) & (half_widths <= high)
    shares = widths_at_centre(half_widths)

    def strength(k_mm: Array) -> Array:
        return distances_mm[:, None] / (distances_mm[:, None] + k_mm)

    def residuals(i: int, k_mm: Array) -> Array:
        return np.asarray(((amplitudes[i] * strength(k_mm)) @ shares.T - target[i])[fitted])

    # The start is the fit common to all energies.
    start = np.array([1.0, 3.0, 14.0, 52.0, 164.0])
    prior = Prior(start=start, weight=0.0006 / start, limits=(0.0, 400.0))
    return fit_each_energy("distances", residuals, prior, len(amplitudes))


def fit_obliquity(oblique: NDArray[np.void], amplitudes: Array) -> Array:
    """Fit b of c2 (1 + b) / (c2 + b), c2 the squared cosine of incidence, (energies, 5)."""
    angles, half_widths = levels(oblique, "angle_deg"), levels(oblique, "half_width_cm")
    fitted = (half_widths >= 0.75) & (half_widths <= 20.0)
    excess = oblique["air"].reshape(-1, len(angles), len(half_widths))[..., fitted]
    shares = widths_at_centre(half_widths[fitted])
    square = np.cos(np.radians(angles))[:, None] ** 2

    def residuals(i: int, logarithm: Array) -> Array:
        b = np.exp(logarithm)
        factor = square * (1.0 + b) / (square + b)
        return np.asarray(((amplitudes[i] * factor) @ shares.T - excess[i]).ravel())

    start = np.log([0.0011, 0.003, 0.03, 0.24, 1.2])
    prior = Prior(start, weight=np.full(5, 0.001), limits=(np.log(0.001), np.log(10.0)))
    return np.exp(fit_each_energy("obliquity", residuals, prior, len(amplitudes)))


@dataclass(frozen=True)
class Prior:
    """What keeps a parameter in place where the data say nothing of it."""

    start: Array
    weight: Array
    limits: tuple[float, float]


def fit_each_energy(
    name: str, residuals: Callable[[int, Array], Array], prior: Prior, energies: int
) -> Array:
    """Least squares at each energy, (energies, 5); largest residual printed."""

    def fit(i: int) -> Array:
        return np.asarray(
            least_squares(
                lambda x: np.concatenate([residuals(i, x), prior.weight * (x - prior.start)]),
                prior.start,
                bounds=prior.limits,
            ).x
        )

    fitted = np.array([fit(i) for i in range(energies)])
    report(name, np.concatenate([residuals(i, fitted[i]) for i in range(energies)]))
    return fitted


def report(name: str, residuals: Array) -> None:
    """Print how well a fit goes, in units of the backscatter factor."""
    rms = np.sqrt(np.mean(residuals**2))
    print(f"{name}: rms {rms:.4f}, largest {np.abs(residuals).max():.4f}")


def scatter_ratios(normal: NDArray[np.void]) -> Array:
    """Kerma in each medium per air kerma over the scattered fluence, (energies, media)."""
    chosen = normal[normal["half_width_cm"] == REFERENCE_HALF_WIDTH_CM]
    return np.column_stack([chosen[medium] / chosen["air"] for medium in MEDIA])


def write_backscatter(normal: NDArray[np.void], columns: list[Array]) -> None:
    """Write the core's backscatter table."""
    names = [
        f"{kind}_{i}" for kind in ("amplitude", "distance_mm", "obliquity") for i in range(1, 6)
    ]
    header = [
        "# Backscatter at the surface of water 15 cm thick, photons of one energy, as a share of",
        "# the air kerma free in air: five Gaussians (docs/methods/backscatter.md).",
        f"# Widths (mm): {', '.join(f'{width:g}' for width in WIDTHS_MM)}.",
        "# amplitude: of each Gaussian in a parallel beam at normal incidence; distance_mm: k of",
        "# d / (d + k), d the distance from the source; obliquity: b of c2 (1 + b) / (c2 + b), c2",
        "# the squared cosine of incidence; then kerma in a medium per air kerma, scatter only.",
        *PROVENANCE,
        ",".join(["energy_kev", *names, *MEDIA]),
    ]
    formats = ["%g", *["%.5f"] * 5, *["%.1f"] * 5, *["%.4f"] * 5, *["%.4f"] * len(MEDIA)]
    rows = np.column_stack([levels(normal, "energy_kev"), *columns])
    save("backscatter_amplitudes.csv", header, rows, formats)


def write_forward_scatter(slab: NDArray[np.void]) -> None:
    """Write the scatter of a PMMA slab on the skin, the mean over the energies."""
    thicknesses, half_widths = levels(slab, "thickness_cm"), levels(slab, "half_width_cm")
    ratio = slab["scatter_to_primary"].reshape(-1, len(thicknesses), len(half_widths)).mean(axis=0)
    columns = [ratio[:, half_widths == 0.5 * side] for side in SLAB_SIDES_CM]
    header = [
        "# Air kerma of scattered photons at the exit face of a PMMA slab of a normal parallel",
        "# beam, as a share of the primary there, at the centre of a square field; the mean of 30,",
        "# 40, 50, 60 and 80 keV.",
        "# Columns: thickness (mm), then one per field side, headed by the side (mm).",
        *PROVENANCE,
        ",".join(["thickness_mm", *(f"{10 * side:g}" for side in SLAB_SIDES_CM)]),
    ]
    rows = np.column_stack([10.0 * thicknesses, *columns])
    save("forward_scatter.csv", header, rows, ["%g", *["%.4f"] * len(SLAB_SIDES_CM)])


def save(name: str, header: list[str], rows: Array, formats: list[str]) -> None:
    """Write a table with its header."""
    lines = [
        ",".join(form % value for form, value in zip(formats, row, strict=True)) for row in rows
    ]
    (DATA / name).write_text("\n".join([*header, *lines]) + "\n", encoding="utf-8")
    print(name)


def main() -> None:
    """Run the Monte Carlo, fit, write."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    normal, point, oblique, slab = (monte_carlo(scene, folder) for scene in HISTORIES)
    amplitudes = fit_amplitudes(normal)
    distances = fit_distances(normal, point, amplitudes)
    obliquity = fit_obliquity(oblique, amplitudes)
    write_backscatter(normal, [amplitudes, distances, obliquity, scatter_ratios(normal)])
    write_forward_scatter(slab)


if __name__ == "__main__":
    main()
