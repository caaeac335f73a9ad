"""What the kinds of dose reports are called, and why some of them give no map."""

from collections.abc import Mapping

from dosemap.procedure import ReportKind

TITLES: Mapping[ReportKind, str] = {
    "projection": "X-Ray Radiation Dose SR",
    "enhanced": "Enhanced X-Ray Radiation Dose SR",
    "totals only": "totals without irradiation events",
    "radiography": "X-Ray Radiation Dose SR of single exposures (radiography or spot images)",
    "frames": "none: frames of a live session",
}

WHY_NO_MAP: Mapping[ReportKind, str] = {
    "enhanced": "this is an Enhanced X-Ray Radiation Dose SR, of which totals and events are read;"
    " where the beam was (TID 10043) is not, because no real report of this kind is known to test"
    " it with; use the totals, or export the X-Ray Radiation Dose SR of the same procedure",
    "radiography": "this is a report of single exposures without fluoroscopy (radiography, or spot"
    " images of a C-arm), and its beams cannot be placed; use the totals",
}
"""Said where no beam of such a report can be placed."""
