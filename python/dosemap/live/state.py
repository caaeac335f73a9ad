"""The state of a session: rows go into the core's feed, which is given what they ask for."""

from collections.abc import Mapping

from dosemap import _core
from dosemap.errors import DosemapError
from dosemap.frames import FIELD_SIDE_AT_1M_MM, scattering_support_mm
from dosemap.live.chain import Chain
from dosemap.live.columns import ABSENT, ANGLE_SPACES, COLUMNS, PLACE, POSITIONS
from dosemap.live.settings import LiveSettings
from dosemap.live.update import LiveUpdate
from dosemap.live.watch import LiveAlert, Watch
from dosemap.surface import Surface

MOST_PRESSES = 4096
"""Presses kept apart: an 8-hour case has some hundreds."""
MOST_BEAMS = 8192
"""Beams that differ kept for snapshots; more than there can be presses."""
REMEMBERED = 4096
"""Frames of a plane among which a repeated one is known: two minutes at 30 frames a second."""


class State:
    """Everything that frames change. It knows no threads: its caller lets in one at a time.

    Parameters
    ----------
    chain
        What turns frames into dose.
    defaults
        What stands in for fields that a frame does not give.
    settings
        Of the session.
    surface
        The patient as at first, for the words of a site.
    watch
        Alert levels.
    """

    def __init__(
        self,
        chain: Chain,
        defaults: Mapping[str, float],
        settings: LiveSettings,
        surface: Surface,
        watch: Watch,
    ) -> None:
        self.feed = _core.LiveFeed(
            chain.scenes.scene(settings.first_position),
            _feed_settings(chain, defaults, settings),
        )
        self.alerts: list[LiveAlert] = []
        self.surface = surface
        self._chain = chain
        self._calibration = chain.calibration()
        self._watch = watch
        self._site: tuple[int, str] | None = None

    def take(self, rows: bytes) -> LiveUpdate:
        """Add rows in order and return the state after the last one; without rows as it is."""
        end, wanted = self.feed.take(rows)
        while wanted is not None:
            end = self._give(wanted, rows, end)
            end, wanted = self.feed.take(rows, end)
        return self._update(self.feed.now())

    def _give(self, wanted: int | list[float], rows: bytes, at: int) -> int:
        """Give what the frame at a place wants; returns the place of the next to take."""
        try:
            if isinstance(wanted, int):
                self.feed.give_scene(wanted, self._chain.scenes.scene(POSITIONS[wanted]))
            else:
                quality, factor = self._chain.quality(wanted, self._calibration)
                self.feed.give_quality(wanted, quality, calibration_factor=factor)
        except Exception as error:  # a function of the caller may raise anything; the case goes on
            kind = "" if isinstance(error, DosemapError) else f"{type(error).__name__}: "
            return self.feed.refuse(rows, at, kind + str(error))
        return at

    def _update(self, now: _core.LiveNow) -> LiveUpdate:
        vertex = now.peak_vertex
        if vertex is not None and (self._site is None or self._site[0] != vertex):
            point_mm = self.surface.vertices_mm[vertex]
            self._site = (vertex, self.surface.describe_site(vertex, point_mm))
        site = self._site[1] if self._site else None
        alerts = self._watch.look(now, site)
        if alerts:
            self.alerts += alerts
        why = now.not_mapped
        return LiveUpdate(
            now.peak_skin_dose_gy,
            site,
            now.reference_air_kerma_gy,
            now.air_kerma_not_mapped_gy,
            now.frames,
            now.frames_not_mapped,
            now.dose_rate_gy_per_s,
            now.beam_vertex_dose_gy,
            f"{why[0]}: {why[1]}" if why else None,
            alerts,
        )


def _feed_settings(
    chain: Chain, defaults: Mapping[str, float], settings: LiveSettings
) -> dict[str, object]:
    stand_in = {PLACE[field]: value for field, value in defaults.items()}
    return {
        "low": [column.limits[0] for column in COLUMNS],
        "high": [column.limits[1] for column in COLUMNS],
        "field_side_at_1m_mm": FIELD_SIDE_AT_1M_MM,
        "defaults": [stand_in.get(place, ABSENT) for place in range(len(COLUMNS))],
        "pedal_gap_s": settings.pedal_gap_s,
        "late_s": settings.late_s,
        "most_presses": MOST_PRESSES,
        "most_beams": MOST_BEAMS,
        "remembered": REMEMBERED,
        "patient_space": ANGLE_SPACES.index("patient"),
        "scattering_support_mm": scattering_support_mm(chain.profile.support, chain.corrections),
    }
