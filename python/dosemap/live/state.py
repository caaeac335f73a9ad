"""The state of a session: what each frame changes, in one place and in one order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from dosemap import _core
from dosemap.live.beams import Beams, Chain
from dosemap.live.checks import Checked, Checks
from dosemap.live.columns import ABSENT, ID, KERMA, PLANE, PLANES, TIME, Reason, Row
from dosemap.live.kept import KeptBeam, KeptBeams
from dosemap.live.presses import Press, Presses
from dosemap.live.seen import Seen
from dosemap.live.settings import LiveSettings
from dosemap.live.tally import Tally
from dosemap.live.update import LiveUpdate
from dosemap.live.watch import LiveAlert, Reached, Watch
from dosemap.surface import Surface


@dataclass(frozen=True, kw_only=True)
class Copy:
    """The state at one moment, for a snapshot; later frames do not change it."""

    total: _core.DoseMap
    presses: tuple[Press, ...]
    beams: list[KeptBeam]
    merged: int
    tally: Tally


class _Taken(NamedTuple):
    """A frame on its way into the sums."""

    checked: Checked
    press: Press | None
    """``None`` where the plane is none."""


class State:
    """Everything that frames change. It knows no threads: its caller lets in one at a time.

    Parameters
    ----------
    chain
        What turns frames into dose.
    checks
        What of a frame is used.
    settings
        Of the session.
    surface
        The patient as at first, for the words of a site.
    watch
        Alert levels.
    """

    def __init__(
        self, chain: Chain, checks: Checks, settings: LiveSettings, surface: Surface, watch: Watch
    ) -> None:
        self.tally = Tally()
        self.alerts: list[LiveAlert] = []
        self._beams = Beams(chain, chain.scenes.scene(settings.first_position))
        self._checks = checks
        self._presses = Presses(gap_s=settings.pedal_gap_s, late_s=settings.late_s)
        self._kept = KeptBeams()
        self._seen = [Seen() for _ in PLANES]
        self.surface = surface
        self._watch = watch
        self._site: tuple[int, str] | None = None

    def take(self, rows: Sequence[Row]) -> LiveUpdate:
        """Add frames in order and return the state after the last one."""
        taken = [entry for row in rows if (entry := self._looked_at(row)) is not None]
        usable = [entry.checked.row for entry in taken if entry.checked.reason is None]
        shares = iter(self._beams.add(usable))
        last: Checked | None = None
        for checked, press in taken:
            share = None if checked.reason is not None else next(shares)
            last = self._added(checked, press, share)
        return self._update(last)

    def copy(self) -> Copy:
        """Return what a snapshot needs."""
        return Copy(
            total=self._beams.map.dose_map(),
            presses=self.presses(),
            beams=self._kept.copy(),
            merged=self._kept.merged,
            tally=Tally(
                all=replace(self.tally.all),
                not_mapped={why: replace(sums) for why, sums in self.tally.not_mapped.items()},
                oddities=self.tally.oddities.copy(),
                core_message=self.tally.core_message,
            ),
        )

    def presses(self) -> tuple[Press, ...]:
        """Return copies of the presses so far."""
        return tuple(
            replace(press, mapped=replace(press.mapped), not_mapped=replace(press.not_mapped))
            for press in self._presses.all
        )

    @property
    def map(self) -> _core.LiveMap:
        """The sums per vertex."""
        return self._beams.map

    def update(self) -> LiveUpdate:
        """Return the state as it is, without a frame."""
        return self._update(None)

    def _looked_at(self, row: Row) -> _Taken | None:
        checked = self._checks(row)
        row = checked.row
        if checked.reason is not None and checked.reason.field == "plane":
            return _Taken(checked, None)
        found = self._seen[int(row[PLANE])].look(row[ID], row[TIME])
        if found == "repeated":
            self.tally.oddities["repeated frame"] += 1
            return None
        if found == "used again":
            self.tally.oddities["frame_id used again"] += 1
        press, odd = self._presses.of(checked)
        if odd is not None:
            self.tally.oddities[odd] += 1
        return _Taken(checked, press)

    def _added(self, checked: Checked, press: Press | None, share: float | None) -> Checked:
        if checked.reason is None and share is None:
            self.tally.core_message = self.tally.core_message or self._beams.refused
            checked = checked._replace(reason=Reason("beam", "unusable"))
        self.tally.add(checked)
        if press is not None:
            press.add(checked)
            if share is not None:
                self._kept.add(press=press.number, row=checked.row, share_on_skin=share)
        return checked

    def _update(self, last: Checked | None) -> LiveUpdate:
        tally, vertex = self.tally, self._beams.map.peak_vertex
        if vertex is not None and (self._site is None or self._site[0] != vertex):
            point_mm = self.surface.vertices_mm[vertex]
            self._site = (vertex, self.surface.describe_site(vertex, point_mm))
        peak_gy, site = self._beams.map.peak_dose_gy, self._site[1] if self._site else None
        sums = tally.all
        lacks_kerma = bool(sums.frames_without_kerma)
        time_s = last.row[TIME] if last and last.row[TIME] != ABSENT else None
        alerts = self._watch.look(
            {
                "peak_skin_dose_gy": Reached(peak_gy, bool(tally.not_mapped), site),
                "reference_air_kerma_gy": Reached(sums.reference_air_kerma_gy, lacks_kerma),
                "kerma_area_product_gy_m2": Reached(
                    sums.kerma_area_product_gy_m2, bool(sums.frames_without_kerma_area_product)
                ),
            },
            time_s,
        )
        self.alerts += alerts
        why = last.reason if last else None
        is_mapped = last is not None and why is None
        beam = self._beams.last if is_mapped else None
        hits = beam is not None and beam.beam_vertex is not None
        return LiveUpdate(
            peak_skin_dose_gy=peak_gy,
            peak_site=site,
            reference_air_kerma_gy=sums.reference_air_kerma_gy,
            air_kerma_not_mapped_gy=tally.air_kerma_not_mapped_gy,
            frames=sums.frames,
            frames_not_mapped=tally.frames_not_mapped,
            skin_dose_rate_gy_per_s=self._rate(last.row, beam) if last and beam else None,
            beam_site_dose_gy=beam.beam_vertex_dose_gy if beam and hits else None,
            not_mapped=f"{why.field}: {why.what}" if why else None,
            alerts=alerts,
        )

    def _rate(self, row: Row, beam: _core.LiveUpdate) -> float | None:
        since_s = self._presses.seconds_before(row)
        if not since_s:
            return None
        kerma_gy = row[KERMA] * self._beams.last_calibration_factor
        return kerma_gy / since_s * beam.beam_gy_per_gy
