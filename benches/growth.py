"""How time and memory of an estimate grow with the number of events and of vertices.

Run by ``make bench-growth``; takes a few minutes. Each point is a process of its own: placing, map,
peak, document and JSON of a simulated cardiac procedure on a trunk (which any number of vertices
can have), as ``dosemap.estimate`` does it. Times are processor time of all threads, as the machine
may be shared; memory is the largest of the process, imports (about 60 MiB) included. The table goes
to ``benches/growth.csv``, the picture to ``docs/pictures/growth.png``.
"""

import argparse
import csv
import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TypedDict

HERE = Path(__file__).parent
TABLE = HERE / "growth.csv"
PICTURE = HERE.parent / "docs" / "pictures" / "growth.png"

EVENTS = (10, 100, 1_000, 10_000, 100_000)
VERTICES = (1_000, 10_000, 100_000, 1_000_000)
AT_EVENTS, AT_VERTICES = 300, 40_000
"""What stays while the other grows."""
QUICK_EVENTS, QUICK_VERTICES = 1_000, 100_000
PERIMETER_MM, LENGTH_MM = 969.0, 600.0


class Point(TypedDict):
    """One row of the table."""

    grows: str
    events: int
    vertices: int
    estimate_s: float
    map_s: float
    json_s: float
    memory_mib: float


def measured(grows: str, events: int, vertices: int) -> Point:
    """Return one point, from a process of its own."""
    command = [sys.executable, __file__, "--one", str(events), str(vertices)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    point: Point = json.loads(done.stdout)
    point["grows"] = grows
    return point


def one(events: int, vertices: int) -> dict[str, float]:
    """Estimate once and return what it took."""
    from dosemap import Surface, estimate, read_rdsr  # noqa: PLC0415
    from dosemap.simulate import simulate_procedure  # noqa: PLC0415

    report = BytesIO()
    simulate_procedure("pci_complex", device="siemens_artis").write(report)
    few = read_rdsr(report.getvalue())
    # The events of one procedure again and again, each with its own time and the table 1 mm on.
    many = [
        replace(
            event,
            index=number,
            irradiation_event_uid=f"1.2.{number}",
            started=event.started
            and event.started + timedelta(hours=2 * (number // len(few.events))),
            table_longitudinal_position_mm=(event.table_longitudinal_position_mm or 0.0)
            + number // len(few.events) % 40,
        )
        for number, event in ((i, few.events[i % len(few.events)]) for i in range(events))
    ]
    procedure = replace(few, events=tuple(many))
    surface = Surface.elliptic_cylinder(
        width_mm=400,
        thickness_mm=200,
        length_mm=LENGTH_MM,
        spacing_mm=(PERIMETER_MM * LENGTH_MM / vertices) ** 0.5,
    )
    start = time.process_time()
    result = estimate(procedure, surface=surface)
    estimated = time.process_time()
    result.to_json()
    written = time.process_time()
    if result.setup is None:
        raise SystemExit(f"no map: {result.reason}")
    scene, frames, _ = result.setup.parts[0]
    again = time.process_time()
    scene.dose_map(frames, list(result.setup.qualities))
    mapped = time.process_time()
    # The kernel's own figure: that of wait4 holds the parent before exec.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return {
        "events": events,
        "vertices": len(surface),
        "estimate_s": round(estimated - start, 4),
        "map_s": round(mapped - again, 4),
        "json_s": round(written - estimated, 4),
        "memory_mib": round(int(kib) / 1024),
    }


def draw(points: list[Point]) -> None:
    """Draw time and memory against events and vertices."""
    import matplotlib as mpl  # noqa: PLC0415

    mpl.use("Agg")
    import matplotlib.pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(2, 2, figsize=(9, 6), sharex="col", layout="constrained")
    for column, (grows, beside) in enumerate(
        [("events", f"{AT_VERTICES:,} vertices"), ("vertices", f"{AT_EVENTS} events")]
    ):
        rows = [point for point in points if point["grows"] == grows]
        x = [row["events"] if grows == "events" else row["vertices"] for row in rows]
        time_axis, memory_axis = axes[0][column], axes[1][column]
        time_axis.loglog(x, [row["estimate_s"] for row in rows], "o-", label="estimate, whole")
        time_axis.loglog(x, [row["map_s"] for row in rows], "s--", label="of which the map")
        time_axis.set_title(f"against {grows}, {beside}")
        memory_axis.loglog(x, [row["memory_mib"] for row in rows], "o-", color="tab:green")
        memory_axis.set_xlabel(grows)
    axes[0][0].set_ylabel("processor time, s")
    axes[1][0].set_ylabel("largest memory, MiB")
    axes[0][0].legend()
    for axis in axes.flat:
        axis.grid(alpha=0.3)
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=110)


def main() -> None:
    """Measure all points, write table and picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=2, type=int, metavar=("EVENTS", "VERTICES"))
    parser.add_argument("--quick", action="store_true", help="small sizes, nothing written")
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(one(*arguments.one)))
        return
    sizes = [("events", events, AT_VERTICES) for events in EVENTS]
    sizes += [("vertices", AT_EVENTS, vertices) for vertices in VERTICES]
    if arguments.quick:
        sizes = [s for s in sizes if s[1] <= QUICK_EVENTS and s[2] <= QUICK_VERTICES]
    points: list[Point] = []
    for size in sizes:
        points.append(measured(*size))
        print(json.dumps(points[-1]), flush=True)
    if arguments.quick:
        return
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, list(Point.__annotations__), lineterminator="\n")
        rows.writeheader()
        rows.writerows(points)
    draw(points)


if __name__ == "__main__":
    main()
