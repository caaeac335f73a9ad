"""Colours of doses: evenly darker with dose, for colour-blind people too; grey without dose."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dosemap.data_tables import table_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_DOSE_RGB = (217, 217, 217)
"""Skin without dose worth a colour."""
LEAST_SHARE = 0.01
"""Of the top of the scale, from which a dose has a colour: scattered radiation reaches far."""
LEVEL_RGB = (0, 114, 178)
"""Lines of alert levels: the blue of Okabe and Ito, https://jfly.uni-koeln.de/color/."""
PEAK_RGB = (0, 158, 115)
"""Mark of the peak: their green."""


@lru_cache(maxsize=1)
def colour_table() -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Return shares of the top of the scale, (n,), and red, green, blue, (n, 3), 0 to 255."""
    rows = list(table_rows("figures", "dose_colours.csv"))
    shares = np.array([float(row["share"]) for row in rows])
    colours = np.array([[float(row[c]) for c in ("red", "green", "blue")] for row in rows])
    return shares, colours


def dose_colours(dose_gy: "NDArray[np.float64]", *, top_gy: float) -> "NDArray[np.uint8]":
    """Return the colour of each dose, (..., 3), red, green, blue, 0 to 255.

    Parameters
    ----------
    dose_gy
        Gy; below :data:`LEAST_SHARE` of the top: :data:`NO_DOSE_RGB`.
    top_gy
        Top of the scale, Gy; what is above has its colour.

    Examples
    --------
    >>> dose_colours(np.array([0.0]), top_gy=2.0).tolist()
    [[217, 217, 217]]
    """
    shares, colours = colour_table()
    share = np.clip(dose_gy / top_gy, 0.0, 1.0)
    found = np.stack([np.interp(share, shares, colours[:, i]) for i in range(3)], axis=-1)
    found[dose_gy < LEAST_SHARE * top_gy] = NO_DOSE_RGB
    return found.round().astype(np.uint8)


def hex_colour(rgb: tuple[int, int, int]) -> str:
    """Return a colour as ``#rrggbb``."""
    return "#" + "".join(f"{part:02x}" for part in rgb)
