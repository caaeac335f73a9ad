"""What an audit found, beside its rows: what every output for people and programs starts with."""

from dataclasses import dataclass

from dosemap.auditing.about import About
from dosemap.auditing.history_changes import HistoryChanges
from dosemap.auditing.summary import Summary


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What the rows come to, how they were made, and what changed in a history."""

    summary: Summary
    about: About
    history_changes: HistoryChanges | None
    """``None``: nothing was added to one."""
    with_uids: bool = False
    """Also show the UIDs of studies and reports, and the patient IDs of the history."""
