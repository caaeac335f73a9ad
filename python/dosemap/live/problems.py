"""Problems of a session itself, as its snapshots list them."""

from collections.abc import Iterable

from dosemap.procedure import Assumption, Problem, Provenance


def journal_torn(count: int) -> Problem:
    """Return the problem of so many bytes at the end of a journal that are no whole record."""
    return Problem(
        code="journal-torn",
        message=f"the last {count} bytes of the journal were of a record that was not finished,"
        " since the program ended or the disk was full; they are dropped, and what was pushed after"
        " the disk was full is not in the journal",
    )


def journal_ended(why: str) -> Problem:
    """Return the problem of a journal that ended before its session."""
    return Problem(
        code="journal-ended",
        message=f"the journal could not be written ({why}): frames since then are in the map, but"
        " would not survive the end of the program",
    )


def callback_failed(times: int) -> Problem:
    """Return the problem of a caller's function for alerts that raised."""
    return Problem(
        code="alert-callback-failed",
        message=f"on_alert raised {times} times: alerts may not have been seen",
    )


def replayed(assumptions: Iterable[Assumption]) -> Problem:
    """Return the problem of a report's frames, which cannot say what of them was assumed.

    Parameters
    ----------
    assumptions
        Those that were made for the report.
    """
    assumed = (entry.field for entry in assumptions if entry.provenance is Provenance.ASSUMED)
    fields = ", ".join(dict.fromkeys(assumed)) or "nothing"
    return Problem(
        code="replayed-report",
        message=f"the frames are made from a report, and for them was assumed: {fields}. They count"
        " as given here; assumptions and problems of the report are what dosemap estimate tells",
    )
