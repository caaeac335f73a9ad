"""One procedure many times over."""

import math
from collections.abc import Callable
from dataclasses import replace
from os import PathLike

from dosemap import _core
from dosemap.body import Body
from dosemap.corrections import Corrections
from dosemap.engine import Prepared, prepare
from dosemap.ensembles.result import Ensemble
from dosemap.ensembles.variations import AirKermaPer, Draws, Variations
from dosemap.equipment import Family
from dosemap.errors import DosemapError
from dosemap.placement import BeamPlacement, PlacementOverrides, place_procedure
from dosemap.procedure import Problem, Procedure
from dosemap.reading.log import event_list
from dosemap.surface import Surface

Progress = Callable[[int, int], object]
"""Given how many variations are done, and of how many."""

_PROBE_MM = 10.0
"""Shift of the table that shows whether a reference point stands at the table or the skin."""
_KEPT_WITHIN_MM = 0.01


def ensemble(  # noqa: PLR0913  (all but the first are keywords with a default)
    procedure: Procedure,
    *,
    variations: Variations | Draws,
    count: int = 1000,
    seed: int = 0,
    surface: Surface | Body | None = None,
    equipment: Family | str | PathLike[str] | None = None,
    overrides: PlacementOverrides | None = None,
    corrections: Corrections | None = None,
    head_gap_mm: float | None = None,
    lateral_shift_mm: float | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Estimate the skin dose map of a procedure many times over, each time varied.

    The result is the distribution of the peak, and of the dose at each vertex, **under the
    variations stated**; it is not the uncertainty of the dose, which has further sources
    (``docs/methods/ensemble.md``).

    Parameters
    ----------
    procedure
        A report, from :func:`dosemap.read_rdsr`.
    variations
        What is varied and by how much, or the values themselves.
    count
        How many variations; not used where the values are given.
    seed
        The same seed gives the same result, whatever the number of threads.
    surface, equipment, overrides, corrections, head_gap_mm, lateral_shift_mm
        As of :func:`dosemap.estimate`.
    progress
        Called with the number of variations done and of all, now and then; what it raises ends the
        work.

    Returns
    -------
    Quantiles of the peak and of every vertex. No map is kept.

    Raises
    ------
    DosemapError
        The procedure has no map, or an argument is impossible.

    Examples
    --------
    >>> from io import BytesIO
    >>> import dosemap as dm
    >>> from dosemap.simulate import simulate_procedure
    >>> report = BytesIO()
    >>> simulate_procedure(
    ...     "transforaminal_epidural_injection", device="philips_allura"
    ... ).write(report)
    >>> varied = dm.ensemble(
    ...     dm.read_rdsr(report.getvalue()),
    ...     variations=dm.Variations(air_kerma=dm.Spread(limit=0.35)),
    ...     count=200,
    ... )
    >>> low, high = (varied.peak_skin_dose_quantile_gy(share) for share in (0.0, 1.0))
    >>> 1.9 < high / low < 1.35 / 0.65
    True
    """
    if not isinstance(variations, Variations | Draws):
        raise DosemapError(
            f"variations is {variations!r}; it must be Variations, for example"
            " Variations(air_kerma=Spread(limit=0.35)), or Draws"
        )
    prepared = prepare(
        procedure,
        surface=surface,
        equipment=equipment,
        overrides=overrides,
        corrections=corrections,
        head_gap_mm=head_gap_mm,
        lateral_shift_mm=lateral_shift_mm,
    )
    estimate = prepared.run.result()
    if estimate.setup is None or estimate.surface is None:
        raise DosemapError(f"nothing can be varied: {estimate.reason}")
    group_of_event = _groups(procedure, variations.air_kerma_per)
    groups = len(set(group_of_event.values()))
    draws = (
        variations
        if isinstance(variations, Draws)
        else variations.draw(
            count,
            seed=seed,
            groups=groups,
            mass_kg=estimate.surface.body.mass_kg if estimate.surface.body else None,
        )
    )
    if draws.air_kerma_factors.shape != (len(draws), groups):
        raise DosemapError(
            f"air_kerma_factors has the shape {draws.air_kerma_factors.shape}; {len(draws)}"
            f" variations of {groups} groups ({draws.air_kerma_per}) need ({len(draws)}, {groups})"
        )
    core = _core.Ensemble(
        _scenes(prepared, draws),
        [
            (frames, [group_of_event[event] for event in events])
            for _, frames, events in estimate.setup.parts
        ],
        list(estimate.setup.qualities),
        variations=draws.for_core(),
    )
    done = 0
    while step := core.step():
        done += step
        if progress is not None:
            progress(done, len(draws))
    peaks_gy = core.peak_dose_gy()
    return Ensemble(
        estimate=estimate,
        draws=draws,
        peak_skin_dose_gy=peaks_gy,
        peak_vertex=core.peak_vertex(),
        varied=tuple(variations.describe()),
        problems=(
            *(_kept_reference_points(prepared, overrides) if draws.moves else ()),
            *_missed(int((peaks_gy <= 0).sum()), len(draws)),
        ),
        core=core,
    )


def _missed(missed: int, count: int) -> tuple[Problem, ...]:
    """Return a problem where variations leave no dose on the skin."""
    if not missed:
        return ()
    return (
        Problem(
            code="variations-miss-skin",
            message=f"in {missed} of {count} variations no beam meets the skin; they count"
            " with a dose of 0 and draw quantiles down: vary place and table by less",
        ),
    )


def _groups(procedure: Procedure, per: AirKermaPer) -> dict[int, int]:
    """Return by event the number of the group whose air kerma varies together."""
    if per == "procedure":
        return dict.fromkeys((event.index for event in procedure.events), 0)
    names = {
        event.index: event.index if per == "event" else event.acquisition_plane
        for event in procedure.events
    }
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names.values()))}
    return {event: numbers[name] for event, name in names.items()}


def _scenes(prepared: Prepared, draws: Draws) -> list[list[_core.Scene]]:
    """Return the scenes of each body, by patient position as the estimate has them."""
    scenes = prepared.scenes
    if scenes is None:
        return []
    positions = prepared.run.positions
    patients = [
        scenes if mass_kg is None else scenes.of_another(_of_mass(scenes.patient, mass_kg))
        for mass_kg in draws.masses_kg
    ]
    return [[patient.scene(position) for position in positions] for patient in patients]


def _of_mass(patient: Surface | Body, mass_kg: float) -> Body:
    if not isinstance(patient, Body):
        raise DosemapError("masses_kg are given, but the surface is not a Body")
    try:
        return replace(patient, mass_kg=mass_kg, thickness_ap_cm=None)
    except DosemapError as error:
        raise DosemapError(
            f"a varied mass is not that of a person ({error}); choose a narrower spread of mass_kg"
        ) from error


def _kept_reference_points(
    prepared: Prepared, overrides: PlacementOverrides | None
) -> tuple[Problem, ...]:
    """Tell of events whose reference point would move with table or skin, but is kept.

    The events are placed once more with the table elsewhere.
    """
    placed, scenes = prepared.run.placed, prepared.scenes
    overrides = overrides or PlacementOverrides()
    # Towards 0, as there are limits.
    x, y, z = (
        mm - math.copysign(_PROBE_MM, mm) for mm in overrides.table_offset_mm or (0.0, 0.0, 0.0)
    )
    probe = place_procedure(
        placed.procedure,
        placed.family,
        overrides=replace(overrides, table_offset_mm=(x, y, z)),
        skin_distance=scenes.skin_distance_mm if scenes else None,
    )
    pairs = zip(placed.procedure.events, placed.placements, probe.placements, strict=True)
    events = tuple(
        event.index
        for event, first, second in pairs
        if isinstance(first, BeamPlacement)
        and isinstance(second, BeamPlacement)
        and abs(first.source_to_reference_point_mm - second.source_to_reference_point_mm)
        > _KEPT_WITHIN_MM
    )
    if not events:
        return ()
    return (
        Problem(
            code="reference-point-kept",
            message=f"the reference point of {event_list(events)} is defined at the table or the"
            " skin, which vary; its distance from the focal spot is kept as in the estimate, so"
            " the doses of these events scatter more than they should",
            events=events,
        ),
    )
