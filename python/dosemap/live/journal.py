"""The journal of a session: every frame on file before its push returns.

A record is the length of its content, the checksum of these four bytes and that of the content
(CRC-32; all little-endian), and the content: a letter and JSON, or a letter and rows of 64-bit
floats. It is written by one call of the operating system, so that a process killed at any moment
leaves whole records and at most one that is torn.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from dosemap.errors import DosemapError
from dosemap.live.columns import ROW

FORMAT = "dosemap.journal/1"
_HEAD = struct.Struct("<4sII")
_LENGTH = struct.Struct("<I")
_HEADER, _FILTERS, _ROWS = b"H", b"F", b"R"


class Journal:
    """A journal that is written to; made by :meth:`begin` or :meth:`go_on`."""

    def __init__(self, file: int) -> None:
        self.error: str | None = None
        """Why it ended before the session did; then nothing more is written."""
        self._file: int | None = file

    @classmethod
    def begin(cls, path: str | PathLike[str], header: dict[str, Any]) -> "Journal":
        """Make a journal.

        Parameters
        ----------
        path
            A file that does not exist.
        header
            What a session is made of again.

        Raises
        ------
        DosemapError
            There is such a file, or it cannot be written.
        """
        # Settings may be numbers of numpy.
        head = json.dumps({"format": FORMAT, **header}, default=float).encode()
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            journal = cls(os.open(path, flags, 0o600))
        except FileExistsError as error:
            raise DosemapError(
                f"{path} exists; LiveSession.resume goes on with it, or give another name"
            ) from error
        except OSError as error:
            raise DosemapError(f"cannot write {path}: {error.strerror or error}") from error
        journal._write(_HEADER + head)
        if journal.error:
            journal.close()
            Path(path).unlink()  # it holds nothing, and would be in the way of the next try
            raise DosemapError(f"cannot write {path}: {journal.error}")
        return journal

    @classmethod
    def go_on(cls, path: str | PathLike[str], *, length: int, torn: int) -> "Journal":
        """Open a journal behind its last whole record.

        Parameters
        ----------
        path
            The file.
        length, torn
            Of the whole records, and of what is behind and cut off, bytes.

        Raises
        ------
        DosemapError
            It cannot be written, or another session writes to it.
        """
        try:
            file = os.open(path, os.O_WRONLY | os.O_APPEND)
            if os.fstat(file).st_size != length + torn:
                os.close(file)
                raise DosemapError(f"{path} grew while it was read: another session writes to it")
            os.ftruncate(file, length)
        except OSError as error:
            raise DosemapError(f"cannot write {path}: {error.strerror or error}") from error
        return cls(file)

    def add_filters(self, filters: Sequence[tuple[str, float]]) -> None:
        """Write a new combination of filters; rows that come refer to it by its number."""
        self._write(_FILTERS + json.dumps(filters).encode())

    def add_rows(self, rows: bytes) -> None:
        """Write frames. What fails ends the journal, not the session: see :attr:`error`."""
        self._write(_ROWS + rows)

    def close(self) -> None:
        """Bring everything to the disk and close the file."""
        if self._file is not None:
            try:
                os.fsync(self._file)
            except OSError as error:
                self.error = self.error or error.strerror or str(error)
            os.close(self._file)
            self._file = None

    def _write(self, content: bytes) -> None:
        if self._file is None or self.error:
            return
        length = _LENGTH.pack(len(content))
        record = _HEAD.pack(length, zlib.crc32(length), zlib.crc32(content)) + content
        try:
            if os.write(self._file, record) != len(record):
                self.error = "no space left"
            elif not os.fstat(self._file).st_nlink:
                self.error = "the file was removed"
        except OSError as error:
            self.error = error.strerror or str(error)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What a journal holds."""

    header: dict[str, Any]
    parts: list[tuple[tuple[str, float], ...] | bytes]
    """Combinations of filters and rows of frames, in the order in which they were written."""
    length: int
    """Of the whole records, bytes."""
    torn: int
    """Bytes behind them, of a record that was not finished."""


def is_journal(path: Path) -> bool:
    """Return whether a file begins as a journal does."""
    try:
        with path.open("rb") as file:
            begin = file.read(_HEAD.size + 64)
    except OSError:
        return False
    return FORMAT.encode() in begin and begin[_HEAD.size : _HEAD.size + 1] == _HEADER


def read_journal(path: str | PathLike[str]) -> Recorded:
    """Return what a journal holds, up to the last whole record.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    DosemapError
        It cannot be read, is no journal, or is damaged elsewhere than at its end.
    """
    name = Path(path).name
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise DosemapError(f"cannot read {name}: {error.strerror or error}") from error
    records = list(_records(data, name))
    length = records[-1][0] if records else 0
    try:
        header = json.loads(records[0][1][1:]) if records[0][1][:1] == _HEADER else {}
        is_journal = header.get("format") == FORMAT
    except (IndexError, ValueError, AttributeError):
        is_journal = False
    if not is_journal:
        raise DosemapError(f"{name} is no journal of a live session of this version ({FORMAT})")
    parts = [_part(content, name) for _, content in records[1:]]
    return Recorded(header=header, parts=parts, length=length, torn=len(data) - length)


def _records(data: bytes, name: str) -> Iterator[tuple[int, bytes]]:
    """Yield end and content of every whole record."""
    start = 0
    while start + _HEAD.size <= len(data):
        length, of_length, of_content = _HEAD.unpack_from(data, start)
        end = start + _HEAD.size + _LENGTH.unpack(length)[0]
        content = data[start + _HEAD.size : end]
        is_whole = zlib.crc32(length) == of_length and zlib.crc32(content) == of_content
        # What a killed process leaves is the beginning of a record; anything else is damage.
        if zlib.crc32(length) == of_length and end > len(data):
            return
        if not is_whole:
            raise DosemapError(
                f"{name} is damaged at byte {start}: what follows cannot be trusted; restore the"
                " file from a copy"
            )
        yield end, content
        start = end


def _part(content: bytes, name: str) -> tuple[tuple[str, float], ...] | bytes:
    kind, rest = content[:1], content[1:]
    if kind == _FILTERS:
        return tuple((str(symbol), float(mm)) for symbol, mm in json.loads(rest))
    if kind != _ROWS or len(rest) % ROW.size:
        raise DosemapError(f"{name} holds a record of another version of dosemap")
    return rest
