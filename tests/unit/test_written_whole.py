"""Files are there whole or not at all, and what is no file stays what it is."""

import os
import stat
import threading
from pathlib import Path

import pytest

from dosemap.errors import DosemapError
from dosemap.files import written_whole


def test_an_existing_file_is_as_it_was_when_the_writing_fails(tmp_path: Path) -> None:
    target = tmp_path / "map.nc"
    target.write_text("old")

    def write_half() -> None:
        with written_whole(target) as complete:
            complete.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("content", [b"SQLite format 3\0 and rows", bytes(128) + b"DICM and items"])
def test_a_store_or_a_report_is_replaced_by_its_like_alone(tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "months.db"
    target.write_bytes(content)

    def write(new: bytes) -> None:
        with written_whole(target) as complete:
            complete.write_bytes(new)

    for other in (b"", b"{}", bytes(200)):
        with pytest.raises(DosemapError, match=r"is left as it is; name another file"):
            write(other)
        assert target.read_bytes() == content
    assert list(tmp_path.iterdir()) == [target]
    write(content + b" more")
    assert target.read_bytes() == content + b" more"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    real = tmp_path / "disk" / "map.nc"
    real.write_text("old")
    link = tmp_path / "map.nc"
    link.symlink_to(real)
    with written_whole(link) as complete:
        complete.write_text("new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_pipe_gets_what_was_written_and_stays_a_pipe(tmp_path: Path) -> None:
    """As ``/dev/null`` must: a plain file in its place breaks every program of the machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_text()))
    reader.start()
    with written_whole(pipe) as complete:
        complete.write_text("all of it")
    reader.join(timeout=10)
    assert received == ["all of it"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_the_null_device_stays_a_device() -> None:
    with written_whole(os.devnull) as complete:
        complete.write_text("nothing")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_folder_is_refused_by_name(tmp_path: Path) -> None:
    with (
        pytest.raises(DosemapError, match=f"cannot write {tmp_path}"),
        written_whole(tmp_path) as complete,
    ):
        complete.write_text("x")
