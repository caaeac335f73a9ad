"""The program and its commands, of which only the one that is called is loaded."""

from collections.abc import Mapping
from importlib import import_module
from typing import cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from dosemap import __version__
from dosemap.cli.exit_codes import EXIT_CODES

COMMANDS: Mapping[str, str] = {
    "estimate": "dosemap.cli.estimate",
    "report": "dosemap.cli.report",
    "audit": "dosemap.cli.audit",
    "replay": "dosemap.cli.replay",
    "body": "dosemap.cli.body",
    "spectrum": "dosemap.cli.spectrum",
    "simulate": "dosemap.cli.simulate",
    "levels": "dosemap.cli.levels",
    "demo": "dosemap.cli.demo",
    "equipment": "dosemap.cli.equipment",
    "history": "dosemap.cli.history",
}
"""Module of each command, in the order of the help: it has a function of the command's name, or an
``app`` of several commands."""

_EPILOGS = {"estimate": EXIT_CODES, "report": EXIT_CODES}


class LazyGroup(TyperGroup):
    """The commands above, each loaded when it is called or told about."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        """Return the names, in the order of the help."""
        return list(COMMANDS)

    def get_command(  # type: ignore[override]
        self,
        ctx: typer.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> TyperCommand | TyperGroup | None:
        """Return a command; ``None`` when there is none of this name."""
        # For an unknown name those that resemble it are looked for among all.
        for name in [cmd_name] if cmd_name in COMMANDS else COMMANDS:
            if name not in self.commands:
                self.commands[name] = _loaded(name)
        return cast(TyperCommand | TyperGroup | None, self.commands.get(cmd_name))


def _loaded(name: str) -> TyperCommand | TyperGroup:
    module = import_module(COMMANDS[name])
    commands = getattr(module, "app", None)
    if commands is None:
        commands = typer.Typer(
            add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich"
        )
        commands.command(name, epilog=_EPILOGS.get(name))(getattr(module, name))
    return cast(TyperCommand | TyperGroup, get_command(commands))


app = typer.Typer(
    name="dosemap",
    cls=LazyGroup,
    help="Skin dose maps of fluoroscopy procedures: how much, where, how sure.",
    epilog=f"{EXIT_CODES}\n\nResearch and quality-assurance software; not a medical device.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


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
