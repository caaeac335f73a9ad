"""The journal of a session: every frame on file before its push returns.

A record is the length of its content, the checksum of these four bytes and that of the content
(CRC-32; all little-endian), and the content: a letter and JSON, or a letter and rows of 64-bit
floats. It is written by one call of the operating system, so that a process killed at any moment
leaves whole records and at most one that is torn. ``recorded`` reads it.
"""

import json
import os
import struct
import zlib
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from dosemap.errors import DosemapError

FORMAT = "dosemap.journal/1"
HEAD = struct.Struct("<4sII")
LENGTH = struct.Struct("<I")
HEADER, FILTERS, ROWS = b"H", b"F", b"R"


class Journal:
    """A journal that is written to; made by :meth:`begin` or :meth:`go_on`."""

    def __init__(self, file: int, *, length: int = 0) -> None:
        self.error: str | None = None
        """Why it ended before the session did; then nothing more is written."""
        self._file: int | None = file
        self._length = length

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
        journal._write(HEADER + head)
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
        return cls(file, length=length)

    def add_filters(self, filters: Sequence[tuple[str, float]]) -> None:
        """Write a new combination of filters; rows that come refer to it by its number."""
        self._write(FILTERS + json.dumps(filters).encode())

    def add_rows(self, rows: bytes) -> None:
        """Write frames. What fails ends the journal, not the session: see :attr:`error`."""
        self._write(ROWS + rows)

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
        length = LENGTH.pack(len(content))
        record = HEAD.pack(length, zlib.crc32(length), zlib.crc32(content)) + content
        try:
            if os.write(self._file, record) != len(record):
                self.error = "no space left"
                return
            self._length += len(record)
            found = os.fstat(self._file)
            if not found.st_nlink:
                self.error = "the file was removed"
            elif found.st_size != self._length:
                self.error = "something else writes to the file"
        except OSError as error:
            self.error = error.strerror or str(error)
