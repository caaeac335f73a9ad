"""Where the table is, from the reported positions and the profile's reading of them."""

from collections.abc import Sequence

from dosemap.equipment import NotKnown, Profile, TableAxis
from dosemap.placement.model import NotPlaceable, PlacementOverrides
from dosemap.procedure import Event, Provenance


def table_origin(
    event: Event, profile: Profile, overrides: PlacementOverrides
) -> tuple[tuple[float, float, float], Provenance]:
    """Return the origin of table space in isocenter space, mm, and where it came from.

    Raises
    ------
    NotPlaceable
        A position, or the zero that it counts from, is not known and the caller gives none.
    """
    axes = (profile.table_x, profile.table_y, profile.table_z)
    offset_mm = overrides.table_offset_mm
    lacks = [_lack(event, axis) for axis in axes]
    no_zero = [] if offset_mm is not None else _without_zero(axes)
    if not any(lacks) and not no_zero:
        known = [axis for axis in axes if isinstance(axis, TableAxis)]
        x, y, z = (_position(event, axis) for axis in known)
        is_private = any(axis.item in event.private for axis in known)
        provenance = Provenance.PRIVATE if is_private else Provenance.REPORTED
    elif overrides.table_origin_in_isocenter_mm is not None:
        x, y, z = overrides.table_origin_in_isocenter_mm
        provenance = Provenance.USER
    else:
        raise NotPlaceable("table_origin_in_isocenter_mm", _not_known(lacks, no_zero))
    if offset_mm is None:
        return (x, y, z), provenance
    moved = (x + offset_mm[0], y + offset_mm[1], z + offset_mm[2])
    return moved, Provenance.USER if moved != (x, y, z) or _without_zero(axes) else provenance


def table_end(
    event: Event, profile: Profile, start_mm: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return where the origin of table space lies at the end of the event.

    Coordinates of which the report states no end stay as they were.

    Parameters
    ----------
    event
        The event.
    profile
        Its equipment.
    start_mm
        Origin at the start, x, y, z of isocenter space.
    """
    axes = (profile.table_x, profile.table_y, profile.table_z)
    x, y, z = (at + _way(event, axis) for at, axis in zip(start_mm, axes, strict=True))
    return x, y, z


def ends_are_blank(event: Event, profile: Profile) -> bool:
    """Return whether zeros stand for end positions that are not known.

    Some systems fill items that they do not know with 0; all three positions of a table are
    never exactly 0 after a movement.
    """
    axes = (profile.table_x, profile.table_y, profile.table_z)
    known = [axis for axis in axes if isinstance(axis, TableAxis)]
    ends = [_item(event, axis.end_item) for axis in known if axis.end_item]
    starts = [_item(event, axis.item) for axis in known]
    stated = [end for end in ends if end is not None]
    return bool(stated) and not any(stated) and any(starts)


def item_change(event: Event, start: str, end: str) -> float:
    """Return by how much an item changes within the event; 0 where the report lacks either value.

    Parameters
    ----------
    event
        The event.
    start, end
        Fields of the event or items of the manufacturer's own scheme.
    """
    before, after = _item(event, start), _item(event, end)
    return 0.0 if before is None or after is None else after - before


def _way(event: Event, axis: TableAxis | NotKnown) -> float:
    if isinstance(axis, NotKnown) or axis.end_item is None:
        return 0.0
    return axis.sign * item_change(event, axis.item, axis.end_item)


def _without_zero(axes: Sequence[TableAxis | NotKnown]) -> list[str]:
    return [axis.item for axis in axes if isinstance(axis, TableAxis) and not _has_zero(axis)]


def _has_zero(axis: TableAxis) -> bool:
    return axis.zero_item is not None or axis.zero_mm is not None


def _lack(event: Event, axis: TableAxis | NotKnown) -> str | None:
    """Return what is not known of a coordinate but its zero; ``None`` where nothing is missing."""
    if isinstance(axis, NotKnown):
        return axis.reason
    absent = [
        f"{item} missing"
        for item in (axis.item, axis.zero_item)
        if item is not None and _item(event, item) is None
    ]
    return ", ".join(absent) or None


def _not_known(lacks: Sequence[str | None], no_zero: Sequence[str]) -> str:
    """Return what is not known of the table position, and what to supply for it, in words."""
    what = list(dict.fromkeys(lack for lack in lacks if lack))
    if no_zero:
        zeros = " and ".join(filter(None, (", ".join(no_zero[:-1]), no_zero[-1])))
        are = "the zero of {} is" if len(no_zero) == 1 else "the zeros of {} are"
        what.append(f"{are.format(zeros)} the maker's and not known")
    supply = "table_origin_in_isocenter_mm" if any(lacks) else "table_offset_mm"
    return f"the table position is not known ({', '.join(what)}); supply {supply}"


def _position(event: Event, axis: TableAxis) -> float:
    """Return a coordinate that nothing is missing of."""
    zero = (axis.zero_mm or 0.0) if axis.zero_item is None else _item(event, axis.zero_item)
    return axis.sign * ((_item(event, axis.item) or 0.0) - (zero or 0.0))


def _item(event: Event, name: str) -> float | None:
    """Return a field of the event, or a number of the manufacturer's own scheme."""
    value = event.private.get(name, getattr(event, name, None))
    return None if value is None else float(value)
