"""``dosemap equipment``: what is known of each family of systems, and what a report lacks."""

import typer

from dosemap.cli.equipment.check import check
from dosemap.cli.equipment.profiles import list_profiles, show

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    name="equipment",
    help="Equipment profiles: list them, show what one rests on, check a report against them.",
    no_args_is_help=True,
)
app.command("list")(list_profiles)
app.command()(show)
app.command()(check)
