"""Where the program writes text for people: results to stdout, messages to stderr."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import Progress
from rich.segment import Segment

from dosemap.cli.option_names import error_in_options

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""Control characters but the end of a line."""


class PlainText(Console):
    """Lets no control character of a text through.

    Texts of a report and file names could otherwise colour, clear or rename the terminal; rich
    leaves escape sequences in. Its own styles and movements are no text.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render, with the control characters taken out of every text."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield segment._replace(text=_CONTROL.sub("", segment.text))


class Output(PlainText):
    """stdout for people."""


def messages() -> Console:
    """Return stderr; messages are not wrapped, so that a program can read them too."""
    return PlainText(stderr=True, highlight=False, soft_wrap=True)


def print_error(log: Console, text: str) -> None:
    """Print why something cannot be done."""
    log.print(f"error: {error_in_options(text)}", markup=False)


def with_progress(files: Sequence[Path], log: Console) -> Iterable[Path]:
    """Show on stderr how far it is, when there is more than one file and a person to look."""
    if len(files) == 1 or not log.is_terminal:
        yield from files
        return
    with Progress(console=log, transient=True) as progress:
        yield from progress.track(files, description="reports")
