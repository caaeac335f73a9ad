"""What a style has to provide, and the report of TID 10001 that most of them give."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Protocol

from dosemap.simulate import template
from dosemap.simulate.content import Code, Item, container, dcm
from dosemap.simulate.notation import Notation
from dosemap.simulate.report import Plane, SimulatedProcedure
from dosemap.simulate.uids import derived_uid


class Style(Protocol):
    """The habits of one maker."""

    def attributes(self, procedure: SimulatedProcedure) -> dict[str, str | None]:
        """Attributes of the data set that differ from the plain ones; ``None`` leaves one out."""
        ...

    def tree(self, procedure: SimulatedProcedure) -> Item:
        """Return the whole report as a content tree."""
        ...


class TemplateStyle(ABC):
    """A style whose report has the parts of TID 10001, in its order."""

    spellings: ClassVar[Mapping[str, str]] = {}
    """Meanings that the maker words in another way than DICOM, by code value."""
    intent: ClassVar[str] = "diagnostic and therapeutic"
    """Has Intent of the procedure; a key of :data:`dosemap.simulate.concepts.SNOMED`."""
    notation: Notation
    """Numbers, units and codes."""

    def attributes(self, procedure: SimulatedProcedure) -> dict[str, str | None]:  # noqa: ARG002
        """Nothing differs unless a style says so."""
        return {}

    def heading(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:
        """Items before the accumulated dose: procedure, observer, scope of accumulation."""
        return (
            template.procedure_reported(self.notation, self.intent),
            *template.device_observer(procedure),
            self.scope(procedure),
        )

    def scope(self, procedure: SimulatedProcedure) -> Item:
        """Totals are over the study unless a style says otherwise."""
        return template.scope("113014", "110180", derived_uid(procedure.uid_seed, "study"))

    @abstractmethod
    def accumulated(self, procedure: SimulatedProcedure, plane: Plane) -> tuple[Item, ...]:
        """Accumulated dose of one plane, TID 10002, after the plane itself."""

    @abstractmethod
    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One irradiation event, TID 10003, after its plane."""

    @abstractmethod
    def closing(self, procedure: SimulatedProcedure) -> tuple[Item, ...]:
        """Items that follow the last event."""

    def tree(self, procedure: SimulatedProcedure) -> Item:
        """Return the whole report as a content tree.

        Parameters
        ----------
        procedure
            What to report.

        Returns
        -------
        Item
            The root container.
        """
        accumulated = (
            container(dcm("113702"), template.plane(plane), *self.accumulated(procedure, plane))
            for plane in procedure.planes
        )
        events = (
            container(
                dcm("113706"),
                template.plane(event.acquisition_plane),
                *self.event(procedure, index),
            )
            for index, event in enumerate(procedure.events)
        )
        root = container(
            dcm("113701"),
            *self.heading(procedure),
            *accumulated,
            *events,
            *self.closing(procedure),
            relationship=None,
        )
        return root.altered(self._respelled) if self.spellings else root

    def _respelled(self, item: Item) -> Item:
        value = self._respelled_code(item.value) if isinstance(item.value, Code) else item.value
        return replace(item, concept=self._respelled_code(item.concept), value=value)

    def _respelled_code(self, code: Code) -> Code:
        return code._replace(meaning=self.spellings.get(code.value, code.meaning))
