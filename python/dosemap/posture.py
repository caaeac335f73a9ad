"""What the terms for a patient's position say; their axes are in ``rust/dosemap/src/spaces.rs``."""

from typing import Literal

from dosemap.procedure import PatientPosition

Side = Literal["back", "front", "left", "right"]

_SIDE_OF_LYING: dict[str, Side] = {"S": "back", "P": "front", "DL": "left", "DR": "right"}
_SIDES: dict[str, Side] = {"BACK": "back", "FRONT": "front", "LEFT": "left", "RIGHT": "right"}


def is_upright(position: PatientPosition) -> bool:
    """Return whether the patient stands or sits.

    Examples
    --------
    >>> is_upright("SITTING_LEFT"), is_upright("FFP")
    (True, False)
    """
    return "_" in position


def side_against_table(position: PatientPosition) -> Side:
    """Return the side of the body that touches the table.

    Examples
    --------
    >>> side_against_table("HFP"), side_against_table("STANDING_BACK")
    ('front', 'back')
    """
    if is_upright(position):
        return _SIDES[position.partition("_")[2]]
    return _SIDE_OF_LYING[position[2:]]
