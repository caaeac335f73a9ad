"""Damage to reports: of bytes, and of the data set that they hold."""

import random
from collections.abc import Callable, Iterator
from typing import TypeVar

from dicom_tree import CONTENT_SEQUENCE, LONG_FORM, DataSet, Element, copied
from dosemap.reading.codes import coded_values, concepts
from dosemap.reading.units import FACTORS

ODD_NUMBERS = (
    "0", "-0", "1", "-1", "1e-300", "1e300", "-1e30", "nan", "inf", "-inf", "", "  ", ("1", "2"),
    "90", "180", "-180.0001", "360", "99999", "0.0000001", "+7", "1e400", "3000", "20000", "500",
)  # fmt: skip
ODD_UNITS = ("Gy", "mGy", "Gy.m2", "mm", "cm", "m", "kV", "deg", "rad", "", "1", "x" * 16)
ODD_TEXTS = ("", "<a>", "x" * 3000, "HFS", "\t\n", "20240230120000", "A and B", "15cm below X")
_LEVELS = ("event", "plane", "total")
_CODES = sorted(
    {(code.encode(), scheme.encode()) for _, code, scheme in coded_values()}
    | {(concept.code.encode(), concept.scheme.encode())
       for level in _LEVELS for sources in concepts(level).values() for concept in sources}
    | {(code.encode(), b"DCM") for code in (
        "113701", "113702", "113704", "113705", "113706", "113721", "113764", "113771", "113772",
        "113757", "113758", "113773", "113743", "113744", "113745", "113780", "113860", "113861",
        "113862", "113941", "113964", "113965", "121058", "121106", "122142", "130500", "130501",
        "130502", "130505", "113832", "111526", "111527", "113769",
    )}
)  # fmt: skip
_UNITS = sorted({unit.encode() for factors in FACTORS.values() for unit in factors})
_VALUE_TYPES = (
    b"CONTAINER ",
    b"NUM ",
    b"CODE",
    b"TEXT",
    b"UIDREF",
    b"DATETIME",
    b"PNAME ",
    b"TABLE ",
    b"",
)
_NUMERIC_VALUE, _CODE_VALUE, _CODE_SCHEME = 0x0040A30A, 0x00080100, 0x00080102
_UNITS_SEQUENCE, _VALUE_TYPE = 0x004008EA, 0x0040A040
_HEADER_VALUES = {
    0x00080016: [b"1.2.840.10008.5.1.4.1.1.88.67", b"1.2.840.10008.5.1.4.1.1.88.76",
                 b"1.2.840.10008.5.1.4.1.1.88.22"],
    0x00080005: [b"ISO_IR 100", b"ISO_IR 192", b"\\ISO 2022 IR 87", b"GB18030", b"?"],
    0x00101010: [b"000Y", b"034Y", b"007D", b"999Y", b"x"],
    0x00101020: [b"1.7", b"170", b"0.5", b"nan", b"-1"],
    0x00101030: [b"81", b"0.0", b"300", b"3.2", b"1e9"],
    0x00100040: [b"F", b"M", b"O", b"?"],
}  # fmt: skip
_VRS = {0x00080016: b"UI", 0x00080005: b"CS", 0x00101010: b"AS", 0x00101020: b"DS",
        0x00101030: b"DS", 0x00100040: b"CS"}  # fmt: skip

T = TypeVar("T")
ByteDamage = Callable[[bytearray, random.Random], None]
TreeDamage = Callable[[DataSet, random.Random], None]


# --- bytes


def flip_bits(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 3, 20))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def overwrite(data: bytearray, dice: random.Random) -> None:
    place = dice.randrange(len(data))
    data[place : place + dice.randrange(1, 9)] = dice.randbytes(dice.randrange(1, 9))


def cut_out(data: bytearray, dice: random.Random) -> None:
    place = dice.randrange(len(data))
    del data[place : place + dice.choice((1, 2, 8, 200))]


def double(data: bytearray, dice: random.Random) -> None:
    place = dice.randrange(len(data))
    data[place:place] = data[place : place + dice.choice((2, 8, 200))]


def other_digits(data: bytearray, dice: random.Random) -> None:
    digits = [place for place, byte in enumerate(data) if chr(byte) in "0123456789."]
    for place in dice.sample(digits, min(40, len(digits))):
        data[place] = ord(dice.choice("0123456789.-eE \\"))


def cut_off(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(len(data)) :]


def lie_about_a_length(data: bytearray, dice: random.Random) -> None:
    """Write another length into the head of an element or item."""
    for _ in range(50):
        place = dice.randrange(max(1, len(data) - 12))
        vr = bytes(data[place + 4 : place + 6])
        if data[place : place + 4] == b"\xfe\xff\x00\xe0" or vr.isupper():
            at = place + (8 if vr in LONG_FORM else 6 if vr.isupper() else 4)
            wide = 2 if vr.isupper() and vr not in LONG_FORM else 4
            length = int.from_bytes(data[at : at + wide], "little")
            lies = (0, 1, length + 2, max(0, length - 2), 2 * length, 256**wide - 1, 256**wide - 2)
            data[at : at + wide] = (dice.choice(lies) % 256**wide).to_bytes(wide, "little")
            return


# --- the tree


def _data_sets(data_set: DataSet) -> Iterator[DataSet]:
    """Yield a data set and all items of sequences in it."""
    yield data_set
    for element in data_set:
        for item in element.items:
            yield from _data_sets(item)


