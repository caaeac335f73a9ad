"""``dosemap history``: a patient's procedures over months and years."""

import typer

from dosemap.cli.history.add import add, import_files
from dosemap.cli.history.cumulative import cumulative
from dosemap.cli.history.lists import alerts, list_patients, show
from dosemap.cli.history.whole import export, forget

app = typer.Typer(
    name="history",
    help="Procedures of patients over months and years: add them, add up their skin dose.",
    no_args_is_help=True,
)
app.command()(add)
app.command("list")(list_patients)
app.command()(show)
app.command()(cumulative)
app.command()(alerts)
app.command()(export)
app.command("import")(import_files)
app.command()(forget)
