"""Files that are there whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from dosemap.errors import DosemapError

_IRREPLACEABLE = {
    "a database (SQLite), such as a history": (0, b"SQLite format 3\0"),
    "a DICOM file": (128, b"DICM"),
}
"""What no output of another kind may replace: where each kind's mark is and what it is."""


@contextmanager
def written_whole(path: str | PathLike[str]) -> Iterator[Path]:
    """Yield a path to write to; what was written replaces the file when the block ends well.

    A link stays one: the file that it leads to is replaced. A device or a pipe (``/dev/null``,
    ``/dev/stdout``) gets what was written: replacing it would put a plain file in its place, for
    every program of the machine when it is done as root. A database or a DICOM file is replaced by
    its like alone: where an output names it, the path is a slip, and what it holds would be lost.

    Parameters
    ----------
    path
        The file to make or replace; its folder must exist.

    Raises
    ------
    DosemapError
        The file cannot be written, or is a database or DICOM file that something else would
        replace; an existing one is as it was.
    """
    target = Path(path)
    is_replaced = target.is_file() or not target.exists()
    if target.is_file():
        target = Path(os.path.realpath(target))
    try:
        # A folder of its own beside the target: replacing is atomic within one file system, and
        # the file gets the permissions of any new file.
        beside = target.parent if is_replaced else None
        with tempfile.TemporaryDirectory(dir=beside, suffix=".part") as folder:
            complete = Path(folder) / f"complete{target.suffix}"
            yield complete
            _refuse_other_kind(target, complete)
            if is_replaced:
                complete.replace(target)
            else:
                with complete.open("rb") as written, target.open("wb") as device:
                    shutil.copyfileobj(written, device)
    except OSError as error:
        raise DosemapError(f"cannot write {path}: {error.strerror or error}") from error


def _refuse_other_kind(existing: Path, new: Path) -> None:
    kind = _irreplaceable(existing) if existing.is_file() else None
    if kind is not None and _irreplaceable(new) != kind:
        raise DosemapError(
            f"{existing} is {kind}: it is left as it is; name another file for what is to be"
            " written, or remove it first"
        )


def _irreplaceable(path: Path) -> str | None:
    with path.open("rb") as file:
        begin = file.read(132)
    for kind, (offset, mark) in _IRREPLACEABLE.items():
        if begin[offset:].startswith(mark):
            return kind
    return None
