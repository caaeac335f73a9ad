"""What an audit keeps of one report: a flat row of numbers and texts."""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dosemap.auditing.levels import known_of
from dosemap.procedure import Procedure

if TYPE_CHECKING:
    from dosemap.result import DoseResult

Row = dict[str, Any]
Kind = Literal["text", "number", "integer", "boolean", "texts"]

_LONGEST_TEXT = 64
"""Of manufacturer, model and the like, as DICOM allows (LO)."""
_ROUNDED = 1.001
_EVENT_BYTES = 8
"""Of the digest that stands for an event: two of a million events are the same by chance with a
probability of 3e-8."""


@dataclass(frozen=True)
class Column:
    """One value of a row; ``None`` everywhere stands for not known."""

    name: str
    kind: Kind


_COLUMNS: tuple[tuple[Kind, str], ...] = (
    ("text", "file status reason message"),
    ("boolean", "counts"),
    ("text", "superseded_by study_instance_uid sop_instance_uid report_kind started"),
    ("text", "manufacturer model station_name device_serial_number equipment_profile"),
    ("text", "procedure_type procedure_type_from patient_position"),
    ("integer", "events events_with_unknown_air_kerma"),
    ("number", "reference_air_kerma_gy"),
    ("text", "reference_air_kerma_from"),
    ("number", "kerma_area_product_gy_m2"),
    ("text", "kerma_area_product_from"),
    ("number", "fluoroscopy_time_s"),
    ("texts", "lower_bounds"),
    ("boolean", "map_available"),
    ("text", "map_reason"),
    ("number", "peak_skin_dose_gy"),
    ("number", "hottest_1cm2_dose_gy"),
    ("text", "peak_site"),
    ("number", "share_on_skin share_missed_skin share_not_placed share_with_assumed_fields"),
    ("number", "air_kerma_not_mapped_gy interval_low_gy interval_high_gy"),
    ("texts", "alerts not_evaluated problems"),
    ("text", "history_status"),
    ("integer", "history_procedure"),
    ("texts", "history_alerts"),
    ("text", "history_notes"),
)
COLUMNS = tuple(Column(name, kind) for kind, names in _COLUMNS for name in names.split())
"""The columns of every output, in their order (``docs/audit.md``)."""

_FROM_DOCUMENT = {
    "study_instance_uid": "procedure.study_instance_uid",
    "sop_instance_uid": "procedure.sop_instance_uid",
    "report_kind": "procedure.report_kind",
    "started": "procedure.started",
    "equipment_profile": "equipment.profile",
    "patient_position": "procedure.patient_position",
    "events": "totals.events",
    "events_with_unknown_air_kerma": "totals.events_with_unknown_air_kerma",
    "reference_air_kerma_gy": "totals.reference_air_kerma_gy",
    "reference_air_kerma_from": "totals.reference_air_kerma_from",
    "kerma_area_product_gy_m2": "totals.kerma_area_product_gy_m2",
    "kerma_area_product_from": "totals.kerma_area_product_from",
    "map_available": "map.available",
    "map_reason": "map.reason",
    "peak_skin_dose_gy": "peak_skin_dose_gy",
    "hottest_1cm2_dose_gy": "hottest_1cm2_dose_gy",
    "peak_site": "peak.site",
    "share_on_skin": "trust.share_on_skin",
    "share_missed_skin": "trust.share_missed_skin",
    "share_not_placed": "trust.share_not_placed",
    "share_with_assumed_fields": "trust.share_with_assumed_fields",
    "air_kerma_not_mapped_gy": "map.air_kerma_not_mapped_gy",
    "interval_low_gy": "interval.low_gy",
    "interval_high_gy": "interval.high_gy",
}
"""Column and where its value stands in the document of an estimate (``docs/json.md``)."""


_TOTALS = ("reference_air_kerma_gy", "kerma_area_product_gy_m2", "fluoroscopy_time_s")


def doses_of(procedure: Procedure, result: "DoseResult") -> Row:
    """Return the part of a row that takes time to compute.

    Parameters
    ----------
    procedure
        The report.
    result
        Its estimate.
    """
    document, device = result.document, procedure.device
    row: Row = {name: _at(document, place) for name, place in _FROM_DOCUMENT.items()}
    texts = {
        "manufacturer": device.manufacturer,
        "model": device.model,
        "station_name": device.station_name,
        "device_serial_number": device.serial_number,
        "equipment_profile": row["equipment_profile"],
    }
    row |= {name: shortened(text) for name, text in texts.items()}
    row["known"] = known = known_of(document)
    totals = document["totals"]
    stated_s, of_events_s = totals["fluoroscopy_time_s"], totals["fluoroscopy"]["time_s"]
    row["fluoroscopy_time_s"] = of_events_s if stated_s is None else stated_s
    # Of a total that lacks what the events state, what is known is more.
    row |= {
        name: max(row[name], known[name][0])
        for name in _TOTALS
        if row[name] is not None and known[name][2] is not None
    }
    row["lower_bounds"] = [
        name
        for name, (_, at_most, why) in known.items()
        if why is not None
        and row[name] is not None
        # The events of many a report add up to its total but for the last digit.
        and (at_most is None or at_most > row[name] * _ROUNDED)
    ]
    row["problems"] = sorted({problem["code"] for problem in document["problems"]})
    row["map_reason"] = _in_an_audit(row["map_reason"])
    return row | _identity_of(procedure, result)


def _identity_of(procedure: Procedure, result: "DoseResult") -> Row:
    """Return by what states of one procedure are known as such.

    When the report was made, its system, and digests of its events: of the first in time, and of
    all in one text.
    """
    digests = [
        text[: 2 * _EVENT_BYTES] for text in result.document["procedure"]["event_identities"]
    ]
    started = result.events.texts["started"]
    first = min(range(len(digests)), key=started.__getitem__, default=None)
    created, device = procedure.content_created, procedure.device
    return {
        "created": created.isoformat() if created else None,
        "system": [device.manufacturer, device.model],
        "first_event": None if first is None else digests[first],
        "event_digests": "".join(sorted(digests)),
    }


def split_digests(text: str) -> frozenset[str]:
    """Return the events of a report one by one."""
    length = 2 * _EVENT_BYTES
    return frozenset(text[start : start + length] for start in range(0, len(text), length))


def shortened(text: str | None) -> str | None:
    """Return a text of a device on one line and no longer than DICOM allows."""
    if text is None:
        return None
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1]}…"


def complete_row(parts: Iterable[Mapping[str, Any]]) -> Row:
    """Return a row with every column, from parts that each hold some."""
    values = ChainMap(*reversed([dict(part) for part in parts]))
    return {
        column.name: values.get(column.name, [] if column.kind == "texts" else None)
        for column in COLUMNS
    }


def _at(document: Mapping[str, Any], place: str) -> Any:  # noqa: ANN401
    value: Any = document
    for key in place.split("."):
        value = None if value is None else value[key]
    return value


def _in_an_audit(reason: str | None) -> str | None:
    """Return why there is no map in words that lead somewhere beside a row."""
    if reason is None:
        return None
    return reason.removeprefix("no map: ").replace(
        "see the problems", "dosemap estimate of the file tells its problems"
    )
