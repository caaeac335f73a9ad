"""Irradiation events: frames of a plane without a gap between them, as the pedal makes them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dosemap.live.columns import PLANES, POSITIONS

if TYPE_CHECKING:
    from dosemap import _core


@dataclass(frozen=True, kw_only=True)
class IrradiationEvent:
    """A pedal press: what :meth:`LiveSession.events` returns."""

    plane: str
    patient_position: str | None
    """``None`` where no frame has one that is known."""
    first_frame_s: float | None
    """``time_s`` of the first frame; ``None`` where none has one."""
    last_frame_s: float | None
    frames: int
    frames_not_mapped: int
    reference_air_kerma_gy: float
    """Of all frames that state one that can be."""
    air_kerma_not_mapped_gy: float
    kerma_area_product_gy_m2: float | None
    """``None`` where a frame does not state it."""

    @classmethod
    def of(cls, press: "_core.LivePress") -> "IrradiationEvent":
        """Return a press as a caller sees it."""
        mapped, not_mapped = press.mapped, press.not_mapped
        lacks_kap = (
            mapped.frames_without_kerma_area_product + not_mapped.frames_without_kerma_area_product
        )
        is_position = 0 <= press.position < len(POSITIONS)
        return cls(
            plane=PLANES[press.plane],
            patient_position=POSITIONS[int(press.position)] if is_position else None,
            first_frame_s=press.first_s,
            last_frame_s=press.last_s,
            frames=mapped.frames + not_mapped.frames,
            frames_not_mapped=not_mapped.frames,
            reference_air_kerma_gy=mapped.reference_air_kerma_gy
            + not_mapped.reference_air_kerma_gy,
            air_kerma_not_mapped_gy=not_mapped.reference_air_kerma_gy,
            kerma_area_product_gy_m2=None
            if lacks_kap
            else mapped.kerma_area_product_gy_m2 + not_mapped.kerma_area_product_gy_m2,
        )
