"""A data set as nested lists, to be altered and written again; explicit VR little endian.

Faster by far than pydicom, and it writes whatever it is given: that is what the fuzzer needs.
"""

import struct
from dataclasses import dataclass, field
from io import BytesIO

import pydicom
from pydicom.filewriter import write_dataset

LONG_FORM = {
    b"OB",
    b"OD",
    b"OF",
    b"OL",
    b"OV",
    b"OW",
    b"SQ",
    b"SV",
    b"UC",
    b"UN",
    b"UR",
    b"UT",
    b"UV",
}
_ITEM = struct.pack("<HH", 0xFFFE, 0xE000)
CONTENT_SEQUENCE = 0x0040A730


@dataclass
class Element:
    """A data element; a sequence has items and no value."""

    tag: int
    vr: bytes
    value: bytes = b""
    items: "list[list[Element]]" = field(default_factory=list)

    @property
    def is_sequence(self) -> bool:
        return self.vr == b"SQ"

    def copy(self) -> "Element":
        return Element(self.tag, self.vr, self.value, [copied(item) for item in self.items])


DataSet = list[Element]


def copied(data_set: DataSet) -> DataSet:
    return [element.copy() for element in data_set]


def parsed(file: bytes) -> DataSet:
    """Return the data set of a DICOM file in any transfer syntax."""
    dataset = pydicom.dcmread(BytesIO(file))
    buffer = pydicom.filebase.DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    _with_lengths(dataset)
    write_dataset(buffer, dataset)
    return _read(buffer.getvalue())


def _with_lengths(dataset: pydicom.Dataset) -> None:
    """Have sequences and their items written with their length."""
    dataset.is_undefined_length_sequence_item = False
    for element in dataset:
        if element.VR == "SQ":
            element.is_undefined_length = False
            for item in element.value:
                _with_lengths(item)


def _read(data: bytes) -> DataSet:
    elements: DataSet = []
    at = 0
    while at < len(data):
        group, number, vr = struct.unpack_from("<HH2s", data, at)
        is_long = vr in LONG_FORM
        (length,) = struct.unpack_from("<I" if is_long else "<H", data, at + (8 if is_long else 6))
        at += 12 if is_long else 8
        value = data[at : at + length]
        at += length
        element = Element(group << 16 | number, vr)
        if element.is_sequence:
            element.items = _read_items(value)
        else:
            element.value = value
        elements.append(element)
    return elements


def _read_items(data: bytes) -> list[DataSet]:
    items, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        items.append(_read(data[at + 8 : at + 8 + length]))
        at += 8 + length
    return items


def written(data_set: DataSet) -> bytes:
    """Return a bare data set, which the reader takes as it takes a file."""
    parts = []
    for element in data_set:
        value = element.value
        if element.is_sequence:
            items = map(written, element.items)
            value = b"".join(_ITEM + struct.pack("<I", len(item)) + item for item in items)
        if len(value) % 2:
            value += b" "
        head = struct.pack("<HH", element.tag >> 16, element.tag & 0xFFFF) + element.vr
        if element.vr in LONG_FORM:
            parts += [head, b"\0\0", struct.pack("<I", len(value)), value]
        else:
            parts += [head, struct.pack("<H", len(value) & 0xFFFF), value[:0xFFFF]]
    return b"".join(parts)
