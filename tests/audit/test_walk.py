"""Which files a walk finds."""

import os
from pathlib import Path

import pytest

from dosemap import DosemapError
from dosemap.auditing.walk import FoundFile, UnreadableFolder, Walk, resolved


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
    (told,) = [entry for entry in entries if isinstance(entry, UnreadableFolder)]
    assert told == UnreadableFolder(path=str(tree / "a/b"), message="Permission denied")
    assert len(entries) == 3


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DosemapError, match="check the path"):
        resolved([tmp_path / "missing"])
    with pytest.raises(DosemapError, match="at least one"):
        resolved([])
