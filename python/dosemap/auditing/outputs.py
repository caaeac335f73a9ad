"""Writes the rows of an audit: CSV, JSON, Parquet or HTML, one row after the other."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from dosemap.auditing.findings import Findings
from dosemap.auditing.html import html_of
from dosemap.auditing.row import COLUMNS, Column, Row
from dosemap.errors import DosemapError
from dosemap.files import written_whole

_UIDS = ("study_instance_uid", "sop_instance_uid")
_ROWS_PER_GROUP = 1000
_PRIVATE = 0o600
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def check_output(path: Path) -> None:
    """Refuse an output that could not be written at the end of a long run.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    DosemapError
        Its ending is none of the known ones, its folder is missing, or pyarrow is not installed.
    """
    if path.suffix.lower() not in _WRITERS:
        raise DosemapError(f"--out {path}: its name must end in {', '.join(_WRITERS)}")
    if not path.parent.is_dir():
        raise DosemapError(f"--out {path}: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise DosemapError(f"--out {path} is a folder; name a file in it")
    if path.suffix.lower() == ".parquet":
        _arrow()


def write_output(path: Path, rows: Iterable[Row], findings: Findings) -> None:
    """Write an audit in the format of the file's ending; an older file is replaced when done.

    Parameters
    ----------
    path
        The file: ``.csv``, ``.json``, ``.parquet`` or ``.html``.
    rows
        All rows.
    findings
        What they come to, how they were made, and whether UIDs and patient IDs are shown.
    """
    with written_whole(path) as complete:
        complete.touch(mode=_PRIVATE)
        _WRITERS[path.suffix.lower()](complete, rows, findings)


def _columns(findings: Findings) -> list[Column]:
    return [column for column in COLUMNS if findings.with_uids or column.name not in _UIDS]


def _write_csv(path: Path, rows: Iterable[Row], findings: Findings) -> None:
    columns = _columns(findings)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in columns)
        for row in rows:
            writer.writerow([_cell(row[column.name]) for column in columns])


def _cell(value: Any) -> str:  # noqa: ANN401
    """Return a value as text; ``None`` is empty, numbers come back the same."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, int | float):
        return repr(value)
    # A spreadsheet would compute a text that begins so.
    return f"'{value}" if str(value).startswith(_FORMULA) else str(value)


def _write_json(path: Path, rows: Iterable[Row], findings: Findings) -> None:
    columns = _columns(findings)
    changes = findings.history_changes
    parts = {
        "schema": "dosemap.audit/1",
        "run": findings.about.to_dict(),
        "summary": findings.summary.to_dict(),
        "history": None if changes is None else changes.to_dict(with_ids=findings.with_uids),
    }

    def text(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    with path.open("w", encoding="utf-8") as file:
        file.write("{" + "".join(f"{text(key)}: {text(part)},\n" for key, part in parts.items()))
        file.write('"rows": [')
        separator = "\n"
        for row in rows:
            file.write(separator + text({column.name: row[column.name] for column in columns}))
            separator = ",\n"
        file.write("\n]}\n")


def _write_parquet(path: Path, rows: Iterable[Row], findings: Findings) -> None:
    columns = _columns(findings)
    pyarrow, parquet = _arrow()
    types = {
        "text": pyarrow.string(),
        "number": pyarrow.float64(),
        "integer": pyarrow.int64(),
        "boolean": pyarrow.bool_(),
        "texts": pyarrow.list_(pyarrow.string()),
    }
    schema = pyarrow.schema([(column.name, types[column.kind]) for column in columns])
    with parquet.ParquetWriter(path, schema) as writer:
        for some in _chunks(rows):
            lists = {column.name: [row[column.name] for row in some] for column in columns}
            writer.write_table(pyarrow.table(lists, schema=schema))


def _write_html(path: Path, rows: Iterable[Row], findings: Findings) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(html_of(rows, findings))


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while some := list(islice(waiting, _ROWS_PER_GROUP)):
        yield some


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow  # noqa: PLC0415  (an extra)
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise DosemapError(
            'pyarrow is not installed: pip install "dosemap[parquet]", or write to .csv'
        ) from error
    return pyarrow, parquet


_WRITERS: dict[str, Callable[[Path, Iterable[Row], Findings], None]] = {
    ".csv": _write_csv,
    ".json": _write_json,
    ".parquet": _write_parquet,
    ".html": _write_html,
}
