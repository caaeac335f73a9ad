"""stdout and stderr whose reader may go before all is written (``| head``)."""

import os
import sys
from io import TextIOWrapper
from typing import NoReturn

NO_READER = 141
"""128 + SIGPIPE, as a shell tells it of other programs.

Not 1, as click and rich would have it: that says that an alert level was reached; and not 0: that
says that ``--fail-on`` found none, which nobody can say of what was not read.
"""


class EndsWithItsReader(TextIOWrapper):
    """Ends the program without a word when nobody reads any more."""

    def write(self, text: str, /) -> int:
        """Write."""
        try:
            return super().write(text)
        except BrokenPipeError:
            self._leave()

    def flush(self) -> None:
        """Write what is held back."""
        try:
            super().flush()
        except BrokenPipeError:
            self._leave()

    def _leave(self) -> NoReturn:
        # Python flushes once more on leaving; nothing must be left to complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
        raise SystemExit(NO_READER)


def end_with_readers() -> None:
    """Let the program end when the reader of its stdout or stderr has gone."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            encoding, errors = stream.encoding, stream.errors
            by_line, at_once = stream.line_buffering, stream.write_through
            raw = stream.detach()
            wrapped = EndsWithItsReader(
                raw,
                encoding=encoding,
                errors=errors,
                line_buffering=by_line,
                write_through=at_once,
            )
            setattr(sys, name, wrapped)
