"""The head of a page: the number, or why there is none, and what it is of."""

from collections.abc import Mapping, Sequence
from typing import Any

from dosemap.alert_words import threshold_reached
from dosemap.dose_words import gy
from dosemap.interval_words import ends
from dosemap.quantity_words import count
from dosemap.report.fragments import items, terms
from dosemap.report.markup import Markup, element, foreign
from dosemap.result_words import (
    LOUD,
    at_least,
    kind_of_report,
    moment,
    skin_area,
    system,
)
from dosemap.totals_words import totals_rows


def header(document: Mapping[str, Any]) -> Markup:
    """Return title, source and the line that says what the program is not."""
    procedure = document["procedure"]
    banner = element(
        "p",
        "Synthetic report: made up by dosemap simulate; no patient, no measurement.",
        class_="banner",
    )
    return element(
        "header",
        element("h1", "Skin dose report"),
        element(
            "p",
            foreign(document["source"]),
            " · ",
            foreign(system(document)),
            " · ",
            foreign(moment(procedure["started"])),
            class_="of",
        ),
        element("p", document["software"]["notice"], class_="disclaimer"),
        banner if procedure["synthetic"] else None,
    )


def number_card(document: Mapping[str, Any]) -> Markup:
    """Return the peak skin dose with its place, the levels it reached and the totals."""
    return element(
        "section",
        element("h2", "Peak skin dose", id="number-title"),
        *_number(document),
        *_doubts(document["problems"]),
        _reached(document),
        terms(_rows(document)),
        id="number",
        class_="card",
        aria_labelledby="number-title",
    )


def _number(document: Mapping[str, Any]) -> list[Markup]:
    interval = document["interval"]
    parts = []
    if document["map"]["available"]:
        least = at_least(document)
        parts += [
            element(
                "p",
                element("small", least) if least else None,
                gy(document["peak_skin_dose_gy"]),
                class_="big",
            ),
            element("p", foreign(document["peak"]["site"]), class_="site"),
        ]
    elif interval is None:
        parts.append(element("p", "not known", class_="big unknown"))
    if interval is not None:
        parts += [
            element("p", ends(interval), class_="site" if parts else "big words"),
            element(
                "p", "an interval of what is possible; no value in it is more likely", class_="note"
            ),
        ]
        if interval["reason"] is not None:
            parts.append(element("p", foreign(interval["reason"]), class_="warning"))
    if not document["map"]["available"]:
        reason = str(document["map"]["reason"]).removeprefix("no map: ")
        parts.append(element("p", element("strong", "No dose map: "), foreign(reason)))
        if interval is None:
            parts.append(
                element(
                    "p",
                    "That the dose is not known does not say that it was low.",
                    class_="warning",
                )
            )
    return parts


def _doubts(problems: Sequence[Mapping[str, Any]]) -> list[Markup]:
    """Return what makes the number say little: it stands with it, not further down."""
    return [
        element("p", element("strong", "Check: "), foreign(problem["message"]), class_="warning")
        for problem in problems
        if problem["code"] in LOUD
    ]


def _reached(document: Mapping[str, Any]) -> Markup:
    alerts, unknown = document["alerts"], document["alerts_not_evaluated"]
    lines = [
        element("span", element("strong", "Alert: "), foreign(threshold_reached(alert)))
        for alert in alerts
    ]
    if unknown:
        lines.append(element("span", f"{count(len(unknown), 'alert level')} not evaluated"))
    if not lines:
        lines.append(Markup("No alert level of one procedure is reached."))
    return items(lines, class_="alerts" if alerts or unknown else "calm")


def _rows(document: Mapping[str, Any]) -> list[tuple[str, Markup | str]]:
    rows: list[tuple[str, Markup | str]] = []
    if document["map"]["available"]:
        patient = f"{document['procedure']['patient_position']}, {document['map']['surface']}"
        rows += [
            ("hottest 1 cm²", at_least(document) + gy(document["hottest_1cm2_dose_gy"])),
            ("skin area", skin_area(document)),
            ("patient", foreign(patient)),
        ]
    rows.append(("report", foreign(kind_of_report(document))))
    rows += [(name, foreign(text)) for name, text in totals_rows(document["totals"])]
    return rows
