"""The doses step by step: what a slider adds up is the map."""

import numpy as np
import pytest
from report_cases import of_a_body, of_a_trunk

from dosemap import DoseResult
from dosemap.report.drawn_skin import DrawnSkin, draw
from dosemap.report.steps import MOST_STEPS, DoseSteps, dose_steps


def drawn(result: DoseResult) -> DrawnSkin:
    assert result.surface is not None
    assert result.skin_dose_gy is not None
    assert result.peak is not None
    return draw(result.surface, result.skin_dose_gy, also=result.peak.vertex)


def after(steps: DoseSteps, count: int, size: int) -> "np.ndarray":
    """Return the dose after some steps, added up as the page does."""
    end = steps.counts[:count].sum()
    sums = np.bincount(steps.vertices[:end], steps.quanta[:end], minlength=size)
    found: np.ndarray = sums * steps.quantum_gy
    return found


@pytest.mark.parametrize("events", [14, 1000])
def test_the_steps_add_up_to_the_map(events: int) -> None:
    result = of_a_trunk(events=events)
    skin = drawn(result)
    exposed = skin.vertices[: skin.exposed]
    assert result.setup is not None
    assert result.skin_dose_gy is not None
    steps = dose_steps(result.setup, exposed)
    last = after(steps, len(steps.events), len(exposed))
    # Half a quantum is lost by rounding; sums in another order differ in the last digits.
    limit = 0.5 * steps.quantum_gy + 1e-9 * result.skin_dose_gy.max()
    assert np.abs(last - result.skin_dose_gy[exposed]).max() <= limit
    assert steps.quantum_gy <= result.skin_dose_gy.max() / 250


def test_a_step_has_the_dose_that_the_reference_gives_its_event() -> None:
    """By the slow implementation, which knows nothing of steps."""
    result = of_a_body()
    skin = drawn(result)
    exposed = skin.vertices[: skin.exposed]
    assert result.setup is not None
    steps = dose_steps(result.setup, exposed)
    found = after(steps, 2, len(exposed)) - after(steps, 1, len(exposed))
    event = result.event_factors(1)
    expected = np.nan_to_num(event["skin_dose"].to_numpy()).sum(axis=0)[exposed]
    # Two roundings of half a quantum; the fast kernel keeps f32 and cuts far scatter off (4e-5 of
    # the highest dose).
    limit = steps.quantum_gy + 1e-4 * expected.max()
    assert np.abs(found - expected).max() <= limit


def test_many_events_share_steps_and_none_is_lost() -> None:
    result = of_a_trunk(events=1000)
    skin = drawn(result)
    told = []
    assert result.setup is not None
    steps = dose_steps(
        result.setup, skin.vertices[: skin.exposed], on_step=lambda *done: told.append(done)
    )
    assert len(steps.events) <= MOST_STEPS
    assert steps.is_grouped
    assert [event for events in steps.events for event in events] == list(range(1000))
    assert told[-1] == (len(steps.events), len(steps.events))


def test_what_is_drawn_has_every_exposed_vertex_and_closes_the_skin() -> None:
    result = of_a_body()
    skin = drawn(result)
    surface, dose_gy = result.surface, result.skin_dose_gy
    assert surface is not None
    assert dose_gy is not None
    assert set(skin.vertices[: skin.exposed]) >= set(np.flatnonzero(dose_gy >= skin.least_gy))
    assert len(np.unique(skin.vertices)) == len(skin.vertices)
    corners = surface.vertices_mm[skin.vertices][skin.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area_mm2 = np.linalg.norm(across, axis=1).sum() / 2
    # Wider triangles cut bends short, by a few per cent; holes or folds would show as much more.
    assert area_mm2 == pytest.approx(surface.areas_mm2.sum(), rel=0.04)
    normals = surface.normals[skin.vertices][skin.triangles].sum(axis=1)
    turned = (across * normals).sum(axis=1) < 0
    assert turned.mean() < 1e-3
    # Every edge of a closed skin is passed once in each direction.
    sides = np.concatenate([skin.triangles[:, [i, (i + 1) % 3]] for i in range(3)])
    there = {tuple(side) for side in sides.tolist()}
    loose = [side for side in there if side[::-1] not in there]
    assert len(loose) < 0.002 * len(there)
