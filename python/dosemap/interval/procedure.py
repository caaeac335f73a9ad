"""From the bounds of single events to those of the peak skin dose of a procedure."""

import math
from dataclasses import replace
from os import PathLike

from dosemap.calibration import MeterCalibration, factors_not_applied
from dosemap.corrections import Corrections
from dosemap.equipment import Family, Profile, family_for
from dosemap.interval.event import EventInterval, event_interval
from dosemap.interval.known import Given, KnownRanges
from dosemap.interval.output import by_tube_output
from dosemap.interval.result import SkinDoseInterval
from dosemap.procedure import Assumption, Event, Problem, Procedure, Provenance
from dosemap.reading.log import event_list
from dosemap.support_fit import fitted_support
from dosemap.totals import is_kerma_beyond_total

_STANDING_ASSUMPTIONS = (
    Assumption(
        field="overlap",
        value="none to all",
        why="the low end is the largest single event, the high end all events on one point",
    ),
    Assumption(
        field="beam_on_patient",
        value="yes",
        why="every beam meets the skin with the middle of its field, between tube and detector",
    ),
)


def estimate_interval(
    procedure: Procedure,
    *,
    known: KnownRanges | None = None,
    equipment: Family | str | PathLike[str] | None = None,
    corrections: Corrections | None = None,
) -> SkinDoseInterval:
    """Return the lowest and the highest peak skin dose compatible with a report.

    For reports that give no map: those of mobile C-arms and R/F rooms. ``docs/methods/interval.md``
    says what bounds each quantity. It is no confidence interval and has no most likely value.

    Parameters
    ----------
    procedure
        A report, from :func:`dosemap.read_rdsr`.
    known
        What the caller knows beyond the report.
    equipment
        A profile, or the path of a site's own; by default the shipped one that matches the device,
        else none.
    corrections
        Factors of the dose chain that are switched off or replaced, as for :func:`estimate`.

    Returns
    -------
    The interval with all bounds that went into it. An end that nothing bounds is ``None``, and
    ``reason`` says why.

    Raises
    ------
    DosemapError
        An argument is impossible. What is wrong with the report never raises.

    Examples
    --------
    >>> from io import BytesIO
    >>> import dosemap as dm
    >>> from dosemap.simulate import write_rdsr
    >>> from dosemap.simulate.cases import single_beam
    >>> report = BytesIO()
    >>> write_rdsr(single_beam(), report, style="dicom")  # 10 mGy at 635 mm, detector at 1050 mm
    >>> interval = dm.estimate_interval(dm.read_rdsr(report.getvalue()))
    >>> 0.001 < interval.low_gy < 0.010 < interval.high_gy < 0.10
    True
    """
    family, corrections = family_for(procedure.device, equipment), corrections or Corrections()
    profile, fit = fitted_support(family) if isinstance(family, Profile) else (None, None)
    given = Given(
        profile=profile,
        corrections=corrections,
        calibration=MeterCalibration(corrections, profile),
        known=known or KnownRanges(),
        rounded_to_zero_below_gy=_rounded_to_zero_below_gy(procedure),
    )
    events = tuple(event_interval(event, given) for event in procedure.events)
    unlisted_gy = _unlisted_air_kerma_gy(procedure)
    of_totals = None if events else _of_totals(procedure, given)
    low_gy, largest = _low(events)
    high_gy, reason = _high(procedure, events, unlisted_gy)
    if low_gy is None:
        reason = reason or _nothing_known(procedure, events)
        high_gy = of_totals.dose_gy.high if of_totals and of_totals.dose_gy else None
    return SkinDoseInterval(
        source=procedure.source,
        low_gy=low_gy,
        high_gy=high_gy,
        reason=reason,
        largest_event=largest,
        unlisted_air_kerma_gy=unlisted_gy,
        events=events,
        of_totals=of_totals,
        assumptions=(
            *_STANDING_ASSUMPTIONS,
            *([fit.assumption()] if fit else []),
            *_of_meter(given, of_totals=not events),
            *_of_output(given, events),
        ),
        problems=(
            *_not_bounded(events),
            *(fit.problems() if fit else []),
            *given.calibration.problems(of_totals=not events),
            *factors_not_applied(procedure, corrections),
        ),
    )


def _of_meter(given: Given, *, of_totals: bool) -> list[Assumption]:
    """Return where the calibration factors came from.

    That a meter is right is not taken for granted where the caller bounds how far off it is.
    """
    bounded = given.known.air_kerma_deviation is not None
    return [
        replace(entry, events=() if of_totals else entry.events)
        for entry in given.calibration.assumptions()
        if not (bounded and entry.provenance is Provenance.ASSUMED)
    ]


