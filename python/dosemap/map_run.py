"""From placed beams and their sums to a result: peak, contributions, checks, document.

The steps are the same for a report, whose frames are computed at once, and for a live session,
whose frames were summed as they came.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dosemap import _core
from dosemap.calibration import MeterCalibration
from dosemap.corrections import Corrections
from dosemap.document import build_document
from dosemap.equipment import Support
from dosemap.event_table import EventOutcome, collect
from dosemap.filtration import too_soft
from dosemap.frames import FrameBuilder, Frames, UnusableBeam
from dosemap.map_checks import assumed_arms_in_beam, beams_beside_skin, coarse_mesh
from dosemap.placement import BeamPlacement, PlacedProcedure, PlaceOnTable
from dosemap.procedure import Assumption, PatientPosition, Problem
from dosemap.reading.log import event_list
from dosemap.result import DoseResult, PeakDose, Setup
from dosemap.scenes import Scenes
from dosemap.surface import Surface
from dosemap.trust import air_kerma_unknown, kerma_not_on_skin, trust_figures

_HOTTEST_AREA_MM2 = 100.0

_CLOSE_TO_PEAK = 0.99
"""The hottest square centimetre lies between the mean over patches and the peak; where these are
as close as this no finer look is worth its time."""


@dataclass
class MapRun:
    """One result on its way; each step adds to it. At the end :meth:`result` puts it together."""

    placed: PlacedProcedure
    corrections: Corrections
    calibration: MeterCalibration
    place: PlaceOnTable
    problems: list[Problem] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    reason: str | None = None
    positions: list[PatientPosition] = field(default_factory=list)
    surfaces: list[Surface] = field(default_factory=list)
    """One per patient position: the same skin, bent differently."""
    setup: Setup | None = None
    dose_gy: np.ndarray | None = None
    peak: PeakDose | None = None
    quality_of_event: dict[int, int] = field(default_factory=dict)
    calibration_factors: dict[int, float] = field(default_factory=dict)
    share_on_skin: dict[int, float] = field(default_factory=dict)
    dose_at_peak_gy: dict[int, float] = field(default_factory=dict)

    def map_events(self, support: Support, scenes: Scenes) -> None:
        """Compute the map of the placed events.

        Parameters
        ----------
        support
            Table and pad.
        scenes
            The patient on it.
        """
        builder = FrameBuilder(support, self.corrections, self.calibration)
        self._add_events(builder)
        if not builder.by_position:
            self.reason = "no map: no event has a usable beam; see the problems"
            return
        parts = self._parts(builder, scenes)
        maps = [scene.dose_map(frames, builder.qualities) for scene, frames, _ in parts]
        total = maps[0]
        for further in maps[1:]:
            total = total.plus(further)
        self._explain(builder, parts, total, total.share_on_skin)

    def take_map(
        self,
        builder: FrameBuilder,
        scenes: Scenes,
        total: _core.DoseMap,
        share_on_skin: np.ndarray,
    ) -> None:
        """Take a map that was summed while its frames came.

        Parameters
        ----------
        builder
            Has the frames; :attr:`quality_of_event` has their beam qualities.
        scenes
            The patient on the table.
        total
            The sums.
        share_on_skin
            Of each frame, position after position, (n_frame,).
        """
        self._explain(builder, self._parts(builder, scenes), total, share_on_skin)

    def _parts(
        self, builder: FrameBuilder, scenes: Scenes
    ) -> list[tuple[_core.Scene, _core.Frames, Frames]]:
        parts = []
        for position, frames in builder.by_position.items():
            scene = scenes.scene(position)
            self.positions.append(position)
            self.surfaces.append(scenes.surface(position))
            parts.append((scene, scene.frames(frames.settings), frames))
        return parts

    def _explain(
        self,
        builder: FrameBuilder,
        parts: Sequence[tuple[_core.Scene, _core.Frames, Frames]],
        total: _core.DoseMap,
        share_on_skin: np.ndarray,
    ) -> None:
        """Find the peak of a map, what each event did to it, and what to know of it."""
        self.problems += too_soft(
            {event: builder.spectra[quality] for event, quality in self.quality_of_event.items()}
        )
        self.calibration_factors = builder.calibration_factors
        self.dose_gy = total.dose_gy
        self.setup = Setup(
            parts=tuple((scene, frames, tuple(f.event_of_frame)) for scene, frames, f in parts),
            qualities=tuple(builder.qualities),
            spectra=tuple(builder.spectra),
            quality_of_event=self.quality_of_event,
            support=builder.support,
        )
        self._note_misses(parts, share_on_skin)
        self._find_peak(parts, builder.qualities, total)
        self._assume(builder)

    def _add_events(self, builder: FrameBuilder) -> None:
        failures: dict[tuple[str, str], list[int]] = {}
        pairs = zip(self.placed.procedure.events, self.placed.placements, strict=True)
        for event, placement in pairs:
            if isinstance(placement, BeamPlacement):
                try:
                    self.quality_of_event[event.index] = builder.add(event, placement)
                except UnusableBeam as error:
                    failures.setdefault((error.code, str(error)), []).append(event.index)
        for (code, message), events in failures.items():
            self.problems.append(
                Problem(
                    code=code,
                    message=f"{message} ({event_list(tuple(events))}); the air kerma of these"
                    " events is not in the map",
                    events=tuple(events),
                )
            )

    def _note_misses(
        self, parts: Sequence[tuple[_core.Scene, _core.Frames, Frames]], shares: np.ndarray
    ) -> None:
        frames = [part for _, _, part in parts]
        events = np.array([event for part in frames for event in part.event_of_frame])
        kerma_gy = np.array([kerma for part in frames for kerma in part.air_kerma_gy])
        all_gy, on_skin_gy = np.bincount(events, kerma_gy), np.bincount(events, kerma_gy * shares)
        # Beams that give nothing are not looked for on the skin.
        self.share_on_skin = {
            int(event): float(on_skin_gy[event] / all_gy[event])
            for event in np.flatnonzero(all_gy > 0)
        }
        self.problems.extend(beams_beside_skin(self.share_on_skin))

    def _find_peak(
        self,
        parts: Sequence[tuple[_core.Scene, _core.Frames, Frames]],
        qualities: Sequence[_core.BeamQuality],
        total: _core.DoseMap,
    ) -> None:
        scene, frames, _ = parts[0]
        also = [(scene, frames) for scene, frames, _ in parts[1:]]
        peak = scene.peak(frames, qualities, total, also=also)
        if peak is None:
            self.reason = "no map: no beam meets the surface; see the problems"
            self.dose_gy = None
            return
        events = [event for _, _, f in parts for event in f.event_of_frame]
        for event, dose in zip(events, peak.frame_dose_gy, strict=True):
            self.dose_at_peak_gy[event] = self.dose_at_peak_gy.get(event, 0.0) + dose
        surface = self.surfaces[0]
        hottest_gy, centre = surface.core.hottest_mean(total.dose_gy, _HOTTEST_AREA_MM2)
        if hottest_gy < _CLOSE_TO_PEAK * peak.dose_gy:
            # Patches dilute the mean where a field is hardly larger than the area; sample finely.
            sampled_gy = scene.hottest_mean(
                frames,
                qualities,
                near=sorted({centre, peak.vertex}),
                area_mm2=_HOTTEST_AREA_MM2,
                also=also,
            )
            hottest_gy = min(max(hottest_gy, sampled_gy), peak.dose_gy)
        hot = (centre, peak.vertex)
        self.problems += coarse_mesh(surface, hot, area_mm2=_HOTTEST_AREA_MM2)
        self.problems += assumed_arms_in_beam(surface, total.dose_gy, peak_vertex=peak.vertex)
        self.peak = PeakDose(
            dose_gy=peak.dose_gy,
            hottest_1cm2_gy=hottest_gy,
            vertex=peak.vertex,
            point_in_patient_mm=(peak.point_mm[0], peak.point_mm[1], peak.point_mm[2]),
            site=surface.describe_site(peak.vertex, peak.point_mm),
            address=surface.address(peak.vertex),
        )

    def _assume(self, builder: FrameBuilder) -> None:
        self.assumptions.extend(self.place.assumptions)
        self.assumptions.extend(self.calibration.assumptions())
        self.problems.extend(self.calibration.problems())
        if self.corrections.support is True and builder.support.measurement_geometry == "unknown":
            self.assumptions.append(
                Assumption(
                    field="support_measurement_geometry",
                    value="on_pad",
                    why="the profile does not know whether the transmission of table and pad was"
                    " measured with their forward scatter; none is added (15 to 35 % hang on it)",
                )
            )

    def result(self) -> DoseResult:
        """Return what was found, with everything that explains it."""
        events = collect(self.placed, self._outcomes())
        mapped = self.dose_gy is not None
        surface = self.surfaces[0] if mapped else None
        bent = self.surfaces if mapped else []
        of_surfaces = [entry for skin in bent for entry in skin.assumptions]
        trust = trust_figures(events, self.placed.procedure.totals, self.placed.assumptions)
        document = build_document(
            self.placed,
            surface=surface,
            corrections={
                **self.corrections.describe(),
                "calibration": self.calibration.describe(),
            },
            events=events,
            skin_dose_gy=self.dose_gy,
            peak=self.peak,
            trust=trust,
            reason=self.placed.reason or self.reason,
            assumptions=(
                *self.placed.assumptions,
                *(dict.fromkeys(of_surfaces)),
                *self.assumptions,
            ),
            problems=(
                *self.placed.procedure.problems,
                *self.placed.problems,
                *self.problems,
                # Where nothing is placed the reason says it.
                *([] if self.placed.reason else kerma_not_on_skin(trust)),
                *([] if self.placed.reason else air_kerma_unknown(events, trust)),
            ),
        )
        return DoseResult(
            document=document,
            events=events,
            surface=surface,
            skin_dose_gy=self.dose_gy,
            peak=self.peak,
            setup=self.setup if mapped else None,
            procedure=self.placed.procedure,
        )

    def _outcomes(self) -> dict[int, EventOutcome]:
        if self.setup is None:
            return {}
        outcomes = {}
        for event, number in self.quality_of_event.items():
            quality, spectrum = self.setup.qualities[number], self.setup.spectra[number]
            outcomes[event] = EventOutcome(
                share_on_skin=self.share_on_skin.get(event, math.nan),
                dose_at_peak_gy=self.dose_at_peak_gy.get(event, 0.0),
                half_value_layer_mm_al=spectrum.half_value_layer_mm(),
                mean_energy_kev=spectrum.mean_energy_kev,
                primary_mu_en_ratio=quality.primary_mu_en_ratio,
                scatter_mu_en_ratio=quality.scatter_mu_en_ratio,
                support_transmission=quality.support_transmission,
                calibration_factor=self.calibration_factors[event],
            )
        return outcomes
