"""The beams of a session that a snapshot needs, in bounded memory.

The map holds every frame. The peak between vertices, and what each press gave it, need the beams
themselves: frames of a press that follow each other with the same beam are one entry, and where
there are too many entries neighbours become one.
"""

from dataclasses import dataclass

from dosemap.live.columns import BEAM, FILTERS, KERMA, KVP, Row

MOST_BEAMS = 8192


@dataclass(kw_only=True)
class KeptBeam:
    """Frames that follow each other in one press, with the beam of the strongest."""

    press: int
    row: Row
    air_kerma_gy: float
    on_skin_gy: float
    """Air kerma by share of the field on skin."""


class KeptBeams:
    """Entries in the order in which they began.

    Parameters
    ----------
    most
        Entries kept; more than there can be presses.
    """

    def __init__(self, most: int = MOST_BEAMS) -> None:
        self.all: list[KeptBeam] = []
        self.merged = 0
        """How often neighbours became one."""
        self._most = most
        self._last: dict[int, KeptBeam] = {}
        """Of each press."""

    def add(self, *, press: int, row: Row, share_on_skin: float) -> None:
        """Add a frame.

        Parameters
        ----------
        press
            Number of its press.
        row
            The frame.
        share_on_skin
            Of its field.
        """
        entry = self._last.get(press)
        kerma_gy = row[KERMA]
        if entry is None or entry.row[BEAM:] != row[BEAM:]:
            if len(self.all) >= self._most:
                self._merge()
            entry = KeptBeam(press=press, row=row, air_kerma_gy=0.0, on_skin_gy=0.0)
            self.all.append(entry)
            self._last[press] = entry
        entry.air_kerma_gy += kerma_gy
        entry.on_skin_gy += kerma_gy * share_on_skin

    def copy(self) -> list[KeptBeam]:
        """Return the entries as they are now."""
        return [
            KeptBeam(
                press=entry.press,
                row=entry.row,
                air_kerma_gy=entry.air_kerma_gy,
                on_skin_gy=entry.on_skin_gy,
            )
            for entry in self.all
        ]

    def _merge(self) -> None:
        """Halve the entries; first only those of one beam quality."""
        self._pair(same_quality=True)
        # Each press keeps one at least.
        while len(self.all) > (self._most + len(self._last)) // 2:
            self._pair(same_quality=False)
        self._last = {entry.press: entry for entry in self.all}

    def _pair(self, *, same_quality: bool) -> None:
        waiting: dict[int, KeptBeam] = {}
        gone: set[int] = set()
        for entry in self.all:
            first = waiting.pop(entry.press, None)
            if first is None or (same_quality and _quality(first.row) != _quality(entry.row)):
                waiting[entry.press] = entry
            else:
                _absorb(first, entry)
                gone.add(id(entry))
        self.merged += len(gone)
        self.all = [entry for entry in self.all if id(entry) not in gone]


def _absorb(first: KeptBeam, entry: KeptBeam) -> None:
    if entry.air_kerma_gy > first.air_kerma_gy:
        first.row = entry.row
    first.air_kerma_gy += entry.air_kerma_gy
    first.on_skin_gy += entry.on_skin_gy


def _quality(row: Row) -> tuple[float, float]:
    return row[KVP], row[FILTERS]
