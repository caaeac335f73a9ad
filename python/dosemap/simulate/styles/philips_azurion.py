"""Reports as a Philips Azurion writes them.

Follows notes on one public report (1.2.0). What is peculiar to it, against Allura: longitudinal
runs head-foot and lateral left-right; the height above the floor stands in DICOM's own item too;
filters have their thickness in the maximum and 0 in the minimum; shutters are insets from the
chosen detector field, not openings; collimated area 0, height and width a few millimetres.
"""

from dataclasses import dataclass, replace

from dosemap.simulate.content import Item
from dosemap.simulate.report import SimulatedEvent
from dosemap.simulate.styles.philips_allura import PhilipsAllura, private


@dataclass(frozen=True)
class PhilipsAzurion(PhilipsAllura):
    """The habits of the Azurion family."""

    longitudinal_beam_position_mm: float = 1000.0
    """The same in all events of the report studied."""

    def _filters(self, event: SimulatedEvent) -> tuple[Item, ...]:
        return tuple(_without_minimum(strip) for strip in super()._filters(event))

    def _table(self, event: SimulatedEvent) -> tuple[Item, ...]:
        # Which way the first two count is not known; these are Allura's directions.
        longitudinal = event.table_lateral_mm + self.longitudinal_beam_position_mm
        height = self.height_of_system_mm - event.table_height_mm
        return (
            self.notation.num("113751", longitudinal, "mm"),
            self.notation.num("113752", event.table_longitudinal_mm, "mm"),
            self.notation.num("113753", height, "mm"),
            self.notation.num("113790", 0, "m2"),
            self.notation.num("113788", 2, "mm"),
            self.notation.num("113789", -3, "mm"),
        )

    def _shutters(self, event: SimulatedEvent) -> tuple[Item, ...]:
        half = event.detector_format_mm / 2
        insets = (
            ("006", half - event.field.bottom_mm),
            ("007", half - event.field.left_mm),
            ("008", half - event.field.right_mm),
            ("009", half - event.field.top_mm),
        )
        return tuple(
            self.notation.num(private(concept), max(inset, 0.0), "mm") for concept, inset in insets
        )


def _without_minimum(strip: Item) -> Item:
    children = (
        replace(child, value="0") if child.concept.value == "113758" else child
        for child in strip.children
    )
    return replace(strip, children=tuple(children))
