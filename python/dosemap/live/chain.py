"""What frames ask for while they are added: scenes, beam qualities, calibration factors."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from dosemap.calibration import MeterCalibration
from dosemap.corrections import Corrections
from dosemap.equipment import Profile
from dosemap.frames import beam_quality
from dosemap.live.arguments import FilterSet
from dosemap.live.columns import FILTERS, KVP, MOST_FILTER_SETS, PLANE, PLANES, Row
from dosemap.procedure import Event, Filter
from dosemap.scenes import Scenes

if TYPE_CHECKING:
    from dosemap import _core


class FilterSets:
    """Combinations of added filters, numbered as they come; no filter is the first.

    Several threads may number at once: what they push is looked at outside of the session's lock.
    """

    def __init__(self, sets: Sequence[FilterSet] = ()) -> None:
        self.all: list[FilterSet] = []
        self._places: dict[FilterSet, float] = {}
        self._lock = Lock()
        for filters in ((), *sets):
            self.place(filters)

    def place(self, filters: FilterSet) -> float:
        """Return the place of a combination; one that is beyond all limits where none is left."""
        place = self._places.get(filters)
        return self._new(filters) if place is None else place

    def _new(self, filters: FilterSet) -> float:
        with self._lock:
            if filters not in self._places:  # another thread may have been faster
                if len(self.all) >= MOST_FILTER_SETS:
                    return float(MOST_FILTER_SETS)
                self.all.append(filters)
                self._places[filters] = float(len(self.all) - 1)
            return self._places[filters]

    def filters(self, row: Row) -> tuple[Filter, ...]:
        """Return the added filters of a frame."""
        strips = self.all[int(row[FILTERS])]
        return tuple(Filter(material=symbol, thickness_mm=mm) for symbol, mm in strips)


@dataclass(frozen=True, kw_only=True)
class Chain:
    """What turns frames into dose."""

    profile: Profile
    corrections: Corrections
    scenes: Scenes
    filter_sets: FilterSets

    def calibration(self) -> MeterCalibration:
        """Return what the displayed air kerma is multiplied with."""
        return MeterCalibration(self.corrections, self.profile)

    def quality(self, row: Row, calibration: MeterCalibration) -> "tuple[_core.BeamQuality, float]":
        """Return beam quality and calibration factor of a frame.

        Parameters
        ----------
        row
            The frame.
        calibration
            Of the session.

        Raises
        ------
        DosemapError
            There is no such beam.
        """
        filters = self.filter_sets.filters(row)
        anode_angle_deg = self.profile.tube.anode_angle_deg
        of_beam = (row[KVP], anode_angle_deg, tuple(self.profile.filtration(filters)))
        spectrum, core = beam_quality(of_beam, self.profile.support, self.corrections)
        event = Event(
            index=0, acquisition_plane=PLANES[int(row[PLANE])], kvp=row[KVP], filters=filters
        )
        factor, _ = calibration.look_up(event, spectrum)
        return core, factor
