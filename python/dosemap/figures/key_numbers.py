"""What a figure of a result says beside the map."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dosemap.dose_words import gy
from dosemap.field_words import field_words
from dosemap.interval_words import ends
from dosemap.result_words import (
    assumed_for,
    at_least,
    changed_corrections,
    coverage,
    is_well_covered,
    kind_of_report,
    moment,
    skin_area,
    system,
)
from dosemap.totals_words import totals_rows

if TYPE_CHECKING:
    from dosemap.result import DoseResult


@dataclass(frozen=True, kw_only=True)
class KeyNumber:
    """A line of a page."""

    name: str
    text: str
    is_loud: bool = False
    """Whether a reader must not miss it."""


def key_numbers(result: "DoseResult") -> list[KeyNumber]:
    """Return peak, interval, place, areas and coverage; without a map why there is none."""
    document = result.document
    mapped = document["map"]
    lines = []
    if result.peak is None:
        reason = str(mapped["reason"]).removeprefix("no map: ")
        lines.append(KeyNumber(name="map", text=f"none: {reason}", is_loud=True))
    else:
        lines += [
            KeyNumber(name="peak skin dose", text=peak_words(result)),
            KeyNumber(name="where", text=result.peak.site),
            KeyNumber(
                name="hottest 1 cm²", text=at_least(document) + gy(result.peak.hottest_1cm2_gy)
            ),
        ]
    if document["interval"] is not None:
        lines.append(KeyNumber(name="possible peak", text=_interval(document["interval"])))
    if result.peak is not None:
        lines.append(KeyNumber(name="skin area", text=skin_area(document)))
    missed = mapped["air_kerma_not_mapped_gy"]
    lines.append(KeyNumber(name="not mapped", text=gy(missed), is_loud=missed != 0))
    covered = coverage(document["trust"])
    if result.peak is not None and covered is not None:
        is_loud = not is_well_covered(document["trust"])
        lines.append(KeyNumber(name="on skin", text=covered, is_loud=is_loud))
        lines.append(KeyNumber(name="assumed for", text=assumed_for(document["trust"])))
    if changed := changed_corrections(document):
        text = f"changed: {', '.join(field_words(name) for name, _, _ in changed)}"
        lines.append(KeyNumber(name="corrections", text=text, is_loud=True))
    return lines


def peak_words(result: "DoseResult") -> str:
    """Return the peak skin dose, and whether it may have been higher."""
    return at_least(result.document) + gy(result.peak_skin_dose_gy)


def about_report(document: Mapping[str, Any]) -> list[KeyNumber]:
    """Return system, report, time, totals and the patient as the map has him; no identifier."""
    procedure, mapped = document["procedure"], document["map"]
    lines = [
        KeyNumber(name="system", text=system(document)),
        KeyNumber(name="report", text=kind_of_report(document)),
        KeyNumber(name="started", text=moment(procedure["started"])),
    ]
    lines += [KeyNumber(name=name, text=text) for name, text in totals_rows(document["totals"])]
    if mapped["available"]:
        text = f"{procedure['patient_position']}, {mapped['surface']}"
        lines.append(KeyNumber(name="patient", text=text))
    return lines


def _interval(interval: Mapping[str, Any]) -> str:
    reason = f" ({interval['reason']})" if interval["reason"] is not None else ""
    return f"{ends(interval)}{reason}; no value in it is more likely"
