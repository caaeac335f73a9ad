"""Reports as a GE Innova or IGS system writes them, as far as that is known.

No report of this family is public; an exported table shows that the two horizontal table
positions have changed places: longitudinal runs head-foot, lateral left-right. All else is the
template's.
"""

from dataclasses import dataclass, replace

from dosemap.simulate.content import Item
from dosemap.simulate.report import SimulatedEvent
from dosemap.simulate.styles.dicom_standard import DicomStandard


@dataclass(frozen=True)
class GeInnova(DicomStandard):
    """The habits of the Innova and IGS family, and the zero that belongs to one system."""

    longitudinal_zero_mm: float = 100.0
    """What the report says when the head end is at the isocentre; made up."""

    def _distances(self, event: SimulatedEvent) -> tuple[Item, ...]:
        return super()._distances(
            replace(
                event,
                table_longitudinal_mm=event.table_lateral_mm + self.longitudinal_zero_mm,
                table_lateral_mm=event.table_longitudinal_mm,
            )
        )
