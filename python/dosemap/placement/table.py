"""Where the table is, from the reported positions and the profile's reading of them."""

from dosemap.equipment import Profile, TableAxis
from dosemap.placement.model import NotPlaceable, PlacementOverrides
from dosemap.procedure import Event, Provenance


def table_origin(
    event: Event, profile: Profile, overrides: PlacementOverrides
) -> tuple[tuple[float, float, float], Provenance]:
    """Return the origin of table space in isocenter space, mm, and where it came from.

    Raises
    ------
    NotPlaceable
        A position, or the zero that it counts from, is missing and the caller gives none.
    """
    axes = (profile.table_x, profile.table_y, profile.table_z)
    positions = [_position(event, axis) for axis in axes]
    known = [position for position in positions if position is not None]
    if len(known) == len(axes):
        is_private = any(axis.item in event.private for axis in axes)
        origin = (known[0], known[1], known[2])
        provenance = Provenance.PRIVATE if is_private else Provenance.REPORTED
    elif overrides.table_origin_in_isocenter_mm is not None:
        origin, provenance = overrides.table_origin_in_isocenter_mm, Provenance.USER
    else:
        needed = [item for axis in axes for item in (axis.item, axis.zero_item) if item]
        absent = ", ".join(item for item in needed if _item(event, item) is None)
        raise NotPlaceable(
            "table_origin_in_isocenter_mm",
            f"the table position is not known ({absent} missing); supply "
            "table_origin_in_isocenter_mm",
        )
    if any(overrides.table_offset_mm):
        provenance = Provenance.USER
    x, y, z = (a + b for a, b in zip(origin, overrides.table_offset_mm, strict=True))
    return (x, y, z), provenance


def _position(event: Event, axis: TableAxis) -> float | None:
    item = _item(event, axis.item)
    zero = axis.zero_mm if axis.zero_item is None else _item(event, axis.zero_item)
    return None if item is None or zero is None else axis.sign * (item - zero)


def _item(event: Event, name: str) -> float | None:
    """Return a field of the event, or a number of the manufacturer's own scheme."""
    value = event.private.get(name, getattr(event, name, None))
    return None if value is None else float(value)
