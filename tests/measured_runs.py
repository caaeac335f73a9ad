"""The command line in a process of its own, with what it took, here and on a usual machine."""

import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

# The largest memory of a process as wait4 gives it holds that of its parent before exec; the
# kernel's own figure (VmHWM) is that of the program.
_MEASURED = """
import atexit, sys
def told():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(line.split()[1], file=sys.stderr)
atexit.register(told)
from dosemap.cli import main
main()
"""


@dataclass(frozen=True)
class MeasuredRun:
    """Output and cost of one command."""

    stdout: str
    processor_s: float
    megabytes: float


def measured_run(*arguments: object) -> MeasuredRun:
    """Run ``dosemap`` with these arguments; it must succeed."""
    done, seconds = timed_python("-c", _MEASURED, *map(str, arguments))
    return MeasuredRun(done.stdout, seconds, int(done.stderr.split()[-1]) / 1024)


def timed_python(*arguments: str) -> tuple[subprocess.CompletedProcess[str], float]:
    """Run Python with these arguments; returns it and the processor time of all threads, s."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


COUNT_S = 0.4
"""Processor time of counting to ten million on the machine that the limits are for."""


def count_s() -> float:
    """Return the processor time of counting to ten million here and now, s."""
    start = time.process_time()
    total = 0
    for number in range(10_000_000):
        total += number
    assert total > 0
    return time.process_time() - start


def usual_s(seconds: float) -> float:
    """Return a processor time that was just measured as the machine that the limits are for has it.

    Shared machines are half as fast on some days, and no run beside it tells how fast: each is
    held against a count right after it.
    """
    return seconds / count_s() * COUNT_S


def best_of(times: int, arguments: Sequence[str]) -> float:
    """Return the shortest processor time, s, on the machine that the limits are for."""
    return min(usual_s(timed_python(*arguments)[1]) for _ in range(times))
