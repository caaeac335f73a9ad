"""Reports of many events, made of the bytes of a few: pydicom would take minutes to write them.

``python benches/long_reports.py EVENTS FILE [--of REPORT]`` writes one; without a report to repeat
it is synthetic.
"""

import argparse
import struct
from collections.abc import Iterator
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path

from pydicom import Dataset, dcmread
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from dosemap.simulate import SimulatedDevice, SimulatedEvent, SimulatedProcedure, write_rdsr

DISTINCT = 100
"""Events of their own; after that they come again, under other identifiers."""

_UNKNOWN_LENGTH = 0xFFFFFFFF
_ITEM, _END_OF_SEQUENCE = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)
_CONTENT_SEQUENCE = (0x0040, 0xA730)
_IRRADIATION_EVENT = "113706"


def repeated(report: bytes, events: int) -> bytes:
    """Return a report with the events of another one again and again, so many in all."""
    dataset = dcmread(BytesIO(report))
    content = list(dataset.ContentSequence)
    del dataset.ContentSequence
    around = BytesIO()
    dataset.save_as(around)
    is_event = [item.ConceptNameCodeSequence[0].CodeValue == _IRRADIATION_EVENT for item in content]
    encoded = [_encoded(item) for item in content]
    others = [data for data, event in zip(encoded, is_event, strict=True) if not event]
    own = [data for data, event in zip(encoded, is_event, strict=True) if event]
    uids = [_uid(item).encode() for item, event in zip(content, is_event, strict=True) if event]
    # The content is the last element of a data set of an SR document.
    head = struct.pack("<HH2sHL", *_CONTENT_SEQUENCE, b"SQ", 0, _UNKNOWN_LENGTH)
    end = struct.pack("<HHL", *_END_OF_SEQUENCE, 0)
    repeated = _numbered(islice(cycle(zip(own, uids, strict=True)), events))
    return b"".join([around.getvalue(), head, *map(_item, others), *map(_item, repeated), end])


def simulated(events: int) -> bytes:
    """Return a synthetic report of an angiography suite."""
    beams = tuple(
        SimulatedEvent(
            started_s=20.0 * number,
            reference_air_kerma_gy=0.001,
            primary_angle_deg=number * 7 % 60 - 30.0,
            secondary_angle_deg=number * 3 % 30 - 15.0,
            table_longitudinal_mm=number * 5 % 40 - 20.0,
            kvp=60.0 + number % 50,
        )
        for number in range(min(events, DISTINCT))
    )
    device = SimulatedDevice(manufacturer="Siemens", model="AXIOM-Artis")
    file = BytesIO()
    procedure = SimulatedProcedure(uid_seed="long", events=beams, device=device)
    write_rdsr(procedure, file, style="siemens_artis")
    return repeated(file.getvalue(), events)


def _encoded(item: Dataset) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, item)
    return bytes(buffer.getvalue())


def _item(data: bytes) -> bytes:
    return struct.pack("<HHL", *_ITEM, len(data)) + data


def _uid(event: Dataset) -> str:
    return next(
        str(item.UID)
        for item in event.ContentSequence
        if item.ConceptNameCodeSequence[0].CodeValue == "113769"
    )


def _numbered(events: Iterator[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """Yield events with identifiers of their own, as long as the old ones."""
    for number, (data, uid) in enumerate(events):
        yield data.replace(uid, uid[:-8] + str(10_000_000 + number).encode())


def main() -> None:
    """Write a report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--of", type=Path, help="report whose events are repeated")
    arguments = parser.parse_args()
    data = (
        repeated(arguments.of.read_bytes(), arguments.events)
        if arguments.of
        else simulated(arguments.events)
    )
    arguments.file.write_bytes(data)


if __name__ == "__main__":
    main()
