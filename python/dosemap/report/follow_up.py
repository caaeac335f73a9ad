"""Alert levels, skin reactions and when to look."""

from collections.abc import Iterable, Mapping
from typing import Any

from dosemap.alert_words import level_names, threshold_reached
from dosemap.alerts import Level
from dosemap.quantity_words import for_people
from dosemap.report.fragments import items, notes, section, table
from dosemap.report.markup import Markup, element, foreign, joined


def follow_up_section(document: Mapping[str, Any], *, levels: Iterable[Level]) -> Markup:
    """Return what the dose reached and may lead to.

    Parameters
    ----------
    document
        With ``risk``.
    levels
        Those of the result, for their names.
    """
    return section(
        "follow-up",
        "Alert levels, skin reactions and when to look",
        *_alerts(document, levels),
        *_reactions(document["risk"]),
    )


def _alerts(document: Mapping[str, Any], levels: Iterable[Level]) -> list[Markup]:
    parts = []
    if document["alerts"]:
        rows = [
            (
                foreign(threshold_reached(alert)),
                foreign(alert["site"] or "-"),
                foreign(alert["wording"]),
                foreign(f"{alert['source']} ({alert['verified']})"),
            )
            for alert in document["alerts"]
        ]
        heads = ("reached", "where", "what it means", "source")
        parts.append(table("Alert levels reached", heads, rows))
    if document["alerts_not_evaluated"]:
        rows_unknown = [
            (
                foreign(entry["level"]),
                _threshold(entry),
                foreign(entry["reason"]),
            )
            for entry in document["alerts_not_evaluated"]
        ]
        caption = "Alert levels of which nobody can say whether they were reached"
        parts.append(table(caption, ("level", "from", "why"), rows_unknown))
    below = level_names(document["alert_levels_below"], levels)
    if below:
        parts.append(
            element("p", "Certainly not reached: ", foreign("; ".join(below)), class_="note")
        )
    return parts


def _threshold(entry: Mapping[str, Any]) -> str:
    factor, unit = for_people(entry["unit"], entry["threshold"])
    return f"{entry['threshold'] * factor:g} {unit}"


def _reactions(risk: Mapping[str, Any]) -> list[Markup]:
    parts = [
        element("h3", "Skin reactions"),
        element("p", element("strong", foreign(risk["statement"]))),
        *(element("p", foreign(note), class_="warning") for note in risk["notes"]),
    ]
    for band in risk["bands"]:
        parts += [_band(band), element("p", "To tell: ", foreign(band["tell"]))]
    parts.append(element("h3", "When to look"))
    if risk["look"]:
        rows = [
            (look["date"] or f"{look['weeks']} weeks after", foreign(look["why"]))
            for look in risk["look"]
        ]
        parts.append(table("When to look; the site's own rules come first", ("day", "why"), rows))
    else:
        parts.append(
            element(
                "p",
                "The bands that are possible call for no looking at the skin."
                if risk["bands"]
                else "No day follows from what is known.",
            )
        )
    caveats = [
        joined(
            element("strong", foreign(entry["about"]), ": "),
            foreign(entry["text"]),
            " (from memory, not verified)" if entry["verified"] == "memory" else None,
        )
        for entry in risk["caveats"]
    ]
    parts.append(element("details", element("summary", "What changes it"), items(caveats)))
    parts.append(
        notes(
            (
                joined(
                    foreign(risk["notice"]),
                    " Source: ",
                    foreign(risk["source"]),
                    "; ",
                    foreign(risk["verified"]),
                    ".",
                ),
            )
        )
    )
    return parts


def _band(band: Mapping[str, Any]) -> Markup:
    upper = "" if band["to_gy"] is None else f" to {band['to_gy']:g}"
    caption = (
        f"Band {band['band']}, from {band['from_gy']:g}{upper} Gy, NCI grade {band['nci_grade']}"
    )
    rows = [
        (
            foreign(entry["window"]),
            _span(entry["from_weeks"], entry["to_weeks"]),
            _span(entry["from_date"], entry["to_date"]) if entry["from_date"] else "-",
            foreign(entry["expected"]),
        )
        for entry in band["reactions"]
    ]
    return table(caption, ("window", "weeks", "days", "seen"), rows)


def _span(start: object, end: object) -> str:
    return f"from {start}" if end is None else f"{start} to {end}"
