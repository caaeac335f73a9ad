"""``dosemap history list``, ``show`` and ``alerts``: what the store holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from dosemap.cli.console import Output
from dosemap.cli.data_output import print_json
from dosemap.cli.history.alert_lines import print_alerts, print_not_evaluated
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
from dosemap.dose_words import gy
from dosemap.errors import DosemapError
from dosemap.history.stored import StoredProcedure
from dosemap.quantity_words import count

_WIDE = 1000
"""Columns in which any list has room."""


def list_patients(
    *, db: StoreOption = None, site_key: KeyOption = None, as_json: JsonOption = False
) -> None:
    """List the patients, with how many procedures and from when."""
    with opened(db, key=site_key) as history:
        procedures = history.procedures()
        standing = [alert for alert in history.alerts() if alert.withdrawn is None]
    rows = _patients(procedures, Counter(alert.procedure for alert in standing))
    if as_json:
        print_json(rows)
        return
    console = Output()
    cells = [_patient_cells(row) for row in rows]
    table = Table()
    # An ID must be copied whole: what has no room beside it goes below it.
    table.add_column("patient", no_wrap=True)
    table.add_column("issuer", no_wrap=True)
    for heading in ("first", "last", "procedures", "alerts"):
        table.add_column(heading, no_wrap=True, justify="right")
    for texts in cells:
        table.add_row(*map(Text, texts))
    if console.measure(table, options=console.options.update(width=_WIDE)).minimum <= console.width:
        console.print(table)
        return
    for row, (patient, issuer, first, last, *_) in zip(rows, cells, strict=True):
        console.print(Text(patient, style="bold"), soft_wrap=True)
        if issuer:
            console.print(Text(f"    issuer {issuer}"), soft_wrap=True)
        console.print(Text(f"    {first} to {last}"))
        numbers = (count(row["procedures"], "procedure"), count(row["alerts"], "alert"))
        console.print(Text(f"    {', '.join(numbers)}"))


def _patient_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        row["patient_id"] or "no patient ID: not added up (show --without-id)",
        row["issuer"] or "",
        _day(row["first"]),
        _day(row["last"]),
        str(row["procedures"]),
        str(row["alerts"] or ""),
    )


def _patients(procedures: Sequence[StoredProcedure], alerts: Counter[int]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[StoredProcedure]] = {}
    for entry in procedures:
        groups.setdefault((entry.patient_id or "", entry.issuer or ""), []).append(entry)
    rows = []
    for (patient_id, issuer), group in sorted(groups.items()):
        started = [entry.started.isoformat() for entry in group if entry.started]
        rows.append(
            {
                "patient_id": patient_id or None,
                "issuer": issuer or None,
                "procedures": len(group),
                "first": started[0] if started else None,
                "last": started[-1] if started else None,
                "alerts": sum(alerts[entry.procedure] for entry in group),
                "procedures_with_alerts": sum(entry.procedure in alerts for entry in group),
            }
        )
    return rows


def show(  # noqa: PLR0913  one argument per option is how typer reads a command
    patient: OptionalPatient = None,
    *,
    issuer: IssuerOption = None,
    procedure: ProcedureOption = None,
    without_id: Annotated[
        bool, typer.Option("--without-id", help="All procedures without patient ID.")
    ] = False,
    db: StoreOption = None,
    site_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the procedures of a patient, one procedure, or those without patient ID."""
    with opened(db, key=site_key) as history:
        if without_id and patient is None and procedure is None:
            procedures = [entry for entry in history.procedures() if entry.patient_id is None]
        elif without_id:
            raise DosemapError("--without-id goes with neither a patient ID nor --procedure")
        else:
            procedures = chosen_procedures(history, patient, issuer=issuer, procedure=procedure)
        bounds = history.lower_bounds(procedures)
    if as_json:
        rows = [
            {**entry.to_dict(), "lower_bounds": list(bounds[entry.procedure])}
            for entry in procedures
        ]
        print_json(rows)
        return
    if not procedures:
        Output().print(
            "no procedure is without patient ID"
            if without_id
            else "no procedure is this patient's any more: what named them is another patient's now"
        )
        return
    table = Table()
    table.add_column("no.", justify="right")
    table.add_column("started", no_wrap=True)
    table.add_column("system", overflow="fold")
    for heading in ("peak skin dose", "K_ref", "revision"):
        table.add_column(heading, justify="right")
    for entry in procedures:
        table.add_row(
            str(entry.procedure),
            started_text(entry),
            Text(entry.system),
            _dose(entry, "peak_skin_dose_gy", bounds) if entry.has_map else "no map",
            _dose(entry, "reference_air_kerma_gy", bounds),
            f"{entry.revision} of {entry.revisions}",
        )
    console = Output()
    console.print(table)
    for state in (state for entry in procedures for state in entry.other_revisions):
        text = (
            f"procedure {state.procedure}, revision {state.revision}, does not count: peak skin"
            f" dose {gy(state.peak_skin_dose_gy)}, K_ref {gy(state.reference_air_kerma_gy)}; added"
            f" {state.added}, dosemap {state.software_version}"
        )
        console.print(Text(text, style="dim"))


def _dose(entry: StoredProcedure, quantity: str, lower_bounds: Mapping[int, Sequence[str]]) -> str:
    """Return a dose for a table, in which a sign says that it is a lower bound."""
    dose_gy = getattr(entry, quantity)
    is_bound = dose_gy is not None and quantity in lower_bounds[entry.procedure]
    return f"{'≥ ' if is_bound else ''}{gy(dose_gy)}"


def alerts(
    patient: Annotated[str | None, typer.Argument(help="Patient ID; by default all.")] = None,
    *,
    issuer: IssuerOption = None,
    db: StoreOption = None,
    site_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every alert that was raised, withdrawn ones included, and of which nobody can say."""
    with opened(db, key=site_key) as history:
        found = history.alerts(patient, issuer=issuer)
        not_evaluated = history.not_evaluated(patient, issuer=issuer)
    if as_json:
        document = {
            "alerts": [alert.to_dict() for alert in found],
            "alerts_not_evaluated": [entry.to_dict() for entry in not_evaluated],
        }
        print_json(document)
        return
    console = Output()
    print_alerts(found, console, mark="", style="bold")
    if not found:
        console.print("no alert was raised")
    print_not_evaluated(not_evaluated, console)


def started_text(entry: StoredProcedure) -> str:
    """Return day and minute at which a procedure began."""
    return f"{entry.started:%Y-%m-%d %H:%M}" if entry.started else "not known"


def _day(started: str | None) -> str:
    """Return the day of an ISO time."""
    return started[:10] if started else "not known"
