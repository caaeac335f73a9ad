"""A live session in the terminal: numbers, alerts and a small map of the body."""

import numpy as np
from numpy.typing import NDArray
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dosemap.dose_words import gy
from dosemap.live import LiveAlert, LiveUpdate
from dosemap.quantity_words import duration
from dosemap.surface import Surface

_MOST_ROWS, _LEAST_ROWS, _COLUMNS = 22, 6, 24
_OTHER_LINES = 11
"""Numbers, one of them in two lines, frame of the map, and the cursor's line."""
_SHADES = " .:-=+*#%@"
"""From no dose to the highest."""
_COLOURS = ("dim", "blue", "cyan", "green", "yellow", "red", "bold red")
_SHOWN_ALERTS = 4


def live_view(  # noqa: PLR0913  (all but two are keywords)
    update: LiveUpdate,
    alerts: tuple[LiveAlert, ...],
    *,
    time_s: float,
    surface: Surface,
    dose_gy: NDArray[np.float64],
    height: int,
) -> Group:
    """Return what the terminal shows at one moment.

    Parameters
    ----------
    update, alerts
        State and all alerts so far.
    time_s
        Of the last frame.
    surface, dose_gy
        The skin and the dose of its vertices, (n_vertex,), Gy.
    height
        Lines of the terminal.
    """
    numbers = Table.grid(padding=(0, 2))
    rate = update.skin_dose_rate_gy_per_s
    rows = (
        ("time", duration(time_s)),
        ("frames", f"{update.frames}, {update.frames_not_mapped} not mapped"),
        ("peak skin dose", gy(update.peak_skin_dose_gy)),
        ("where", update.peak_site or "no skin was hit"),
        ("dose rate in the beam", "not known" if rate is None else f"{gy(rate)}/s"),
        ("reference air kerma", gy(update.reference_air_kerma_gy)),
        ("not mapped", gy(update.air_kerma_not_mapped_gy)),
    )
    for name, value in rows:
        numbers.add_row(Text(name, style="dim"), Text(value))
    told = [
        Text(f"ALERT  {alert.level.name}: {alert.threshold:g} {alert.level.unit}", style="bold red")
        for alert in alerts[-_SHOWN_ALERTS:]
    ]
    lines = min(max(height - _OTHER_LINES - len(told), _LEAST_ROWS), _MOST_ROWS)
    bodies = (body_map(surface, dose_gy, side=side, lines=lines) for side in SIDES)
    maps = Table.grid(padding=(0, 3))
    maps.add_row(*(Panel(body, title=side) for body, side in zip(bodies, SIDES, strict=True)))
    return Group(numbers, *told, maps)


SIDES = ("front", "back")


def body_map(
    surface: Surface, dose_gy: NDArray[np.float64], *, side: str, lines: int = _MOST_ROWS
) -> Text:
    """Return the front or the back of a patient as characters, darker where the dose is higher.

    The patient's left is on the right of the front and on the left of the back, as one sees it.

    Parameters
    ----------
    surface, dose_gy
        The skin and the dose of its vertices, (n_vertex,), Gy.
    side
        One of :data:`SIDES`.
    lines
        Its height.
    """
    seen = surface.normals[:, 1] < 0 if side == "front" else surface.normals[:, 1] > 0
    x, z = surface.vertices_mm[seen, 0], surface.vertices_mm[seen, 2]
    column = _cell(x if side == "front" else -x, _COLUMNS)
    row = lines - 1 - _cell(z, lines)
    skin = np.zeros((lines, _COLUMNS), dtype=bool)
    dose = np.zeros((lines, _COLUMNS))
    skin[row, column] = True
    np.maximum.at(dose, (row, column), dose_gy[seen])
    highest = float(dose_gy.max()) or 1.0
    text = Text()
    for of_row, is_skin in zip(dose / highest, skin, strict=True):
        for share, here in zip(of_row, is_skin, strict=True):
            shade = _SHADES[1 + min(int(share * 8.99), 8)] if here else _SHADES[0]
            text.append(shade, style=_COLOURS[min(int(share * 6.99), 6)])
        text.append("\n")
    text.rstrip()
    return text


def _cell(coordinate: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    low, high = float(coordinate.min()), float(coordinate.max())
    share = (coordinate - low) / max(high - low, 1e-9)
    return np.minimum(share * count, count - 1).astype(np.intp)
