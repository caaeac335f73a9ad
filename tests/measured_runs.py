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
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", _MEASURED, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return MeasuredRun(done.stdout, seconds, int(done.stderr.split()[-1]) / 1024)
