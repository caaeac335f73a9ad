"""What an audit comes to: groups, levels reached, devices without geometry, files that failed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dosemap.alerts import QUANTITIES, Level
from dosemap.auditing.ledger import NOT_ADDED
from dosemap.auditing.percentiles import PERCENTS, Percentiles, Sample
from dosemap.auditing.row import Row

FEW_REPORTS = 20
"""A median of less is no typical value (ICRP 135, 2017: at least 20 patients)."""
_DEVICE = ("manufacturer", "model", "station_name", "device_serial_number")


@dataclass(frozen=True, kw_only=True)
class Group:
    """The reports of one device and one type of procedure."""

    device: tuple[str | None, ...]
    """Manufacturer, model, station name, serial number."""
    procedure_type: str | None
    reports: int
    without_map: int
    """Of them those that have no dose map, and so no peak skin dose."""
    percentiles: Mapping[str, Percentiles]
    """By the quantity's name in the JSON document."""


@dataclass(frozen=True, kw_only=True)
class TypicalValue:
    """The median of a group beside a published typical value: of the group, of no patient."""

    level: Level
    device: tuple[str | None, ...]
    reports: int
    """Those whose quantity is known."""
    median: float
    has_lower_bounds: bool
    """Of some reports the true value may be higher, and so the median."""

    @property
    def is_above(self) -> bool | None:
        """Whether the group's median is higher; ``None``: nobody can say."""
        if self.median > self.level.first:
            return True
        return None if self.has_lower_bounds else False


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A level for one procedure, and how many reports reached it."""

    level: Level
    reached: int
    not_evaluated: int
    """Reports of which nobody can say."""


@dataclass(frozen=True, kw_only=True)
class NoMap:
    """Reports of one device that have no map, for one reason."""

    device: tuple[str | None, ...]
    equipment_profile: str | None
    reason: str
    reports: int
    of: int
    """All reports of the device."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What an audit comes to."""

    files: int
    """Reports and files that failed; without those that are no reports."""
    reports: int
    """Estimated, each procedure once."""
    superseded: int
    """Estimated, but a later or larger state of the same procedure counts."""
    without_map: int
    not_added: int
    """Estimated, but the history that should have them has not."""
    history_status: Mapping[str, int]
    """What the history did with results, by its word, or that an earlier run has told it."""
    history_notes: Mapping[str, int]
    """What it said of them that no earlier run has told, and of how many."""
    failed: Mapping[str, int]
    """By the reason."""
    skipped: Mapping[str, int]
    """No reports, by what they are."""
    groups: tuple[Group, ...]
    reached: tuple[Reached, ...]
    typical: tuple[TypicalValue, ...]
    no_map: tuple[NoMap, ...]
    descriptions: Mapping[str, int]
    """Texts of reports without a type that is known, the most frequent first; empty unless asked
    for."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, as the JSON document of an audit has it."""
        return {
            "files": self.files,
            "reports": self.reports,
            "superseded": self.superseded,
            "without_map": self.without_map,
            "not_added_to_history": self.not_added,
            "history_status": dict(self.history_status),
            "history_notes": [
                {"note": note, "reports": number} for note, number in self.history_notes.items()
            ],
            "failed": dict(self.failed),
            "skipped": dict(self.skipped),
            "groups": [_group_entry(group) for group in self.groups],
            "levels": [
                {
                    "level_id": entry.level.id,
                    "level": entry.level.name,
                    "quantity": entry.level.quantity,
                    "threshold": entry.level.first,
                    "unit": entry.level.unit,
                    "reached": entry.reached,
                    "not_evaluated": entry.not_evaluated,
                    "source": entry.level.source,
                }
                for entry in self.reached
            ],
            "typical_values": [
                {
                    **_named(entry.device),
                    "level_id": entry.level.id,
                    "procedure_types": list(entry.level.procedure_types),
                    "quantity": entry.level.quantity,
                    "statistic": entry.level.statistic,
                    "typical": entry.level.first,
                    "median": entry.median,
                    "unit": entry.level.unit,
                    "reports": entry.reports,
                    "is_above": entry.is_above,
                    "few_reports": entry.reports < FEW_REPORTS,
                    "source": entry.level.source,
                }
                for entry in self.typical
            ],
            "no_map": [
                {
                    **_named(entry.device),
                    "equipment_profile": entry.equipment_profile,
                    "reason": entry.reason,
                    "reports": entry.reports,
                    "of": entry.of,
                }
                for entry in self.no_map
            ],
            "descriptions_without_type": [
                {"description": text, "reports": number}
                for text, number in self.descriptions.items()
            ],
        }


