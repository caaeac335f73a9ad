"""``dosemap history export`` and ``forget``: all of a store, all of a patient."""

from pathlib import Path
from typing import Annotated

import typer

from dosemap.cli.console import messages, print_error
from dosemap.cli.history.options import (
    IssuerOption,
    KeyOption,
    PatientArgument,
    StoreOption,
    opened,
)


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
        count = history.export(file)
    messages().print(f"written: {file}, {count} states of procedures", markup=False)


def forget(
    patient: PatientArgument,
    *,
    issuer: IssuerOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="It is meant: there is no way back.")] = False,
    db: StoreOption = None,
    site_key: KeyOption = None,
) -> None:
    """Remove everything of a patient, earlier revisions and alerts too."""
    log = messages()
    with opened(db, key=site_key) as history:
        count = len(history.procedures(patient, issuer=issuer))
        if not yes:
            print_error(
                log, f"this removes {count} procedures for good; add --yes if that is meant"
            )
            raise typer.Exit(2)
        removed = history.forget(patient, issuer=issuer)
    log.print(f"removed: {removed} procedures; backups and exports are yours to remove")
