"""Reads a radiation dose report into a :class:`~dosemap.procedure.Procedure`."""

from collections.abc import Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from dosemap.errors import NotDoseReportError, ReadError
from dosemap.procedure import Procedure, ProcedureCode
from dosemap.reading.accumulated import Planes, accumulated_data
from dosemap.reading.checks import check_report
from dosemap.reading.doubts import note_doubts
from dosemap.reading.events import ReportContext, parse_datetime, read_event
from dosemap.reading.header import date_time, read_device, read_patient
from dosemap.reading.identifiers import Identifiers
from dosemap.reading.items import Items, ReportItem
from dosemap.reading.kind import report_kind
from dosemap.reading.log import ProblemLog
from dosemap.reading.position import position_from_comment
from dosemap.reading.sources import SourceNames
from dosemap.reading.timing import usable_durations
from dosemap.reading.totals import read_totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydicom import Dataset

    Source = str | PathLike[str] | bytes | bytearray | memoryview | BinaryIO | Dataset


_START_BYTES = 16_384
"""Enough to know what kind of DICOM object a file is, so that large others are not read."""


class ParsedReport(Protocol):
    """What the parser hands over."""

    @property
    def header(self) -> "Mapping[str, str]":
        """DICOM keyword to value."""

    @property
    def procedure_codes(self) -> Sequence[tuple[str, tuple[str, str, str]]]:
        """Keyword of the sequence, and value, scheme and meaning of each code."""

    @property
    def descriptions(self) -> Sequence[str]:
        """Texts by which people name the procedure."""

    @property
    def items(self) -> Sequence[ReportItem]:
        """Items outside irradiation events."""

    @property
    def events(self) -> Sequence[Sequence[ReportItem]]:
        """Items of every irradiation event."""


def read_rdsr(source: "Source", *, name: str | None = None) -> Procedure:
    """Read a radiation dose report.

    Parameters
    ----------
    source
        Path of the file, its bytes, a binary file object, or a ``pydicom.Dataset``.
    name
        What to call the report in messages; the file's name by default.

    Returns
    -------
    The procedure. What is wrong with single values stands in its ``problems`` and in the
    ``provenance`` of each event; it does not raise.

    Raises
    ------
    ReadError
        There is no such file, it is no dose report (:class:`NotDoseReportError`), or the report
        holds no dose at all.
    """
    data, found_name = _bytes_of(source)
    name = name or found_name
    # The compiled module is imported where it is used, so that profiles and placement load fast.
    from dosemap._core import NotDoseReport, ReportError, read_report  # noqa: PLC0415

    try:
        report = read_report(data)
    except NotDoseReport as error:
        raise _not_dose_report(error, name) from error
    except ReportError as error:
        raise ReadError(f"{name}: {error}") from error
    return procedure_from_report(report, name=name)


def procedure_from_report(report: ParsedReport, *, name: str) -> Procedure:
    """Return the procedure that a parsed report describes.

    Parameters
    ----------
    report
        Header and items, as :func:`dosemap._core.read_report` returns them.
    name
        What to call the report in messages.

    Raises
    ------
    ReadError
        The report has neither events nor totals.
    """
    log = ProblemLog()
    items = Items(report.items)
    event_items = [Items(event) for event in report.events]
    sources = SourceNames((items, *event_items))
    accumulated = accumulated_data(items, sources)
    totals = read_totals(items, accumulated, log)
    if not event_items and not totals.are_stated:
        raise ReadError(
            f"{name}: the report has no irradiation event and no totals, so there is no dose to "
            "work with; check that the examination was finished when it was sent"
        )
    identifiers = Identifiers(report.header, (report.items, *report.events))
    context = ReportContext(
        planes=Planes(accumulated, identifiers, log),
        identifiers=identifiers,
        sources=sources,
        position_from_comment=position_from_comment(items, log),
    )
    events = tuple(
        read_event(index, content, context, log) for index, content in enumerate(event_items)
    )
    if not events:
        log.add("totals-only", "the report has totals but no irradiation event", "there is no map")
    events = usable_durations(events, event_items, totals, log)
    check_report(events, totals, log)
    note_doubts(events, event_items, totals, log)
    return Procedure(
        source=name,
        study_instance_uid=report.header.get("StudyInstanceUID"),
        sop_instance_uid=report.header.get("SOPInstanceUID"),
        started=min(
            (event.started for event in events if event.started),
            default=parse_datetime(date_time(report.header, "Study")),
        ),
        device=read_device(report.header, items, event_items),
        patient=read_patient(report.header, log),
        events=events,
        totals=totals,
        report_kind=report_kind(report.header, items, events, totals),
        content_created=parse_datetime(date_time(report.header, "Content")),
        procedure_codes=tuple(
            ProcedureCode(place=place, value=value, scheme=scheme, meaning=meaning)
            for place, (value, scheme, meaning) in report.procedure_codes
        ),
        descriptions=tuple(report.descriptions),
        header=dict(report.header),
        problems=log.problems(),
    )


def _bytes_of(source: "Source") -> tuple[bytes, str]:
    """Return the bytes of any source and a name for it."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), "<bytes>"
    if isinstance(source, str | PathLike):
        return _file_bytes(Path(fspath(source)))
    # A pydicom.Dataset is known by its attributes, so that pydicom need not be there.
    if hasattr(source, "file_meta") or hasattr(source, "SOPClassUID"):
        return _encoded(cast("Dataset", source)), "<dataset>"
    if not hasattr(source, "read"):
        raise ReadError(
            f"a {type(source).__name__} is no dose report; give a path, bytes, a binary file "
            "object or a pydicom.Dataset"
        )
    data = source.read()
    if not isinstance(data, bytes):
        raise ReadError("the file object gives text; open the file in binary mode ('rb')")
    file_name = getattr(source, "name", None)
    return data, Path(file_name).name if isinstance(file_name, str) else "<file object>"


def _not_dose_report(error: ValueError, name: str) -> NotDoseReportError:
    message, found = error.args
    return NotDoseReportError(f"{name}: {message}", found=found)


def _file_bytes(path: Path) -> tuple[bytes, str]:
    """Return the bytes of a file; of what is clearly something else only the first are read."""
    from dosemap._core import (  # noqa: PLC0415
        REPORT_SIZE_LIMIT,
        NotDoseReport,
        check_report_start,
    )

    try:
        with path.open("rb") as file:
            start = file.read(_START_BYTES)
            check_report_start(start)
            # One byte more than the limit, so that the parser refuses what is larger.
            return start + file.read(REPORT_SIZE_LIMIT + 1 - len(start)), path.name
    except NotDoseReport as error:
        raise _not_dose_report(error, path.name) from error
    except FileNotFoundError:
        raise ReadError(f"there is no file {path}; check the path") from None
    except IsADirectoryError:
        raise ReadError(f"{path} is a folder; give one report file") from None
    except OSError as error:
        raise ReadError(f"{path} cannot be read: {error.strerror}") from error


def _encoded(dataset: "Dataset") -> bytes:
    """Return a data set as explicit little endian, whatever transfer syntax it came in."""
    from pydicom.config import disable_value_validation  # noqa: PLC0415
    from pydicom.filebase import DicomBytesIO  # noqa: PLC0415
    from pydicom.filewriter import write_dataset  # noqa: PLC0415

    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    try:
        # pydicom would log values that are not valid, which may be names.
        with disable_value_validation():
            write_dataset(buffer, dataset)
    except Exception as error:
        raise ReadError(
            f"pydicom cannot encode the data set ({type(error).__name__}); give the file itself"
        ) from None
    return buffer.getvalue()
