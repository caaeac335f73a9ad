"""One irradiation event from its items."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dosemap.procedure import Event, PatientPosition, Provenance
from dosemap.reading.codes import coded_value, concepts
from dosemap.reading.filters import read_filters
from dosemap.reading.items import Items, ReportItem
from dosemap.reading.log import ProblemLog
from dosemap.reading.numbers import NumberReader
from dosemap.reading.position import read_position
from dosemap.reading.pulses import read_pulse_shares
from dosemap.reading.timing import pulses_by_time

PRIVATE_PREFIX = "private."


@dataclass(frozen=True, kw_only=True)
class ReportContext:
    """What the report says outside its events and what holds for the events too."""

    planes: tuple[Items, ...]
    """Accumulated data of each plane."""
    position_from_comment: PatientPosition | None


def read_event(index: int, items: Items, context: ReportContext, log: ProblemLog) -> Event:
    """Return one event with the provenance of every field."""
    fields: dict[str, Any] = {"index": index}
    provenance: dict[str, Provenance] = {}

    def put(name: str, value: object, came_from: Provenance) -> None:
        fields[name] = value
        provenance[name] = came_from

    for name, item_code in (("event_type", "113721"), ("acquisition_plane", "113764")):
        put(name, *_coded(items.first(item_code), name, log, index))
    for name, (value, came_from) in _numbers(index, items, context, fields, log).items():
        if name.startswith(PRIVATE_PREFIX):
            provenance[name.removeprefix(PRIVATE_PREFIX)] = came_from
            if value is not None:
                fields.setdefault("private", {})[name.removeprefix(PRIVATE_PREFIX)] = value
        else:
            put(name, value, came_from)
    if fields["number_of_pulses"] is None and provenance["number_of_pulses"] is Provenance.MISSING:
        put("number_of_pulses", *pulses_by_time(fields["exposure_time_ms"], items, log))
    shares = read_pulse_shares(items)
    put("pulse_shares", shares, Provenance.DERIVED if shares else Provenance.MISSING)
    put("filters", *read_filters(items, log, index))
    put("patient_position", *read_position(items, context.position_from_comment, log, index))
    put("reference_point_definition", *_reference_point(items, context, fields))
    started = parse_datetime(items.text("111526"))
    put("started", started, _reported(started))
    for name, code in (("irradiation_event_uid", "113769"), ("protocol", "125203")):
        text = items.text(code)
        put(name, text, _reported(text))
    region = items.first("123014")
    meaning = region.coded[2] if region and region.coded else None
    put("target_region", meaning, _reported(meaning))
    return Event(**fields, provenance=provenance)


def _numbers(
    index: int,
    items: Items,
    context: ReportContext,
    fields: Mapping[str, Any],
    log: ProblemLog,
) -> dict[str, tuple[float | None, Provenance]]:
    reader = NumberReader(log, index)
    kerma = "reference_air_kerma_gy"
    readings = {kerma: reader.read(items, concepts("event")[kerma])}
    quiet = readings[kerma][0] == 0
    for name, sources in concepts("event").items():
        if name != kerma:
            readings[name] = reader.read(items, sources, quiet=quiet)
    for name, sources in concepts("plane").items():
        if readings.get(name, (None,))[0] is None:
            stated = {
                reader.read(plane, sources, quiet=quiet)
                for plane in _planes_of(context, fields.get("acquisition_plane"))
            }
            if len(stated) == 1:
                readings[name] = stated.pop()
            else:
                readings.setdefault(name, (None, Provenance.MISSING))
    return readings


def _planes_of(context: ReportContext, plane: str | None) -> list[Items]:
    """Return the accumulated data for the event's plane; all of them when none is named so."""
    named = []
    for items in context.planes:
        item = items.first("113764")
        if item and item.coded:
            value, _ = coded_value("acquisition_plane", item.coded[0], item.coded[1])
            if value == plane:
                named.append(items)
    return named or list(context.planes)


def _reference_point(
    items: Items, context: ReportContext, fields: Mapping[str, Any]
) -> tuple[str | None, Provenance]:
    """Return the definition of the event, else that of its plane (TID 10007), code before text.

    Several texts stand side by side, with semicolons between.
    """
    for place in (items, *_planes_of(context, fields.get("acquisition_plane"))):
        found = place.all("113780")
        for item in found:
            if item.coded:
                return item.coded[0], Provenance.REPORTED
        texts = (" ".join(item.text.split()) for item in found if item.text)
        if text := "; ".join(dict.fromkeys(filter(None, texts))):
            return text, Provenance.FREE_TEXT
    return None, Provenance.MISSING


def _coded(
    item: ReportItem | None, field: str, log: ProblemLog, event: int
) -> tuple[str | None, Provenance]:
    if item is None:
        return None, Provenance.MISSING
    if item.coded is None:
        return None, Provenance.EMPTY
    value, _ = coded_value(field, item.coded[0], item.coded[1])
    if value is None:
        log.add(
            "code-unknown",
            f"{field} has the unknown code {item.coded[0]} ({item.coded[1]})",
            "it is not used",
            event=event,
        )
        return None, Provenance.INVALID
    return value, Provenance.REPORTED


def _reported(value: object) -> Provenance:
    return Provenance.MISSING if value is None else Provenance.REPORTED


def parse_datetime(text: str | None) -> datetime | None:
    """Return a DICOM date-time as the local time of the system that wrote it.

    An offset from UTC is dropped: hardly any system writes one, and times are only compared
    within one report.

    Examples
    --------
    >>> parse_datetime("20180413131326.0488")
    datetime.datetime(2018, 4, 13, 13, 13, 26, 48800)
    >>> parse_datetime("20171012+0100")
    datetime.datetime(2017, 10, 12, 0, 0)
    """
    if not text:
        return None
    digits, _, rest = text.strip().replace("-", "+").split("+")[0].partition(".")
    try:
        started = datetime.strptime(digits.ljust(14, "0"), "%Y%m%d%H%M%S")
    except ValueError:
        return None
    return started.replace(microsecond=int(rest.ljust(6, "0")[:6])) if rest.isdigit() else started
