"""The tables of an audit in the terminal."""

from collections.abc import Iterable
from itertools import islice

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dosemap.auditing import Audit
from dosemap.auditing.tables import TextTable, tables_of, totals_line

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
    if summary.skipped:
        parts = ", ".join(f"{number} {what}" for what, number in summary.skipped.items())
        console.print(Text(f"Skipped: {parts}"))
    console.print(Text(totals_line(summary), style="bold"))


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
