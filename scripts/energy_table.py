"""The energy bins and the file layout that all generated physics tables share.

One row per thing (a spectrum, a material, a medium); label columns first, then one column per
energy bin, headed by the energy of the bin's middle. Bins are 1 keV wide, with whole keV as
borders, and split at the K edges of the filter materials, so that attenuation is smooth within
every bin: an average over an edge would be right for one filter thickness only.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LOWEST_KEV = 5
"""No photon below 5 keV passes the glass or beryllium window and the housing of a real tube."""
HIGHEST_KEV = 150
K_EDGES_KEV = (23.2, 25.5, 29.2, 48.5, 67.4, 80.7)
"""Rh, Ag, Sn, Eu, Ta and Au, to 0.1 keV; those of Nb, Mo and Pb lie on a whole keV."""
BORDERS_KEV = np.sort([*range(LOWEST_KEV, HIGHEST_KEV + 1), *K_EDGES_KEV])
BIN_MIDDLE_KEV = 0.5 * (BORDERS_KEV[1:] + BORDERS_KEV[:-1])

DATA_DIR = Path(__file__).resolve().parent.parent / "rust" / "dosemap" / "data"


def write_table(
    name: str,
    *,
    comments: Sequence[str],
    labels: Sequence[str],
    rows: Iterable[tuple[Sequence[str], NDArray[np.float64]]],
) -> None:
    """Write one table to the core's data folder.

    Parameters
    ----------
    name
        File name.
    comments
        Header lines: quantity, unit, source, licence, how made.
    labels
        Names of the label columns.
    rows
        Labels and values of each row. Trailing zeros are left out; the reader puts them back.
    """
    lines = [f"# {comment}" for comment in comments]
    lines.append(",".join([*labels, *(f"{energy:.2f}" for energy in BIN_MIDDLE_KEV)]))
    for row_labels, values in rows:
        kept = np.trim_zeros(values, trim="b")
        lines.append(",".join([*row_labels, *(f"{value:.5g}" for value in kept)]))
    path = DATA_DIR / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size} bytes")
