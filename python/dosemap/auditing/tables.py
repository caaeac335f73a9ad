"""The tables of an audit for people, as texts: the terminal and the HTML page show the same."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from dosemap.auditing.percentiles import PERCENTS, Percentiles
from dosemap.auditing.row import Row
from dosemap.auditing.summary import FEW_REPORTS, Group, NoMap, Summary
from dosemap.auditing.units import QUANTITY_UNITS, number_text, unit_of, value_text

QUANTITY_HEADS = tuple(name for name, _ in QUANTITY_UNITS.values())
"""Short names of the quantities, as heads of columns whose values have their units."""

_MOST_DESCRIPTIONS = 50


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table of texts."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric_from: int
    """The column from which on values stand at the right."""
    note: str = ""
    headings: Mapping[int, str] = field(default_factory=dict)
    """Lines across the table, each above the row of this number: what would be too wide for a
    column."""


def tables_of(summary: Summary) -> Iterator[TextTable]:
    """Yield the tables that have a row.

    Parameters
    ----------
    summary
        Of an audit.
    """
    for make in (_groups, _levels, _typical, _no_map, _descriptions):
        table = make(summary)
        if table.rows:
            yield table


def totals_line(summary: Summary) -> str:
    """Return in a sentence what was counted.

    Parameters
    ----------
    summary
        Of an audit.
    """
    parts = [f"reports: {summary.reports}, of them without a dose map: {summary.without_map}"]
    if summary.superseded:
        parts.append(f"other states of them, which do not count: {summary.superseded}")
    if summary.not_added:
        parts.append(f"not added to the history: {summary.not_added}")
    parts.append(f"failed: {sum(summary.failed.values())}")
    parts.append(f"skipped, as they are no dose reports: {sum(summary.skipped.values())}")
    return "; ".join(parts)


def device_name(device: Iterable[str | None]) -> str:
    """Return manufacturer, model, station and serial number in one text.

    Parameters
    ----------
    device
        These four; what is not known is left out.
    """
    return ", ".join(text for text in device if text) or "not known"


def _groups(summary: Summary) -> TextTable:
    return TextTable(
        title="Doses by device and type of procedure",
        columns=("quantity", "known", *map(_percent, PERCENTS)),
        rows=tuple(row for group in summary.groups for row in _group_rows(group)),
        headings={
            number * len(QUANTITY_UNITS): _heading(group)
            for number, group in enumerate(summary.groups)
        },
        numeric_from=1,
        note="K: air kerma at the reference point; PKA: kerma-area product; PSD: peak skin dose."
        " Percentiles are over the reports that are known; ≥: some of the values are lower bounds,"
        " so that the percentiles may be higher.",
    )


def _heading(group: Group) -> str:
    kind = group.procedure_type or "procedure not known"
    return f"{device_name(group.device)}: {kind}"


def _percent(percent: int) -> str:
    return {50: "median", 100: "max"}.get(percent, f"P{percent}")


def _group_rows(group: Group) -> Iterator[tuple[str, ...]]:
    for quantity, (name, _) in QUANTITY_UNITS.items():
        found = group.percentiles[quantity]
        factor, unit = unit_of(quantity, found.median)
        known = f"{found.known}/{group.reports}"
        yield f"{name},\u00a0{unit}", known, *_values(found, factor)


def _values(found: Percentiles, factor: float) -> Iterator[str]:
    bound = "≥" if found.lower_bounds > 0 else ""
    for value in found.values or (None,) * len(PERCENTS):
        yield "-" if value is None else f"{bound}{number_text(value * factor)}"


def doses_of_row(row: Row) -> Iterator[str]:
    """Yield the quantities of a report for people, in the order of :data:`QUANTITY_HEADS`.

    Parameters
    ----------
    row
        Of the audit.
    """
    for name in QUANTITY_UNITS:
        yield value_text(name, row[name], is_lower_bound=name in row["lower_bounds"])


def _levels(summary: Summary) -> TextTable:
    rows = []
    for entry in summary.reached:
        name = QUANTITY_UNITS[entry.level.quantity][0]
        level = f"{name} {value_text(entry.level.quantity, entry.level.first)}"
        rows.append((entry.level.id, level, str(entry.reached), str(entry.not_evaluated)))
    return TextTable(
        title="Alert levels for one procedure",
        columns=("level", "from", "reached", "nobody can say"),
        rows=tuple(rows),
        numeric_from=2,
    )


def _typical(summary: Summary) -> TextTable:
    rows = []
    for entry in summary.typical:
        quantity, bound = entry.level.quantity, entry.has_lower_bounds
        rows.append(
            (
                entry.level.id,
                f"{entry.reports}{' (few)' if entry.reports < FEW_REPORTS else ''}",
                QUANTITY_UNITS[quantity][0],
                value_text(quantity, entry.median, is_lower_bound=bound),
                value_text(quantity, entry.level.first),
                {True: "above", False: "not above", None: "nobody can say"}[entry.is_above],
            )
        )
    return TextTable(
        title="Medians beside typical values",
        columns=("typical value", "reports", "quantity", "median", "typical", ""),
        rows=tuple(rows),
        headings={
            number: device_name(entry.device) for number, entry in enumerate(summary.typical)
        },
        numeric_from=1,
        note="Typical values are for the median of a group, never a limit for one patient; of"
        f" fewer than {FEW_REPORTS} reports a median says little (few).",
    )


def _no_map(summary: Summary) -> TextTable:
    return TextTable(
        title="Devices whose reports give no dose map",
        columns=("why",),
        rows=tuple((entry.reason,) for entry in summary.no_map),
        headings={number: _without(entry) for number, entry in enumerate(summary.no_map)},
        numeric_from=1,
    )


def _without(entry: NoMap) -> str:
    profile = f"profile {entry.equipment_profile}" if entry.equipment_profile else "no profile"
    return f"{device_name(entry.device)} ({profile}): {entry.reports} of {entry.of} reports"


def _descriptions(summary: Summary) -> TextTable:
    more = len(summary.descriptions) - _MOST_DESCRIPTIONS
    rest = f" {more} more are in the JSON document." if more > 0 else ""
    most = islice(summary.descriptions.items(), _MOST_DESCRIPTIONS)
    return TextTable(
        title="Texts of reports without a type of procedure, for the site's map",
        columns=("text", "reports"),
        rows=tuple((text, str(number)) for text, number in most),
        numeric_from=1,
        note=f"People typed them: names may be in them.{rest}",
    )