def summary_of(
    rows: Iterable[Row],
    *,
    levels: Iterable[Level],
    skipped: Mapping[str, int],
    descriptions: Mapping[str, int] | None = None,
) -> Summary:
    """Return what rows come to.

    Parameters
    ----------
    rows
        Of an audit.
    levels
        Alert levels that apply.
    skipped
        Counts of files that are no reports.
    descriptions
        Texts of reports without a type, and of how many each is.
    """
    count = _Counts()
    for row in rows:
        count.add(row)
    groups = tuple(
        sorted(
            (group.done(device, kind) for (device, kind), group in count.groups.items()),
            key=lambda group: (_sortable(group.device), group.procedure_type or "\uffff"),
        )
    )
    levels = tuple(levels)
    return Summary(
        files=count.files,
        reports=sum(group.reports for group in groups),
        superseded=count.superseded,
        without_map=sum(group.without_map for group in groups),
        not_added=count.not_added,
        history_status=dict(count.history_status),
        history_notes=dict(count.history_notes.most_common()),
        failed=dict(count.failed.most_common()),
        skipped=dict(sorted(skipped.items(), key=lambda item: -item[1])),
        groups=groups,
        reached=tuple(
            Reached(
                level=level,
                reached=count.alerts[level.id],
                not_evaluated=count.not_evaluated[level.id],
            )
            for level in levels
            if level.scope == "procedure"
        ),
        typical=tuple(_typical(groups, levels)),
        no_map=tuple(
            NoMap(
                device=device,
                equipment_profile=profile,
                reason=reason,
                reports=number,
                of=sum(group.reports for group in groups if group.device == device),
            )
            for (device, profile, reason), number in count.no_map.most_common()
        ),
        descriptions=dict(Counter(descriptions or {}).most_common()),
    )


@dataclass
class _GroupCount:
    reports: int = 0
    without_map: int = 0
    samples: dict[str, Sample] = field(default_factory=lambda: {q: Sample() for q in QUANTITIES})

    def add(self, row: Row) -> None:
        self.reports += 1
        self.without_map += not row["map_available"]
        for name, sample in self.samples.items():
            sample.add(row[name], is_lower_bound=name in row["lower_bounds"])

    def done(self, device: tuple[str | None, ...], kind: str | None) -> Group:
        return Group(
            device=device,
            procedure_type=kind,
            reports=self.reports,
            without_map=self.without_map,
            percentiles={name: sample.percentiles() for name, sample in self.samples.items()},
        )


@dataclass
class _Counts:
    """Everything that is counted while rows pass by; nothing of a row is kept but four numbers."""

    files: int = 0
    superseded: int = 0
    not_added: int = 0
    history_status: Counter[str] = field(default_factory=Counter)
    history_notes: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    alerts: Counter[str] = field(default_factory=Counter)
    not_evaluated: Counter[str] = field(default_factory=Counter)
    no_map: Counter[tuple[tuple[str | None, ...], str | None, str]] = field(default_factory=Counter)
    groups: dict[tuple[tuple[str | None, ...], str | None], _GroupCount] = field(
        default_factory=dict
    )

    def add(self, row: Row) -> None:
        self.files += 1
        if row["status"] == "failed":
            self.failed[row["reason"]] += 1
            return
        self.not_added += row["reason"] == NOT_ADDED
        self.history_status.update(filter(None, [row["history_status"]]))
        self.history_notes.update(filter(None, [row["history_notes"]]))
        if not row["counts"]:
            self.superseded += 1
            return
        device = tuple(row[name] for name in _DEVICE)
        self.groups.setdefault((device, row["procedure_type"]), _GroupCount()).add(row)
        self.alerts.update(row["alerts"])
        self.not_evaluated.update(row["not_evaluated"])
        if not row["map_available"]:
            self.no_map[device, row["equipment_profile"], row["map_reason"] or "not known"] += 1


def _typical(groups: Iterable[Group], levels: Iterable[Level]) -> Iterable[TypicalValue]:
    """Yield the groups for whose type of procedure there is a typical value."""
    of_groups = [level for level in levels if level.scope == "group"]
    for group in groups:
        for level in of_groups:
            found = group.percentiles[level.quantity]
            fits = not level.procedure_types or group.procedure_type in level.procedure_types
            if fits and found.median is not None:
                yield TypicalValue(
                    level=level,
                    device=group.device,
                    reports=found.known,
                    median=found.median,
                    has_lower_bounds=found.lower_bounds > 0,
                )


def _group_entry(group: Group) -> dict[str, Any]:
    return {
        **_named(group.device),
        "procedure_type": group.procedure_type,
        "reports": group.reports,
        "without_map": group.without_map,
        **{
            name: {
                "known": found.known,
                "lower_bounds": found.lower_bounds,
                **{
                    f"p{percent}": value
                    for percent, value in zip(PERCENTS, found.values or [None] * 5, strict=True)
                },
            }
            for name, found in group.percentiles.items()
        },
    }


def _named(device: tuple[str | None, ...]) -> dict[str, str | None]:
    return dict(zip(_DEVICE, device, strict=True))


def _sortable(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(text or "\uffff" for text in texts)
