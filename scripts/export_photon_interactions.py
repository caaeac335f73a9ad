"""Write what the Monte Carlo example needs to know of water and PMMA.

Cross sections, squared form factors and incoherent scattering functions come from xraylib (BSD-3-Clause,
EPDL97 data). Mass energy-absorption coefficients are computed here as photoelectric plus
incoherent times the mean share of the energy that a Compton electron gets: xraylib's own
``CS_Energy`` is wrong between 15 and 80 keV. Bound Compton scattering is Klein-Nishina times S(x).

Run: python scripts/export_photon_interactions.py
"""

from pathlib import Path

import numpy as np
import xraylib

ELECTRON_REST_KEV = 510.99895
KEV_ANGSTROM = 12.398419843  # h c
MATERIALS: dict[str, dict[int, float]] = {
    "water": {1: 0.111898, 8: 0.888102},
    "pmma": {1: 0.080538, 6: 0.599848, 8: 0.319614},
}
# Air (dry, near sea level) and skin (four-component and trace elements): ICRU Report 44.
ABSORBERS: dict[str, dict[int, float]] = {
    "air": {6: 0.000124, 7: 0.755268, 8: 0.231781, 18: 0.012827},
    "water": MATERIALS["water"],
    "skin": {
        1: 0.100,
        6: 0.204,
        7: 0.042,
        8: 0.645,
        11: 0.002,
        15: 0.001,
        16: 0.002,
        17: 0.003,
        19: 0.001,
    },
}
ENERGIES_KEV = np.geomspace(1.0, 160.0, 301)
MOMENTUM_TRANSFERS = np.concatenate([[0.0], np.geomspace(1e-3, 13.0, 400)])  # 1/angstrom
OUTPUT = Path(__file__).parents[1] / "rust/dosemap/examples/backscatter_monte_carlo"


def compton_electron_share(element: int, energy_kev: float) -> float:
    """Mean share of the photon's energy that the electron gets, Klein-Nishina times S(x)."""
    cosines = np.linspace(-1.0, 1.0, 801)
    ratio = 1.0 / (1.0 + energy_kev / ELECTRON_REST_KEV * (1.0 - cosines))
    transfers = energy_kev / KEV_ANGSTROM * np.sqrt((1.0 - cosines) / 2.0)
    bound = np.array([scattering_function(element, x) for x in transfers])
    density = ratio**2 * (ratio + 1.0 / ratio - 1.0 + cosines**2) * bound
    return float(np.trapezoid(density * (1.0 - ratio), cosines) / np.trapezoid(density, cosines))


def scattering_function(element: int, transfer: float) -> float:
    """S(x); xraylib refuses transfers next to zero, where S is zero."""
    return xraylib.SF_Compt(element, transfer) if transfer > 1e-3 else 0.0


def mass_energy_absorption(composition: dict[int, float], energy_kev: float) -> float:
    """mu_en/rho in cm2/g (radiative losses of electrons are below 0.1 % here)."""
    return sum(
        share
        * (
            xraylib.CS_Photo(element, energy_kev)
            + xraylib.CS_Compt(element, energy_kev) * compton_electron_share(element, energy_kev)
        )
        for element, share in composition.items()
    )


def write(name: str, header: str, columns: list[np.ndarray]) -> None:
    """One table with a header that says what it is."""
    source = "xraylib (BSD-3-Clause, EPDL97 data), scripts/export_photon_interactions.py"
    text = f"{header}\nmade by: {source}"
    np.savetxt(OUTPUT / name, np.column_stack(columns), delimiter=",", fmt="%.6g", header=text)


def main() -> None:
    """Write five small tables."""
    for name, composition in MATERIALS.items():
        interactions = [
            np.array([function_of(composition, energy) for energy in ENERGIES_KEV])
            for function_of in (
                lambda c, e: sum(w * xraylib.CS_Photo(z, e) for z, w in c.items()),
                lambda c, e: sum(w * xraylib.CS_Compt(z, e) for z, w in c.items()),
                lambda c, e: sum(w * xraylib.CS_Rayl(z, e) for z, w in c.items()),
            )
        ]
        header = f"{name}: energy_kev,photoelectric,incoherent,coherent (mass coefficients, cm2/g)"
        write(f"{name}_interactions.csv", header, [ENERGIES_KEV, *interactions])
        per_atom = {z: w / xraylib.AtomicWeight(z) for z, w in composition.items()}
        squared_form_factor = [
            sum(n * xraylib.FF_Rayl(z, x) ** 2 for z, n in per_atom.items())
            for x in MOMENTUM_TRANSFERS
        ]
        bound_share = [
            sum(n * scattering_function(z, x) for z, n in per_atom.items())
            / sum(n * z for z, n in per_atom.items())
            for x in MOMENTUM_TRANSFERS
        ]
        header = (
            f"{name}: momentum transfer sin(theta/2)/lambda in 1/angstrom, squared form factor "
            "(relative),\nincoherent scattering function (share of the free-electron value)"
        )
        columns = [MOMENTUM_TRANSFERS, np.array(squared_form_factor), np.array(bound_share)]
        write(f"{name}_form_factors.csv", header, columns)
    absorption = [
        np.array([mass_energy_absorption(composition, energy) for energy in ENERGIES_KEV])
        for composition in ABSORBERS.values()
    ]
    header = f"energy_kev,{','.join(ABSORBERS)}: mass energy-absorption coefficients, cm2/g"
    write("energy_absorption.csv", header, [ENERGIES_KEV, *absorption])


if __name__ == "__main__":
    main()
