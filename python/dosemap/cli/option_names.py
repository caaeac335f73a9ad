"""Messages of the library in the words of the command line: options in the place of arguments."""

import re

_OPTIONS = {
    "table_offset_mm": "--table-offset",
    "field_side_at_1m_mm": "--field-side-at-1m-mm",
    "patient_position": "--patient-position",
    "head_gap_mm": "--head-gap-mm",
    "lateral_shift_mm": "--lateral-shift-mm",
    "kvp": "--kvp",
}
_IN_PYTHON = (
    "table_origin_in_isocenter_mm",
    "source_to_isocenter_mm",
    "source_to_reference_point_mm",
    "primary_angle_deg",
    "secondary_angle_deg",
)
_PHRASES = {
    "ask for it (calibration 'report')": "ask for it (--calibration report)",
    "state where they were (arms)": "state where they were (--arms)",
}
_ASKED_FOR = re.compile(rf"\b(supply|by) ({'|'.join((*_OPTIONS, *_IN_PYTHON))})\b")


def in_options(message: str) -> str:
    """Return a message with the names of options where it asks for a value.

    Examples
    --------
    >>> in_options("the tube voltage is missing; supply kvp")
    'the tube voltage is missing; supply --kvp'
    >>> in_options("the angle is missing; supply primary_angle_deg")
    'the angle is missing; supply primary_angle_deg (from Python: PlacementOverrides)'
    """
    for phrase, option in _PHRASES.items():
        message = message.replace(phrase, option)
    return _ASKED_FOR.sub(lambda found: f"{found[1]} {_option(found[2])}", message)


def _option(name: str) -> str:
    return _OPTIONS.get(name) or f"{name} (from Python: PlacementOverrides)"
