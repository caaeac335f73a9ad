"""What a journal holds, read record by record: that of a long case is large."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from dosemap.errors import DosemapError
from dosemap.live.arguments import FilterSet
from dosemap.live.columns import ROW
from dosemap.live.journal import FILTERS, FORMAT, HEAD, HEADER, LENGTH, ROWS


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A journal whose records are whole."""

    path: Path
    header: dict[str, Any]
    filters: tuple[FilterSet, ...]
    """Combinations of filters, in the order in which they were written."""
    length: int
    """Of the whole records, bytes."""
    torn: int
    """Bytes behind them, of a record that was not finished."""

    def blocks(self) -> Iterator[bytes]:
        """Yield the rows of each record of frames."""
        for _, content in _records(self.path, self.length):
            if content[:1] == ROWS:
                yield content[1:]


def is_journal(path: Path) -> bool:
    """Return whether a file begins as a journal does."""
    try:
        with path.open("rb") as file:
            begin = file.read(HEAD.size + 64)
    except OSError:
        return False
    return FORMAT.encode() in begin and begin[HEAD.size : HEAD.size + 1] == HEADER


def read_journal(path: str | PathLike[str]) -> Recorded:
    """Return what a journal holds, up to the last whole record; all of it is checked.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    DosemapError
        It cannot be read, is no journal, or is damaged elsewhere than at its end.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        records = _records(path, size)
        length, first = next(records, (0, b""))
        header = _header(first, path.name)
        filters = []
        for end, content in records:
            length = end
            if content[:1] == FILTERS:
                filters.append(
                    tuple((str(name), float(mm)) for name, mm in json.loads(content[1:]))
                )
            elif content[:1] != ROWS or len(content[1:]) % ROW.size:
                raise DosemapError(f"{path.name} holds a record of another version of dosemap")
    except OSError as error:
        raise DosemapError(f"cannot read {path.name}: {error.strerror or error}") from error
    return Recorded(
        path=path, header=header, filters=tuple(filters), length=length, torn=size - length
    )


def _header(content: bytes, name: str) -> dict[str, Any]:
    try:
        header: dict[str, Any] = json.loads(content[1:]) if content[:1] == HEADER else {}
        is_known = header.get("format") == FORMAT
    except (ValueError, AttributeError):
        is_known = False
    if not is_known:
        raise DosemapError(f"{name} is no journal of a live session of this version ({FORMAT})")
    return header


def _records(path: Path, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield end and content of every whole record among so many bytes."""
    start = 0
    with path.open("rb") as file:
        while start + HEAD.size <= size:
            length, of_length, of_content = HEAD.unpack(file.read(HEAD.size).ljust(HEAD.size))
            is_head = zlib.crc32(length) == of_length
            end = start + HEAD.size + LENGTH.unpack(length)[0]
            # What a killed process leaves is the beginning of a record; anything else is damage.
            if is_head and end > size:
                return
            content = file.read(end - start - HEAD.size) if is_head else b""
            if not is_head or zlib.crc32(content) != of_content:
                raise DosemapError(
                    f"{path.name} is damaged at byte {start}: what follows cannot be trusted;"
                    " restore the file from a copy"
                )
            yield end, content
            start = end
