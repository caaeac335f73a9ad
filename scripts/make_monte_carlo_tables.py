"""Make the tables of the Monte Carlo example with xraylib: water, PMMA, energy absorption.

Run by hand: ``pip install .[tables]``, then ``python scripts/make_monte_carlo_tables.py``.
They reach lower (1 keV) and are finer than the core's, and hold the partial cross sections, form
factors and incoherent scattering functions that transport needs.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import xraylib
from make_attenuation_table import (
    MATERIALS,
    MEDIA,
    XRAYLIB_LICENCE,
    XRAYLIB_PAPER,
    Composition,
    energy_absorption,
)
from numpy.typing import NDArray

ENERGIES_KEV = np.geomspace(1.0, 160.0, 301)
MOMENTUM_TRANSFERS = np.concatenate([[0.0], np.geomspace(1e-3, 13.0, 400)])
FOLDER = Path(__file__).parents[1] / "rust/dosemap/examples/backscatter_monte_carlo"
ABSORBERS = ("air", "water", "skin", "tissue4")


def number(symbol: str) -> int:
    """Atomic number of an element."""
    return int(xraylib.SymbolToAtomicNumber(symbol))


def mass_coefficient(
    composition: Composition, partial: Callable[[int, float], float]
) -> NDArray[np.float64]:
    """One kind of mass coefficient (cm2/g) at all energies."""
    return np.array(
        [
            sum(w * partial(number(s), float(energy)) for s, w in composition.items())
            for energy in ENERGIES_KEV
        ]
    )


def squared_form_factor(composition: Composition, transfer: float) -> float:
    """Squared coherent form factor per unit mass (relative)."""
    return sum(
        w
        / float(xraylib.AtomicWeight(number(s)))
        * float(xraylib.FF_Rayl(number(s), transfer)) ** 2
        for s, w in composition.items()
    )


def bound_share(composition: Composition, transfer: float) -> float:
    """Incoherent scattering function S/Z; xraylib refuses transfers next to 0, where it is 0."""
    if transfer <= 1e-3:
        return 0.0
    atoms = {number(s): w / xraylib.AtomicWeight(number(s)) for s, w in composition.items()}
    bound = sum(n * xraylib.SF_Compt(z, transfer) for z, n in atoms.items())
    return float(bound / sum(n * z for z, n in atoms.items()))


def write(name: str, comment: str, columns: Sequence[NDArray[np.float64]]) -> None:
    """Write one table with a header that says what it is."""
    made_by = "Made by scripts/make_monte_carlo_tables.py; do not edit."
    header = f"{comment}\nSource: {XRAYLIB_LICENCE} {XRAYLIB_PAPER}\n{made_by}"
    np.savetxt(FOLDER / name, np.column_stack(columns), delimiter=",", fmt="%.6g", header=header)


def main() -> None:
    """Write five small tables."""
    for name, composition in (("water", MEDIA["water"]), ("pmma", MATERIALS["PMMA"].composition)):
        partials = (xraylib.CS_Photo, xraylib.CS_Compt, xraylib.CS_Rayl)
        write(
            f"{name}_interactions.csv",
            f"Mass coefficients of {name}, cm2/g:\n"
            "energy (keV), photoelectric, incoherent, coherent.",
            [ENERGIES_KEV, *(mass_coefficient(composition, partial) for partial in partials)],
        )
        write(
            f"{name}_form_factors.csv",
            f"Of {name}: momentum transfer sin(theta/2)/wavelength (1/angstrom),\n"
            "squared form factor (relative), incoherent scattering function (share of free).",
            [
                MOMENTUM_TRANSFERS,
                np.array([squared_form_factor(composition, float(x)) for x in MOMENTUM_TRANSFERS]),
                np.array([bound_share(composition, float(x)) for x in MOMENTUM_TRANSFERS]),
            ],
        )
    absorption = [
        np.array([energy_absorption(MEDIA[name], float(e)) for e in ENERGIES_KEV])
        for name in ABSORBERS
    ]
    write(
        "energy_absorption.csv",
        f"Mass energy-absorption coefficients, cm2/g: energy (keV), {', '.join(ABSORBERS)}.",
        [ENERGIES_KEV, *absorption],
    )


if __name__ == "__main__":
    main()
