"""Finds the files of an audit: every file below the paths, whatever its name.

Nothing is opened and nothing is kept, so that a million files take no more memory than ten.
"""

import errno
import os
import stat
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dosemap.errors import DosemapError

_NOWHERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)


@dataclass(frozen=True, kw_only=True)
class FoundFile:
    """A file that may be a report."""

    path: str
    """Absolute, as the operating system has it."""
    size: int
    mtime_ns: int


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A folder or file whose reports, if it has any, are not in the audit."""

    path: str
    reason: str
    """In a few words that can be counted."""
    message: str


@dataclass(kw_only=True)
class Walk:
    """One walk over files and folders.

    A link to a folder is followed unless that folder is walked anyway, and a folder is walked
    once, so that loops of links come to an end.

    Parameters
    ----------
    roots
        Absolute paths of files and folders, links resolved.
    leave_out
        Files that the audit itself writes.
    """

    roots: Sequence[str]
    leave_out: frozenset[str] = frozenset()
    skipped: Counter[str] = field(default_factory=Counter)
    """How many entries were left out, by the reason."""

    def __post_init__(self) -> None:
        self._to_walk = list(dict.fromkeys(self.roots))
        self._roots = set(self._to_walk)

    def __iter__(self) -> Iterator[FoundFile | Unreadable]:
        """Yield what is found, in no order."""
        while self._to_walk:
            root = self._to_walk.pop()  # links that are found on the way add roots
            if Path(root).is_dir():
                yield from self._below(root)
            else:
                yield from self._file(root)

    def _below(self, root: str) -> Iterator[FoundFile | Unreadable]:
        # One open folder per level: the names in it are not collected.
        folders: list[tuple[str, os._ScandirIterator[str]]] = []
        try:
            yield from self._entries(root, folders)
        finally:
            for _, folder in folders:
                folder.close()

    def _entries(
        self, root: str, folders: "list[tuple[str, os._ScandirIterator[str]]]"
    ) -> Iterator[FoundFile | Unreadable]:
        deeper: str | None = root
        while folders or deeper:
            if deeper:
                try:
                    folders.append((deeper, os.scandir(deeper)))
                except OSError as error:
                    yield _unreadable_folder(deeper, error)
                deeper = None
                continue
            name, folder = folders[-1]
            try:
                entry = next(folder, None)
            except OSError as error:
                yield _unreadable_folder(name, error)
                entry = None
            if entry is None:
                folders.pop()
                folder.close()
            elif entry.name.startswith("."):
                self.skipped["hidden file or folder"] += 1
            elif entry.is_symlink():
                yield from self._link(entry.path)
            elif _is_folder(entry):
                deeper = None if entry.path in self._roots else entry.path
            else:
                yield from self._file(entry.path)

    def _link(self, path: str) -> Iterator[FoundFile | Unreadable]:
        target = os.path.realpath(path)
        try:
            Path(target).stat()
        except OSError as error:
            if error.errno in _NOWHERE:
                self.skipped["link that leads nowhere"] += 1
            else:
                yield Unreadable(path=path, reason="cannot be opened", message=_told(error))
            return
        if self._is_walked_anyway(target):
            self.skipped["link to what is walked anyway"] += 1
        elif Path(target).is_dir():
            self._roots.add(target)
            self._to_walk.append(target)
        else:
            yield from self._file(target)

    def _is_walked_anyway(self, target: str) -> bool:
        place = Path(target)
        while True:
            if str(place) in self._roots:
                return True
            if place.name.startswith(".") or place == place.parent:
                return False
            place = place.parent

    def _file(self, path: str) -> Iterator[FoundFile | Unreadable]:
        if path in self.leave_out:
            self.skipped["written by an audit"] += 1
            return
        try:
            status = Path(path).stat()
        except FileNotFoundError:
            self.skipped["gone while the audit ran"] += 1
            return
        except OSError as error:
            yield Unreadable(path=path, reason="cannot be opened", message=_told(error))
            return
        if not stat.S_ISREG(status.st_mode):
            self.skipped["pipe, socket or device"] += 1
        elif status.st_size == 0:
            self.skipped["empty file"] += 1
        else:
            # Times after the year 2262 are damage, and more than a database takes.
            mtime_ns = status.st_mtime_ns % 2**63
            yield FoundFile(path=path, size=status.st_size, mtime_ns=mtime_ns)


class FileCount(threading.Thread):
    """Counts files while others are done: on a slow share that takes longer than to begin.

    Parameters
    ----------
    walk
        One for this alone.
    """

    def __init__(self, walk: Walk) -> None:
        super().__init__(daemon=True)
        self._walk = walk
        self.total: int | None = None
        """``None`` until all are counted."""

    def run(self) -> None:
        """Count."""
        self.total = sum(isinstance(entry, FoundFile) for entry in self._walk)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False  # looked at as a file it says why


def _unreadable_folder(path: str, error: OSError) -> Unreadable:
    return Unreadable(path=path, reason="folder cannot be read", message=_told(error))


def _told(error: OSError) -> str:
    return error.strerror or str(error)


def resolved(paths: Sequence[str | os.PathLike[str]]) -> list[str]:
    """Return paths as a walk takes them.

    Parameters
    ----------
    paths
        Files and folders as a user names them.

    Raises
    ------
    DosemapError
        One of them does not exist.
    """
    if not paths:
        raise DosemapError("name at least one file or folder to audit")
    for path in paths:
        try:
            Path(path).stat()
        except (OSError, ValueError) as error:
            shown = os.fspath(path)[:200]
            reason = getattr(error, "strerror", None) or str(error)
            raise DosemapError(f"there is no {shown}: {reason}; check the path") from error
    return [os.path.realpath(path) for path in paths]
