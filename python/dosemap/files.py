"""Files that are there whole or not at all."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from dosemap.errors import DosemapError


@contextmanager
def written_whole(path: str | PathLike[str]) -> Iterator[Path]:
    """Yield a path to write to; what was written replaces the file when the block ends well.

    Parameters
    ----------
    path
        The file to make or replace; its folder must exist.

    Raises
    ------
    DosemapError
        The file cannot be written; an existing one is as it was.
    """
    target = Path(path)
    try:
        # A folder of its own beside the target: replacing is atomic within one file system, and
        # the file gets the permissions of any new file.
        with tempfile.TemporaryDirectory(dir=target.parent, suffix=".part") as folder:
            complete = Path(folder) / f"complete{target.suffix}"
            yield complete
            complete.replace(target)
    except OSError as error:
        raise DosemapError(f"cannot write {target}: {error.strerror or error}") from error
