"""What an audit changed in a history, as texts: the terminal and the HTML page show the same."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from dosemap.auditing.history_changes import ChangedAlert, ChangedProcedure, HistoryChanges
from dosemap.auditing.summary import Summary
from dosemap.auditing.tables import TextTable
from dosemap.auditing.units import value_text

if TYPE_CHECKING:
    from dosemap.history.stored import StoredProcedure

_STATUS = {
    "new": "new",
    "unchanged": "known already",
    "revision": "in place of an earlier state",
    "older_state": "an older state, which does not count",
}


def history_line(summary: Summary, changes: HistoryChanges) -> str:
    """Return in a sentence what the history did.

    Parameters
    ----------
    summary
        Of the audit.
    changes
        Of the history.
    """
    did = [f"{number} {_STATUS[status]}" for status, number in summary.history_status.items()]
    if summary.not_added:
        did.append(f"{summary.not_added} not added")
    counts = {
        "procedures of which another state counts now": len(changes.revised),
        "procedures that are part of another one now": changes.joined,
        "new alerts": len(changes.raised),
        "alerts withdrawn": len(changes.withdrawn),
    }
    parts = [f"{what}: {number}" for what, number in counts.items() if number]
    return "; ".join([f"reports in the history: {', '.join(did) or 'none'}", *parts])


def alert_tables(changes: HistoryChanges, *, with_ids: bool) -> Iterator[TextTable]:
    """Yield the alerts that are new, and those that do not hold any more.

    Parameters
    ----------
    changes
        Of the history.
    with_ids
        With the IDs of patients; pseudonyms are always there.
    """
    for title, alerts in (
        ("New alerts of the history", changes.raised),
        ("Alerts of the history that do not hold any more", changes.withdrawn),
    ):
        if alerts:
            yield TextTable(
                title=title,
                columns=("patient", "day", "no.", "level", "reached", "threshold"),
                rows=tuple(_alert_row(entry, changes.shows_ids(with_ids)) for entry in alerts),
                headings={n: entry.file or "" for n, entry in enumerate(alerts)},
                numeric_from=4,
            )


def change_tables(
    changes: HistoryChanges, notes: Mapping[str, int], *, with_ids: bool
) -> Iterator[TextTable]:
    """Yield the procedures of which another state counts now, and what the history had to say.

    Parameters
    ----------
    changes
        Of the history.
    notes
        What it said of results that it took, and of how many.
    with_ids
        With the IDs of patients; pseudonyms are always there.
    """
    if changes.revised:
        shows_ids = changes.shows_ids(with_ids)
        yield TextTable(
            title="Procedures of the history of which another state counts now",
            columns=("patient", "day", "no.", "revision", "PSD before", "now", "K before", "now"),
            rows=tuple(_revision_row(entry, shows_ids) for entry in changes.revised),
            headings={n: entry.file or "" for n, entry in enumerate(changes.revised)},
            numeric_from=2,
        )
    if notes:
        yield TextTable(
            title="What the history says of results that it took",
            columns=("note", "results"),
            rows=tuple((note, str(number)) for note, number in notes.items()),
            numeric_from=1,
        )


def _alert_row(entry: ChangedAlert, shows_ids: bool) -> tuple[str, ...]:  # noqa: FBT001
    alert, quantity = entry.alert, entry.alert.quantity
    window = f" ({alert.window_days} days)" if alert.window_days else ""
    return (
        *_whose(entry.procedure, shows_ids),
        str(alert.procedure),
        f"{alert.level}{window}",
        value_text(quantity, alert.value),
        value_text(quantity, alert.threshold),
    )


def _revision_row(entry: ChangedProcedure, shows_ids: bool) -> tuple[str, ...]:  # noqa: FBT001
    now = entry.procedure
    return (
        *_whose(now, shows_ids),
        str(now.procedure),
        str(now.revision),
        value_text("peak_skin_dose_gy", entry.peak_skin_dose_before_gy),
        value_text("peak_skin_dose_gy", now.peak_skin_dose_gy),
        value_text("reference_air_kerma_gy", entry.reference_air_kerma_before_gy),
        value_text("reference_air_kerma_gy", now.reference_air_kerma_gy),
    )


def _whose(procedure: "StoredProcedure | None", shows_ids: bool) -> tuple[str, str]:  # noqa: FBT001
    if procedure is None:
        return "-", "-"
    day = f"{procedure.started:%Y-%m-%d}" if procedure.started else "not known"
    return (procedure.patient_id or "no patient ID") if shows_ids else "not shown", day
