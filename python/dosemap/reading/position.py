"""Patient position on the table: DICOM's three items, or Siemens' comment."""

import re
from typing import cast, get_args

from dosemap.posture import is_upright
from dosemap.procedure import LyingPosition, PatientPosition, Provenance, UprightPosition
from dosemap.reading.codes import coded_value
from dosemap.reading.items import Items
from dosemap.reading.log import ProblemLog

POSITIONS: tuple[PatientPosition, ...] = get_args(LyingPosition)

_ITEMS = {
    "patient_orientation": "113743",
    "orientation_modifier": "113744",
    "table_relationship": "113745",
}
_UNKNOWN = "unknown code"
_WORDS = {"S": "supine", "P": "prone", "DL": "on the left side", "DR": "on the right side"}
_UPRIGHT_MODIFIERS = {"standing", "sitting"}
_STANDING: dict[str, PatientPosition] = {
    "S": "STANDING_BACK",
    "P": "STANDING_FRONT",
    "DL": "STANDING_LEFT",
    "DR": "STANDING_RIGHT",
}

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
    is_lying_or_unknown = position is None or not is_upright(position)
    unsure = provenance in (Provenance.MISSING, Provenance.ASSUMED)
    if from_comment and unsure and is_lying_or_unknown:
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
    if orientation in {"erect", "semi-erect"} or modifier in _UPRIGHT_MODIFIERS:
        return _upright(orientation, modifier, relation, log, event)
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


def _upright(
    orientation: str | None, modifier: str | None, relation: str | None, log: ProblemLog, event: int
) -> tuple[PatientPosition | None, Provenance]:
    """Return the position of a patient who stands or sits; DICOM has no term for it at the table.

    Supine, prone and lateral say which side it is where they stand beside "erect", and on a
    tilted table a semi-erect patient lies; both are readings of ours, so they are assumed.
    """
    position: PatientPosition | None = None
    if modifier is not None and modifier not in _UPRIGHT_MODIFIERS:
        lying = cast("PatientPosition", (relation or "HF") + modifier)
        position = _STANDING[modifier] if orientation == "erect" else lying
    words = (orientation, _WORDS.get(modifier or "", modifier))
    said = ", ".join(word for word in words if word)
    if position is None:
        log.add(
            "patient-upright",
            f"the patient is {said}; which side is against the table is not said",
            "to place the beam, state the position:"
            f" {', '.join(get_args(UprightPosition))}, or a lying one",
            event=event,
        )
        return None, Provenance.INVALID
    log.add(
        "patient-upright",
        f"the patient is {said}, for which DICOM has no position at the table",
        f"it is taken as {position}; state it if that is wrong",
        event=event,
    )
    return position, Provenance.ASSUMED


def _value(items: Items, code: str, field: str) -> str | None:
    item = items.first(code)
    if item is None or item.coded is None:
        return None
    return coded_value(field, item.coded[0], item.coded[1])[0] or _UNKNOWN
