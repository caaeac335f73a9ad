"""How far a number can be trusted: coverage, problems and assumptions, before anything else."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from dosemap.data_tables import table_rows
from dosemap.dose_words import gy
from dosemap.field_words import field_value, field_words
from dosemap.reading.log import event_list
from dosemap.report.fragments import items, section, table
from dosemap.report.markup import Markup, element, foreign, joined, name_of
from dosemap.result_words import (
    LOUD,
    assumed_for,
    changed_corrections,
    coverage,
    is_well_covered,
)

_PARTS = (
    ("share_on_skin", "on skin", "on"),
    ("share_missed_skin", "missed the skin", "missed"),
    ("share_not_placed", "not placed", "unplaced"),
)

_NO_EFFECT = "what follows is not described"


def trust_card(document: Mapping[str, Any]) -> Markup:
    """Return in short what limits the number."""
    return element(
        "section",
        element("h2", "How far to trust it", id="trust-title"),
        *_coverage(document),
        items(_limits(document), class_="limits"),
        *_meanings(document["assumptions"]),
        id="trust",
        class_="card",
        aria_labelledby="trust-title",
    )


def trust_section(document: Mapping[str, Any]) -> Markup:
    """Return every problem, assumption and changed correction, and what is not validated."""
    return section(
        "limits",
        "Problems and assumptions",
        _problems(document["problems"]),
        _changed(document),
        _assumptions(document),
        *(_of_interval(interval) if (interval := document["interval"]) is not None else ()),
        _not_validated(document["equipment"]),
    )


def _coverage(document: Mapping[str, Any]) -> list[Markup]:
    trust = document["trust"]
    covered = coverage(trust) if document["map"]["available"] else None
    if covered is None:
        return []
    parts = [element("p", element("strong", "On skin: "), covered)]
    if trust["air_kerma_gy"] is not None:
        parts.insert(0, _bar(trust, label=covered))
    if not is_well_covered(trust):
        parts.append(
            element(
                "p",
                "What is not on the skin is not in the number: the true peak may be higher, or"
                " elsewhere.",
                class_="warning",
            )
        )
    return parts


def _bar(trust: Mapping[str, Any], *, label: str) -> Markup:
    shares = [(trust[key], name, class_) for key, name, class_ in _PARTS]
    return element(
        "div",
        *(
            element("span", class_=class_, style=f"width:{share:.2%}", title=f"{name} {share:.0%}")
            for share, name, class_ in shares
            if share > 0
        ),
        class_="bar",
        role="img",
        aria_label=label,
    )


def _limits(document: Mapping[str, Any]) -> list[Markup]:
    lines = []
    not_mapped = document["map"]["air_kerma_not_mapped_gy"]
    if not_mapped != 0:
        lines.append(
            joined("Reference air kerma that is in no map: ", element("strong", gy(not_mapped)))
        )
    if document["map"]["available"]:
        lines.append(joined("Values assumed for ", foreign(assumed_for(document["trust"]))))
    derived = document["trust"]["share_with_derived_air_kerma"]
    if derived:
        lines.append(joined(f"Air kerma derived, not reported: {derived:.0%} of it"))
    changed = changed_corrections(document)
    if changed:
        names = ", ".join(field_words(name) for name, _, _ in changed)
        lines.append(joined(element("strong", "Corrections changed: "), names))
    if (interval := document["interval"]) is not None:
        fields = ", ".join(field_words(entry["field"]) for entry in interval["assumptions"])
        lines.append(joined("The interval takes for granted: ", foreign(fields or "nothing")))
        if interval["problems"]:
            number = len(interval["problems"])
            lines.append(joined(f"Of the interval: {_counted(number, 'problem')}"))
    others = sum(problem["code"] not in LOUD for problem in document["problems"])
    unchecked = len(document["equipment"]["not_validated"])
    counts = (
        (others, "further problem"),
        (len(document["assumptions"]), "assumption"),
        (unchecked, "part of the equipment profile not validated"),
    )
    words = [_counted(number, name) for number, name in counts if number]
    if words:
        link = element("a", "all with what they mean", href="#limits")
        lines.append(joined("; ".join(words), ": ", link))
    return lines


def _meanings(assumptions: Sequence[Mapping[str, Any]]) -> list[Markup]:
    """Return what the assumptions do to the number, those of one effect together."""
    names: dict[str, list[str]] = {}
    for entry in assumptions:
        names.setdefault(_effects().get(entry["field"], _NO_EFFECT), []).append(
            field_words(entry["field"])
        )
    lines = [
        joined(foreign(", ".join(dict.fromkeys(fields))), ": ", effect)
        for effect, fields in names.items()
    ]
    if not lines:
        return []
    return [element("h3", "What a wrong assumption would change"), items(lines, class_="meanings")]


def _counted(number: int, name: str) -> str:
    if number == 1:
        return f"1 {name}"
    plural = name.replace("part of", "parts of") if "part of" in name else f"{name}s"
    return f"{number} {plural}"


def _problems(problems: Sequence[Mapping[str, Any]]) -> Markup:
    if not problems:
        return element("p", "No problem was found in the report or in the map.")
    rows = [
        (foreign(problem["code"]), foreign(problem["message"]), _events(problem["events"]))
        for problem in sorted(problems, key=lambda problem: problem["code"] not in LOUD)
    ]
    return table("Problems", ("code", "what is wrong, and what follows", "events"), rows)


def _changed(document: Mapping[str, Any]) -> Markup | None:
    changed = changed_corrections(document)
    if not changed:
        return None
    rows = [(foreign(field_words(name)), foreign(text)) for name, _, text in changed]
    return table("Corrections that are not the usual ones", ("correction", "used"), rows)


def _assumptions(document: Mapping[str, Any]) -> Markup:
    entries = document["assumptions"]
    if not entries:
        return element("p", "Nothing was assumed for a map.")
    shares = {
        entry["field"]: entry["share_of_air_kerma"] for entry in document["trust"]["assumed_fields"]
    }
    rows = [
        (
            _field(entry["field"]),
            foreign(_value(entry)),
            foreign(entry["why"]),
            _effects().get(entry["field"], _NO_EFFECT),
            _share(entry, shares),
        )
        for entry in entries
    ]
    heads = ("value", "used", "why", "if it is wrong", "used for")
    return table("Assumed, or given by the user or the profile", heads, rows)


def _of_interval(interval: Mapping[str, Any]) -> list[Markup]:
    """Return what the interval takes for granted, and what is wrong with it."""
    assumed = [
        (_field(entry["field"]), foreign(_value(entry)), foreign(entry["why"]))
        for entry in interval["assumptions"]
    ]
    problems = [
        (foreign(entry["code"]), foreign(entry["message"]), _events(entry["events"]))
        for entry in interval["problems"]
    ]
    parts = [table("Taken for granted by the interval", ("value", "used", "why"), assumed)]
    if problems:
        heads = ("code", "what is wrong, and what follows", "events")
        parts.append(table("Problems of the interval", heads, problems))
    return parts


def _field(name: str) -> Markup:
    """Return a field in words, with the name that documentation and data have for it."""
    words = field_words(name)
    return joined(words, " ", element("small", name_of(name))) if words != name else name_of(name)


def _value(entry: Mapping[str, Any]) -> str:
    return "not known" if entry["value"] is None else field_value(entry["field"], entry["value"])


def _share(entry: Mapping[str, Any], shares: Mapping[str, float | None]) -> str:
    if not entry["events"]:
        return "everything"
    share = shares.get(entry["field"])
    if entry["provenance"] != "assumed" or share is None:
        return _events(entry["events"])
    return f"{_events(entry['events'])}; assumed for {share:.0%} of the air kerma in all"


def _events(events: Sequence[int]) -> str:
    return event_list(tuple(events)) if events else "the whole report"


@cache
def _effects() -> Mapping[str, str]:
    return {row["field"]: row["effect"] for row in table_rows("report", "assumption_effects.csv")}


def _not_validated(equipment: Mapping[str, Any]) -> Markup | None:
    claims = equipment["not_validated"]
    if not claims:
        return None
    rows = [
        (name_of(entry["claim"]), foreign(entry["evidence"]), foreign(entry["basis"]))
        for entry in claims
    ]
    caption = "Not validated on a real system, in the equipment profile "
    return element(
        "details",
        element("summary", caption, foreign(equipment["profile"]), f" ({len(claims)})"),
        table(caption.strip(), ("part", "evidence", "basis"), rows),
    )
