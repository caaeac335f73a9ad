"""By what and how an audit was made, which every output but the plain tables says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dosemap.auditing.ledger import printable
from dosemap.auditing.settings import AuditSettings
from dosemap.document import made_by


@dataclass(frozen=True, kw_only=True)
class About:
    """One run of an audit."""

    settings: AuditSettings
    paths: Sequence[str]
    """Files and folders that were looked at, absolute."""
    began: datetime
    ended: datetime
    done_before: int
    """Files that an earlier run with the same settings did."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, as the JSON document of an audit has it."""
        settings = self.settings
        return {
            **made_by(),
            "began": self.began.isoformat(timespec="seconds"),
            "ended": self.ended.isoformat(timespec="seconds"),
            "files_done_before": self.done_before,
            "paths": [printable(path) for path in self.paths],
            "spacing_mm": settings.spacing_mm,
            "interval": settings.interval,
            "levels": [level.id for level in settings.levels],
            "site_profiles": [
                {
                    "name": profile.name,
                    "file": profile.file.name if profile.file else None,
                    "sha256": profile.file.sha256 if profile.file else None,
                }
                for profile in settings.site
            ],
            "procedure_map_types": (
                None
                if settings.procedure_map is None
                else sorted({row.name for row in settings.procedure_map.rows})
            ),
        }

    def lines(self) -> list[tuple[str, str]]:
        """Return it for people: what, and its value."""
        entry = self.to_dict()
        map_types = entry["procedure_map_types"]
        lines = [
            ("made by", f"dosemap {entry['software']['version']}"),
            ("when", f"{self.began:%Y-%m-%d %H:%M} to {self.ended:%Y-%m-%d %H:%M} UTC"),
            ("looked at", ", ".join(entry["paths"])),
            ("distance between points", f"{self.settings.spacing_mm:g} mm"),
            ("interval", "yes" if self.settings.interval else "no"),
            ("alert levels", ", ".join(entry["levels"])),
            ("profiles of the site", ", ".join(p["name"] for p in entry["site_profiles"])),
            ("types of the site", "" if map_types is None else ", ".join(map_types)),
        ]
        return [(what, value or "none") for what, value in lines]


def utc_now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)
