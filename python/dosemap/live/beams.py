"""Adds frames to the map: their scene, their beam quality, and whether the beam is a new one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

import numpy as np

from dosemap import _core
from dosemap.calibration import MeterCalibration
from dosemap.corrections import Corrections
from dosemap.equipment import Profile
from dosemap.errors import DosemapError
from dosemap.frames import QualityKey, beam_quality, forward_scatter_ratio
from dosemap.live.arguments import FilterSet
from dosemap.live.columns import (
    ANGLE_SPACES,
    BEAM,
    FIELD,
    FILTERS,
    KERMA,
    KVP,
    MOST_FILTER_SETS,
    ORIGIN,
    PLACE,
    PLANE,
    PLANES,
    POSITION,
    POSITIONS,
    REFERENCE,
    SPACE,
    Row,
)
from dosemap.placement.pose import ANGLES
from dosemap.procedure import Event, Filter
from dosemap.scenes import Scenes

_MOST_QUALITIES = 256
"""Beam qualities kept; an exposure control that goes through more computes them anew (0.2 ms)."""
_ANGLES = tuple((name, PLACE[name]) for name in ANGLES)
_ISOCENTER = PLACE["source_to_isocenter_mm"]
_PATIENT = ANGLE_SPACES.index("patient")


class FilterSets:
    """Combinations of added filters, numbered as they come; no filter is the first."""

    def __init__(self, sets: Sequence[FilterSet] = ()) -> None:
        self.all: list[FilterSet] = []
        self._places: dict[FilterSet, float] = {}
        for filters in ((), *sets):
            self.place(filters)

    def place(self, filters: FilterSet) -> float:
        """Return the place of a combination; one that is beyond all limits where none is left."""
        if filters not in self._places:
            if len(self.all) >= MOST_FILTER_SETS:
                return float(MOST_FILTER_SETS)
            self._places[filters] = float(len(self.all))
            self.all.append(filters)
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

    def quality_key(self, row: Row) -> QualityKey:
        """Return what the beam quality of a frame is computed from."""
        filtration = self.profile.filtration(self.filter_sets.filters(row))
        return row[KVP], self.profile.tube.anode_angle_deg, tuple(filtration)


_Key = tuple[float, float, float]
"""Plane, voltage and filters of a frame: with equal ones spectrum and calibration are the same."""


@dataclass(frozen=True, kw_only=True)
class _Quality:
    core: _core.BeamQuality
    calibration_factor: float


@dataclass(kw_only=True)
class _Aimed:
    """Frames of one patient position, as the live map takes them."""

    settings: list[dict[str, object]] = field(default_factory=list)
    qualities: list[_core.BeamQuality] = field(default_factory=list)
    planes: list[int] = field(default_factory=list)
    beams: list[int] = field(default_factory=list)
    air_kerma_gy: list[float] = field(default_factory=list)
    current: dict[int, Row] = field(default_factory=dict)
    """The last beam of each plane."""


class Beams:
    """The map so far and the current beam of each plane.

    Parameters
    ----------
    chain
        What turns frames into dose.
    scene
        The patient as at first.
    """

    def __init__(self, chain: Chain, scene: _core.Scene) -> None:
        self.map = _core.LiveMap(scene, planes=len(PLANES))
        self.last: _core.LiveUpdate | None = None
        """Of the last frame in the map."""
        self.last_calibration_factor = 1.0
        self.refused: str | None = None
        """What the kernel said of the last frame that it could not take."""
        self._chain = chain
        self._calibration = MeterCalibration(chain.corrections, chain.profile)
        self._qualities: dict[_Key, _Quality] = {}
        self._current: dict[int, Row] = {}

    def add(self, rows: Sequence[Row]) -> list[float | None]:
        """Add frames that were checked, in order.

        Returns
        -------
        Share of the field on skin of each; ``None`` for one that the kernel refused, which is not
        in the map.
        """
        shares: list[float | None] = []
        for position, run in groupby(rows, key=itemgetter(POSITION)):
            shares += self._add_run(int(position), list(run))
        return shares

    def _add_run(self, position: int, rows: list[Row]) -> list[float | None]:
        try:
            scene = self._chain.scenes.scene(POSITIONS[position])
            aimed = self._aim(rows)
            frames = scene.frames(aimed.settings)
            update = self.map.push(
                scene=scene,
                frames=frames,
                qualities=aimed.qualities,
                plane=np.array(aimed.planes, dtype=np.uint8),
                beam=np.array(aimed.beams, dtype=np.uint32),
                air_kerma_gy=np.array(aimed.air_kerma_gy),
            )
        except DosemapError as error:
            # Nothing was added. One by one, so that one bad frame keeps no other out of the map.
            if len(rows) > 1:
                return [share for row in rows for share in self._add_run(position, [row])]
            self.refused = str(error)
            return [None]
        self._current |= aimed.current
        self.last = update
        return list(update.share_on_skin.tolist())

    def _aim(self, rows: list[Row]) -> _Aimed:
        aimed = _Aimed(current=dict(self._current))
        numbers: dict[_Key, int] = {}
        for row in rows:
            plane, beam = int(row[PLANE]), row[BEAM:]
            key = (row[PLANE], row[KVP], row[FILTERS])
            quality = self._qualities.get(key) or self._new_quality(row, key)
            if aimed.current.get(plane) == beam:
                aimed.beams.append(_core.CONTINUES)
            else:
                if key not in numbers:
                    numbers[key] = len(aimed.qualities)
                    aimed.qualities.append(quality.core)
                aimed.beams.append(len(aimed.settings))
                aimed.settings.append(self._settings(row, numbers[key]))
                aimed.current[plane] = beam
            aimed.planes.append(plane)
            aimed.air_kerma_gy.append(row[KERMA] * quality.calibration_factor)
            self.last_calibration_factor = quality.calibration_factor
        return aimed

    def _new_quality(self, row: Row, key: _Key) -> _Quality:
        chain = self._chain
        of_beam = chain.quality_key(row)
        spectrum, core = beam_quality(of_beam, chain.profile.support, chain.corrections)
        event = Event(
            index=0,
            acquisition_plane=PLANES[int(row[PLANE])],
            kvp=row[KVP],
            filters=chain.filter_sets.filters(row),
        )
        factor, _ = self._calibration.look_up(event, spectrum)
        if len(self._qualities) >= _MOST_QUALITIES:
            del self._qualities[next(iter(self._qualities))]
        self._qualities[key] = _Quality(core=core, calibration_factor=factor)
        return self._qualities[key]

    def _settings(self, row: Row, quality: int) -> dict[str, object]:
        field_mm = (row[FIELD], row[FIELD + 1], row[FIELD + 2], row[FIELD + 3])
        return {
            "angles_relative_to_patient": row[SPACE] == _PATIENT,
            "source_to_isocenter_mm": row[_ISOCENTER],
            "table_origin_in_isocenter_mm": row[ORIGIN : ORIGIN + 3],
            **{name: row[place] for name, place in _ANGLES},
            "field_at_1m_mm": field_mm,
            "air_kerma_gy": 1.0,
            "reference_distance_mm": row[REFERENCE],
            "forward_scatter_ratio": forward_scatter_ratio(
                self._chain.profile.support,
                self._chain.corrections,
                field_at_1m_mm=field_mm,
                reference_mm=row[REFERENCE],
            ),
            "quality": quality,
        }
