"""The tables of an audit for people, as texts: the terminal and the HTML page show the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dosemap.auditing.percentiles import PERCENTS, Percentiles
from dosemap.auditing.summary import FEW_REPORTS, Group, Summary

QUANTITY_NAMES = {
    "reference_air_kerma_gy": ("K", "Gy", 1.0),
    "kerma_area_product_gy_m2": ("PKA", "Gy\u00a0cm²", 1e4),
    "fluoroscopy_time_s": ("time", "min", 1 / 60),
    "peak_skin_dose_gy": ("PSD", "Gy", 1.0),
}
"""Short name, unit for people, and factor to it; in the order of the tables."""


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table of texts."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric_from: int
    """The column from which on values stand at the right."""
    note: str = ""


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
        columns=("device", "procedure", "quantity", "known", *map(_percent, PERCENTS)),
        rows=tuple(row for group in summary.groups for row in _group_rows(group)),
        numeric_from=3,
        note="K: air kerma at the reference point; PKA: kerma-area product; PSD: peak skin dose."
        " Percentiles are over the reports that are known; ≥: some of the values are lower bounds,"
        " so that the percentiles may be higher.",
    )


def _percent(percent: int) -> str:
    return {50: "median", 100: "max"}.get(percent, f"P{percent}")


def _group_rows(group: Group) -> Iterator[tuple[str, ...]]:
    named = (device_name(group.device), group.procedure_type or "not known")
    for quantity, (name, unit, factor) in QUANTITY_NAMES.items():
        found = group.percentiles[quantity]
        known = f"{found.known} of {group.reports}"
        yield (*named, f"{name},\u00a0{unit}", known, *_values(found, factor))
        named = ("", "")


def _values(found: Percentiles, factor: float) -> Iterator[str]:
    sign = "≥ " if found.lower_bounds else ""
    for value in found.values or (None,) * len(PERCENTS):
        yield "-" if value is None else f"{sign}{value * factor:.3g}"


def _levels(summary: Summary) -> TextTable:
    rows = []
    for entry in summary.reached:
        name, unit, factor = QUANTITY_NAMES[entry.level.quantity]
        level = f"{name} {entry.level.first * factor:.3g} {unit}"
        rows.append((entry.level.id, level, str(entry.reached), str(entry.not_evaluated)))
    return TextTable(
        title="Alert levels for one procedure",
        columns=("level", "from", "reports that reached it", "nobody can say"),
        rows=tuple(rows),
        numeric_from=2,
    )


def _typical(summary: Summary) -> TextTable:
    rows = []
    for entry in summary.typical:
        name, unit, factor = QUANTITY_NAMES[entry.level.quantity]
        rows.append(
            (
                device_name(entry.device),
                entry.level.id,
                f"{name},\u00a0{unit}",
                f"{entry.reports}{' (few)' if entry.reports < FEW_REPORTS else ''}",
                f"{entry.median * factor:.3g}",
                f"{entry.level.first * factor:.3g}",
                {True: "above", False: "not above", None: "nobody can say"}[entry.is_above],
            )
        )
    return TextTable(
        title="Medians beside typical values",
        columns=("device", "typical value", "quantity", "reports", "median", "typical", ""),
        rows=tuple(rows),
        numeric_from=3,
        note="Typical values are for the median of a group, never a limit for one patient; of"
        f" less than {FEW_REPORTS} reports a median says little (few).",
    )


def _no_map(summary: Summary) -> TextTable:
    return TextTable(
        title="Devices whose reports give no dose map",
        columns=("device", "equipment profile", "why", "reports"),
        rows=tuple(
            (
                device_name(entry.device),
                entry.equipment_profile or "none",
                entry.reason,
                f"{entry.reports} of {entry.of}",
            )
            for entry in summary.no_map
        ),
        numeric_from=3,
    )
