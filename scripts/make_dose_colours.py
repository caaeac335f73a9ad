"""Write the colours of doses, ``python/dosemap/data/figures/dose_colours.csv``.

``python scripts/make_dose_colours.py`` with matplotlib installed.
"""

from pathlib import Path

import numpy as np
from matplotlib import colormaps

TABLE = Path(__file__).parents[1] / "python/dosemap/data/figures/dose_colours.csv"
HEADER = """\
# Colours of skin doses: share of the top of the scale, 0 to 1; red, green, blue in sRGB, 0 to 255.
# Source: "inferno" of matplotlib, by Nathaniel J. Smith and Stefan van der Walt, licence CC0; from
# its light end (0.95) to its dark end (0.10), so that more dose is darker on paper. Lightness falls
# evenly, for colour-blind people too. Between rows: linear. Made by scripts/make_dose_colours.py.
"""


def main() -> None:
    """Write the table."""
    shares = np.linspace(0.0, 1.0, 33)
    colours = np.round(255 * colormaps["inferno"](0.95 - 0.85 * shares)[:, :3]).astype(int)
    rows = [
        f"{share:.5f},{r},{g},{b}"
        for share, (r, g, b) in zip(shares, colours.tolist(), strict=True)
    ]
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(HEADER + "\n".join(["share,red,green,blue", *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
