"""``--fail-on``: exit codes for programs that act on alert levels."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console

from dosemap.alerts import QUANTITIES, Level
from dosemap.errors import DosemapError

REACHED = 1
NOT_ALL_TESTED = 3
"""2 is an error."""
ANY = "any"

EXIT_CODES = (
    "Exit codes: 0 done; 1 a level of --fail-on was reached; 2 something could not be read or"
    " written; 3 no level of --fail-on was reached as far as is known, but not all could be tested."
)


def check_fail_on(name: str | None, levels: Iterable[Level]) -> None:
    """Raise where what ``--fail-on`` names is no quantity and no level.

    Raises
    ------
    DosemapError
        So it is; the text lists what can be named.
    """
    ids = [level.id for level in levels if level.scope == "procedure"]
    if name is not None and name not in (*QUANTITIES, ANY, *ids):
        raise DosemapError(
            f"--fail-on {name!r} must be one of {', '.join([*QUANTITIES, ANY])}, or the id of a"
            f" level: {', '.join(ids)}"
        )


def exit_code(documents: Sequence[Mapping[str, Any]], name: str, log: Console) -> int:
    """Return the exit code; what could not be tested is told.

    Parameters
    ----------
    documents
        Of the estimates.
    name
        A quantity, the id of a level, or ``"any"``.
    log
        For what could not be tested.
    """

    def concerns(entry: Mapping[str, Any]) -> bool:
        return name in (ANY, entry["quantity"], entry["level_id"])

    untested = [
        (document["source"], entry)
        for document in documents
        for entry in document["alerts_not_evaluated"]
        if concerns(entry)
    ]
    for source, entry in untested:
        log.print(f"not tested: {source}: {entry['level']}: {entry['reason']}", markup=False)
    if any(concerns(alert) for document in documents for alert in document["alerts"]):
        return REACHED
    return NOT_ALL_TESTED if untested else 0
