"""Options that say which store and which patient."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from dosemap.cli.console import messages, print_error
from dosemap.cli.level_files import chosen_levels
from dosemap.errors import DosemapError
from dosemap.history import History
from dosemap.history.store import is_new_file
from dosemap.history.stored import StoredProcedure

_VARIABLE = "DOSEMAP_HISTORY"

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="FILE|URL",
        envvar=_VARIABLE,
        help="The store: an SQLite file, or postgresql://USER@HOST/DATABASE.",
    ),
]
KeyOption = Annotated[
    Path | None,
    typer.Option(
        "--site-key",
        metavar="FILE",
        envvar="DOSEMAP_SITE_KEY",
        help="File with the key of a pseudonymised store.",
    ),
]
PatientArgument = Annotated[
    str, typer.Argument(help="Patient ID, or the pseudonym that the store shows.")
]
OptionalPatient = Annotated[
    str | None,
    typer.Argument(help="Patient ID, or the pseudonym that the store shows; or --procedure."),
]
ProcedureOption = Annotated[
    int | None,
    typer.Option(
        metavar="NUMBER",
        help="In place of a patient one procedure, also one without patient ID, by its number.",
    ),
]
IssuerOption = Annotated[
    str | None, typer.Option("--issuer", help="Issuer of the patient ID, where reports name one.")
]
PseudonymiseOption = Annotated[
    bool | None,
    typer.Option(
        "--pseudonymise/--no-pseudonymise",
        help="Of a new store: keep pseudonyms in place of patient IDs and UIDs.",
        show_default=False,
    ),
]
WindowOption = Annotated[
    str | None,
    typer.Option(metavar="DAYS", help="Only so many days, such as 365D; by default all."),
]
AtOption = Annotated[
    str | None,
    typer.Option(
        metavar="DATE", help="End of the window; by default the patient's last procedure."
    ),
]
OnlyProceduresOption = Annotated[
    list[int] | None,
    typer.Option(
        "--procedure",
        help="Only this procedure, by its number in show; repeat it for several.",
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.")
]


@contextmanager
def opened(
    store: str | None,
    *,
    key: Path | None,
    pseudonymise: bool | None = None,
    levels: list[Path] | None = None,
    is_new_allowed: bool = False,
) -> Iterator[History]:
    """Yield the store; what cannot be done ends the program with exit code 2.

    Parameters
    ----------
    store
        Path or URL.
    key
        File of the site key.
    pseudonymise
        Of a new store.
    levels
        Files of alert levels.
    is_new_allowed
        Make a store where there is none.
    """
    with told_errors():
        path = _checked(store, is_new_allowed=is_new_allowed)
        with History(
            path, pseudonymise=pseudonymise, site_key=key, levels=chosen_levels(levels)
        ) as history:
            yield history


@contextmanager
def told_errors() -> Iterator[None]:
    """End the program with exit code 2 for what cannot be done, and say why."""
    try:
        yield
    except DosemapError as error:
        print_error(messages(), str(error))
        raise typer.Exit(2) from error


def is_new(store: str | None) -> bool:
    """Return whether a store is a file that does not exist yet.

    Parameters
    ----------
    store
        Path or URL.
    """
    with told_errors():
        path = _checked(store, is_new_allowed=True)
    return is_new_file(path)


def chosen_procedures(
    history: History, patient: str | None, *, issuer: str | None, procedure: int | None
) -> list[StoredProcedure]:
    """Return the procedures of a patient, or the one of a number.

    Parameters
    ----------
    history
        The store.
    patient, issuer
        The patient.
    procedure
        In place of the patient.

    Raises
    ------
    DosemapError
        Neither or both are given, or there is no such patient or procedure.
    """
    if (patient is None) == (procedure is None):
        raise DosemapError("give either a patient ID or a procedure (--procedure NUMBER)")
    if procedure is None:
        return history.procedures(patient, issuer=issuer)
    found = [entry for entry in history.procedures() if entry.procedure == procedure]
    if not found:
        raise DosemapError(
            f"no procedure that counts has the number {procedure}; see dosemap history show"
        )
    return found


def _checked(store: str | None, *, is_new_allowed: bool) -> str:
    if store is None:
        raise DosemapError(
            f"which store? Name its file with --db FILE or the environment variable {_VARIABLE}"
        )
    if not is_new_allowed and "://" not in store and not Path(store).is_file():
        raise DosemapError(
            f"there is no store {store}; dosemap history add makes one, or check --db"
        )
    return store
