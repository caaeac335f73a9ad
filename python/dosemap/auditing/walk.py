"""Finds the files of an audit: every file below the paths, whatever its name.

Nothing is opened and nothing is kept, so that a million files take no more memory than ten.
"""

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dosemap.errors import DosemapError


@dataclass(frozen=True, kw_only=True)
class FoundFile:
    """A file that may be a report."""

    path: str
    """Absolute, as the operating system has it."""
    size: int
    mtime_ns: int


@dataclass(frozen=True, kw_only=True)
class UnreadableFolder:
    """A folder whose reports, if it has any, are not in the audit."""

    path: str
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

    def __iter__(self) -> Iterator[FoundFile | UnreadableFolder]:
        """Yield what is found, in no order."""
        while self._to_walk:
            root = self._to_walk.pop()  # links that are found on the way add roots
            if Path(root).is_dir():
                yield from self._below(root)
            else:
                yield from self._file(root)

    def _below(self, root: str) -> Iterator[FoundFile | UnreadableFolder]:
        # One open folder per level: their names are not collected.
        folders: list[os._ScandirIterator[str]] = []
        try:
            yield from self._entries(root, folders)
        finally:
            for folder in folders:
                folder.close()

    def _entries(
        self, root: str, folders: "list[os._ScandirIterator[str]]"
    ) -> Iterator[FoundFile | UnreadableFolder]:
        deeper: str | None = root
        while folders or deeper:
            if deeper:
                try:
                    folders.append(os.scandir(deeper))
                except OSError as error:
                    yield UnreadableFolder(path=deeper, message=error.strerror or str(error))
                deeper = None
                continue
            try:
                entry = next(folders[-1], None)
            except OSError as error:
                yield UnreadableFolder(path=root, message=error.strerror or str(error))
                entry = None
            if entry is None:
                folders.pop().close()
            elif entry.name.startswith("."):
                self.skipped["hidden file or folder"] += 1
            elif entry.is_symlink():
                yield from self._link(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                deeper = None if entry.path in self._roots else entry.path
            else:
                yield from self._file(entry.path)

    def _link(self, path: str) -> Iterator[FoundFile]:
        target = os.path.realpath(path)
        if not Path(target).exists():
            self.skipped["link that leads nowhere"] += 1
        elif self._is_walked_anyway(target):
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

    def _file(self, path: str) -> Iterator[FoundFile]:
        if path in self.leave_out:
            self.skipped["written by an audit"] += 1
            return
        try:
            status = Path(path).stat()
        except OSError:
            self.skipped["gone while the audit ran"] += 1
            return
        if not stat.S_ISREG(status.st_mode):
            self.skipped["pipe, socket or device"] += 1
        elif status.st_size == 0:
            self.skipped["empty file"] += 1
        else:
            yield FoundFile(path=path, size=status.st_size, mtime_ns=status.st_mtime_ns)


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
