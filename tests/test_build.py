"""The compiled module: its version, and the warning of a debug build."""

import subprocess
import sys
import tomllib
from importlib.metadata import metadata, version
from pathlib import Path

import pytest

import dosemap
from dosemap import _core

ROOT = Path(__file__).parents[1]

LOAD_FILE_AS_CORE = """
import sys
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
loader = ExtensionFileLoader("_core", sys.argv[1])
spec = spec_from_file_location("_core", sys.argv[1], loader=loader)
loader.exec_module(module_from_spec(spec))
"""


def load_alone(library: Path) -> subprocess.CompletedProcess[str]:
    """Load a compiled module in an interpreter of its own, RuntimeWarning as an error.

    A module is initialised once per process, so this one, which has it, would see no warning.
    """
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", LOAD_FILE_AS_CORE, str(library)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_installed_build_does_not_warn() -> None:
    loaded = load_alone(Path(_core.__file__))
    assert loaded.returncode == 0, loaded.stderr


def test_debug_build_warns() -> None:
    """Shows that the test above would see the warning; `make test-rust` leaves the debug build."""
    names = ("lib_core.so", "lib_core.dylib", "_core.dll")
    found = [path for name in names if (path := ROOT / "target/debug" / name).exists()]
    if not found:
        pytest.skip("no debug build in target/debug; `make test-rust` makes it")
    loaded = load_alone(found[0])
    assert loaded.returncode == 1
    assert "RuntimeWarning: dosemap._core is a debug build" in loaded.stderr


def test_version_comes_from_cargo_alone() -> None:
    cargo = tomllib.loads((ROOT / "Cargo.toml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" in project["dynamic"]
    assert "version" not in project
    for member in cargo["workspace"]["members"]:
        package = tomllib.loads((ROOT / member / "Cargo.toml").read_text())["package"]
        assert package["version"] == {"workspace": True}, member
    assert dosemap.__version__ == cargo["workspace"]["package"]["version"]


def test_installed_distribution_has_the_version_of_the_module() -> None:
    assert version("dosemap") == dosemap.__version__
    assert metadata("dosemap")["License-Expression"] == "MIT"
