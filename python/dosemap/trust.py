"""How much of the dose of a report the map accounts for, and how much of it rests on assumptions.

Shares are of reference air kerma. An event whose field falls on skin by half counts half as on
skin and half as missed, so that beams beside the patient show even where none misses altogether.
Where some event's air kerma is not known at all there are no shares: those of the known part alone
would look better than what is known.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dosemap.procedure import Assumption, Problem, Provenance, Totals
from dosemap.reading.checks import kerma_sum_differs
from dosemap.reading.log import event_list
from dosemap.totals import is_kerma_beyond_total

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap.event_table import EventTable

LARGEST_SHARE_NOT_ON_SKIN = 0.2
"""A problem is raised when more of the air kerma than this missed the skin or is not placed."""

_NOT_METERED = (Provenance.DERIVED, Provenance.PROFILE)
"""Of an air kerma: by area product over field area, and by the tube output of a profile."""
NEVER_REPORTED = frozenset({"detector_rotation_deg"})
"""No dose report has these, so that they would make every share of assumed fields 1."""


def trust_figures(
    events: "EventTable", totals: Totals, assumptions: Sequence[Assumption]
) -> dict[str, Any]:
    """Return the trust figures of a result (``trust`` in ``docs/json.md``).

    Parameters
    ----------
    events
        The events with what was found for them.
    totals
        The report's totals: what events that state no air kerma had is only in there.
    assumptions
        Those made for single events.
    """
    stated_gy = events.numbers["reference_air_kerma_gy"]
    share_on_skin = events.numbers["share_on_skin"]
    kerma_gy = np.nan_to_num(stated_gy)
    placed = np.isfinite(share_on_skin)
    all_gy = air_kerma_gy(events, totals)
    on_skin_gy = math.fsum((kerma_gy * share_on_skin)[placed])
    missed_gy = math.fsum((kerma_gy * (1.0 - share_on_skin))[placed])
    # With what the total has for events that state no air kerma.
    not_placed_gy = math.fsum(kerma_gy[~placed]) + max(0.0, (all_gy or 0.0) - math.fsum(kerma_gy))
    fields = _assumed_fields(assumptions)
    counted = [events for name, events in fields.items() if name not in NEVER_REPORTED]
    any_assumed = sorted(set().union(*counted))

    def share(part_gy: float) -> float | None:
        return part_gy / all_gy if all_gy else None

    return {
        "air_kerma_gy": all_gy,
        "share_on_skin": share(on_skin_gy),
        "share_missed_skin": share(missed_gy),
        "share_not_placed": share(not_placed_gy),
        "share_with_assumed_fields": share(math.fsum(kerma_gy[any_assumed])),
        "share_with_derived_air_kerma": share(math.fsum(kerma_gy[_derived(events)])),
        "assumed_fields": [
            {
                "field": name,
                "share_of_air_kerma": share(math.fsum(kerma_gy[indices])),
                "events": indices,
            }
            for name, indices in fields.items()
        ],
    }


def _derived(events: "EventTable") -> "NDArray[np.bool_]":
    """Return for each event whether its air kerma was derived from other values."""
    nothing = [Provenance.MISSING] * len(events)
    came_from = events.provenance.get("reference_air_kerma_gy", nothing)
    return np.array([kind in _NOT_METERED for kind in came_from], dtype=bool)


def air_kerma_gy(events: "EventTable", totals: Totals) -> float | None:
    """Return the air kerma of a whole report; ``None`` where that of any event is not known.

    Parameters
    ----------
    events
        The events. What those of unknown air kerma had is what the report's total has above the
        others; a total below the others, or that is not of their plane, says nothing of it.
    totals
        The report's totals.
    """
    stated_gy = events.numbers["reference_air_kerma_gy"]
    is_known = np.isfinite(stated_gy)
    known = stated_gy[is_known]
    summed, total = math.fsum(known), totals.reference_air_kerma_gy
    if len(known) == len(stated_gy) > 0:
        return summed
    planes = [text or None for text in events.texts["acquisition_plane"]]
    unknown = [plane for plane, known in zip(planes, is_known, strict=True) if not known]
    if is_kerma_beyond_total(totals, unknown):
        return None
    # A zero is no total beside events that state nothing.
    if total is None or (total == 0 and unknown):
        return None
    if summed > total and kerma_sum_differs([known.tolist()], total):
        return None
    return max(summed, total)


def _assumed_fields(assumptions: Sequence[Assumption]) -> dict[str, list[int]]:
    """Return the events for which each field was assumed, in the order of the assumptions."""
    fields: dict[str, set[int]] = {}
    for entry in assumptions:
        if entry.events and entry.provenance is Provenance.ASSUMED:
            fields.setdefault(entry.field, set()).update(entry.events)
    return {name: sorted(events) for name, events in fields.items()}


def air_kerma_unknown(events: "EventTable", trust: Mapping[str, Any]) -> list[Problem]:
    """Return a problem where events without air kerma leave the share on the skin unknown.

    Parameters
    ----------
    events
        The events with what was found for them.
    trust
        What :func:`trust_figures` returns.
    """
    unknown = np.flatnonzero(~np.isfinite(events.numbers["reference_air_kerma_gy"])).tolist()
    if trust["air_kerma_gy"] is not None or not unknown:
        return []
    return [
        Problem(
            code="air-kerma-unknown",
            message=f"the report states no air kerma for {event_list(tuple(unknown))} and no total"
            " that holds it; the peak skin dose is a lower bound, by how much is not known",
            events=tuple(unknown),
        )
    ]


def kerma_not_on_skin(trust: Mapping[str, Any]) -> list[Problem]:
    """Return a problem when much of the air kerma missed the skin or could not be placed.

    Parameters
    ----------
    trust
        What :func:`trust_figures` returns.
    """
    missed, not_placed = trust["share_missed_skin"], trust["share_not_placed"]
    if missed is None or missed + not_placed <= LARGEST_SHARE_NOT_ON_SKIN:
        return []
    return [
        Problem(
            code="kerma-not-on-skin",
            message=f"{missed + not_placed:.0%} of the air kerma is not on the skin"
            f" ({missed:.0%} missed it, {not_placed:.0%} could not be placed); the peak skin dose"
            " may be far too low and its place wrong: check patient position, table offset,"
            " equipment profile and the size of the surface",
        )
    ]
