"""When an object was made, and its unique identifiers.

Every writing is a new document and gets new UIDs, under which no archive holds an older state of
it. They are UUID-derived UIDs (DICOM PS3.5 B.2) of version 5 (RFC 9562): the same estimate at
the same moment gives the same ones, so that an export can be repeated byte by byte.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid5

_NAMESPACE = UUID("c1f5b7f2-0f43-5f0e-8c6e-6a1c8c2f6f55")
"""Fixed for ever: the name space of dosemap's Patient Radiation Dose SRs."""


def derived_uid(*names: str) -> str:
    """Return the UID that belongs to a sequence of names, at most 44 characters."""
    return f"2.25.{uuid5(_NAMESPACE, '/'.join(names)).int}"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The moment of writing and what is derived from it."""

    created: datetime
    """In the zone that the objects state; without a zone where they state none."""
    name: str
    """What the UIDs are derived from."""

    @classmethod
    def of(cls, document: Mapping[str, Any], created: datetime | None, zone: str) -> "Identity":
        """Return the identity of one writing.

        Parameters
        ----------
        document
            Of the estimate.
        created
            The moment; now by default. One without zone is local time.
        zone
            Offset from UTC that all times of the object are in, as ``+0100``; empty: none is
            stated, and times are local.
        """
        moment = created or datetime.now().astimezone()
        digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
        name = f"{digest}/{moment.isoformat()}"
        return cls(created=_in_zone(moment, zone), name=name)

    def uid(self, of: str) -> str:
        """Return a UID of this writing, for example of ``"map"``."""
        return derived_uid(self.name, of)


def _in_zone(moment: datetime, zone: str) -> datetime:
    if zone:
        minutes = int(zone[1:3]) * 60 + int(zone[3:])
        offset = timedelta(minutes=-minutes if zone[0] == "-" else minutes)
        return moment.astimezone(timezone(offset))
    return moment.astimezone().replace(tzinfo=None) if moment.tzinfo else moment
