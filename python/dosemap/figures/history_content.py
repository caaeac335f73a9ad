"""What the page of a patient's procedures together says."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from dosemap.alert_words import by_level, steps_reached
from dosemap.document import made_by
from dosemap.dose_words import gy
from dosemap.figures.key_numbers import KeyNumber
from dosemap.figures.page_content import PageContent, Section, footer, risk_sections, section
from dosemap.figures.skin_map import SkinMap, thresholds_gy
from dosemap.figures.timeline import Timeline, TimePoint
from dosemap.history.words import air_kerma, peak_of_sum, span
from dosemap.quantity_words import count

if TYPE_CHECKING:
    from dosemap.alerts import Level
    from dosemap.history import Cumulative, RaisedAlert

_MOST_REASONS = 5
"""Of a lower bound, that stand at the top."""
_LOUD = ("patient-may-be-several", "patient-id-of-another-issuer")
"""Codes of problems that stand at the top: the sum may be of several people, or lack some."""


def content_of_sum(
    found: "Cumulative", *, alerts: "Sequence[RaisedAlert]", levels: "Iterable[Level]"
) -> PageContent:
    """Return the page of several procedures of a patient.

    Parameters
    ----------
    found
        The sum.
    alerts
        Of the patient; those of procedures in the sum that were not withdrawn are told.
    levels
        Those of a window as long as the sum's are drawn.
    """
    chosen = [
        level
        for level in levels
        if level.scope == "window" and level.window_days == found.window_days
    ]
    levels_gy = thresholds_gy(chosen, up_to_gy=found.peak_skin_dose_gy or 0.0)
    skin_map = _skin_map(found, levels_gy)
    return PageContent(
        title="Skin dose of a patient's procedures together",
        subtitle=_patient(found),
        warnings=(
            *(f"CHECK: {p['message']}" for p in found.problems if p["code"] in _LOUD),
            *_lower_bound(found),
        ),
        key_numbers=tuple(_key_numbers(found)),
        about=tuple(_about(found)),
        skin_map=skin_map,
        no_map=None if skin_map else _why_no_map(found),
        timeline=_timeline(found, levels_gy),
        sections=tuple(_sections(found, alerts)),
        footer=footer(made_by()),
    )


def _lower_bound(found: "Cumulative") -> Iterable[str]:
    """Yield why the sum is a lower bound, of the first procedures where it is many."""
    for reason in found.reasons[:_MOST_REASONS]:
        yield f"LOWER BOUND: {reason}"
    more = len(found.reasons) - _MOST_REASONS
    if more > 0:
        yield f"LOWER BOUND: {count(more, 'more procedure')} not or not wholly in the sum"


def _skin_map(found: "Cumulative", levels_gy: tuple[float, ...]) -> SkinMap | None:
    if (
        found.surface is None
        or found.skin_dose_gy is None
        or found.peak_skin_dose_gy is None
        or found.vertex is None
    ):
        return None
    return SkinMap(
        surface=found.surface,
        skin_dose_gy=found.skin_dose_gy,
        peak_gy=found.peak_skin_dose_gy,
        peak_vertex=found.vertex,
        site=found.site,
        levels_gy=levels_gy,
        is_lower_bound=found.is_lower_bound,
    )


def _why_no_map(found: "Cumulative") -> str:
    if found.peak_skin_dose_gy is None:
        return "no procedure has a map that could be added"
    return "the surface of the sum cannot be made by this version of the program"


def _patient(found: "Cumulative") -> str:
    """Return whose procedures they are, as the store names the patient."""
    if not found.contributions:
        return "no procedure in the window"
    first = found.contributions[0].procedure
    issuer = f" ({first.issuer})" if first.issuer else ""
    return f"patient {first.patient_id or 'without ID'}{issuer}"


def _key_numbers(found: "Cumulative") -> Iterable[KeyNumber]:
    is_known = found.peak_skin_dose_gy is not None
    yield KeyNumber(name="peak of the sum", text=peak_of_sum(found), is_loud=not is_known)
    yield KeyNumber(name="where", text=found.site or "not known")
    yield KeyNumber(name="added", text=span(found))


def _about(found: "Cumulative") -> Iterable[KeyNumber]:
    without = [entry for entry in found.contributions if entry.not_added is not None]
    yield KeyNumber(name="air kerma", text=air_kerma(found))
    if found.reference_air_kerma_why is not None:
        yield KeyNumber(name="", text=found.reference_air_kerma_why, is_loud=True)
    if without:
        yield KeyNumber(
            name="not added",
            text=f"{len(without)} of {len(found.contributions)} procedures",
            is_loud=True,
        )
    if found.surface is not None:
        yield KeyNumber(name="on the skin of", text=found.surface.description)


def _timeline(found: "Cumulative", levels_gy: tuple[float, ...]) -> Timeline | None:
    if not found.contributions:
        return None
    pairs = zip(found.contributions, found.over_time, strict=True)
    return Timeline(
        points=tuple(
            TimePoint(
                number=entry.procedure.procedure,
                started=entry.procedure.started,
                own_peak_gy=entry.procedure.peak_skin_dose_gy if entry.procedure.has_map else None,
                peak_then_gy=then.peak_skin_dose_gy,
                is_lower_bound=then.is_lower_bound,
            )
            for entry, then in pairs
        ),
        levels_gy=levels_gy,
        window_days=found.window_days,
    )


def _sections(found: "Cumulative", alerts: "Sequence[RaisedAlert]") -> Iterable[Section]:
    added = {entry.procedure.procedure for entry in found.contributions}
    standing = [a for a in alerts if a.withdrawn is None and a.procedure in added]
    entries = [
        f"procedure {steps[0].procedure}: {steps_reached(steps)}"
        for number in dict.fromkeys(alert.procedure for alert in standing)
        for steps in by_level([alert for alert in standing if alert.procedure == number])
    ]
    yield from section("Alert levels reached", entries, is_loud=True)
    unknown = [
        f"procedure {entry.procedure}: {entry.level}: {entry.reason}"
        for entry in found.not_evaluated
    ]
    yield from section("Alert levels of which nobody can say", unknown, is_loud=True)
    yield from section("Procedures", list(_procedures(found)))
    if found.contributions:
        yield from risk_sections(found.risk().to_dict())
    problems = [f"{p['code']}: {p['message']}" for p in found.problems if p["code"] not in _LOUD]
    yield from section("Problems", problems)


def _procedures(found: "Cumulative") -> Iterable[str]:
    days = found.window_days
    of_sum = "of the sum then" if days is None else f"of the sum of {days} days to then"
    for entry, then in zip(found.contributions, found.over_time, strict=True):
        stored = entry.procedure
        at_peak = (
            f"not added: {entry.not_added}"
            if entry.not_added is not None
            else f"at the peak of all {gy(entry.dose_at_peak_gy)}"
        )
        least = "at least " if then.is_lower_bound and then.peak_skin_dose_gy is not None else ""
        day = f"{stored.started:%Y-%m-%d %H:%M}" if stored.started else "no date"
        own_least = "at least " if entry.is_lower_bound else ""
        own = own_least + gy(stored.peak_skin_dose_gy) if stored.has_map else "no map"
        yield (
            f"{stored.procedure}: {day}, {stored.system}; K_ref"
            f" {gy(stored.reference_air_kerma_gy)}; own peak {own}; {at_peak}; peak {of_sum}"
            f" {least}{gy(then.peak_skin_dose_gy)}"
        )
