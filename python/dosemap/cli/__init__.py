"""The command line: each command is a file here that parses, calls the library and renders.

stdout is data, stderr is messages. The exit codes stand in :mod:`dosemap.cli.exit_codes`.
"""

import sys
from typing import TYPE_CHECKING

from dosemap import __version__
from dosemap.cli.encoding import show_what_is_possible
from dosemap.cli.readers import end_with_readers

if TYPE_CHECKING:
    from dosemap.cli.program import app

__all__ = ["app", "main"]


def __getattr__(name: str) -> object:
    if name != "app":
        raise AttributeError(f"module 'dosemap.cli' has no attribute {name!r}")
    from dosemap.cli.program import app  # noqa: PLC0415  (typer takes its time)

    return app


def main() -> None:
    """Run the command line."""
    end_with_readers()
    show_what_is_possible()
    try:
        if sys.argv[1:] == ["--version"]:
            # Asked by scripts, and before anything is loaded that they would wait for.
            sys.stdout.write(f"dosemap {__version__}\n")
        else:
            from dosemap.cli.program import app  # noqa: PLC0415  (as above)

            app()
    finally:
        # What is held back until now may have no reader, either; a program without a console has
        # no stdout.
        if sys.stdout is not None:
            sys.stdout.flush()
