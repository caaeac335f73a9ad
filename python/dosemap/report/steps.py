"""The dose after each event, as what a slider over them needs: which vertices changed, by how much.

Doses are counted in whole quanta of the dose so far, so that after any number of steps no more
than half a quantum is lost.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap.result import Setup

MOST_STEPS = 400
"""More positions than a slider can be set to by hand; events are then taken together."""
_QUANTA = (50_000, 5_000, 1_000, 250)
"""Into how many parts the highest dose is divided; less where the page would become too large."""
_MOST_CHANGES = 2_500_000
"""Numbers that a page holds: some 3 MB."""


@dataclass(frozen=True, kw_only=True)
class DoseSteps:
    """The dose of the exposed vertices, step by step."""

    events: tuple[tuple[int, ...], ...]
    """Of each step, in the order of the report."""
    quantum_gy: float
    counts: "NDArray[np.int64]"
    """How many vertices change in each step, (n_step,)."""
    vertices: "NDArray[np.int64]"
    """Which, ascending within a step, places among the vertices asked for."""
    quanta: "NDArray[np.int64]"
    """By how much."""

    @property
    def is_grouped(self) -> bool:
        """Whether a step holds several events."""
        return any(len(events) > 1 for events in self.events)


def grouped(events: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return events step by step: each alone, or as few together as the steps allow.

    Examples
    --------
    >>> grouped([0, 1, 3])
    ((0,), (1,), (3,))
    >>> len(grouped(range(10_000))), grouped(range(10_000))[0][-1]
    (400, 24)
    """
    size = -(-len(events) // MOST_STEPS) or 1
    return tuple(tuple(events[first : first + size]) for first in range(0, len(events), size))


def dose_steps(
    setup: "Setup",
    vertices: "NDArray[np.int64]",
    *,
    on_step: Callable[[int, int], None] | None = None,
) -> DoseSteps:
    """Compute the dose event by event, by the fast kernel.

    Parameters
    ----------
    setup
        Scenes and frames of the estimate.
    vertices
        Those that are wanted.
    on_step
        Called after each step with its number, from 1, and how many there are.
    """
    events = grouped(sorted({event for _, _, of in setup.parts for event in of}))
    doses: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []
    for number, dose_gy in enumerate(_doses(setup, events), 1):
        wanted = dose_gy[vertices]
        changed = np.flatnonzero(wanted)
        doses.append((changed, wanted[changed]))
        if on_step is not None:
            on_step(number, len(events))
    for parts in _QUANTA:
        steps = _in_quanta(events, doses, parts=parts, size=len(vertices))
        if len(steps.vertices) <= _MOST_CHANGES:
            break
    return steps


def _doses(setup: "Setup", events: Sequence[tuple[int, ...]]) -> "Iterator[NDArray[np.float64]]":
    """Yield the dose of every vertex from each step."""
    for group in events:
        total: NDArray[np.float64] | None = None
        for (scene, frames, _), numbers_of in zip(setup.parts, setup.frames_of_event, strict=True):
            numbers = [number for event in group for number in numbers_of.get(event, ())]
            if numbers:
                found = scene.dose_map(frames.subset(numbers), setup.qualities).dose_gy
                total = found if total is None else total + found
        assert total is not None  # every event of a setup has frames
        yield total


def _in_quanta(
    events: tuple[tuple[int, ...], ...],
    doses: "Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]]",
    *,
    parts: int,
    size: int,
) -> DoseSteps:
    total = np.zeros(size)
    for places, dose_gy in doses:
        total[places] += dose_gy
    quantum_gy = float(total.max()) / parts
    so_far, before = np.zeros(size), np.zeros(size, dtype=np.int64)
    changed, by = [], []
    for places, dose_gy in doses:
        so_far[places] += dose_gy
        after = np.rint(so_far[places] / quantum_gy).astype(np.int64)
        step = after - before[places]
        before[places] = after
        changed.append(places[step > 0])
        by.append(step[step > 0])
    return DoseSteps(
        events=events,
        quantum_gy=quantum_gy,
        counts=np.array([len(places) for places in changed]),
        vertices=np.concatenate(changed),
        quanta=np.concatenate(by),
    )
