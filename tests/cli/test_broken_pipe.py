"""``dosemap ... | head``: the program ends without a word, with the code that shells expect."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulated_reports import artis_bytes

COMMANDS: dict[str, tuple[str, ...]] = {
    "help": ("--help",),
    "help of a command": ("audit", "--help"),
    "version": ("--version",),
    "levels": ("levels",),
    "JSON": ("levels", "--json"),
    "estimate": ("estimate", "report.dcm", "--surface", "plane"),
    "history": ("history", "add", "report.dcm", "--db", "doses.db"),
    "check": ("equipment", "check", "report.dcm"),
    "profiles": ("equipment", "list"),
    "simulate": ("simulate", "--list"),
    "body": ("body", "--spacing-mm", "15"),
    "demo": ("demo", "--out", "demo"),
    "audit": ("audit", "report.dcm", "--spacing-mm", "15", "--jobs", "1"),
    "fail-on": ("estimate", "report.dcm", "--surface", "plane", "--fail-on", "any"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are others")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_reader_that_has_gone_ends_the_program_quietly(name: str, tmp_path: Path) -> None:
    (tmp_path / "report.dcm").write_bytes(artis_bytes())
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as stdout:
        done = subprocess.run(
            [sys.executable, "-m", "dosemap", *COMMANDS[name]],
            cwd=tmp_path,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, "")
