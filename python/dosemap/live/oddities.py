"""What can be odd about frames that does not keep them out of the map, and what is done."""

from collections.abc import Mapping

ODDITIES: Mapping[str, str] = {
    "repeated frame": "came twice, with the frame_id and time_s of one before: not added again",
    "frame_id used again": "have a frame_id that an earlier frame of the plane has, and another"
    " time_s or none: added, since nobody can tell that they are the same",
    "late frame": "came after a later one of their plane: added, to the press they belong to",
    "clock set back": "are earlier than the one before by more than late_s: added, and a press"
    " begins there",
    "no time_s": "have no time_s: added, to the press that was on",
    "unusable time_s": "have a time_s that is none: added, as frames without",
    "unusable frame_id": "have a frame_id that is none: added, as frames without",
    "unusable kerma_area_product_gy_m2": "have a kerma-area product that is none: added, as frames"
    " without",
    "press beyond the limit": "are of presses beyond the number that is kept: added, to one press"
    " per plane and patient position",
}
"""By the names that the core gives them."""