def _of_output(given: Given, events: tuple[EventInterval, ...]) -> list[Assumption]:
    """Return of which events the air kerma is by the tube output of the profile."""
    output = given.profile.tube_output if given.profile else None
    derived = tuple(entry.event for entry in events if entry.by_tube_output)
    return [by_tube_output(output, derived)] if output and derived else []


def _of_totals(procedure: Procedure, given: Given) -> EventInterval | None:
    """Return the bounds of all dose in one field, for a report without events.

    Only the high end means anything: nobody knows over how many fields it was spread.
    """
    totals = procedure.totals
    if not totals.reference_air_kerma_gy and not totals.kerma_area_product_gy_m2:
        return None
    # Area product over kerma is the mean of the fields, which bounds none of them: one at a time.
    of_kerma = Event(index=0, reference_air_kerma_gy=totals.reference_air_kerma_gy)
    of_product = Event(index=0, kerma_area_product_gy_m2=totals.kerma_area_product_gy_m2)
    ways = [event_interval(event, given) for event in (of_kerma, of_product)]
    bounded = [way for way in ways if way.dose_gy is not None and way.dose_gy.high > 0]
    return min(bounded, key=_high_gy) if bounded else None


def _high_gy(entry: EventInterval) -> float:
    return entry.dose_gy.high if entry.dose_gy else math.inf


def _low(events: tuple[EventInterval, ...]) -> tuple[float | None, int | None]:
    """Return the low end, that of the event with the largest, and which that is."""
    lows = [(e.dose_gy.low, e.event) for e in events if e.dose_gy and e.dose_gy.high > 0]
    return max(lows, key=lambda entry: entry[0]) if lows else (None, None)


def _high(
    procedure: Procedure, events: tuple[EventInterval, ...], unlisted_gy: float
) -> tuple[float | None, str | None]:
    """Return the high end, or why there is none."""
    unbounded = [e for e in events if e.dose_gy is None]
    factors = [f for e in events if (f := e.largest_dose_per_air_kerma) is not None]
    # What events without a value gave is in the report's total, if that has more than the others
    # and is of their plane too.
    planes = [procedure.events[e.event].acquisition_plane for e in unbounded]
    is_held = unlisted_gy and factors and not is_kerma_beyond_total(procedure.totals, planes)
    of_total = [e for e in unbounded if not e.bounds and is_held]
    left = [e for e in unbounded if e not in of_total]
    if left:
        where = event_list(tuple(e.event for e in left))
        return None, f"nothing bounds the dose of {where}: {left[0].reason}"
    sum_gy = math.fsum(e.dose_gy.high for e in events if e.dose_gy)
    # Without a kerma in any event the total is theirs, and counted by their area products.
    return sum_gy + unlisted_gy * max(factors, default=0.0), None


def _rounded_to_zero_below_gy(procedure: Procedure) -> float:
    """Return what a kerma that the report writes as 0 can be at most.

    Rounding is in steps, a step is no larger than the smallest kerma written, and what is written
    as 0 is less than a step.
    """
    kermas = [event.reference_air_kerma_gy for event in procedure.events]
    return min((kerma for kerma in kermas if kerma), default=math.inf)


def _unlisted_air_kerma_gy(procedure: Procedure) -> float:
    """Return what the report's total has above the sum of its events, Gy."""
    total = procedure.totals.reference_air_kerma_gy or 0.0
    return max(0.0, total - math.fsum(e.reference_air_kerma_gy or 0.0 for e in procedure.events))


def _nothing_known(procedure: Procedure, events: tuple[EventInterval, ...]) -> str:
    if not procedure.events:
        return "the report has totals only, no irradiation events: over how many fields is unknown"
    reasons = [e.reason for e in events if e.reason]
    return reasons[0] if reasons else "no event has an air kerma or kerma-area product above zero"


def _not_bounded(events: tuple[EventInterval, ...]) -> tuple[Problem, ...]:
    found: dict[str, list[int]] = {}
    for entry in events:
        if entry.reason is not None:
            found.setdefault(entry.reason, []).append(entry.event)
    return tuple(
        Problem(
            code="dose-not-bounded",
            message=f"nothing bounds the dose of {event_list(tuple(where))}: {reason}",
            events=tuple(where),
        )
        for reason, where in found.items()
    )
