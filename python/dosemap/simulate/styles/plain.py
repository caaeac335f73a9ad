"""Reports of makes whose habits are not known: the template.

A mobile C-arm and an R/F table leave out the geometry that such a machine does not know.
"""

from dataclasses import dataclass

from dosemap.simulate.content import Item
from dosemap.simulate.report import SimulatedProcedure
from dosemap.simulate.styles.dicom_standard import DicomStandard

_ANGLES = frozenset({"112011", "112012", "113739", "113740"})
_TABLE_POSITION = frozenset({"113751", "113752", "113753"})
_TABLE_ANGLES = frozenset({"113754", "113755", "113756"})
_ISOCENTER = frozenset({"113748"})
_ORIENTATION = frozenset({"113743", "113745"})
_COLUMN = frozenset({"113770"})

NOT_OF_A_SUITE = _COLUMN
NOT_OF_A_MOBILE_C_ARM = (
    _ANGLES | _TABLE_POSITION | _TABLE_ANGLES | _ISOCENTER | _ORIENTATION | _COLUMN
)
NOT_OF_AN_RF_TABLE = _ANGLES | _TABLE_POSITION | _ISOCENTER
"""An R/F table is taken to know its tilt, the angle of its column, and the patient's position."""


@dataclass(frozen=True)
class Plain(DicomStandard):
    """The template without some items of its events."""

    left_out: frozenset[str] = frozenset()
    """Concepts of the DICOM scheme."""

    def event(self, procedure: SimulatedProcedure, index: int) -> tuple[Item, ...]:
        """One event without what the machine does not know."""
        items = super().event(procedure, index)
        return tuple(item for item in items if item.concept.value not in self.left_out)
