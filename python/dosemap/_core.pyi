from os import PathLike
from types import MappingProxyType
from typing import final

__version__: str

# X-ray dose reports (rust/dosemap-rdsr)

class ReportError(ValueError):
    """A file is no readable X-ray dose report; the message says what it is instead."""

@final
class ReportItem:
    """A content item of a dose report; values are given as written, in the unit as written."""

    @property
    def parent(self) -> int | None:
        """Index of the parent in the same tuple; None directly below the report or event."""
    @property
    def code(self) -> str:
        """Code value of the concept, e.g. ``"113738"``; empty where the report has none."""
    @property
    def scheme(self) -> str:
        """Coding scheme designator of the concept, e.g. ``"DCM"``."""
    @property
    def meaning(self) -> str:
        """Code meaning as the report spells it; never match on it."""
    @property
    def value_type(self) -> str:
        """``"NUM"``, ``"CODE"``, ...; ``"REFERENCE"`` for an item that points to another."""
    @property
    def numbers(self) -> tuple[float, ...]:
        """All numeric values, finite; empty where there is none that is a number."""
    @property
    def unit(self) -> str | None:
        """Code value of the unit of the numbers."""
    @property
    def unit_scheme(self) -> str | None:
        """Coding scheme designator of the unit, normally ``"UCUM"``."""
    @property
    def qualifier(self) -> tuple[str, str, str] | None:
        """Value, scheme and meaning of the code that says why there is no number."""
    @property
    def coded(self) -> tuple[str, str, str] | None:
        """Value, scheme and meaning of a CODE item's value."""
    @property
    def text(self) -> str | None:
        """Value of a TEXT, UIDREF, DATETIME, DATE, TIME or PNAME item; unparsable numbers."""

@final
class RadiationDoseReport:
    """A dose report: header, items outside irradiation events, items of every event."""

    @property
    def title(self) -> tuple[str, str, str]:
        """Value, scheme and meaning of the report's title."""
    @property
    def header(self) -> MappingProxyType[str, str]:
        """DICOM keyword to value; a backslash separates several, empty ones are left out."""
    @property
    def items(self) -> tuple[ReportItem, ...]:
        """Items outside irradiation events, parents before children, in document order."""
    @property
    def events(self) -> tuple[tuple[ReportItem, ...], ...]:
        """The items below every irradiation event (113706), in document order."""

def read_report(source: bytes | bytearray) -> RadiationDoseReport:
    """Read a dose report from the bytes of a DICOM file or of a bare data set.

    Raises
    ------
    ReportError
        If the bytes are not DICOM, are cut off or damaged, or are no projection X-ray dose report.
    """

def read_report_file(path: str | PathLike[str]) -> RadiationDoseReport:
    """Read a dose report from a file.

    Raises
    ------
    ReportError
        As `read_report`.
    OSError
        If the file cannot be read.
    """
