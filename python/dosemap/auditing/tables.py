"""The tables of an audit for people, as texts: the terminal and the HTML page show the same."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dosemap.auditing.percentiles import PERCENTS, Percentiles
from dosemap.auditing.row import Row
from dosemap.auditing.summary import FEW_REPORTS, Group, NoMap, Summary

QUANTITY_NAMES = {
    "reference_air_kerma_gy": ("K", "Gy", 1.0),
    "kerma_area_product_gy_m2": ("PKA", "Gy\u00a0cm²", 1e4),
    "fluoroscopy_time_s": ("time", "min", 1 / 60),
    "peak_skin_dose_gy": ("PSD", "Gy", 1.0),
}
"""Short name, unit for people, and factor to it; in the order of the tables."""
QUANTITY_HEADS = tuple(f"{name},\u00a0{unit}" for name, unit, _ in QUANTITY_NAMES.values())
"""The same as heads of columns."""


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
    for table in (_groups(summary), _levels(summary), _typical(summary), _no_map(summary)):
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
            number * len(QUANTITY_NAMES): _heading(group)
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
    for quantity, (name, unit, factor) in QUANTITY_NAMES.items():
        found = group.percentiles[quantity]
        known = f"{found.known}/{group.reports}"
        yield f"{name},\u00a0{unit}", known, *_values(found, factor)


def _values(found: Percentiles, factor: float) -> Iterator[str]:
    for value in found.values or (None,) * len(PERCENTS):
        is_bound = found.lower_bounds > 0
        yield "-" if value is None else shown(value * factor, is_lower_bound=is_bound)


def shown(value: float, *, is_lower_bound: bool) -> str:
    """Return a value for people.

    Parameters
    ----------
    value
        In the unit that is shown.
    is_lower_bound
        The true value may be higher.
    """
    return f"{'≥' if is_lower_bound else ''}{value:.3g}"


def doses_of_row(row: Row) -> Iterator[str]:
    """Yield the quantities of a report for people, in the order of :data:`QUANTITY_NAMES`.

    Parameters
    ----------
    row
        Of the audit.
    """
    for name, (_, _, factor) in QUANTITY_NAMES.items():
        is_bound = name in row["lower_bounds"]
        yield "-" if row[name] is None else shown(row[name] * factor, is_lower_bound=is_bound)


def _levels(summary: Summary) -> TextTable:
    rows = []
    for entry in summary.reached:
        name, unit, factor = QUANTITY_NAMES[entry.level.quantity]
        level = f"{name} {entry.level.first * factor:.3g} {unit}"
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
        name, unit, factor = QUANTITY_NAMES[entry.level.quantity]
        rows.append(
            (
                entry.level.id,
                f"{entry.reports}{' (few)' if entry.reports < FEW_REPORTS else ''}",
                f"{name},\u00a0{unit}",
                shown(entry.median * factor, is_lower_bound=entry.has_lower_bounds),
                f"{entry.level.first * factor:.3g}",
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
        f" less than {FEW_REPORTS} reports a median says little (few).",
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
