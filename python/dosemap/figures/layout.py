"""Which parts of the skin a figure shows, and where they stand on it."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, get_args

import numpy as np

from dosemap.figures.body_parts import PartName, standing
from dosemap.figures.unfolded import Centre, UnfoldedPart, unfold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap.figures.skin_map import SkinMap

_WORTH_SHOWING = 0.1
"""Of the peak: a part with less is told in words."""
_APART_MM = 90.0
_BESIDE_LEVELS_MM = 170.0
"""Names of vertebrae stand left of the trunk."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PlacedPart:
    """A part and the shift of its points on the figure, mm."""

    part: UnfoldedPart
    right_mm: float
    up_mm: float
    highest_gy: float

    @property
    def points_mm(self) -> "NDArray[np.float64]":
        """Its points on the figure, (n_point, 2), mm."""
        points: NDArray[np.float64] = self.part.points_mm + np.array([self.right_mm, self.up_mm])
        return points


@dataclass(frozen=True, kw_only=True)
class NotShown:
    """Skin that the figure does not show."""

    name: str
    highest_gy: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """The parts of a figure, all on one scale."""

    parts: tuple[PlacedPart, ...]
    not_shown: tuple[NotShown, ...]

    @cached_property
    def limits_mm(self) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
        """Lower left and upper right corner, with room for labels around."""
        points = np.concatenate([placed.points_mm for placed in self.parts])
        size = float(np.ptp(points, axis=0).max())
        around = np.array([0.06, 0.09]) * size
        return points.min(axis=0) - around, points.max(axis=0) + around / (2, 2)

    def point_of(self, vertex: int) -> tuple[float, float] | None:
        """Return where a vertex is on the figure; ``None``: not on it."""
        for placed in self.parts:
            found = np.flatnonzero(placed.part.vertex == vertex)
            if len(found):
                x, y = placed.points_mm[found[0]]
                return float(x), float(y)
        return None


def lay_out(skin_map: "SkinMap") -> Layout:
    """Return the parts of a map as they stand beside each other.

    Every part with a tenth of the peak or more; of the others, and of skin in no part, the
    highest dose.

    Raises
    ------
    DosemapError
        The surface cannot be unfolded.
    """
    surface, dose = skin_map.surface, skin_map.skin_dose_gy
    body = standing(surface)
    if body is None:
        unfolded = unfold(surface, centre=skin_map.centre)
        (part,) = unfolded.parts
        placed = (PlacedPart(part=part, right_mm=0, up_mm=0, highest_gy=_highest(dose, part)),)
        return Layout(parts=placed, not_shown=_rest(dose, unfolded.left_out, "ends"))
    highest = {name: float(dose[body.members[name]].max()) for name in get_args(PartName)}
    shown = [
        name for name, dose_gy in highest.items() if dose_gy >= _WORTH_SHOWING * skin_map.peak_gy
    ] or ["trunk"]
    unfolded = unfold(surface, centre=skin_map.centre, parts=shown)
    others = np.logical_or.reduce([body.members[name] for name in get_args(PartName)])
    not_shown = [
        NotShown(name=name, highest_gy=dose_gy)
        for name, dose_gy in highest.items()
        if name not in shown
    ]
    in_no_part = unfolded.left_out & ~others
    return Layout(
        parts=_placed({part.name: part for part in unfolded.parts}, dose, skin_map.centre),
        not_shown=(*not_shown, *_rest(dose, in_no_part, "feet and perineum")),
    )


def _rest(dose: "np.ndarray", left_out: "np.ndarray", name: str) -> tuple[NotShown, ...]:
    if not left_out.any():
        return ()
    return (NotShown(name=name, highest_gy=float(dose[left_out].max())),)


def _highest(dose: "np.ndarray", part: UnfoldedPart) -> float:
    return float(dose[part.vertex].max())


def _placed(
    parts: dict[str, UnfoldedPart], dose: "np.ndarray", centre: Centre
) -> tuple[PlacedPart, ...]:
    """Place the trunk, the head above it, and the limbs on their side of it, as they are seen."""
    shifts: dict[str, tuple[float, float]] = {}
    low, high = _box(parts["trunk"]) if "trunk" in parts else (np.zeros(2), np.zeros(2))
    for name, part in parts.items():
        own_low, own_high = _box(part)
        # Seen from behind, the patient's left is on the left.
        is_on_left = name.startswith("left" if centre == "back" else "right")
        if name == "trunk":
            shifts[name] = (0.0, 0.0)
        elif name == "head and neck":
            shifts[name] = (0.0, high[1] + _APART_MM - own_low[1])
        elif name.endswith("arm"):
            right = (
                low[0] - _BESIDE_LEVELS_MM - own_high[0]
                if is_on_left
                else high[0] + _APART_MM - own_low[0]
            )
            shifts[name] = (right, high[1] - own_high[1])
        else:
            half = _APART_MM / 2
            right = -half - own_high[0] if is_on_left else half - own_low[0]
            shifts[name] = (right, low[1] - 1.5 * _APART_MM - own_high[1])
    return tuple(
        PlacedPart(
            part=part,
            right_mm=float(shifts[name][0]),
            up_mm=float(shifts[name][1]),
            highest_gy=_highest(dose, part),
        )
        for name, part in parts.items()
    )


def _box(part: UnfoldedPart) -> "tuple[np.ndarray, np.ndarray]":
    return part.points_mm.min(axis=0), part.points_mm.max(axis=0)
