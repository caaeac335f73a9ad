"""What stands on a printed page, of one procedure or of several; the drawing is in page.py."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dosemap.alert_words import level_names, reached
from dosemap.field_words import field_value, field_words
from dosemap.figures.key_numbers import KeyNumber, about_report, key_numbers
from dosemap.figures.skin_map import SkinMap
from dosemap.quantity_words import count
from dosemap.result_words import LOUD

if TYPE_CHECKING:
    from dosemap.alerts import Level
    from dosemap.figures.timeline import Timeline
    from dosemap.result import DoseResult


Paper = Literal["a4", "letter"]


@dataclass(frozen=True, kw_only=True)
class Section:
    """Entries under a heading."""

    heading: str
    entries: tuple[str, ...]
    is_loud: bool = False


@dataclass(frozen=True, kw_only=True)
class PageContent:
    """All that a page says."""

    title: str
    subtitle: str
    warnings: tuple[str, ...]
    """Stand at the top."""
    key_numbers: tuple[KeyNumber, ...]
    about: tuple[KeyNumber, ...]
    skin_map: SkinMap | None
    no_map: str | None
    """Why there is no map."""
    timeline: "Timeline | None" = None
    sections: tuple[Section, ...]
    footer: str


def content_of_result(result: "DoseResult") -> PageContent:
    """Return the page of one procedure."""
    document = result.document
    problems = document["problems"]
    return PageContent(
        title="Skin dose of one procedure",
        subtitle=f"report {document['source']}",
        warnings=tuple(f"CHECK: {p['message']}" for p in problems if p["code"] in LOUD),
        key_numbers=tuple(key_numbers(result)),
        about=tuple(about_report(document)),
        skin_map=SkinMap.of_result(result),
        no_map=None,  # stands with the key numbers
        sections=tuple(_sections(document, result.levels)),
        footer=footer(document),
    )


def _sections(document: Mapping[str, Any], levels: "Iterable[Level]") -> Iterable[Section]:
    yield from _alerts(document, levels)
    if document["risk"] is not None:
        yield from risk_sections(document["risk"])
    problems = [p for p in document["problems"] if p["code"] not in LOUD]
    yield from section("Problems", [f"{p['code']}: {p['message']}" for p in problems])
    yield from section("Assumed", [assumption_words(entry) for entry in document["assumptions"]])
    interval = document["interval"]
    if interval is not None:
        yield from section(
            "Problems of the interval",
            [f"{p['code']}: {p['message']}" for p in interval["problems"]],
        )
        yield from section(
            "Assumed for the interval",
            [assumption_words(entry) for entry in interval["assumptions"]],
        )
    yield from section("How it was made", list(_made(document)))


def _alerts(document: Mapping[str, Any], levels: "Iterable[Level]") -> Iterable[Section]:
    entries = [f"{reached(alert)}. {alert['wording']}" for alert in document["alerts"]]
    yield from section("Alert levels reached", entries, is_loud=True)
    unknown = [f"{entry['level']}: {entry['reason']}" for entry in document["alerts_not_evaluated"]]
    yield from section("Alert levels of which nobody can say", unknown, is_loud=True)
    below = level_names(document["alert_levels_below"], levels)
    if below:
        number = count(len(below), "alert level")
        yield Section(heading="Not reached", entries=(f"{number}: {'; '.join(below)}",))


def risk_sections(risk: Mapping[str, Any]) -> Iterable[Section]:
    """Return what a dose may lead to and when to look, as published."""
    lines = [risk["statement"], *risk["notes"]]
    for band in risk["bands"]:
        seen = "; ".join(f"{entry['window']}: {entry['expected']}" for entry in band["reactions"])
        lines.append(f"Band {band['band']}, from {band['from_gy']:g} Gy: {seen}. {band['tell']}")
    looks = [
        f"{look['date'] or str(look['weeks']) + ' weeks'}: {look['why']}" for look in risk["look"]
    ]
    yield from section("Skin reactions", [*lines, f"{risk['notice']} Source: {risk['source']}."])
    yield from section("When to look (the site's own rules come first)", looks)


def section(heading: str, entries: Sequence[str], *, is_loud: bool = False) -> Iterable[Section]:
    """Yield a section with the number of its entries, unless there are none."""
    if entries:
        yield Section(
            heading=f"{heading} ({len(entries)})", entries=tuple(entries), is_loud=is_loud
        )


def assumption_words(entry: Mapping[str, Any]) -> str:
    """Return an assumption as one line."""
    name, value = entry["field"], entry["value"]
    shown = "" if value is None else f" = {field_value(name, value)}"
    return f"{field_words(name)}{shown}: {entry['why']}"


def _made(document: Mapping[str, Any]) -> Iterable[str]:
    equipment = document["equipment"]
    file = equipment["file"]
    site = f", file {file['name']} (SHA-256 {file['sha256'][:16]})" if file else ""
    yield f"equipment profile {equipment['profile'] or 'none'}{site}"
    unchecked = [entry["claim"] for entry in equipment["not_validated"]]
    if unchecked:
        yield f"not validated in the profile: {', '.join(unchecked)}"
    if document["map"]["available"] or document["interval"] is not None:
        yield "corrections: " + "; ".join(
            f"{field_words(k)} {v}" for k, v in document["corrections"].items()
        )
    yield "data: " + ", ".join(f"{k} {v[:8]}" for k, v in document["data_tables"].items())
    yield f"report UID {document['procedure']['sop_instance_uid'] or 'not stated'}"


def footer(document: Mapping[str, Any]) -> str:
    """Return version and notice of the program."""
    software = document["software"]
    return f"{software['name']} {software['version']}. {software['notice']}"
