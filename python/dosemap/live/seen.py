"""Which frames came already, as far back as a repetition can be expected."""

from collections import Counter, deque
from typing import Literal

from dosemap.live.columns import ABSENT

REMEMBERED = 4096
"""Frames of a plane: more than two minutes at 30 frames a second."""


class Seen:
    """The last frames of one plane."""

    def __init__(self) -> None:
        self._order: deque[tuple[float, float]] = deque()
        self._frames: set[tuple[float, float]] = set()
        self._ids: Counter[float] = Counter()

    def look(self, frame_id: float, time_s: float) -> Literal["new", "used again", "repeated"]:
        """Return what a frame is, and remember it.

        A frame is repeated when number and time are. A number alone may begin again with each
        press, and a dose that is left out would be worse than one that counts twice.

        Parameters
        ----------
        frame_id, time_s
            As pushed; a frame without number is always new.
        """
        if frame_id == ABSENT:
            return "new"
        frame = (frame_id, time_s)
        if time_s != ABSENT and frame in self._frames:
            return "repeated"
        is_used = frame_id in self._ids
        self._remember(frame)
        return "used again" if is_used else "new"

    def _remember(self, frame: tuple[float, float]) -> None:
        self._order.append(frame)
        self._frames.add(frame)
        self._ids[frame[0]] += 1
        if len(self._order) > REMEMBERED:
            oldest = self._order.popleft()
            self._frames.discard(oldest)
            self._ids[oldest[0]] -= 1
            if not self._ids[oldest[0]]:
                del self._ids[oldest[0]]
