"""The command line: each command is a file here that parses, calls the library and renders.

stdout is data, stderr is messages. Exit code 0: done; 1: an alert level asked for was reached;
2: usage or input error; 3: nobody can say whether an alert level asked for was reached.
"""

import typer

from dosemap import __version__
from dosemap.cli.body import body
from dosemap.cli.console import never_fail_to_encode
from dosemap.cli.demo import demo
from dosemap.cli.equipment import app as equipment
from dosemap.cli.estimate import estimate
from dosemap.cli.fail_on import EXIT_CODES
from dosemap.cli.levels import levels
from dosemap.cli.simulate import simulate
from dosemap.cli.spectrum import spectrum

app = typer.Typer(
    name="dosemap",
    help="Skin dose maps of fluoroscopy procedures: how much, where, how sure.",
    epilog="Research and quality-assurance software; not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog=EXIT_CODES)(estimate)
app.command()(body)
app.command()(spectrum)
app.command()(simulate)
app.command()(levels)
app.command()(demo)
app.add_typer(equipment)


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
    never_fail_to_encode()
    app()
