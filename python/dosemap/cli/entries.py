"""Lists of a name, a value and a text, as the reports for people have them."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_entries(
    console: Console, title: str, entries: Sequence[tuple[str, Any, str]], *, style: str
) -> None:
    """Print entries of name, value (``None`` for none) and text."""
    if not entries:
        return
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value, text in entries:
        shown = Text("" if value is None else f"{value}: ", style="bold")
        table.add_row(Text(f"  {name}", style=style), shown + Text(text))
    console.print(Text(title, style="bold"))
    console.print(table)


def failed_document(source: str, message: str) -> dict[str, Any]:
    """Return what stands in the place of the document of a file that cannot be read."""
    return {"source": source, "error": message, "alerts": []}
