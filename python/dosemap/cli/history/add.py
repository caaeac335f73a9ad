"""``dosemap history add``, also named ``import``: procedures into the store."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dosemap.alerts import Level
from dosemap.cli.console import Output, messages, print_error, with_progress
from dosemap.cli.data_output import failed_document, print_json
from dosemap.cli.equipment_files import site_profiles
from dosemap.cli.history.alert_lines import print_alerts, print_not_evaluated
from dosemap.cli.history.options import (
    IssuerOption,
    JsonOption,
    KeyOption,
    PseudonymiseOption,
    StoreOption,
    is_new,
    opened,
    told_errors,
)
from dosemap.cli.level_files import LevelsOption, chosen_levels
from dosemap.dose_words import gy
from dosemap.engine import estimate
from dosemap.equipment import Profile, match_family
from dosemap.errors import DosemapError
from dosemap.history import Added, History, NotEvaluated, ProcedureRecord, RaisedAlert
from dosemap.history.pseudonym import Pseudonyms, hidden, needed_key
from dosemap.history.sources import is_export_file, records_of_file
from dosemap.procedure_types import ProcedureMap, read_procedure_map
from dosemap.rdsr import read_rdsr
from dosemap.result import DoseResult


def add(  # noqa: PLR0913  one argument per option is how typer reads a command
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Reports (DICOM), which are computed; results (netCDF, or JSON without map); what"
            " export wrote."
        ),
    ],
    *,
    db: StoreOption = None,
    patient_id: Annotated[
        str | None,
        typer.Option(help="In place of the report's; results from files name no patient."),
    ] = None,
    issuer: IssuerOption = None,
    pseudonymise: PseudonymiseOption = None,
    site_key: KeyOption = None,
    levels: LevelsOption = None,
    procedure_map: Annotated[
        Path | None,
        typer.Option(
            help="Your names for procedures by codes or texts (CSV, see docs/audit.md), to which"
            " levels for types refer; by default the report's codes."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Add reports or results; adding the same again changes nothing.

    A corrected report or a new computation takes the place of the earlier one, which is kept.
    """
    rows, failed = [], False
    log = messages()
    with ExitStack() as stack:
        settings = _settings(procedure_map, levels)

        def store() -> History:
            return stack.enter_context(
                opened(
                    db, key=site_key, pseudonymise=pseudonymise, levels=levels, is_new_allowed=True
                )
            )

        # A new store is made with the first procedure: of files that fail none must be left.
        history = None if is_new(db) else store()
        for file in with_progress(files, log):
            try:
                if is_export_file(file):
                    if history is None:
                        _check_importable(file, pseudonymise=bool(pseudonymise), key=site_key)
                    history = history or store()
                    rows.append(_row_of_export(file, *history.import_export(file)))
                    continue
                records = _read(file, settings, patient_id=patient_id, issuer=issuer)
                history = history or store()
                rows += [_row(file, history.add_record(record)) for record in records]
            except DosemapError as error:
                failed = True
                print_error(log, str(error))
                rows.append(failed_document(file.name, str(error)))
    _tell(rows, as_json=as_json)
    if failed:
        raise typer.Exit(2)


@dataclass(frozen=True, kw_only=True)
class _Settings:
    """By what reports are computed."""

    levels: tuple[Level, ...]
    names: ProcedureMap | None
    site: tuple[Profile, ...]


def _settings(procedure_map: Path | None, levels: list[Path] | None) -> _Settings:
    with told_errors():
        return _Settings(
            levels=chosen_levels(levels),
            names=read_procedure_map(procedure_map) if procedure_map else None,
            site=site_profiles(),
        )


def _read(
    file: Path, settings: _Settings, *, patient_id: str | None, issuer: str | None
) -> list[ProcedureRecord]:
    """Return the records of a report or result."""

    def estimated(path: Path) -> DoseResult:
        procedure = read_rdsr(path)
        result = estimate(procedure, equipment=match_family(procedure.device, site=settings.site))
        return result.with_levels(settings.levels)

    return records_of_file(
        file,
        patient_id=patient_id,
        issuer=issuer,
        procedure_map=settings.names,
        estimate=estimated,
    )


def _check_importable(file: Path, *, pseudonymise: bool, key: Path | None) -> None:
    """See that a new store will take an export, before it is made for good."""
    from dosemap.history.transfer import read_export  # noqa: PLC0415  (SQLAlchemy)

    pseudonyms = Pseudonyms(needed_key(key)) if pseudonymise else None
    for _, record in read_export(file).records:
        hidden(record, pseudonyms)


def _row(file: Path, added: Added) -> dict[str, Any]:
    return {
        "source": file.name,
        "status": added.status,
        "procedure": added.procedure,
        "revision": added.revision,
        "before": [state.to_dict() for state in added.before],
        "now": added.now.to_dict() if added.now else None,
        "alerts": [alert.to_dict() for alert in added.alerts],
        "withdrawn": [alert.to_dict() for alert in added.withdrawn],
        "alerts_not_evaluated": [entry.to_dict() for entry in added.not_evaluated],
        "notes": list(added.notes),
    }


def _row_of_export(
    file: Path,
    counts: Mapping[str, int],
    alerts: Sequence[RaisedAlert],
) -> dict[str, Any]:
    return {
        "source": file.name,
        "status": ", ".join(f"{number} {status}" for status, number in counts.items()) or "empty",
        "procedure": None,
        "revision": None,
        "before": [],
        "now": None,
        "alerts": [alert.to_dict() for alert in alerts],
        "withdrawn": [],
        "alerts_not_evaluated": [],
        "notes": [],
    }


def _tell(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    console = Output()
    done = [row for row in rows if "error" not in row]
    if not done:
        return
    table = Table("file", "status")
    for heading in ("procedure", "revision"):
        table.add_column(heading, justify="right")
    for row in done:
        numbers = [str(row[name] or "") for name in ("procedure", "revision")]
        table.add_row(
            Text(row["source"], overflow="fold"), row["status"].replace("_", " "), *numbers
        )
    console.print(table)
    _tell_changes(done, console)


def _tell_changes(rows: Sequence[dict[str, Any]], console: Console) -> None:
    for row in rows:
        if row["now"] is not None:
            console.print(Text(f"{row['source']}: {_change_in_words(row)}"))
        raised = [RaisedAlert(**alert) for alert in row["alerts"]]
        print_alerts(raised, console)
        withdrawn = [RaisedAlert(**alert) for alert in row["withdrawn"]]
        print_alerts(withdrawn, console, mark="withdrawn", style="bold")
        for note in row["notes"]:
            console.print(Text(f"{row['source']}: {note}", style="yellow"))
    print_not_evaluated(
        [NotEvaluated(**entry) for row in rows for entry in row["alerts_not_evaluated"]], console
    )


def _change_in_words(row: dict[str, Any]) -> str:
    before = "; ".join(
        f"procedure {state['procedure']}, revision {state['revision']}: {_doses(state)}"
        for state in row["before"]
    )
    return f"{_doses(row['now'])}, in place of {before}"


def _doses(state: dict[str, Any]) -> str:
    return (
        f"peak skin dose {gy(state['peak_skin_dose_gy'])}, K_ref"
        f" {gy(state['reference_air_kerma_gy'])}"
    )
