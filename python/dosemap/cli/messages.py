"""Messages of a command that often has none: rich, which prints them, is loaded with the first."""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


class Messages:
    """stderr, as :func:`dosemap.cli.console.messages` gives it."""

    @cached_property
    def console(self) -> "Console":
        """The console itself, for those who lay out more than a sentence."""
        from dosemap.cli.console import messages  # noqa: PLC0415  (rich takes its time)

        return messages()

    def say(self, sentence: str) -> None:
        """Print a sentence as it stands."""
        self.console.print(sentence, markup=False)

    def say_error(self, text: str) -> None:
        """Print why something cannot be done."""
        from dosemap.cli.console import print_error  # noqa: PLC0415  (as above)

        print_error(self.console, text)
