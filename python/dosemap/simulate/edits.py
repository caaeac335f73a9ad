"""Alterations of a report's content: how a test makes the report that it needs.

An edit takes the content tree and returns another. ``event`` narrows an edit to one irradiation
event, counted from 0; without it every item with the code is altered, totals included. An edit
that finds no item to alter raises, so that a test cannot quietly test nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from dosemap.simulate.content import Item, dcm

Edit = Callable[[Item], Item]


def omit(code: str, *, scheme: str = "DCM", event: int | None = None) -> Edit:
    """Leave an item out, with all below it."""
    return _edit(code, scheme, event, lambda _item: ())


def empty(code: str, *, scheme: str = "DCM", event: int | None = None) -> Edit:
    """Keep an item but take its value: a NUM says "Value unknown", a text has zero length."""

    def without_value(item: Item) -> tuple[Item, ...]:
        qualifier = dcm("114010") if item.value_type == "NUM" else None
        return (replace(item, value=None, qualifier=qualifier),)

    return _edit(code, scheme, event, without_value)


def change(
    code: str, alter: Callable[[Item], Item], *, scheme: str = "DCM", event: int | None = None
) -> Edit:
    """Put another item in an item's place.

    Parameters
    ----------
    code, scheme
        Which items.
    alter
        Returns the new item for the old one, usually by :func:`dataclasses.replace`. The value
        of a NUM is any text that is a number, ``"nan"`` too; a tuple of them is multi-valued.
    event
        In which irradiation event only.

    Returns
    -------
    Edit
        The alteration.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from dosemap.simulate.content import ucum
    >>> in_milligray = change("113738", lambda item: replace(item, unit=ucum("mGy")))
    """
    return _edit(code, scheme, event, lambda item: (alter(item),))


def duplicate(code: str, *, scheme: str = "DCM", event: int | None = None) -> Edit:
    """Write an item twice."""
    return _edit(code, scheme, event, lambda item: (item, item))


def lift_children(code: str, *, scheme: str = "DCM", event: int | None = None) -> Edit:
    """Make an item's children its siblings, as one maker does with modifiers."""
    return _edit(code, scheme, event, lambda item: (replace(item, children=()), *item.children))


def append(item: Item, *, event: int | None = None) -> Edit:
    """Add an item at the end of every irradiation event, or of one."""

    def apply(root: Item) -> Item:
        children = list(root.children)
        places = [i for i, child in enumerate(children) if _is_event(child)]
        for place in places if event is None else [places[event]]:
            changed = children[place]
            children[place] = replace(changed, children=(*changed.children, item))
        return replace(root, children=tuple(children))

    return apply


def reorder_events(order: Sequence[int]) -> Edit:
    """Write the irradiation events in another order: ``order[i]`` is the event that comes i-th."""

    def reordered(root: Item) -> Item:
        events = [child for child in root.children if _is_event(child)]
        if sorted(order) != list(range(len(events))):
            raise ValueError(f"the order has to name each of the {len(events)} events once")
        places = iter(order)
        children = (events[next(places)] if _is_event(child) else child for child in root.children)
        return replace(root, children=tuple(children))

    return reordered


def _is_event(item: Item) -> bool:
    return item.concept[:2] in (("113706", "DCM"), ("130501", "DCM"))


def _edit(
    code: str, scheme: str, event: int | None, alter: Callable[[Item], tuple[Item, ...]]
) -> Edit:
    def altered(item: Item) -> Item:
        children: list[Item] = []
        for child in item.children:
            found = child.concept[:2] == (code, scheme)
            children.extend(alter(child) if found else (altered(child),))
        return replace(item, children=tuple(children))

    def apply(root: Item) -> Item:
        if event is None:
            result = altered(root)
        else:
            places = [i for i, child in enumerate(root.children) if _is_event(child)]
            children = list(root.children)
            children[places[event]] = altered(children[places[event]])
            result = replace(root, children=tuple(children))
        if result == root:
            raise LookupError(f"nothing was altered: no item ({code}, {scheme}) here differs")
        return result

    return apply
