"""dosemap and other programs on the same report, side by side.

Run by ``make bench-peers``; ``--quick`` takes a minute or two. The report is real (24 events,
Siemens AXIOM-Artis) where ``../shared/data`` is there, else synthetic; its events are repeated for
the larger cases. The skin is the same trunk, 40 cm x 20 cm x 176 cm, cut into as many dose points
for each program, but openSkin has a phantom of its own. Each run is a process; programs alternate.
Figures are processor time of all threads, least and ratio to dosemap with its spread over the
rounds, and the largest memory.

PySkinDose and openSkin come from the package index into environments of their own under
``target/peers``. What a program cannot do stands in the table in its own words.
"""

import argparse
import json
import resource
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORK = ROOT / "target" / "peers"
REAL = ROOT.parent / "shared" / "data" / "rdsr" / "siemens_axiom_procedure.dcm"
PYSKINDOSE, OPENREM = "pyskindose==25.1.1", "openrem==1.0.0b3"
OPENSKIN = WORK / OPENREM.replace("==", "-")

EVENTS, POINTS, ROUNDS = (24, 300, 10_000), (5_000, 50_000, 500_000), 3
LIMIT_S, ONCE_S = 300, 20
"""Longest wait for one run; what takes longer than the second runs once."""
READS_NO_REPORT = ("numpy", "openSkin")

MEMORY = """
import atexit, runpy, sys
def told():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print("VmHWM", line.split()[1], file=sys.stderr)
atexit.register(told)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs a script and tells the largest memory; that of wait4 holds the parent's before exec."""


@dataclass(frozen=True)
class Run:
    """What one run took, or why there is nothing."""

    whole_s: float = 0.0
    dose_s: float = 0.0
    memory_mib: float = 0.0
    points: int = 0
    peak_mgy: float = 0.0
    failure: str | None = None


def python_of(name: str) -> Path:
    """Return the interpreter of another program's environment."""
    return WORK / name / "bin" / "python"


def install(name: str, *packages: str) -> None:
    """Make an environment, once."""
    if not python_of(name).exists():
        venv.create(WORK / name, with_pip=True)
        pip = [str(python_of(name)), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *packages], check=True)


def fetch_openskin() -> None:
    """Download and unpack the distribution, once."""
    if not OPENSKIN.exists():
        pip = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            ":all:",
        ]
        subprocess.run([*pip, "--pre", "--dest", str(WORK), OPENREM], check=True)
        (archive,) = WORK.glob(f"{OPENREM.replace('==', '-')}*.tar.gz")
        subprocess.run(["tar", "xzf", str(archive), "-C", str(WORK)], check=True)


def reports(events: Sequence[int]) -> dict[int, Path]:
    """Write a report of each number of events."""
    found = {}
    for count in events:
        path = WORK / f"report_{count}.dcm"
        of = ["--of", str(REAL)] if REAL.exists() else []
        command = [
            sys.executable,
            str(ROOT / "benches/long_reports.py"),
            str(count),
            str(path),
            *of,
        ]
        subprocess.run(command, check=True)
        found[count] = path
    return found


def events_for_openskin(report: Path) -> Path:
    """Write the events as OpenREM hands them to openSkin: cm, Gy, Gy.m2, mm Cu."""
    from dosemap import read_rdsr  # noqa: PLC0415

    views = [
        {
            "delta_x": (event.table_longitudinal_position_mm or 0.0) / 10,
            "delta_y": (event.table_lateral_position_mm or 0.0) / 10,
            "delta_z": (event.table_height_position_mm or 0.0) / 10,
            "angle_x": event.positioner_primary_angle_deg or 0.0,
            "angle_y": event.positioner_secondary_angle_deg or 0.0,
            "d_ref": event.source_to_isocenter_mm / 10 - 15,
            "dap": event.kerma_area_product_gy_m2,
            "ref_ak": event.reference_air_kerma_gy,
            "kvp": event.kvp,
            "filter_cu": sum(f.thickness_mm for f in event.filters or () if f.material == "Cu"),
        }
        for event in read_rdsr(report).events
        if event.reference_air_kerma_gy and event.source_to_isocenter_mm
    ]
    path = report.with_suffix(".json")
    path.write_text(json.dumps(views), encoding="utf-8")
    return path


