"""What has to be supplied so that events which have no place in the map get one."""

from collections.abc import Callable, Mapping
from typing import Any

from dosemap.checking.distances import reference_point_mm
from dosemap.equipment import HOW_TO_PLACE, TotalsOnly
from dosemap.placement import NotPlaceable, PlacedProcedure
from dosemap.procedure import Event
from dosemap.reference_point import ReferencePointError

_HOW: Mapping[str, str] = {
    "profile": "an equipment profile for this system: --equipment FILE, docs/equipment.md says how",
    "reference_air_kerma_gy": "--field-side-at-1m-mm MM where the report has a kerma-area product,"
    " [tube_output] in a site's profile where it has the tube charge",
    "source_to_isocenter_mm": "[source_to_isocenter] in a site's profile",
    "source_to_reference_point_mm": "[reference_point] in a site's profile",
    "primary_angle_deg": "primary_angle_deg of PlacementOverrides in Python",
    "secondary_angle_deg": "secondary_angle_deg of PlacementOverrides in Python",
    "table_origin_in_isocenter_mm": "--table-offset X,Y,Z where only the zeros of the table are not"
    " known, else table_origin_in_isocenter_mm of PlacementOverrides in Python: where the head end"
    " of the table top was",
    "patient_position": "--patient-position POSITION",
    "kvp": "--kvp KV",
    "field_at_1m_mm": "--field-side-at-1m-mm MM",
}


def _lacks_table(event: Event) -> bool:
    return None in (event.table_longitudinal_position_mm, event.table_lateral_position_mm)


def _lacks_field(event: Event) -> bool:
    by_product = event.kerma_area_product_gy_m2 and event.reference_air_kerma_gy
    return not (by_product or event.collimated_field_area_m2 or event.shutters)


def _lacks_reference_point(event: Event) -> bool:
    try:
        reference_point_mm(event, None)
    except ReferencePointError:
        return True
    return False


_LACKS: Mapping[str, Callable[[Event], bool]] = {
    "source_to_isocenter_mm": lambda event: event.source_to_isocenter_mm is None,
    "source_to_reference_point_mm": _lacks_reference_point,
    "primary_angle_deg": lambda event: event.positioner_primary_angle_deg is None,
    "secondary_angle_deg": lambda event: event.positioner_secondary_angle_deg is None,
    "table_origin_in_isocenter_mm": _lacks_table,
    "kvp": lambda event: event.kvp is None,
    "field_at_1m_mm": _lacks_field,
}
"""What any profile needs of an event."""


def what_to_supply(placed: PlacedProcedure) -> list[dict[str, Any]]:
    """Return the fields that keep events out of the map.

    Parameters
    ----------
    placed
        The procedure with its placements.

    Returns
    -------
    Per field the events that need it and the way to supply it, most events first. Events with an
    air kerma of 0 need nothing.
    """
    needed: dict[str, list[int]] = {}
    for event, placement in zip(placed.procedure.events, placed.placements, strict=True):
        if isinstance(placement, NotPlaceable) and event.reference_air_kerma_gy != 0:
            fields = list(placement.fields)
            if fields == ["profile"]:
                fields += [name for name, lacks in _LACKS.items() if lacks(event)]
            for name in fields:
                needed.setdefault(name, []).append(event.index)
    how = dict(_HOW)
    if isinstance(placed.family, TotalsOnly):
        how["profile"] = HOW_TO_PLACE
    return [
        {"field": name, "events": events, "how": how.get(name, "a corrected report")}
        for name, events in sorted(needed.items(), key=lambda item: -len(item[1]))
    ]
