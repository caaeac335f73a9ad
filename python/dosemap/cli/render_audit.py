"""The tables of an audit in the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dosemap.auditing import NOT_ADDED, Audit
from dosemap.auditing.history_tables import change_tables, history_line
from dosemap.auditing.tables import QUANTITY_HEADS, TextTable, doses_of_row, tables_of, totals_line
from dosemap.cli.history.alert_lines import print_alerts
from dosemap.history import RaisedAlert

_GAP = 2
_LEAST_WIDTH = 12
_MOST_FILES = 50
"""Listed in the terminal; the output has all."""


def render_audit(audit: Audit, console: Console, *, with_ids: bool) -> None:
    """Print what an audit found.

    Parameters
    ----------
    audit
        The audit.
    console
        Where to.
    with_ids
        With the IDs of patients in what changed in a history; pseudonyms are always there.
    """
    summary = audit.summary
    for table in tables_of(summary):
        _print(table, console)
    reached = _Files("Reports that reached a level", ("levels", *QUANTITY_HEADS))
    failed = _Files("Files that failed", ("why",))
    not_added = _Files("Results that were not added to the history", ("why",))
    for row in audit.rows():
        if row["counts"] and row["alerts"]:
            reached.add(row["file"], ", ".join(row["alerts"]), *doses_of_row(row))
        if row["status"] == "failed":
            failed.add(row["file"], f"{row['reason']}: {row['message']}")
        if row["reason"] == NOT_ADDED:
            not_added.add(row["file"], row["message"])
    for files in (reached, failed, not_added):
        if files.cells:
            _print(files.table(), console)
    _render_history(audit, console, with_ids=with_ids)
    if summary.skipped:
        parts = ", ".join(f"{number} {what}" for what, number in summary.skipped.items())
        console.print(Text(f"Skipped: {parts}"))
    console.print(Text(totals_line(summary), style="bold"))


def _render_history(audit: Audit, console: Console, *, with_ids: bool) -> None:
    changes = audit.history_changes
    if changes is None:
        return
    summary = audit.summary
    for table in change_tables(changes, summary.history_notes, with_ids=with_ids):
        _print(_first(table), console)
    console.print()
    named = changes.shows_ids(asked_for=with_ids)
    _print_alerts(changes.raised, console, with_patient=named)
    _print_alerts(changes.withdrawn, console, mark="withdrawn", style="bold", with_patient=named)
    console.print(Text(history_line(summary, changes)))


def render_alerts_until(alerts: Sequence[RaisedAlert], console: Console, *, with_ids: bool) -> None:
    """Print the alerts that a history raised until an audit ended before its time.

    Parameters
    ----------
    alerts
        In the order in which they were raised.
    console
        Where to.
    with_ids
        With the IDs of patients.
    """
    _print_alerts(alerts, console, with_patient=with_ids)


def _print_alerts(
    alerts: Sequence[RaisedAlert], console: Console, *, with_patient: bool, **words: str
) -> None:
    procedures = list(dict.fromkeys(alert.procedure for alert in alerts))
    chosen = set(procedures[:_MOST_FILES])
    shown = [alert for alert in alerts if alert.procedure in chosen]
    print_alerts(shown, console, with_patient=with_patient, **words)
    if more := len(procedures) - len(chosen):
        console.print(Text(f"and of {more} more procedures: dosemap history alerts lists all"))


def _first(table: TextTable) -> TextTable:
    """Return a table with its first rows."""
    if len(table.rows) <= _MOST_FILES:
        return table
    note = f"The first {_MOST_FILES} of {len(table.rows)}; --out with .json or .html has all."
    return replace(table, rows=table.rows[:_MOST_FILES], note=note)


@dataclass
class _Files:
    """The first files of a list that may be long, each above what is told of it."""

    title: str
    columns: tuple[str, ...]
    names: list[str] = field(default_factory=list)
    cells: list[tuple[str, ...]] = field(default_factory=list)
    has_more: bool = False

    def add(self, name: str, *cells: str) -> None:
        """Take the next file, if there is room."""
        if len(self.cells) == _MOST_FILES:
            self.has_more = True
            return
        self.names.append(name)
        self.cells.append(cells)

    def table(self) -> TextTable:
        """Return them as a table."""
        return TextTable(
            title=self.title,
            columns=self.columns,
            rows=tuple(self.cells),
            headings=dict(enumerate(self.names)),
            numeric_from=1,
            note=f"The first {_MOST_FILES}; --out has all." if self.has_more else "",
        )


def _print(text_table: TextTable, console: Console) -> None:
    console.print(Text(f"\n{text_table.title}", style="bold"))
    widths = [
        max(map(cell_len, column))
        for column in zip(text_table.columns, *text_table.rows, strict=True)
    ]
    # The first column has words, which can be folded.
    rest = sum(widths[1:]) + _GAP * (len(widths) - 1)
    widths[0] = max(min(widths[0], console.width - rest), _LEAST_WIDTH)
    if len(widths) > 1:
        _print_row(text_table.columns, text_table.numeric_from, widths, console, style="dim")
    for number, row in enumerate(text_table.rows):
        if heading := text_table.headings.get(number):
            console.print(Text(heading, style="cyan"))
        _print_row(row, text_table.numeric_from, widths, console)
    if text_table.note:
        console.print(Text(text_table.note, style="dim"))


def _print_row(
    row: Sequence[str],
    numeric_from: int,
    widths: Sequence[int],
    console: Console,
    *,
    style: str = "",
) -> None:
    """Print a line, or several where a text is folded: between lines a heading can stand."""
    grid = Table.grid(padding=(0, _GAP, 0, 0))
    for number, width in enumerate(widths):
        is_number = number >= numeric_from
        grid.add_column(
            width=width, justify="right" if is_number else "left", no_wrap=is_number, style=style
        )
    grid.add_row(*map(Text, row))
    console.print(grid)
