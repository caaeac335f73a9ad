"""What a style has to provide, and the report that it gives."""

from typing import Protocol, runtime_checkable

from dosemap.simulate import template
from dosemap.simulate.content import Item, container, dcm
from dosemap.simulate.notation import Notation
from dosemap.simulate.report import Plane, SimulatedProcedure


class Style(Protocol):
    """The habits of one maker."""

    @property
    def notation(self) -> Notation:
        """Numbers, units and codes."""
        ...

    def attributes(self, procedure: SimulatedProcedure) -> dict[str, str | None]:
        """Attributes of the data set that differ from the plain ones; ``None`` leaves one out."""
        ...

    def scope(self, procedure: SimulatedProcedure) -> Item:
        """Scope of accumulation."""
        ...

    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Accumulated dose of one plane, TID 10002, after the plane itself."""
        ...

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One irradiation event, TID 10003, after its plane."""
        ...

    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:
        """Items that follow the last event."""
        ...


@runtime_checkable
class OwnTemplate(Protocol):
    """What a style has beside the rest when its reports follow another template than TID 10001."""

    def tree(self, procedure: SimulatedProcedure) -> Item:
        """Return the whole report as a content tree."""
        ...


def content_tree(procedure: SimulatedProcedure, style: Style) -> Item:
    """Return the whole report as a content tree: TID 10001, or the style's own template.

    Parameters
    ----------
    procedure
        What to report.
    style
        In whose hand.

    Returns
    -------
    Item
        The root container.
    """
    if isinstance(style, OwnTemplate):
        return style.tree(procedure)
    accumulated = (
        container(dcm("113702"), template.plane(plane), *style.accumulated(procedure, plane))
        for plane in procedure.planes
    )
    events = (
        container(
            dcm("113706"),
            template.plane(event.acquisition_plane),
            *style.event(procedure, index),
        )
        for index, event in enumerate(procedure.events)
    )
    return container(
        dcm("113701"),
        template.procedure_reported(style.notation),
        *template.device_observer(procedure),
        style.scope(procedure),
        *accumulated,
        *events,
        *style.closing(procedure),
        relationship=None,
    )
