"""One report after the other: what a worker does, on this machine or on a cluster.

Nothing here raises for what a file holds: each file ends as an outcome that says what it is.
"""

import faulthandler
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from dosemap.auditing.levels import judged
from dosemap.auditing.row import Row, doses_of
from dosemap.auditing.settings import AuditSettings
from dosemap.errors import DosemapError, NotDoseReportError, ReadError
from dosemap.procedure_types import ProcedureType, descriptions_of, procedure_type

if TYPE_CHECKING:
    from dosemap.history.record import ProcedureRecord
    from dosemap.procedure import Procedure
    from dosemap.result import DoseResult

Status = Literal["estimated", "failed", "skipped"]


class Stop(Protocol):
    """Tells a worker to hand over what it has."""

    def is_set(self) -> bool:
        """Return whether it is time."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One file to do."""

    path: str
    doses: Mapping[str, Any] | None = None
    """What an earlier audit with the same settings for the doses found; then these are not
    computed again."""
    with_record: bool = False
    """Whether the outcome brings what a history keeps of the result."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one file, in plain values that travel between processes."""

    path: str
    status: Status
    reason: str | None = None
    """Why it failed or was skipped, in a few words that can be counted."""
    message: str | None = None
    """The same as a sentence."""
    is_lasting: bool = True
    """Whether the same file would end in the same way again."""
    row: Row = field(default_factory=dict)
    """What of the row depends on the report; see :mod:`dosemap.auditing.row`."""
    doses: Row = field(default_factory=dict)
    """The part of it that takes time."""
    record: "ProcedureRecord | None" = field(default=None, repr=False)


def audit_batch(
    tasks: Sequence[Task],
    settings: AuditSettings,
    stop: Stop | None = None,
    *,
    longest_s: float | None = None,
) -> list[Outcome]:
    """Do some files.

    Parameters
    ----------
    tasks
        The files.
    settings
        How.
    stop
        Asked before each file; the files that are left then have no outcome.
    longest_s
        A file that takes longer ends this process: nothing else stops what hangs in a system call
        or in compiled code.
    """
    outcomes = []
    for task in tasks:
        if stop is not None and stop.is_set():
            break
        if longest_s is not None:
            faulthandler.dump_traceback_later(longest_s, exit=True)
        outcomes.append(audit_file(task, settings))
        faulthandler.cancel_dump_traceback_later()
    return outcomes


def audit_file(task: Task, settings: AuditSettings) -> Outcome:
    """Do one file; never raises but when the program is told to end.

    Parameters
    ----------
    task
        The file.
    settings
        How.
    """
    try:
        return _estimated(task, settings)
    except NotDoseReportError as error:
        return Outcome(path=task.path, status="skipped", reason=error.found)
    except ReadError as error:
        # What keeps a file from being opened may pass; what is in it stays.
        io = isinstance(error.__cause__, OSError)
        reason = "cannot be opened" if io else "damaged, or no report with a dose"
        return _failed(task, reason, _without(task.path, str(error)), is_lasting=not io)
    except DosemapError as error:
        return _failed(task, "cannot be computed", _without(task.path, str(error)))
    except MemoryError:
        message = "there was not enough memory for it; use fewer jobs or a wider spacing"
        return _failed(task, "out of memory", message, is_lasting=False)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the core is no Exception
        return _failed(task, "error of the program", _unexpected(error))


def failed_with_its_worker(path: str) -> Outcome:
    """Return the outcome of a file whose worker ended without a word.

    Parameters
    ----------
    path
        The file.
    """
    message = (
        "the process that did it ended twice without a word: killed, out of memory or stuck; try"
        " it with dosemap estimate"
    )
    return _failed(Task(path=path), "process ended", message, is_lasting=False)


def _failed(task: Task, reason: str, message: str, *, is_lasting: bool = True) -> Outcome:
    return Outcome(
        path=task.path, status="failed", reason=reason, message=message, is_lasting=is_lasting
    )


def _estimated(task: Task, settings: AuditSettings) -> Outcome:
    from dosemap.rdsr import read_rdsr  # noqa: PLC0415  (a worker needs these, its parent not)

    procedure = read_rdsr(task.path)
    kind = procedure_type(procedure, site=settings.procedure_map)
    record, doses = None, task.doses
    if doses is None or task.with_record:
        result = estimated(procedure, settings)
        doses = doses_of(procedure, result)
        record = _record(result, settings, kind.name) if task.with_record else None
    found = judged(
        doses["known"],
        levels=settings.levels,
        procedure_type=kind.name,
        peak_site=doses["peak_site"],
    )
    row = {
        "procedure_type": kind.name,
        "procedure_type_from": kind.basis,
        "descriptions": _descriptions(procedure, kind, settings),
        "alerts": [entry["level_id"] for entry in found.reached],
        "not_evaluated": [entry["level_id"] for entry in found.not_evaluated],
    }
    return Outcome(
        path=task.path,
        status="estimated",
        row=row,
        doses=dict(doses),
        record=record,
    )


def _descriptions(
    procedure: "Procedure", kind: ProcedureType, settings: AuditSettings
) -> list[str]:
    """Return the texts of a report for a line of the site's map, where they are asked for."""
    if not settings.with_descriptions or kind.basis in ("site map", "code"):
        return []
    return sorted(descriptions_of(procedure))


def _record(result: "DoseResult", settings: AuditSettings, kind: str | None) -> "ProcedureRecord":
    from dosemap.history.record import pack  # noqa: PLC0415  (only where a history is kept)

    return pack(result.with_levels(settings.levels), procedure_type=kind)


def estimated(procedure: "Procedure", settings: AuditSettings) -> "DoseResult":
    """Return the estimate of a report as an audit makes it.

    Parameters
    ----------
    procedure
        The report.
    settings
        How.
    """
    from dosemap.body import Body  # noqa: PLC0415
    from dosemap.engine import estimate  # noqa: PLC0415
    from dosemap.equipment import match_profile  # noqa: PLC0415

    profile = match_profile(procedure.device, site=settings.site)
    body = Body.for_patient(procedure.patient, spacing_mm=settings.spacing_mm)
    result = estimate(procedure, surface=body, equipment=profile)
    if not settings.interval:
        return result
    from dosemap.interval import estimate_interval  # noqa: PLC0415

    return result.with_interval(estimate_interval(procedure, equipment=profile))


def _without(path: str, message: str) -> str:
    """Return a message without the name of the file, which stands beside it."""
    return message.removeprefix(path).removeprefix(Path(path).name).lstrip(",: ")


def _unexpected(error: BaseException) -> str:
    # The text of such an error could hold anything of the report, a name too: it is not shown.
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}, line {frame.lineno}"
    return f"{type(error).__name__} in {place}; please report it with the file if you may"
