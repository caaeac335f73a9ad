"""Which files a walk finds."""

import os
from pathlib import Path

import pytest

from dosemap import DosemapError
from dosemap.auditing.walk import FoundFile, Unreadable, Walk, resolved


def found(*roots: Path) -> list[str]:
    paths = [entry.path for entry in Walk(roots=resolved(roots)) if isinstance(entry, FoundFile)]
    return sorted(paths)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path.resolve() / "tree"
    (root / "a/b").mkdir(parents=True)
    for name in ("one", "a/two", "a/b/three"):
        (root / name).write_bytes(b"x")
    return root


def test_every_file_below_is_found_once(tree: Path) -> None:
    expected = sorted(str(tree / name) for name in ("one", "a/two", "a/b/three"))
    assert found(tree) == expected
    assert found(tree, tree, tree / "a") == expected
    assert found(tree / "one", tree / "a/two") == sorted([str(tree / "one"), str(tree / "a/two")])


def test_links_are_followed_and_loops_end(tree: Path, tmp_path: Path) -> None:
    outside = tmp_path.resolve() / "outside"
    outside.mkdir()
    (outside / "four").write_bytes(b"x")
    (outside / "back").symlink_to(tree)
    (tree / "a/loop").symlink_to(tree)
    (tree / "out").symlink_to(outside)
    assert str(outside / "four") in found(tree)
    assert len(found(tree)) == 4


def test_folders_of_any_depth_are_walked(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 200)
    deep.mkdir(parents=True)
    (deep / "file").write_bytes(b"x")
    assert len(found(tmp_path)) == 1


def test_a_folder_that_cannot_be_read_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("/b"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    entries = list(Walk(roots=resolved([tree])))
    (told,) = [entry for entry in entries if isinstance(entry, Unreadable)]
    assert told == Unreadable(
        path=str(tree / "a/b"), reason="folder cannot be read", message="Permission denied"
    )
    assert len(entries) == 3


def test_a_file_that_cannot_be_looked_at_is_told(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder whose names can be listed and no more; also by way of a link."""
    closed = tmp_path / "closed"
    closed.write_bytes(b"x")
    (tree / "link").symlink_to(closed)
    real = Path.stat

    def stat(path: Path, **options: bool) -> os.stat_result:
        if path.name in ("two", "closed"):
            raise PermissionError(13, "Permission denied")
        return real(path, **options)

    monkeypatch.setattr(Path, "stat", stat)
    entries = list(Walk(roots=resolved([tree])))
    told = [entry for entry in entries if isinstance(entry, Unreadable)]
    assert sorted(entry.path for entry in told) == [str(tree / "a/two"), str(tree / "link")]
    assert {entry.reason for entry in told} == {"cannot be opened"}


def test_links_that_lead_nowhere_are_counted(tree: Path) -> None:
    (tree / "missing").symlink_to("x")
    (tree / "too long").symlink_to("x" * 300)
    (tree / "itself").symlink_to(tree / "itself")
    walk = Walk(roots=resolved([tree]))
    assert len(list(walk)) == 3
    assert walk.skipped == {"link that leads nowhere": 3}


def test_a_time_that_no_database_takes_is_one_of_a_file(tree: Path) -> None:
    os.utime(tree / "one", (1.4e10, 1.4e10))  # the year 2413
    (entry,) = Walk(roots=resolved([tree / "one"]))
    assert isinstance(entry, FoundFile)
    assert 0 <= entry.mtime_ns < 2**63


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DosemapError, match="check the path"):
        resolved([tmp_path / "missing"])
    with pytest.raises(DosemapError, match="at least one"):
        resolved([])
