"""``dosemap history list``, ``show`` and ``alerts``: what the store holds."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from dosemap.cli.console import Output, print_data
from dosemap.cli.history.options import (
    IssuerOption,
    JsonOption,
    KeyOption,
    PatientArgument,
    StoreOption,
    opened,
)
from dosemap.cli.quantities import gy
from dosemap.history import RaisedAlert
from dosemap.history.stored import StoredProcedure


def list_patients(
    *, db: StoreOption = None, site_key: KeyOption = None, as_json: JsonOption = False
) -> None:
    """List the patients, with how many procedures and from when."""
    with opened(db, key=site_key) as history:
        procedures = history.procedures()
        standing = [alert for alert in history.alerts() if alert.withdrawn is None]
    rows = _patients(procedures, {alert.procedure for alert in standing})
    if as_json:
        print_data(json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False))
        return
    table = Table("patient", "issuer")
    table.add_column("procedures", justify="right")
    table.add_column("first", no_wrap=True)
    table.add_column("last", no_wrap=True)
    table.add_column("with alerts", justify="right")
    for row in rows:
        table.add_row(
            Text(row["patient_id"] or "no patient ID: not added up"),
            Text(row["issuer"] or ""),
            str(row["procedures"]),
            _day(row["first"]),
            _day(row["last"]),
            str(row["procedures_with_alerts"] or ""),
        )
    Output().print(table)


def _patients(procedures: Sequence[StoredProcedure], alerted: set[int]) -> list[dict[str, Any]]:
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
                "procedures_with_alerts": sum(entry.procedure in alerted for entry in group),
            }
        )
    return rows


def show(
    patient: PatientArgument,
    *,
    issuer: IssuerOption = None,
    db: StoreOption = None,
    site_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the procedures of a patient."""
    with opened(db, key=site_key) as history:
        procedures = history.procedures(patient, issuer=issuer)
    if as_json:
        rows = [entry.to_dict() for entry in procedures]
        print_data(json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False))
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
            _day(entry.started.isoformat() if entry.started else None),
            Text(entry.system),
            gy(entry.peak_skin_dose_gy) if entry.has_map else "no map",
            gy(entry.reference_air_kerma_gy),
            f"{entry.revision} of {entry.revisions}",
        )
    Output().print(table)


def alerts(
    patient: Annotated[str | None, typer.Argument(help="Patient ID; by default all.")] = None,
    *,
    issuer: IssuerOption = None,
    db: StoreOption = None,
    site_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every alert that was raised, withdrawn ones included."""
    with opened(db, key=site_key) as history:
        found = history.alerts(patient, issuer=issuer)
        without_map = [e for e in history.procedures(patient, issuer=issuer) if not e.has_map]
    if as_json:
        rows = [alert.to_dict() for alert in found]
        print_data(json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False))
        return
    console = Output()
    for alert in found:
        console.print(Text(f"{alert.raised}  procedure {alert.procedure}  ") + alert_text(alert))
        if alert.withdrawn is not None:
            text = f"    withdrawn {alert.withdrawn}: {alert.withdrawn_reason}"
            console.print(Text(text, style="dim"))
    if not found:
        console.print("no alert was raised")
    if without_map:
        text = f"{len(without_map)} procedures have no map: their skin dose is in no alert"
        console.print(Text(text, style="yellow"))


def alert_text(alert: RaisedAlert) -> Text:
    """Return an alert in words."""
    window = f" within {alert.window_days} days" if alert.window_days else ""
    return Text(
        f"{alert.level}: {alert.value:.4g} {alert.unit}{window} reaches {alert.threshold:g}"
        f" {alert.unit}. {alert.wording}"
    )


def _day(started: str | None) -> str:
    """Return an ISO time to the minute."""
    return started.replace("T", " ")[:16] if started else "not known"
