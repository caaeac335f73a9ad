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
_ARGUMENTS = {
    **_OPTIONS,
    "height_cm": "--height",
    "mass_kg": "--mass",
    "age_years": "--age",
    "thickness_ap_cm": "--thickness-ap",
    "head_turned_deg": "--head-turned",
    "spacing_mm": "--spacing-mm",
    "jobs": "--jobs",
    "calibration": "--calibration",
}
"""Arguments that an error begins with."""
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


def error_in_options(message: str) -> str:
    """Return an error about an argument with the name of its option.

    Examples
    --------
    >>> error_in_options("height_cm is 300 cm; it must lie between 45 and 210 cm")
    '--height is 300 cm; it must lie between 45 and 210 cm'
    """
    name, separator, rest = message.partition(" is ")
    return f"{_ARGUMENTS[name]}{separator}{rest}" if name in _ARGUMENTS else message


def _option(name: str) -> str:
    return _OPTIONS.get(name) or f"{name} (from Python: PlacementOverrides)"
