"""The page of an audit: one file that needs no other, without scripts."""

from collections.abc import Iterable, Iterator
from html import escape

from dosemap.auditing.findings import Findings
from dosemap.auditing.history_tables import alert_tables, change_tables, history_line
from dosemap.auditing.row import Row
from dosemap.auditing.tables import (
    QUANTITY_HEADS,
    TextTable,
    device_name,
    doses_of_row,
    tables_of,
    totals_line,
)

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>dosemap audit</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem;
  color: #1a1a1a; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .25rem .7rem .25rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid #ddd; overflow-wrap: anywhere; min-width: 7rem; }
th { border-bottom: 2px solid #888; overflow-wrap: normal; }
th.across { border-bottom: 1px solid #888; padding-top: .9rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap;
  min-width: 3.2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { color: #555; } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { body { font-size: 14px; margin: 1rem auto; }
  dl { grid-template-columns: 1fr; } dd { margin: 0 0 .4rem 1rem; }
  th, td { padding-right: .45rem; min-width: 6.2rem; } .number { min-width: 2rem; } }
.note { color: #555; }
</style>
</head>
<body>
<h1>Audit of dose reports</h1>
"""
_TAIL = """<p class="note">Made by dosemap: research and quality-assurance software, not a
 medical device. File names may hold names of patients.</p>
</body>
</html>
"""
_REPORT_COLUMNS = ("file", "device", "procedure", "levels")


def html_of(rows: Iterable[Row], findings: Findings) -> Iterator[str]:
    """Yield the page piece by piece.

    Parameters
    ----------
    rows
        All rows; those that reached a level, and those that failed, are listed.
    findings
        What they come to, how they were made, and what changed in a history.
    """
    summary = findings.summary
    yield _HEAD
    yield from _about(findings.about.lines())
    yield f"<p>{escape(totals_line(summary))}.</p>\n"
    for table in tables_of(summary):
        yield from _table(table)
    yield from _history(findings)
    if summary.skipped:
        skipped = [(what, str(number)) for what, number in summary.skipped.items()]
        yield from _table(
            TextTable(
                title="Skipped", columns=("what", "files"), rows=tuple(skipped), numeric_from=1
            )
        )
    # The rows pass by once; what failed is short in a fleet that works, and waits.
    failed: list[str] = []
    reached = 0
    for row in rows:
        if row["reason"]:
            failed.append(_line((row["file"], row["reason"], row["message"] or ""), 3))
        if row["counts"] and row["alerts"]:
            if not reached:
                columns = (*_REPORT_COLUMNS, *QUANTITY_HEADS)
                yield from _open("Reports that reached a level", columns, 4)
            reached += 1
            yield _line((*_report(row), *doses_of_row(row)), 4)
    yield "</tbody></table></div>\n" if reached else "<p>No report reached a level.</p>\n"
    if failed:
        yield from _open(
            "Files that failed, or were not added to the history", ("file", "reason", "message"), 3
        )
        yield from failed
        yield "</tbody></table></div>\n"
    yield _TAIL


def _history(findings: Findings) -> Iterator[str]:
    summary, changes = findings.summary, findings.history_changes
    if changes is None:
        return
    with_ids = findings.with_uids
    yield f"<h2>History</h2>\n<p>{escape(history_line(summary, changes))}.</p>\n"
    for table in alert_tables(changes, with_ids=with_ids):
        yield from _table(table)
    for table in change_tables(changes, summary.history_notes, with_ids=with_ids):
        yield from _table(table)


def _about(lines: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield '<dl class="about">\n'
    for what, value in lines:
        yield f"<dt>{escape(what)}</dt><dd>{escape(value)}</dd>\n"
    yield "</dl>\n"


def _report(row: Row) -> tuple[str, ...]:
    device = device_name((row["manufacturer"], row["model"], row["station_name"]))
    return row["file"], device, row["procedure_type"] or "not known", ", ".join(row["alerts"])


def _table(table: TextTable) -> Iterator[str]:
    yield from _open(table.title, table.columns, table.numeric_from, table.note)
    for number, row in enumerate(table.rows):
        if heading := table.headings.get(number):
            across = len(table.columns)
            yield f'<tr><th class="across" colspan="{across}">{escape(heading)}</th></tr>\n'
        yield _line(row, table.numeric_from)
    yield "</tbody></table></div>\n"


def _open(title: str, columns: Iterable[str], numeric_from: int, note: str = "") -> Iterator[str]:
    yield f"<h2>{escape(title)}</h2>\n"
    if note:
        yield f'<p class="note">{escape(note)}</p>\n'
    heads = "".join(
        f"<th{_class(number, numeric_from)}>{escape(column)}</th>"
        for number, column in enumerate(columns)
    )
    yield f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>\n'


def _line(cells: Iterable[str], numeric_from: int) -> str:
    texts = "".join(
        f"<td{_class(number, numeric_from)}>{escape(cell)}</td>"
        for number, cell in enumerate(cells)
    )
    return f"<tr>{texts}</tr>\n"


def _class(number: int, numeric_from: int) -> str:
    return ' class="number"' if number >= numeric_from else ""
