"""What an audit changed in a history, as texts: the terminal and the HTML page show the same."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from dosemap.auditing.history_changes import ChangedProcedure, HistoryChanges
from dosemap.auditing.ledger import DONE_BEFORE
from dosemap.auditing.summary import Summary
from dosemap.auditing.tables import TextTable
from dosemap.auditing.units import value_text
from dosemap.history.added import OfProcedure

if TYPE_CHECKING:
    from dosemap.history import RaisedAlert

_STATUS = {
    "new": "new",
    "unchanged": "known already",
    "revision": "in place of an earlier state",
    "older_state": "an older state, which does not count",
    DONE_BEFORE: "done before",
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
    shown = changes.shows_ids(asked_for=with_ids)
    for title, alerts in (
        ("New alerts of the history", changes.raised),
        ("Alerts of the history that do not hold any more", changes.withdrawn),
    ):
        if alerts:
            yield TextTable(
                title=title,
                columns=("level", "reached", "threshold"),
                rows=tuple(map(_alert_row, alerts)),
                headings={n: _named(alert, with_ids=shown) for n, alert in enumerate(alerts)},
                numeric_from=1,
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
        shown = changes.shows_ids(asked_for=with_ids)
        yield TextTable(
            title="Procedures of the history of which another state counts now",
            columns=("revision", "PSD before", "now", "K before", "now"),
            rows=tuple(map(_revision_row, changes.revised)),
            headings={
                n: _named(entry.of, with_ids=shown) for n, entry in enumerate(changes.revised)
            },
            numeric_from=1,
        )
    if notes:
        yield TextTable(
            title="What the history says of results that it took",
            columns=("note", "results"),
            rows=tuple((note, str(number)) for note, number in notes.items()),
            numeric_from=1,
        )


def _named(told: OfProcedure, *, with_ids: bool) -> str:
    return told.named if with_ids else told.named_without_patient


def _alert_row(alert: "RaisedAlert") -> tuple[str, ...]:
    window = f" ({alert.window_days} days)" if alert.window_days else ""
    return (
        f"{alert.level}{window}",
        value_text(alert.quantity, alert.value),
        value_text(alert.quantity, alert.threshold),
    )


def _revision_row(entry: ChangedProcedure) -> tuple[str, ...]:
    now = entry.procedure
    return (
        str(now.revision),
        value_text("peak_skin_dose_gy", entry.peak_skin_dose_before_gy),
        value_text("peak_skin_dose_gy", now.peak_skin_dose_gy),
        value_text("reference_air_kerma_gy", entry.reference_air_kerma_before_gy),
        value_text("reference_air_kerma_gy", now.reference_air_kerma_gy),
    )
