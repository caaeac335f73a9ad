"""Top of the colour scale, contours, and the unit in which a figure tells its doses."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from dosemap.document import AREA_LEVELS_GY
from dosemap.dose_words import unit_for

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_CONTOURS = 4


@dataclass(frozen=True, kw_only=True)
class DoseScale:
    """How the doses of one figure are shown."""

    top_gy: float
    contours_gy: tuple[float, ...]
    """Doses of the thin lines, ascending: even steps, and borders of skin-reaction bands."""
    levels_gy: tuple[float, ...]
    """Thresholds of alert levels on the scale, ascending."""
    unit: str
    unit_gy: float
    """One unit, Gy."""

    @classmethod
    def of(cls, highest_gy: float, levels_gy: Iterable[float] = ()) -> "DoseScale":
        """Return a scale that ends at or a little above a dose.

        Parameters
        ----------
        highest_gy
            Of what is shown, Gy.
        levels_gy
            Thresholds to mark; those above the top are left out.

        Examples
        --------
        >>> scale = DoseScale.of(3.46, [3.0, 5.0])
        >>> scale.top_gy, scale.contours_gy, scale.levels_gy
        (4.0, (1.0, 2.0), (3.0,))
        >>> DoseScale.of(0.0122).words(0.006)
        '6 mGy'
        """
        if not highest_gy > 0:
            return cls(top_gy=1.0, contours_gy=(), levels_gy=(), unit="Gy", unit_gy=1.0)
        step = _step(highest_gy)
        top_gy = _rounded(math.ceil(highest_gy / step * (1 - 1e-9)) * step)
        marked = tuple(sorted({level for level in levels_gy if level <= top_gy}))
        bands = [dose for dose in AREA_LEVELS_GY if dose < highest_gy and dose not in marked]
        every = [_rounded(step * number) for number in range(1, math.ceil(highest_gy / step))]
        apart = [dose for dose in every if all(abs(dose - o) > step / 4 for o in (*bands, *marked))]
        contours = tuple(sorted([*bands, *apart]))
        in_a_gray, unit = unit_for(top_gy, least=1 - 1e-9)
        return cls(
            top_gy=top_gy,
            contours_gy=contours,
            levels_gy=marked,
            unit=unit,
            unit_gy=1 / in_a_gray,
        )

    def number(self, dose_gy: float) -> str:
        """Return a dose as a number of the unit."""
        return f"{dose_gy / self.unit_gy:.4g}"

    def words(self, dose_gy: float) -> str:
        """Return a dose with the unit."""
        return f"{self.number(dose_gy)} {self.unit}"


def _step(highest_gy: float) -> float:
    rough = highest_gy / _CONTOURS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in _STEPS if step * power >= rough * (1 - 1e-9))


def _rounded(value: float) -> float:
    """Return a multiple of a step without the dust of its binary digits."""
    return float(f"{value:.10g}")
