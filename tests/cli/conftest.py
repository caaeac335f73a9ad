"""Files for the command line to work on."""

from pathlib import Path

import pytest

from simulated_reports import artis_bytes


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.dcm"
    path.write_bytes(artis_bytes())
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.dcm"
    path.write_bytes(b"no report")
    return path
