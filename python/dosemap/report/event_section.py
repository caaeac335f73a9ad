"""The table of events: geometry, beam quality and every factor, and where each value came from."""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from dosemap.data_tables import table_rows
from dosemap.procedure import Provenance
from dosemap.quantity_words import count
from dosemap.report.fragments import notes, scrolling, section
from dosemap.report.markup import Markup, element, foreign
from dosemap.result import DoseResult

MOST_ROWS = 1000
"""More make a page that phones cannot show."""

_SIGNS: Mapping[Provenance, str] = {
    Provenance.PRIVATE: "v",
    Provenance.FREE_TEXT: "t",
    Provenance.DERIVED: "d",
    Provenance.PROFILE: "p",
    Provenance.USER: "u",
    Provenance.ASSUMED: "a",
}
_ABSENT: Mapping[Provenance, str] = {
    Provenance.EMPTY: "empty",
    Provenance.INVALID: "invalid",
}
_TEXTS = (
    ("acquisition_plane", "plane"),
    ("event_type", "type"),
    ("patient_position", "position"),
    ("started", "started"),
    ("added_filters", "added filters"),
)


def event_section(result: DoseResult) -> Markup:
    """Return the table; of very many events those that give most at the peak."""
    total = len(result.events)
    if not total:
        return section("events", "Events", element("p", "The report holds no irradiation event."))
    shown = chosen_events(result)
    left_out = total - len(shown)
    caption = f"{count(total, 'event')} of the report, numbered from 0"
    warning = (
        f"Only {len(shown):,} of {total:,} events are listed: those that give most at the peak,"
        " else the first. All are in the netCDF file (dosemap estimate --netcdf)."
    )
    return section(
        "events",
        "Events",
        element("p", warning, class_="warning") if left_out else None,
        scrolling(
            caption,
            element("caption", caption),
            _heads(),
            element("tbody", *(_row(result, event) for event in shown)),
        ),
        notes(
            (
                "Where a value came from: no sign, reported; "
                + "; ".join(f"{sign}, {provenance}" for provenance, sign in _SIGNS.items())
                + ". “-”: missing in the report, or of an event that is not in the map; empty: the"
                " item holds no value; invalid: its value cannot be used.",
                "The field is given at 1 m from the focal spot; angles say where the detector is.",
            )
        ),
    )


def chosen_events(result: DoseResult) -> list[int]:
    """Return the events that are listed, in the order of the report."""
    if len(result.events) <= MOST_ROWS:
        return list(range(len(result.events)))
    doses = np.nan_to_num(result.events.numbers["dose_at_peak_gy"])
    return sorted(int(event) for event in np.argsort(-doses, kind="stable")[:MOST_ROWS])


@cache
def _columns() -> list[dict[str, str]]:
    return list(table_rows("report", "event_columns.csv"))


def _heads() -> Markup:
    groups: dict[str, int] = {}
    for column in _columns():
        groups[column["group"]] = groups.get(column["group"], 0) + 1
    first = element(
        "tr",
        element("th", "event", rowspan=2, scope="col", class_="number"),
        *(element("th", heading, rowspan=2, scope="col") for _, heading in _TEXTS),
        *(
            element("th", group, colspan=columns, scope="colgroup", class_="group")
            for group, columns in groups.items()
        ),
    )
    second = element(
        "tr",
        *(
            element(
                "th",
                column["heading"],
                element("small", f" {column['unit']}") if column["unit"] else None,
                title=column["meaning"],
                scope="col",
                class_="number",
            )
            for column in _columns()
        ),
    )
    return element("thead", first, second)


def _row(result: DoseResult, event: int) -> Markup:
    texts = (element("td", *_text(result, name, event)) for name, _ in _TEXTS)
    numbers = (
        element("td", *_number(result, column, event), class_="number") for column in _columns()
    )
    head = element("th", str(event), scope="row", class_="number")
    return element("tr", head, *texts, *numbers, id=f"event-{event}")


def _text(result: DoseResult, name: str, event: int) -> Sequence[Markup | str]:
    text = result.events.texts[name][event]
    if not text:
        return (_absent(result, name, event),)
    shown = text.replace("T", " ").partition(".")[0] if name == "started" else text
    return (foreign(shown), *_sign(result, name, event))


def _number(result: DoseResult, column: Mapping[str, str], event: int) -> Sequence[Markup | str]:
    values = np.atleast_1d(result.events.numbers[column["column"]][event])
    high, _, low = column["element"].partition("-")
    value = float(values[int(high or 0)]) - (float(values[int(low)]) if low else 0.0)
    if np.isnan(value):
        return (_absent(result, column["column"], event),)
    text = f"{value * float(column['factor']):z.{int(column['decimals'])}f}"
    return (text, *_sign(result, column["column"], event))


def _absent(result: DoseResult, name: str, event: int) -> str:
    return _ABSENT.get(_provenance(result, name, event), "-")


def _sign(result: DoseResult, name: str, event: int) -> list[Markup]:
    sign = _SIGNS.get(_provenance(result, name, event))
    return [element("sup", sign)] if sign else []


def _provenance(result: DoseResult, name: str, event: int) -> Provenance:
    column = result.events.provenance.get(name)
    return column[event] if column else Provenance.MISSING
