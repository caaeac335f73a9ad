"""Irradiation events: frames of a plane without a gap between them, as the pedal makes them."""

from collections import deque
from dataclasses import dataclass, field

from dosemap.live.checks import Checked
from dosemap.live.columns import ABSENT, PLANE, PLANES, POSITION, POSITIONS, TIME, Row
from dosemap.live.tally import Sums

MOST_PRESSES = 4096
"""Presses kept apart: an 8-hour case has some hundreds."""
_RECENT = 16
"""Presses of a plane to which a late frame can belong."""


@dataclass(kw_only=True, eq=False)
class Press:
    """One press of the pedal."""

    number: int
    plane: int
    position: float
    first_s: float | None = None
    last_s: float | None = None
    mapped: Sums = field(default_factory=Sums)
    not_mapped: Sums = field(default_factory=Sums)
    defaulted: int = 0
    """Bits of columns that the session filled in any of its mapped frames."""

    def add(self, checked: Checked) -> None:
        """Add a frame."""
        time_s = checked.row[TIME]
        if time_s != ABSENT:
            self.first_s = time_s if self.first_s is None else min(self.first_s, time_s)
            self.last_s = time_s if self.last_s is None else max(self.last_s, time_s)
        if checked.reason is None:
            self.mapped.add(checked)
            self.defaulted |= checked.defaulted
        else:
            self.not_mapped.add(checked)

    def seconds_from(self, time_s: float) -> float:
        """Return how far a moment lies from the span of the press."""
        if self.first_s is None or self.last_s is None:
            return float("inf")
        return max(self.first_s - time_s, time_s - self.last_s, 0.0)


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
    def of(cls, press: Press) -> "IrradiationEvent":
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


@dataclass(kw_only=True)
class _Pedal:
    """The clock of one plane."""

    latest_s: float | None = None
    before_s: float | None = None
    """Of the frame before the latest one, of the same press."""
    current: Press | None = None
    recent: deque[Press] = field(default_factory=lambda: deque(maxlen=_RECENT))


class Presses:
    """Groups frames of each plane.

    Parameters
    ----------
    gap_s
        A longer gap between two frames of a plane ends a press.
    late_s
        A frame that is earlier than the latest of its plane by more than that is not late: the
        clock was set back.
    """

    def __init__(self, *, gap_s: float, late_s: float) -> None:
        self.all: list[Press] = []
        self._gap_s, self._late_s = gap_s, late_s
        self._pedals = [_Pedal() for _ in PLANES]
        self._beyond: dict[tuple[int, float], Press] = {}

    def of(self, checked: Checked) -> tuple[Press, str | None]:
        """Return the press of a frame whose plane is known, and what is odd about it."""
        row = checked.row
        plane, time_s = int(row[PLANE]), row[TIME]
        pedal = self._pedals[plane]
        position = row[POSITION]
        if checked.reason is not None and pedal.current is not None:
            position = pedal.current.position  # a word that is none ends no press
        if time_s == ABSENT:
            return self._on(pedal, plane, position), "no time_s"
        if pedal.latest_s is None or pedal.current is None:
            return self._begun(pedal, plane, position, time_s)
        behind_s = pedal.latest_s - time_s
        if 0 < behind_s <= self._late_s:
            same = [press for press in pedal.recent if press.position == position]
            press = min(same, key=lambda press: press.seconds_from(time_s), default=None)
            return press or self._new(pedal, plane, position), "late frame"
        if behind_s > self._late_s:
            pedal.recent.clear()
            press, odd = self._begun(pedal, plane, position, time_s)
            return press, odd or "clock set back"
        if -behind_s > self._gap_s or pedal.current.position != position:
            return self._begun(pedal, plane, position, time_s)
        pedal.before_s, pedal.latest_s = pedal.latest_s, time_s
        return pedal.current, self._odd_of(pedal.current)

    def seconds_before(self, row: Row) -> float | None:
        """Return the time since the frame before in the press; ``None`` where there is none.

        Parameters
        ----------
        row
            The last frame that came.
        """
        pedal = self._pedals[int(row[PLANE])]
        if pedal.before_s is None or pedal.latest_s != row[TIME]:
            return None
        return pedal.latest_s - pedal.before_s

    def _on(self, pedal: _Pedal, plane: int, position: float) -> Press:
        if pedal.current is not None and pedal.current.position == position:
            return pedal.current
        return self._new(pedal, plane, position)

    def _begun(
        self, pedal: _Pedal, plane: int, position: float, time_s: float
    ) -> tuple[Press, str | None]:
        press = self._new(pedal, plane, position)
        pedal.before_s, pedal.latest_s = None, time_s
        return press, self._odd_of(press)

    def _odd_of(self, press: Press) -> str | None:
        return "press beyond the limit" if press.number >= MOST_PRESSES else None

    def _new(self, pedal: _Pedal, plane: int, position: float) -> Press:
        key = (plane, position)
        if len(self.all) < MOST_PRESSES or key not in self._beyond:
            press = Press(number=len(self.all), plane=plane, position=position)
            if len(self.all) >= MOST_PRESSES:
                self._beyond[key] = press
            self.all.append(press)
        else:
            press = self._beyond[key]
        pedal.current = press
        if press not in pedal.recent:
            pedal.recent.append(press)
        return press
