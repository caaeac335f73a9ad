"""Sums over all frames: what came, what is in the map, what is not and why."""

import math
from collections import Counter
from dataclasses import dataclass, field

from dosemap.live.checks import Checked
from dosemap.live.columns import ABSENT, KAP, KERMA, Reason


@dataclass(kw_only=True)
class Sums:
    """Sums of some frames."""

    frames: int = 0
    reference_air_kerma_gy: float = 0.0
    """Of the frames that state one that can be."""
    frames_without_kerma: int = 0
    kerma_area_product_gy_m2: float = 0.0
    frames_without_kerma_area_product: int = 0

    def add(self, checked: Checked) -> None:
        """Add a frame."""
        row, reason = checked.row, checked.reason
        self.frames += 1
        if reason is not None and reason.field == "reference_air_kerma_gy":
            self.frames_without_kerma += 1
        else:
            self.reference_air_kerma_gy += row[KERMA]
        if row[KAP] == ABSENT:
            self.frames_without_kerma_area_product += 1
        else:
            self.kerma_area_product_gy_m2 += row[KAP]


@dataclass(kw_only=True)
class Tally:
    """The sums of a session."""

    all: Sums = field(default_factory=Sums)
    """But frames that came twice."""
    not_mapped: dict[Reason, Sums] = field(default_factory=dict)
    oddities: Counter[str] = field(default_factory=Counter)
    """How often each of :data:`ODDITIES` was met."""
    core_message: str | None = None
    """What the kernel first said of values that together are no beam."""

    def add(self, checked: Checked) -> None:
        """Add a frame that came once."""
        self.all.add(checked)
        if checked.reason is not None:
            self.not_mapped.setdefault(checked.reason, Sums()).add(checked)
        for field_name in checked.ignored:
            self.oddities[f"unusable {field_name}"] += 1

    @property
    def air_kerma_not_mapped_gy(self) -> float:
        """Of the frames that state one and are not in the map."""
        return math.fsum(sums.reference_air_kerma_gy for sums in self.not_mapped.values())

    @property
    def frames_not_mapped(self) -> int:
        """All of them."""
        return sum(sums.frames for sums in self.not_mapped.values())


ODDITIES = {
    "repeated frame": "came twice, with the frame_id and time_s of one before: not added again",
    "frame_id used again": "have a frame_id that an earlier frame of the plane has, and another"
    " time_s or none: added, since nobody can tell that they are the same",
    "late frame": "came after a later one of their plane: added, to the press they belong to",
    "clock set back": "are earlier than the one before by more than late_s: added, and a press"
    " begins there",
    "no time_s": "have no time_s: added, to the press that was on",
    "unusable time_s": "have a time_s that is none: added, as frames without",
    "unusable frame_id": "have a frame_id that is none: added, as frames without",
    "unusable kerma_area_product_gy_m2": "have a kerma-area product that is none: added, as frames"
    " without",
    "press beyond the limit": "are of presses beyond the number that is kept: added, to one press"
    " per plane and patient position",
}
"""What can be odd about frames that does not keep them out of the map, and what is done."""