def _elements(data_set: DataSet, *tags: int) -> list[Element]:
    return [e for part in _data_sets(data_set) for e in part if e.tag in tags]


def _contents(data_set: DataSet) -> list[Element]:
    """Return all content sequences that hold something."""
    return [element for element in _elements(data_set, CONTENT_SEQUENCE) if element.items]


def odd_number(data_set: DataSet, dice: random.Random) -> None:
    for element in _some(_elements(data_set, _NUMERIC_VALUE), dice):
        number = dice.choice(ODD_NUMBERS)
        element.value = ("\\".join(number) if isinstance(number, tuple) else number).encode()


def scaled_number(data_set: DataSet, dice: random.Random) -> None:
    """Multiply numbers by what a wrong unit or sign does to them."""
    factor = dice.choice((-1.0, 0.001, 0.1, 10.0, 100.0, 1000.0, 0.999, 1.5))
    for element in _some(_elements(data_set, _NUMERIC_VALUE), dice):
        try:
            values = [float(part) * factor for part in element.value.split(b"\\")]
        except ValueError:
            continue
        element.value = "\\".join(f"{value:.8g}" for value in values).encode()


def odd_unit(data_set: DataSet, dice: random.Random) -> None:
    units = [item for e in _elements(data_set, _UNITS_SEQUENCE) for item in e.items]
    for item in _some(units, dice):
        for element in item:
            if element.tag == _CODE_VALUE:
                element.value = dice.choice((*_UNITS, *(unit.encode() for unit in ODD_UNITS)))


def other_code(data_set: DataSet, dice: random.Random) -> None:
    """Put other concepts and coded values in."""
    coded = [part for part in _data_sets(data_set) if any(e.tag == _CODE_VALUE for e in part)]
    for part in _some(coded, dice):
        code, scheme = dice.choice((*_CODES, (b"X-1", b"99X"), (b"", b"")))
        for element in part:
            if element.tag == _CODE_VALUE:
                element.value = code
            elif element.tag == _CODE_SCHEME:
                element.value = scheme


def other_value_type(data_set: DataSet, dice: random.Random) -> None:
    for element in _some(_elements(data_set, _VALUE_TYPE), dice):
        element.value = dice.choice(_VALUE_TYPES)


def odd_text(data_set: DataSet, dice: random.Random) -> None:
    texts = _elements(data_set, 0x0040A160, 0x0040A120, 0x0040A124)
    for element in _some(texts, dice):
        element.value = dice.choice(ODD_TEXTS).encode()


def other_header(data_set: DataSet, dice: random.Random) -> None:
    tag = dice.choice(list(_HEADER_VALUES))
    data_set[:] = [element for element in data_set if element.tag != tag]
    data_set.append(Element(tag, _VRS[tag], dice.choice(_HEADER_VALUES[tag])))
    data_set.sort(key=lambda element: element.tag)


def drop_elements(data_set: DataSet, dice: random.Random) -> None:
    for part in _some(list(_data_sets(data_set)), dice):
        if part:
            del part[dice.randrange(len(part))]


def drop_items(data_set: DataSet, dice: random.Random) -> None:
    for element in _some(_contents(data_set), dice):
        if element.items:
            del element.items[dice.randrange(len(element.items))]


def repeat_items(data_set: DataSet, dice: random.Random) -> None:
    for element in _some(_contents(data_set), dice):
        item = dice.choice(element.items)
        element.items += [copied(item) for _ in range(dice.choice((1, 1, 2, 10)))]


def reorder_items(data_set: DataSet, dice: random.Random) -> None:
    for element in _some(_contents(data_set), dice):
        dice.shuffle(element.items)


def move_items(data_set: DataSet, dice: random.Random) -> None:
    """Hang a copy of an item below another one: events in filters, filters in themselves."""
    contents = _contents(data_set)
    if not contents:
        return
    source = dice.choice(contents)
    item = copied(dice.choice(source.items))
    parts = [part for part in _data_sets(data_set) if any(e.tag == _VALUE_TYPE for e in part)]
    target = dice.choice(parts or [data_set])
    for element in target:
        if element.tag == CONTENT_SEQUENCE:
            element.items.insert(dice.randrange(len(element.items) + 1), item)
            return
    target.append(Element(CONTENT_SEQUENCE, b"SQ", items=[item]))


def swap_values(data_set: DataSet, dice: random.Random) -> None:
    elements = _elements(data_set, _NUMERIC_VALUE)
    if len(elements) > 1:
        one, other = dice.sample(elements, 2)
        one.value, other.value = other.value, one.value


def empty_sequence(data_set: DataSet, dice: random.Random) -> None:
    sequences = [e for part in _data_sets(data_set) for e in part if e.is_sequence]
    for element in _some(sequences, dice)[:3]:
        element.items.clear()


def _some(found: list[T], dice: random.Random) -> list[T]:
    """Return one of what was found, some, or many."""
    if not found:
        return []
    most = min(len(found), dice.choice((1, 1, 2, 5, 40)))
    return dice.sample(found, most)


BYTE_DAMAGE: tuple[ByteDamage, ...] = (
    flip_bits, overwrite, cut_out, double, other_digits, cut_off, lie_about_a_length,
)  # fmt: skip
TREE_DAMAGE: tuple[TreeDamage, ...] = (
    odd_number, odd_number, scaled_number, scaled_number, odd_unit, other_code, other_code,
    other_value_type, odd_text, other_header, drop_elements, drop_items, drop_items, repeat_items,
    reorder_items, move_items, swap_values, empty_sequence,
)  # fmt: skip
