"""Reading a dose report with pydicom and with dosemap, side by side.

Run by ``make bench``. pydicom reads the file and its tree is walked once, taking concept, numbers,
unit, coded value and text of every item; dosemap parses the same bytes and normalises them into a
procedure: units, codes, provenance, sums, problems. Before anything is timed both must have seen
the same items. Runs alternate, so that a busy machine slows both; figures are CPU time.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pydicom

from dosemap import _core, read_rdsr
from dosemap.simulate import SimulatedEvent, SimulatedProcedure, write_rdsr

REPORTS = Path(__file__).parents[2] / "shared" / "data" / "rdsr"
ROUNDS = 10
EVENTS = 300
"""Of the synthetic report."""


class Content(NamedTuple):
    """What a content item says."""

    concept: tuple[str, str]
    numbers: tuple[float, ...]
    unit: str | None
    coded: tuple[str, str] | None
    text: str | None


def walked_by_pydicom(data: bytes) -> list[Content]:
    """Read a report and return its items in document order."""
    return list(_walk(pydicom.dcmread(BytesIO(data))))


def _walk(parent: pydicom.Dataset) -> Iterator[Content]:
    for item in parent.get("ContentSequence") or ():
        numbers, unit = _number(item)
        yield Content(
            _code(item.ConceptNameCodeSequence) or ("", ""),
            numbers,
            unit,
            _code(item.get("ConceptCodeSequence")),
            _text(item),
        )
        yield from _walk(item)


def _code(sequence: Sequence[pydicom.Dataset] | None) -> tuple[str, str] | None:
    if not sequence:
        return None
    return sequence[0].CodeValue, sequence[0].CodingSchemeDesignator


def _number(item: pydicom.Dataset) -> tuple[tuple[float, ...], str | None]:
    measured = item.get("MeasuredValueSequence")
    if not measured:
        return (), None
    value: Any = measured[0].get("NumericValue")
    several = isinstance(value, pydicom.multival.MultiValue)
    numbers = () if value is None else tuple(map(float, value if several else [value]))
    unit = _code(measured[0].get("MeasurementUnitsCodeSequence"))
    return numbers, unit and unit[0]


def _text(item: pydicom.Dataset) -> str | None:
    for keyword in ("TextValue", "UID", "DateTime", "PersonName"):
        if keyword in item:
            return str(item[keyword].value or "")
    return None


def seen_by_dosemap(data: bytes) -> list[Content]:
    """Return the items of a report as dosemap parses them; events and what is around them apart."""
    report = _core.read_report(data)
    events = [Content(("113706", "DCM"), (), None, None, None)] * len(report.events)
    parts: Iterable[tuple[_core.ReportItem, ...]] = (report.items, *report.events)
    items = [
        Content(
            (item.code, item.scheme),
            item.numbers,
            item.unit,
            item.coded and item.coded[:2],
            item.text,
        )
        for part in parts
        for item in part
    ]
    return events + items


def largest_report(*, synthetic_events: int | None) -> tuple[str, bytes]:
    """Return the largest real report at hand, else a synthetic one."""
    files = sorted(REPORTS.glob("*.dcm"), key=lambda path: path.stat().st_size)
    if files and not synthetic_events:
        return files[-1].name, files[-1].read_bytes()
    buffer = BytesIO()
    count = synthetic_events or EVENTS
    events = (SimulatedEvent(started_s=60.0 * i, kvp=70.0 + i % 50) for i in range(count))
    procedure = SimulatedProcedure(uid_seed="bench", events=tuple(events))
    write_rdsr(procedure, buffer, style="philips_allura")
    return "synthetic report", buffer.getvalue()


def cpu_ms(work: Callable[[], object]) -> float:
    """Return the CPU time of one run, ms."""
    start = time.process_time()
    work()
    return 1e3 * (time.process_time() - start)


def main() -> None:
    """Compare both and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="pairs of runs")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--synthetic",
        nargs="?",
        type=int,
        const=EVENTS,
        metavar="EVENTS",
        help=f"use no real report, but one of so many events ({EVENTS})",
    )
    options = parser.parse_args()
    name, data = largest_report(synthetic_events=options.synthetic)
    expected = walked_by_pydicom(data)
    if Counter(expected) != Counter(seen_by_dosemap(data)):
        raise SystemExit(f"{name}: the two programs do not see the same items")
    pairs = [
        (cpu_ms(lambda: walked_by_pydicom(data)), cpu_ms(lambda: read_rdsr(data)))
        for _ in range(options.rounds)
    ]
    theirs, ours = zip(*pairs, strict=True)
    parser_ms = min(cpu_ms(lambda: _core.read_report(data)) for _ in pairs)
    ratio = min(theirs) / min(ours)
    if options.json:
        print(json.dumps({"report": name, "items": len(expected), "ratio": ratio}))
        return
    of_pairs = [a / b for a, b in pairs]
    print(
        f"{name}: {len(data):,} bytes, {len(expected):,} content items; best of {len(pairs)} runs"
    )
    print(f"  pydicom, tree walked {min(theirs):7.1f} ms CPU")
    print(f"  dosemap, read_rdsr   {min(ours):7.1f} ms CPU, {parser_ms:.1f} ms of it the parser")
    print(
        f"  {ratio:.0f} times as fast; pair by pair {min(of_pairs):.0f} to {max(of_pairs):.0f},"
        f" median {median(of_pairs):.0f}"
    )


if __name__ == "__main__":
    main()
