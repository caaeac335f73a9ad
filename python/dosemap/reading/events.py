"""One irradiation event from its items."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dosemap.procedure import Event, PatientPosition, Provenance
from dosemap.reading.accumulated import Planes, reference_point_definition
from dosemap.reading.codes import coded_value, concepts, fields_of, shown
from dosemap.reading.filters import read_filters
from dosemap.reading.identifiers import Identifiers
from dosemap.reading.items import Items, ReportItem
from dosemap.reading.log import ProblemLog
from dosemap.reading.numbers import NumberReader
from dosemap.reading.position import read_position
from dosemap.reading.pulses import read_pulse_shares
from dosemap.reading.sources import SourceNames
from dosemap.reading.timing import pulses_by_time

PRIVATE_PREFIX = "private."


@dataclass(frozen=True, kw_only=True)
class ReportContext:
    """What the report says outside its events and what holds for the events too."""

    planes: Planes
    identifiers: Identifiers
    sources: SourceNames
    position_from_comment: PatientPosition | None


def read_event(index: int, items: Items, context: ReportContext, log: ProblemLog) -> Event:
    """Return one event with the provenance of every field."""
    fields: dict[str, Any] = {"index": index}
    provenance: dict[str, Provenance] = {}

    def put(name: str, value: object, came_from: Provenance) -> None:
        fields[name] = value
        provenance[name] = came_from

    put("event_type", *_coded(items.first("113721"), "event_type", log, index))
    put("acquisition_plane", *_plane(items, context, log, index))
    for name, (value, came_from) in _numbers(index, items, context, fields, log).items():
        if name.startswith(PRIVATE_PREFIX):
            provenance[name.removeprefix(PRIVATE_PREFIX)] = came_from
            if value is not None:
                fields.setdefault("private", {})[name.removeprefix(PRIVATE_PREFIX)] = value
        else:
            put(name, value, came_from)
    if fields["number_of_pulses"] is None and provenance["number_of_pulses"] is Provenance.MISSING:
        put("number_of_pulses", *pulses_by_time(fields["exposure_time_ms"], items, log, index))
    shares = read_pulse_shares(items)
    put("pulse_shares", shares, Provenance.DERIVED if shares else Provenance.MISSING)
    put("filters", *read_filters(items, log, index))
    put("patient_position", *read_position(items, context.position_from_comment, log, index))
    definition = reference_point_definition(items, context.identifiers)
    if definition[0] is None:
        definition = context.planes.reference_point(fields.get("acquisition_plane"))
    put("reference_point_definition", *definition)
    started, ended = (parse_datetime(items.text(code)) for code in ("111526", "111527"))
    put("started", started, _reported(started))
    # Only summaries of events (TID 10042) state an end, and they state no duration.
    if fields["irradiation_duration_s"] is None and started and ended and ended >= started:
        put("irradiation_duration_s", (ended - started).total_seconds(), Provenance.DERIVED)
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
    # Most fields are not stated in most events.
    fields_by_concept = fields_of("event")
    stated = {name for key in items.concepts() for name in fields_by_concept.get(key, ())}
    for name, sources in concepts("event").items():
        if name in stated and name != kerma:
            readings[name] = reader.read(items, sources, quiet=quiet)
        else:
            readings.setdefault(name, (None, Provenance.MISSING))
    for name in concepts("plane"):
        own = readings.get(name, (None, Provenance.MISSING))
        if own[0] is None:
            of_plane = context.planes.reading(fields.get("acquisition_plane"), name)
            takes_it = of_plane[0] is not None or own[1] is Provenance.MISSING
            readings[name] = of_plane if takes_it else own
    return readings


def _plane(
    items: Items, context: ReportContext, log: ProblemLog, event: int
) -> tuple[str | None, Provenance]:
    of_source = context.sources.plane(items)
    item = items.first("113764")
    if item is None and of_source is not None:
        return of_source, Provenance.FREE_TEXT
    return _coded(item, "acquisition_plane", log, event)


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
            f"{field} has the unknown code {shown(item.coded[0])} ({shown(item.coded[1])})",
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
    digits = digits.ljust(14, "0")
    if len(digits) != 14 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        # strptime takes ten times as long.
        month, day, hour, minute, second = (int(digits[i : i + 2]) for i in range(4, 14, 2))
        started = datetime(int(digits[:4]), month, day, hour, minute, second)
    except ValueError:
        return None
    return started.replace(microsecond=int(rest.ljust(6, "0")[:6])) if rest.isdigit() else started
