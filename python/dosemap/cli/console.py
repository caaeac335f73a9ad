"""Where the program writes: data to stdout, messages to stderr."""

import os
import sys
from typing import NoReturn

from rich.console import Console


class Output(Console):
    """stdout for people."""

    def on_broken_pipe(self) -> NoReturn:
        """Leave when the reader has gone."""
        _leave_broken_pipe()


def messages() -> Console:
    """Return stderr; messages are not wrapped, so that a program can read them too."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_data(text: str) -> None:
    """Write data for a program to stdout."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_broken_pipe()


def _leave_broken_pipe() -> NoReturn:
    """Exit with 2: what was asked for did not reach its reader (``| head``).

    Not with 1, as click and rich would: that says that an alert level was reached; and not with
    0: that says that ``--fail-on`` found none.
    """
    # Python flushes stdout once more on leaving; nothing must be left to complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(2)