def run(python: Path, script: str, *arguments: object) -> Run:
    """Run one program once."""
    command = [str(python), "-c", MEMORY, str(HERE / script), *map(str, arguments)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return Run(failure=f"not done after {LIMIT_S} s")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if not line.startswith("VmHWM")]
        return Run(failure=lines[-1][:100] if lines else "no output")
    kib = next(line.split()[1] for line in done.stderr.splitlines() if line.startswith("VmHWM"))
    figures = json.loads(done.stdout.splitlines()[-1])
    return Run(
        whole_s=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        memory_mib=int(kib) / 1024,
        **figures,
    )


def spread(ratios: Sequence[float]) -> str:
    """Return the middle of some ratios and their ends."""
    return f"{median(ratios):7.1f} ({min(ratios):.1f}-{max(ratios):.1f})"


def case(events: int, points: int, report: Path, rounds: int) -> None:
    """Run all programs on one case, alternating, and print its rows."""
    own = Path(sys.executable)
    programs: dict[str, Callable[[], Run]] = {
        "dosemap": lambda: run(own, "with_dosemap.py", report, points),
        "numpy": lambda: run(own, "with_numpy.py", events, points),
        "PySkinDose": lambda: run(python_of("pyskindose"), "with_pyskindose.py", report, points),
        "openSkin": lambda: run(
            python_of("openskin"), "with_openskin.py", OPENSKIN, events_for_openskin(report)
        ),
    }
    runs: dict[str, list[Run]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, start in programs.items():
            if not any(r.failure or r.whole_s > ONCE_S for r in runs[name]):
                runs[name].append(start())
    print(f"\n{events:,} events, {points:,} dose points")
    for name, found in runs.items():
        if failure := next((r.failure for r in found if r.failure), None):
            print(f"  {name:11} cannot: {failure}")
            continue
        best = min(found, key=lambda r: r.dose_s)
        pairs = list(zip(found, runs["dosemap"], strict=False))
        reads = name not in READS_NO_REPORT
        whole = f"{min(r.whole_s for r in found):7.2f} s" if reads else "      - "
        line = (
            f"  {name:11} dose {best.dose_s:9.4f} s  whole {whole}"
            f"  {best.memory_mib:5.0f} MiB  {best.points:,} points"
            f"  {1e9 * best.dose_s / (best.points * events):8.1f} ns  peak {best.peak_mgy:.1f} mGy"
        )
        if name != "dosemap":
            line += f"  dose x{spread([r.dose_s / own.dose_s for r, own in pairs])}"
        if name != "dosemap" and reads:
            line += f"  whole x{spread([r.whole_s / own.whole_s for r, own in pairs])}"
        print(line, flush=True)


def main() -> None:
    """Install what is missing, run the cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the smallest case, twice")
    parser.add_argument("--events", type=int, choices=EVENTS, help="only with so many events")
    parser.add_argument("--points", type=int, choices=POINTS, help="only on so many dose points")
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    install("pyskindose", PYSKINDOSE)
    install("openskin", "numpy")
    fetch_openskin()
    counts = (arguments.events,) if arguments.events else EVENTS
    sizes = (arguments.points,) if arguments.points else POINTS
    if arguments.quick:
        counts, sizes = counts[:1], sizes[:1]
    written = reports(counts)
    print("processor time of all threads, least of the rounds; ns per dose point and event;")
    print(
        "ratios to dosemap: middle (least-largest) of the rounds. The numpy program has frames of"
    )
    print("its own (one field size, 10 mGy each); openSkin a phantom of its own, and no reading.")
    for events in counts:
        for points in sizes:
            case(events, points, written[events], 2 if arguments.quick else ROUNDS)


if __name__ == "__main__":
    main()
