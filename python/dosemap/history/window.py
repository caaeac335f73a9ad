"""Spans of time in which procedures count together."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from dosemap.errors import DosemapError
from dosemap.history.stored import StoredProcedure, local

_DAYS = re.compile(r"\s*(\d+)\s*D\s*", flags=re.IGNORECASE)
_LONGEST_DAYS = 36525


def window_days(window: str | int | None) -> int | None:
    """Return the days of a window: ``"180D"`` or 180; ``None`` for all time.

    Examples
    --------
    >>> window_days("180D")
    180
    """
    if window is None:
        return None
    found = _DAYS.fullmatch(f"{window}D" if isinstance(window, int) else window)
    days = int(found[1]) if found else 0
    if not 1 <= days <= _LONGEST_DAYS:
        raise DosemapError(
            f"the window {window!r} is no number of days such as 180D, 1 to {_LONGEST_DAYS}"
        )
    return days


def moment(at: str | date | None) -> datetime | None:
    """Return a moment without zone; a day, a minute or a second means its end.

    Examples
    --------
    >>> moment("2026-03-31T14:00").isoformat()
    '2026-03-31T14:00:59.999999'
    """
    if at is None:
        return None
    if isinstance(at, datetime):
        return local(at)
    if isinstance(at, date):
        return datetime.combine(at, time.max)
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        raise DosemapError(
            f"{at!r} is no date; write it as 2026-03-31 or 2026-03-31T14:00"
        ) from None
    if len(at) <= len("2026-03-31"):
        found = datetime.combine(found, time.max)
    # Times are shown to the minute: one that was read off must not leave its procedure out.
    if not found.second:
        found = found.replace(second=59)
    return local(found.replace(microsecond=999_999))


def in_window(
    procedures: Sequence[StoredProcedure], *, days: int | None, end: datetime | None
) -> list[StoredProcedure]:
    """Return the procedures of a span: the day so many days before its end counts whole.

    Those of unknown time count always.

    Parameters
    ----------
    procedures
        In time order.
    days
        Length; ``None``: no beginning.
    end
        ``None``: no end, or of a window that of the last procedure.
    """
    known = [entry.started for entry in procedures if entry.started]
    if end is None:
        end = max((local(started) for started in known), default=None)
    if end is None:
        return list(procedures)
    end = local(end)
    # Years before 1 are no dates: a window that begins there has no beginning.
    since_first_day = (end - datetime.min).days
    has_beginning = days is not None and days < since_first_day
    first_day = (end - timedelta(days=days or 0)).date() if has_beginning else date.min
    return [
        entry
        for entry in procedures
        if entry.started is None
        or (first_day <= local(entry.started).date() and local(entry.started) <= end)
    ]
