"""``dosemap history``: a patient's procedures over months and years."""

import typer

from dosemap.cli.history.add import add
from dosemap.cli.history.cumulative import cumulative, risk
from dosemap.cli.history.lists import alerts, list_patients, show
from dosemap.cli.history.report import report
from dosemap.cli.history.whole import export, forget, reevaluate

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    name="history",
    help="Procedures of patients over months and years: add them, add up their skin dose.",
    no_args_is_help=True,
)
app.command()(add)
app.command("import", help="The same as add, by the name that goes with export.")(add)
app.command("list")(list_patients)
app.command()(show)
app.command()(cumulative)
app.command()(alerts)
app.command()(risk)
app.command()(report)
app.command()(reevaluate)
app.command()(export)
app.command()(forget)
