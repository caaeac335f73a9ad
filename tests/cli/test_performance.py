"""How long a user waits: processor time of whole processes, the best of several.

The goals are those of the project (issues 2 and 8), which are of wall time on a quiet machine:
processor time of all threads is no less. Other work on the machine only ever adds to it.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from measured_runs import best_of
from simulated_reports import RDSR, artis_bytes

REPORT = RDSR / "siemens_axiom_procedure.dcm"
VERTICES = 40_000
BENCH = Path(__file__).parents[2] / "benches" / "reading.py"
LONG_REPORTS = BENCH.with_name("long_reports.py")


def test_import_under_150_ms() -> None:
    # The interpreter's own start is not the package's.
    whole = best_of(5, ["-c", "import dosemap"])
    assert whole - best_of(5, ["-c", ""]) < 0.150


def test_import_leaves_the_heavy_packages_alone() -> None:
    heavy = ["numpy", "xarray", "pydicom", "typer", "rich", "trimesh", "netCDF4"]
    code = f"import dosemap, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_version_under_100_ms_over_bare_python() -> None:
    # 20 ms is usual.
    whole = best_of(5, ["-m", "dosemap", "--version"])
    assert whole - best_of(5, ["-c", ""]) < 0.100


_LOADED = "import sys; from dosemap.cli import main\ntry: main()\nfinally: print(*sys.modules)"


def modules_loaded_by(*arguments: str) -> set[str]:
    """Return the modules that a command has loaded at its end."""
    command = [sys.executable, "-c", _LOADED, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return set(done.stdout.splitlines()[-1].split())


def test_version_loads_nothing_that_takes_time() -> None:
    heavy = {"typer", "rich", "numpy", "pydantic", "dosemap.engine", "dosemap.cli.program"}
    assert modules_loaded_by("--version").isdisjoint(heavy)


def test_estimate_loads_only_what_it_needs(tmp_path: Path) -> None:
    report = tmp_path / "report.dcm"
    report.write_bytes(artis_bytes())
    loaded = modules_loaded_by("estimate", str(report), "--surface", "plane", "--json")
    assert "dosemap.engine" in loaded
    others = {
        "pydantic",  # which typer from 0.29 on would load
        "rich",  # only people need it
        "numpy.ma",
        "xarray",
        "netCDF4",
        "pandas",
        "plotly",
        "matplotlib",
        "scipy",
        "pydicom",
        "sqlalchemy",
    }
    commands = {
        f"dosemap.{part}" for part in ("auditing", "history", "live", "simulate", "interval")
    }
    assert loaded.isdisjoint(others | commands)


_LONG = """
import sys, time
from pathlib import Path
from dosemap import Surface, estimate, read_rdsr
start = time.process_time()
result = estimate(read_rdsr(Path(sys.argv[1])), surface=Surface.plane(spacing_mm=20))
result.to_json(), result.events
print(time.process_time() - start)
assert result.peak and len(result.events) == int(sys.argv[2])
"""


def test_nothing_is_quadratic_in_the_events(tmp_path: Path) -> None:
    """Four times the events, four times the time; quadratic it would be sixteen."""
    pytest.importorskip("pydicom")
    seconds = {}
    for count in (1_000, 4_000):
        report = tmp_path / f"{count}.dcm"
        subprocess.run([sys.executable, str(LONG_REPORTS), str(count), str(report)], check=True)
        arguments = ["-c", _LONG, str(report), str(count)]
        runs = [
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True)
            for _ in range(2)
        ]
        seconds[count] = min(float(run.stdout) for run in runs)
    assert seconds[4_000] < 7 * seconds[1_000]


@pytest.mark.skipif(not REPORT.is_file(), reason="the real reports of ../shared/data are not here")
def test_whole_estimate_on_40000_vertices() -> None:
    # The body at 7.5 mm; its making and posing count too.
    arguments = ["-m", "dosemap", "estimate", str(REPORT), "--spacing-mm", "7.5", "--json"]
    done = subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    assert json.loads(done.stdout)["map"]["vertices"] == pytest.approx(VERTICES, rel=0.02)
    # The goal is 1 s; 0.5 s is usual, but up to 1.1 was found on shared machines whose memory
    # others use, which the count does not show. Twice the goal is no such day.
    assert best_of(5, arguments) < 2.0
    report_for_people = [argument for argument in arguments if argument != "--json"]
    assert best_of(5, report_for_people) < 2.0


@pytest.mark.parametrize("source", [[], ["--synthetic", "60"]], ids=["largest", "synthetic"])
def test_reading_many_times_as_fast_as_pydicom(source: list[str]) -> None:
    """Both in one process, in CPU time: 35 and 50 are usual; a busy machine takes the rest."""
    pytest.importorskip("pydicom")
    arguments = [str(BENCH), "--json", "--rounds", "3", *source]
    done = subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout)
    assert figures["items"] > 1000
    assert figures["ratio"] > 20
