"""Which kind of dose report it is."""

from collections.abc import Mapping, Sequence

from dosemap.procedure import Event, ReportKind, Totals
from dosemap.reading.codes import coded_value
from dosemap.reading.items import Items

_ENHANCED_SOP_CLASS = "1.2.840.10008.5.1.4.1.1.88.76"


def report_kind(
    header: Mapping[str, str], items: Items, events: Sequence[Event], totals: Totals
) -> ReportKind:
    """Return the kind of a report.

    Parameters
    ----------
    header
        DICOM keyword to value.
    items
        The report outside its events.
    events
        As read.
    totals
        As read.
    """
    if header.get("SOPClassUID") == _ENHANCED_SOP_CLASS:
        return "enhanced"
    if not events:
        return "totals only"
    return "radiography" if _is_radiography(items, events, totals) else "projection"


def _is_radiography(items: Items, events: Sequence[Event], totals: Totals) -> bool:
    """Return whether there was no fluoroscopy, on a system that the report says has none.

    Few reports state the type of the system; without it, angles show that there is a C-arm.
    """
    if any(event.event_type != "stationary" for event in events) or totals.fluoroscopy_time_s:
        return False
    stated = items.first("122142")
    if stated is not None and stated.coded is not None:
        system, _ = coded_value("device_type", stated.coded[0], stated.coded[1])
        if system is not None:
            return system == "radiography"
    return all(event.positioner_primary_angle_deg is None for event in events)
