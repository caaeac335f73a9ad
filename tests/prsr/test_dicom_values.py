"""Whatever a report says, what is copied from it is a valid value."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydicom.config import RAISE
from pydicom.valuerep import validate_value

from dosemap.prsr.values import CLEANED, identifier, is_uid, line, lines, person_name

HOSTILE = (
    "x" * 10_000,
    "<script>alert(1)</script>" * 400,
    "a\\b\\c",
    "\x1b$B\x00\r\n\t",
    "\u202eevil\u200f",
    "a^b^c^d^e^f^g=h=i=j",
    "=^=^=",
    " \0",
    "\x85\x9f",
    "\ud7ff\U0001f980",
)
TEXTS = st.one_of(st.text(), st.sampled_from(HOSTILE))
VR = {
    "PatientName": "PN", "PatientID": "LO", "IssuerOfPatientID": "LO", "PatientBirthDate": "DA",
    "PatientSex": "CS", "AccessionNumber": "SH", "StudyID": "SH", "StudyDate": "DA",
    "StudyTime": "TM", "StudyDescription": "LO", "TimezoneOffsetFromUTC": "SH",
}  # fmt: skip
CLEANERS: list[tuple[str, Callable[[str], str]]] = [
    *((VR[keyword], clean) for keyword, clean in CLEANED.items()),
    ("LO", line),
    ("SH", lambda text: line(text, "SH")),
    ("UT", lines),
]


def test_the_vr_of_every_attribute_is_looked_at() -> None:
    assert set(VR) == set(CLEANED)


@pytest.mark.parametrize(("vr", "clean"), CLEANERS, ids=[*CLEANED, "LO", "SH", "UT"])
@given(text=TEXTS)
def test_values_are_valid(vr: str, clean: Callable[[str], str], text: str) -> None:
    cleaned = clean(text)
    validate_value(vr, cleaned, RAISE)
    if vr != "UT":
        assert "\\" not in cleaned
        assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in cleaned)
    assert clean(cleaned) == cleaned


@given(text=TEXTS)
def test_an_identifier_is_copied_whole_or_not_at_all(text: str) -> None:
    assert identifier(text) in {text.strip(" \0"), ""}


@given(text=st.text(alphabet="0123456789.", max_size=70))
@example("1.2.840.10008.1.2")
@example("1")
def test_uids_are_those_of_pydicom(text: str) -> None:
    """PS3.5 9.1: at least two components; pydicom lets one pass."""
    if is_uid(text):
        validate_value("UI", text, RAISE)
    elif "." in text:
        with pytest.raises(ValueError, match="Invalid value"):
            validate_value("UI", text, RAISE)


@pytest.mark.parametrize(
    "name", ["Doe^Jane", "Hong^Gildong=洪^吉洞=홍^길동", "Adams^John^^Rev.^B.A.", "Prince"]
)
def test_ordinary_names_stay(name: str) -> None:
    assert person_name(name) == name
