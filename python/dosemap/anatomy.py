"""Where on a body each point of its skin is, by anatomy."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dosemap import _core

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Anatomy:
    """The anatomical place of every vertex of a body's skin, each (n_vertex,)."""

    regions: "NDArray[np.uint8]"
    """Part of the surface, as a number among :func:`region_names`."""
    left_of_midline_mm: "NDArray[np.float64]"
    """Distance from the median plane of the upright body, mm, positive to the patient's left."""
    vertebral_levels: "NDArray[np.float64]"
    """Vertebral coordinate of neck and trunk (C1 1 to 2, T1 8 to 9, L1 20 to 21, S1 25 to 26,
    coccyx from 30), NaN elsewhere."""

    @classmethod
    def of(cls, body: _core.Body) -> "Anatomy":
        """Return the anatomy of a body's skin."""
        return cls(
            regions=body.regions(),
            left_of_midline_mm=body.left_of_midline_mm(),
            vertebral_levels=body.vertebral_levels(),
        )

    def words(self, vertex: int) -> str:
        """Return where a vertex is: ``"posterior torso, 4 cm right of midline, level T12"``."""
        return self._of(vertex)[0]

    def address(self, vertex: int) -> dict[str, str | float | None]:
        """Return the same for programs; see :meth:`dosemap.Surface.address`."""
        _, region, side, from_midline_mm, level = self._of(vertex)
        return {
            "region": region,
            "side": side,
            "from_midline_mm": from_midline_mm,
            "vertebral_level": level,
        }

    def _of(self, vertex: int) -> tuple[str, str, str | None, float | None, str | None]:
        return _core.body_address(
            int(self.regions[vertex]),
            float(self.left_of_midline_mm[vertex]),
            float(self.vertebral_levels[vertex]),
        )


def region_names() -> list[str]:
    """Return the parts of a body's surface, in the order of their numbers."""
    return _core.body_regions()
