"""``dosemap history export``, ``reevaluate`` and ``forget``: all of a store, all of a patient."""

from pathlib import Path
from typing import Annotated

import typer

from dosemap.cli.console import Output, messages, print_error
from dosemap.cli.data_output import print_json
from dosemap.cli.history.alert_lines import print_alerts
from dosemap.cli.history.options import (
    IssuerOption,
    JsonOption,
    KeyOption,
    OptionalPatient,
    ProcedureOption,
    StoreOption,
    chosen_procedures,
    opened,
)
from dosemap.cli.level_files import LevelsOption
from dosemap.quantity_words import count


def export(
    file: Annotated[Path, typer.Argument(help="JSON lines to write; import reads them.")],
    *,
    db: StoreOption = None,
    site_key: KeyOption = None,
) -> None:
    """Write everything to a file: every state of every procedure, and the alerts.

    It holds what the store holds, patient IDs too; only its owner can read it.
    """
    with opened(db, key=site_key) as history:
        states = history.export(file)
    of = "state" if states == 1 else "states"
    messages().print(f"written: {file}, {states} {of} of procedures", markup=False)


def reevaluate(
    *,
    levels: LevelsOption = None,
    db: StoreOption = None,
    site_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold all procedures against the levels as they are now, after these have changed.

    Alerts of levels that are not among them any more are withdrawn; add leaves those as they are.
    """
    with opened(db, key=site_key, levels=levels) as history:
        raised, withdrawn = history.reevaluate()
    if as_json:
        print_json(
            {
                "alerts": [alert.to_dict() for alert in raised],
                "withdrawn": [alert.to_dict() for alert in withdrawn],
            }
        )
        return
    console = Output()
    print_alerts(raised, console)
    print_alerts(withdrawn, console, mark="withdrawn", style="bold")
    console.print(f"{count(len(raised), 'alert')} raised, {len(withdrawn)} withdrawn")


def forget(  # noqa: PLR0913  one argument per option is how typer reads a command
    patient: OptionalPatient = None,
    *,
    issuer: IssuerOption = None,
    procedure: ProcedureOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="It is meant: there is no way back.")] = False,
    db: StoreOption = None,
    site_key: KeyOption = None,
) -> None:
    """Remove everything of a patient, or a procedure, earlier revisions and alerts too."""
    log = messages()
    with opened(db, key=site_key) as history:
        number = len(chosen_procedures(history, patient, issuer=issuer, procedure=procedure))
        if not yes:
            what = count(number, "procedure")
            print_error(log, f"this removes {what} for good; add --yes if that is meant")
            raise typer.Exit(2)
        if procedure is not None:
            history.forget_procedure(procedure)
        else:
            number = history.forget(str(patient), issuer=issuer)
    log.print(f"removed: {count(number, 'procedure')}; backups and exports are yours to remove")
