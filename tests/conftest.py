"""What holds for all tests, and files for the command line to work on."""

from pathlib import Path

import pytest
from hypothesis import settings

from history_stores import location, postgres_server, postgres_url
from simulated_reports import artis_bytes

__all__ = ["location", "postgres_server", "postgres_url"]

# A shared machine may take long over one example; the limit per test is pytest's. Where the
# environment says CI, hypothesis draws the same examples each time.
settings.register_profile("dosemap", settings(deadline=None))
settings.load_profile("dosemap")


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
