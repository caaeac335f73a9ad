"""The energy bins and the file layout that all generated physics tables share.

One row per thing (a spectrum, a material, a medium); label columns first, then one column per
1 keV bin, headed by the energy of the bin's middle. Bin borders are whole keV, so that the K
edges of Nb (18.99), Mo (20.00) and Pb (88.00 keV) fall on a border within 0.02 keV.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LOWEST_KEV = 5
"""No photon below 5 keV passes the glass or beryllium window and the housing of a real tube."""
HIGHEST_KEV = 150
BIN_LOW_KEV = np.arange(LOWEST_KEV, HIGHEST_KEV, dtype=float)
BIN_MIDDLE_KEV = BIN_LOW_KEV + 0.5

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
    lines.append(",".join([*labels, *(f"{energy:.1f}" for energy in BIN_MIDDLE_KEV)]))
    for row_labels, values in rows:
        kept = np.trim_zeros(values, trim="b")
        lines.append(",".join([*row_labels, *(f"{value:.5g}" for value in kept)]))
    path = DATA_DIR / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size} bytes")
