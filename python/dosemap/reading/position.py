"""Patient position on the table: DICOM's three items, or Siemens' comment."""

import re
from typing import cast, get_args

from dosemap.procedure import PatientPosition, Provenance
from dosemap.reading.codes import coded_value
from dosemap.reading.items import Items
from dosemap.reading.log import ProblemLog

POSITIONS: tuple[PatientPosition, ...] = get_args(PatientPosition)

_ITEMS = {
    "patient_orientation": "113743",
    "orientation_modifier": "113744",
    "table_relationship": "113745",
}
_UNKNOWN = "unknown code"

# Siemens Artis states the position only here; the XML is not always well-formed: no XML parser.
_COMMENT = re.compile(r"<Position\s+SRData\s*=\s*[\"']\s*([A-Za-z]+)\s*[\"']")


def position_from_comment(items: Items, log: ProblemLog) -> PatientPosition | None:
    """Return the position that the comment at the root of a Siemens report states, if any."""
    stated = {
        match.upper()
        for comment in items.top_level().all("121106")
        for match in _COMMENT.findall(comment.text or "")
    }
    if not stated:
        return None
    if len(stated) > 1 or not stated <= set(POSITIONS):
        log.add(
            "patient-position-unclear",
            "the comment does not state one known patient position",
            "the patient position is unknown; state it",
        )
        return None
    return cast("PatientPosition", stated.pop())


def read_position(
    items: Items, from_comment: PatientPosition | None, log: ProblemLog, event: int
) -> tuple[PatientPosition | None, Provenance]:
    """Return the patient position of an event and where it was found."""
    position, provenance = _from_items(items, log, event)
    if provenance in (Provenance.MISSING, Provenance.ASSUMED) and from_comment:
        return from_comment, Provenance.FREE_TEXT
    if position and from_comment and position != from_comment:
        log.add(
            "patient-position-differs",
            f"the event says {position}, the comment says {from_comment}",
            f"{position} is used; check it",
            event=event,
        )
    return position, provenance


def _from_items(
    items: Items, log: ProblemLog, event: int
) -> tuple[PatientPosition | None, Provenance]:
    stated = {field: _value(items, code, field) for field, code in _ITEMS.items()}
    orientation, modifier, relation = stated.values()
    if orientation is None and modifier is None and relation is None:
        return None, Provenance.MISSING
    unknown = [field for field, value in stated.items() if value == _UNKNOWN]
    if unknown:
        log.add(
            "code-unknown",
            f"{', '.join(unknown)} has an unknown code",
            "the patient position is not known; state it",
            event=event,
        )
        return None, Provenance.INVALID
    if orientation in {"erect", "semi-erect"}:
        log.add(
            "patient-upright",
            f"the patient is {orientation}",
            "this has no head-first or feet-first position; state one to place the beam",
            event=event,
        )
        return None, Provenance.INVALID
    # The usual value stands in for the half that is missing; the half that is there counts.
    position = cast("PatientPosition", (relation or "HF") + (modifier or "S"))
    if modifier is None or relation is None:
        log.add(
            "patient-position-incomplete",
            "the patient position is stated in part only",
            f"it is taken as {position}; state it if that is wrong",
            event=event,
        )
        return position, Provenance.ASSUMED
    return position, Provenance.REPORTED


def _value(items: Items, code: str, field: str) -> str | None:
    item = items.first(code)
    if item is None or item.coded is None:
        return None
    return coded_value(field, item.coded[0], item.coded[1])[0] or _UNKNOWN
