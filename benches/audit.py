"""An audit of many synthetic reports: files per second, memory, and what a kill costs.

    python benches/audit.py --files 10000 --folder FOLDER [--events 200] [--spacing 15] [--jobs 2]

Twenty distinct reports are simulated (four interventions on an angiography suite, five seeds each,
cut or repeated to the number of events) and multiplied: in every copy each UID gets other digits of
the same number, so that no two files hold a common event. ``FOLDER`` takes 1.4 MB per report of 200
events; what is there from an earlier run is used again.

The audit runs as a program of its own. Its resident memory and that of its workers, now and at
most until then, is read when 1, 10, 25, 50, 75 and 100 % of the files are done. At half it is
killed with SIGKILL and started again; the second start must go on where the first was.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO

import dosemap as dm
from dosemap.auditing import Progress
from dosemap.simulate import SimulatedEvent, simulate_procedure, write_rdsr

PRESETS = ("pci_complex", "neuro_embolisation", "tips", "pci")
DISTINCT = 20
DEVICE = "siemens_artis"
FILES_PER_FOLDER = 500
SHARES = (0.01, 0.1, 0.25, 0.5, 0.75, 1.0)
_UID = re.compile(rb"2\.25\.(\d{20,39})")


def distinct_reports(events: int) -> Iterator[bytes]:
    """Yield the reports that all files are made of."""
    for number in range(DISTINCT):
        preset = PRESETS[number % len(PRESETS)]
        simulation = simulate_procedure(preset, device=DEVICE, seed=number + 1)
        file = BytesIO()
        whole = replace(simulation.procedure, events=repeated(simulation.procedure.events, events))
        write_rdsr(whole, file, style=simulation.system.style)
        yield file.getvalue()


def repeated(events: Sequence[SimulatedEvent], number: int) -> tuple[SimulatedEvent, ...]:
    """Return as many events, those of the preset one after the other as often as it takes."""
    length_s = max(event.started_s for event in events) + 60.0
    return tuple(
        replace(event, started_s=event.started_s + turn * length_s)
        for turn in range(number // len(events) + 1)
        for event in events
    )[:number]


def with_other_uids(report: bytes, copy: int) -> bytes:
    """Return a report with other UIDs of the same length."""

    def other(match: re.Match[bytes]) -> bytes:
        old = match.group(1)
        digits = str(int(sha256(b"%d %s" % (copy, old)).hexdigest(), 16))[: len(old)]
        return b"2.25." + digits.encode()

    return _UID.sub(other, report)


def make_files(folder: Path, *, files: int, events: int) -> None:
    """Write the reports that are not there yet."""
    originals = list(distinct_reports(events))
    for number in range(files):
        path = folder / f"{number // FILES_PER_FOLDER:03d}" / f"{number:06d}.dcm"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(with_other_uids(originals[number % DISTINCT], number))


def run_audit(folder: Path, ledger: Path, *, spacing_mm: float, jobs: int) -> None:
    """Do the audit and print a line of JSON whenever something is done."""

    def tell(progress: Progress) -> None:
        print(json.dumps([progress.files, progress.done_before]), flush=True)

    settings = dm.AuditSettings(spacing_mm=spacing_mm)
    with dm.audit([folder], settings=settings, ledger=ledger, jobs=jobs, on_progress=tell):
        print(json.dumps("done"), flush=True)


def resident(pid: int) -> str:
    """Return the resident memory of a process, now and at most until now."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return "ended"
    sizes = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB", status, re.MULTILINE))
    now, most = (int(sizes.get(name, 0)) / 1024 for name in ("VmRSS", "VmHWM"))
    return f"{now:.0f} (most {most:.0f})"


def workers_of(pid: int) -> list[int]:
    """Return the processes that do the files: the larger children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    # The tracker of multiprocessing's resources is a child too, and does nothing.
    return [int(child) for child in children if b"resource_tracker" not in _command(child)]


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def started(arguments: argparse.Namespace, ledger: Path) -> "subprocess.Popen[str]":
    """Start the audit as a program of its own."""
    command = [sys.executable, __file__, "--run", "--folder", arguments.folder, "--ledger", ledger,
               "--spacing", arguments.spacing, "--jobs", arguments.jobs]  # fmt: skip
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)


def lines(output: IO[str] | None) -> Iterator[tuple[int, int]]:
    """Yield files done, and those of them by an earlier run."""
    for line in output or ():
        if (told := json.loads(line)) != "done":
            files, before = told
            yield files, before


def measure(arguments: argparse.Namespace) -> None:
    """Run, kill, run again; print what was found."""
    files: int = arguments.files
    ledger = Path(arguments.ledger or Path(arguments.folder).parent / "audit.ledger")
    ledger.unlink(missing_ok=True)
    marks = [round(share * files) for share in SHARES]
    killed_at = 0
    for is_first in (True, False):
        begin = time.monotonic()
        with started(arguments, ledger) as program:
            for done, before in lines(program.stdout):
                while marks and done >= marks[0]:
                    marks.pop(0)
                    main, *workers = map(resident, (program.pid, *workers_of(program.pid)))
                    rate = (done - before) / (time.monotonic() - begin)
                    print(
                        f"{done} files, {rate:.2f}/s: MiB of main {main}, workers"
                        f" {', '.join(workers)}",
                        flush=True,
                    )
                if is_first and done >= files / 2:
                    killed_at, orphans = done, workers_of(program.pid)
                    program.send_signal(signal.SIGKILL)
                    break
        took_s = time.monotonic() - begin
        print(f"{done - before} files in {took_s:.0f} s: {(done - before) / took_s:.2f} per second")
        if not is_first:
            # Known only now: files are looked up in the ledger as the folders are walked.
            print(f"killed at {killed_at}, went on with {before} done before")
        else:
            time.sleep(2.0)
            left = [pid for pid in orphans if Path(f"/proc/{pid}").exists()]
            print(f"workers that outlived the kill by 2 s: {len(left)}", flush=True)
    print(f"ledger {ledger.stat().st_size / 1e6:.1f} MB; load {os.getloadavg()[2]:.1f}")


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--ledger", type=Path)
    parser.add_argument("--spacing", type=float, default=15.0, help="of the map, mm")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--run", action="store_true", help="used by the program itself")
    arguments = parser.parse_args()
    if arguments.run:
        run_audit(
            arguments.folder, arguments.ledger, spacing_mm=arguments.spacing, jobs=arguments.jobs
        )
    else:
        make_files(arguments.folder, files=arguments.files, events=arguments.events)
        measure(arguments)


if __name__ == "__main__":
    main()
