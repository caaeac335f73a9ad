"""Make rust/dosemap/data/tungsten_spectra.csv with SpekPy (about ten minutes).

Run by hand: ``pip install .[tables]``, then ``python scripts/make_spectrum_table.py``.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import spekpy
from energy_table import BORDERS_KEV, write_table
from numpy.typing import NDArray

KVP_KV = range(40, 151, 2)
ANODE_ANGLE_DEG = range(8, 17)
FINE_BIN_KEV = 0.1
FLUENCE_UNIT = 1e6
"""Table unit, photons per cm2 and mAs at 100 cm: keeps the numbers short."""


def bin_fluence(kvp: float, anode_angle_deg: float) -> NDArray[np.float64]:
    """Fluence in the table's bins, unfiltered, in table units."""
    beam = spekpy.Spek(kvp=kvp, th=anode_angle_deg, dk=FINE_BIN_KEV, physics="casim", z=100.0)
    energy_kev, fluence_per_kev = beam.get_spectrum(diff=True)
    fluence, _ = np.histogram(
        energy_kev,
        bins=BORDERS_KEV,
        weights=fluence_per_kev * FINE_BIN_KEV,
    )
    return fluence / FLUENCE_UNIT


def rows() -> Iterator[tuple[Sequence[str], NDArray[np.float64]]]:
    """All spectra, tube potential first."""
    for kvp in KVP_KV:
        for angle in ANODE_ANGLE_DEG:
            yield (str(kvp), str(angle)), bin_fluence(kvp, angle)


def main() -> None:
    """Write the table."""
    write_table(
        "tungsten_spectra.csv",
        comments=[
            "Photon fluence of a tungsten-anode tube, no filter, no air, on the central ray.",
            f"Unit: {FLUENCE_UNIT:.0e} photons per cm2, mAs and bin, at 100 cm.",
            "Columns: tube potential (kV), anode angle (degrees), then one per bin,"
            " headed by its middle (keV); trailing zeros are left out.",
            f"Source: SpekPy {spekpy.__version__}, model casim, 0.1 keV grid, summed;"
            " Poludniowski et al. 2021, Med Phys 48, 3630, doi:10.1002/mp.14945.",
            "Licence: MIT, Copyright (c) 2019 Robert Bujila and Gavin Poludniowski.",
            "Made by scripts/make_spectrum_table.py; do not edit.",
        ],
        labels=("kvp_kv", "anode_angle_deg"),
        rows=rows(),
    )


if __name__ == "__main__":
    main()
