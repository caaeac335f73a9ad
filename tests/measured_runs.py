"""The command line in a process of its own, with what it took."""

import resource
import subprocess
import sys
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
