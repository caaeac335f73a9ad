"""Lists of a name, a value and a text, as the reports for people have them."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

NARROW = 72
"""Columns of a terminal below which a list or a table has no room for all its columns."""


def print_entries(
    console: Console, title: str, entries: Sequence[tuple[str, Any, str]], *, style: str
) -> None:
    """Print entries of name, value (``None`` for none) and text; on a narrow terminal in lines."""
    if not entries:
        return
    console.print(Text(title, style="bold"))
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value, text in entries:
        shown = Text("" if value is None else f"{value}: ", style="bold") + Text(text)
        if console.width < NARROW:
            console.print(Text(f"  {name}", style=style))
            console.print(Padding(shown, (0, 0, 0, 4)))
        else:
            table.add_row(Text(f"  {name}", style=style), shown)
    if console.width >= NARROW:
        console.print(table)
