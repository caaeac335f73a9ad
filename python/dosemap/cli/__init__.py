"""The command line: each command is a file here that parses, calls the library and renders.

stdout is data, stderr is messages. The exit codes stand in
:data:`dosemap.cli.fail_on.EXIT_CODES`.
"""

import sys

import typer

from dosemap import __version__
from dosemap.cli.audit import audit
from dosemap.cli.body import body
from dosemap.cli.demo import demo
from dosemap.cli.encoding import show_what_is_possible
from dosemap.cli.equipment import app as equipment
from dosemap.cli.estimate import estimate
from dosemap.cli.fail_on import EXIT_CODES
from dosemap.cli.history import app as history
from dosemap.cli.levels import levels
from dosemap.cli.readers import end_with_readers
from dosemap.cli.replay import replay
from dosemap.cli.report import report
from dosemap.cli.simulate import simulate
from dosemap.cli.spectrum import spectrum

app = typer.Typer(
    name="dosemap",
    help="Skin dose maps of fluoroscopy procedures: how much, where, how sure.",
    epilog=f"{EXIT_CODES}\n\nResearch and quality-assurance software; not a medical device.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command(epilog=EXIT_CODES)(estimate)
app.command(epilog=EXIT_CODES)(report)
app.command()(audit)
app.command()(replay)
app.command()(body)
app.command()(spectrum)
app.command()(simulate)
app.command()(levels)
app.command()(demo)
app.add_typer(equipment)
app.add_typer(history)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"dosemap {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: bool = typer.Option(
        False,  # noqa: FBT003  (typer's way to give a default)
        "--version",
        help="Print the version and leave.",
        is_eager=True,
        callback=lambda wanted: _print_version(wanted=wanted),
    ),
) -> None:
    """Options of the program itself."""


def main() -> None:
    """Run the command line."""
    end_with_readers()
    show_what_is_possible()
    try:
        app()
    finally:
        # What is held back until now may have no reader, either; a program without a console has
        # no stdout.
        if sys.stdout is not None:
            sys.stdout.flush()
