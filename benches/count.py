"""Instructions of the parts of the program, counted by callgrind: a check that no noise disturbs.

Run by ``make bench-count``. Each part of ``count.rs`` runs under valgrind a few times and once, on
one thread; the difference is what the part takes by itself. Counts are compared with
``counts.csv``, which ``--write`` replaces: commit it together with what changed it. valgrind knows
no AVX-512, so what is counted is the AVX2 code. Another compiler counts otherwise: write anew, then
compare.
"""

import argparse
import csv
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
COUNTS = HERE / "counts.csv"
PROGRAM = HERE.parent / "target" / "release" / "count"
REPORT = HERE.parent / "target" / "count.dcm"
TOLERANCE = 0.02
"""Relative; what the order of hash maps and addresses of memory change stays far below."""

PARTS = {
    "map": "24 frames on a body of 40,086 vertices, shadows and all",
    "peak": "the finely searched peak of that map",
    "scene": "blocks and tree of shadows of a body of 40,086 vertices",
    "body": "a body made and posed, 40,086 vertices",
    "quality": "spectrum, filters and constants of a beam quality",
    "ensemble": "8 variations of 6 frames on 20,000 vertices, quantiles",
    "read": "a report of 24 events, parsed",
}


def instructions(part: str, times: int) -> int:
    """Return the instructions of a run, set-up and all."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run(
        [*command, str(PROGRAM), part, str(times), str(REPORT)],
        env={**os.environ, "RAYON_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if not found:
        raise SystemExit(f"valgrind said no count:\n{done.stderr}")
    return int(found.group(1))


def counted(part: str) -> int:
    """Return what a part takes by itself."""
    return (instructions(part, 3) - instructions(part, 1)) // 2


def write_report() -> None:
    """Write the report that is read."""
    from dosemap.simulate import SimulatedEvent, SimulatedProcedure, write_rdsr  # noqa: PLC0415

    procedure = SimulatedProcedure(uid_seed="count", events=(SimulatedEvent(),) * 24)
    write_rdsr(procedure, REPORT, style="siemens_artis")


def committed() -> dict[str, int]:
    """Return the counts of the file."""
    with COUNTS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["part"]: int(row["instructions"]) for row in rows}


def write(counts: dict[str, int]) -> None:
    """Replace the file."""
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True)
    with COUNTS.open("w", encoding="utf-8", newline="") as file:
        file.write("# Instructions of one run of each part (benches/count.py), one thread, AVX2.\n")
        file.write(f"# {compiler.stdout.strip()}, release profile.\n")
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["part", "instructions"])
        rows.writerows(counts.items())


def main() -> None:
    """Count, compare, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace counts.csv")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all if none is named")
    arguments = parser.parse_args()
    write_report()
    before = committed() if COUNTS.exists() else {}
    now = {part: counted(part) for part in arguments.parts or PARTS}
    grown = []
    for part, count in now.items():
        change = count / before[part] - 1 if part in before else 0.0
        print(f"{part:9} {count / 1e6:9.2f} million  {change:+7.2%}  {PARTS[part]}")
        if abs(change) > TOLERANCE:
            grown.append(part)
    if arguments.write:
        write(before | now)
    elif grown:
        sys.exit(
            f"{', '.join(grown)}: the count differs by more than {TOLERANCE:.0%} from counts.csv;"
            " mend it, or write the file anew with --write and say why"
        )


if __name__ == "__main__":
    main()
