"""The tables of an audit in the terminal."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dosemap.auditing import NOT_ADDED, Audit
from dosemap.auditing.tables import TextTable, tables_of, totals_line
from dosemap.cli.history.lists import alert_text
from dosemap.history import Added, RaisedAlert

_MOST_FILES = 50
"""Listed in the terminal; the output has all."""


def render_audit(audit: Audit, console: Console) -> None:
    """Print what an audit found.

    Parameters
    ----------
    audit
        The audit.
    console
        Where to.
    """
    summary = audit.summary
    for table in tables_of(summary):
        _print(table, console)
    reached = (
        (row["file"], ", ".join(row["alerts"]))
        for row in audit.rows()
        if row["counts"] and row["alerts"]
    )
    _files("Reports that reached a level", ("file", "levels"), reached, console)
    failed = (
        (row["file"], f"{row['reason']}: {row['message']}")
        for row in audit.rows()
        if row["status"] == "failed"
    )
    _files("Files that failed", ("file", "why"), failed, console)
    not_added = (
        (row["file"], row["message"]) for row in audit.rows() if row["reason"] == NOT_ADDED
    )
    _files("Results that were not added to the history", ("file", "why"), not_added, console)
    if summary.skipped:
        parts = ", ".join(f"{number} {what}" for what, number in summary.skipped.items())
        console.print(Text(f"Skipped: {parts}"))
    console.print(Text(totals_line(summary), style="bold"))


@dataclass
class NewAlerts:
    """Alerts that a history raised during an audit: the first, and how many."""

    first: list[RaisedAlert] = field(default_factory=list)
    number: int = 0

    def add(self, added: Added) -> None:
        """Take what the history did with a result."""
        self.number += len(added.alerts)
        self.first += added.alerts[: _MOST_FILES - len(self.first)]


def render_new_alerts(alerts: NewAlerts, console: Console) -> None:
    """Print the alerts that the history has not raised before.

    Parameters
    ----------
    alerts
        Those of this audit.
    console
        Where to.
    """
    for alert in alerts.first:
        console.print(Text("ALERT  ", style="bold red") + alert_text(alert))
    if alerts.number > len(alerts.first):
        more = alerts.number - len(alerts.first)
        console.print(Text(f"and {more} more: dosemap history alerts lists all"))


def _files(
    title: str, columns: tuple[str, str], rows: Iterable[tuple[str, str]], console: Console
) -> None:
    """Print the first files of a list that may be long."""
    shown = tuple(islice(rows, _MOST_FILES + 1))
    if not shown:
        return
    note = f"The first {_MOST_FILES}; --out has all." if len(shown) > _MOST_FILES else ""
    _print(
        TextTable(
            title=title, columns=columns, rows=shown[:_MOST_FILES], numeric_from=2, note=note
        ),
        console,
    )


def _print(text_table: TextTable, console: Console) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=text_table.title, title_justify="left")
    for number, name in enumerate(text_table.columns):
        is_number = number >= text_table.numeric_from
        table.add_column(
            name,
            justify="right" if is_number else "left",
            no_wrap=is_number,
            overflow="ellipsis" if is_number else "fold",
        )
    for row in text_table.rows:
        table.add_row(*map(Text, row))
    console.print(table)
    if text_table.note:
        console.print(Text(text_table.note, style="dim"))
