"""Values that DICOM allows, from texts that may hold anything.

PS3.5 6.2 limits what a value of each representation (VR) may be. A text that is only read by people
is cut to fit. An identifier, a date or a time is copied exactly or not at all: a part of a patient
ID is the ID of somebody else.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

_LONGEST = {"SH": 16, "LO": 64}
"""Characters of the VRs of one line, PS3.5 table 6.2-1."""
_NAME_GROUP = 64
"""Characters of each of the three groups of a person's name."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_OF_TEXT = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Of several lines: line ends stay."""
_UID = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))+")
_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)(\.\d{1,6})?)?)?")
_ZONE = re.compile(r"[+-](0\d|1[0-4])[0-5]\d")


def is_uid(text: str) -> bool:
    """Return whether a text is a unique identifier (PS3.5 section 9).

    Examples
    --------
    >>> is_uid("1.2.840.10008"), is_uid("1.02"), is_uid("unknown")
    (True, False, False)
    """
    return len(text) <= 64 and _UID.fullmatch(text) is not None


def line(text: str, vr: str = "LO") -> str:
    r"""Return a text as one line that people read; what does not fit is cut.

    Parameters
    ----------
    text
        Any text.
    vr
        ``"LO"`` (64 characters) or ``"SH"`` (16).

    Examples
    --------
    >>> line("two\nlines \\ one"), len(line("x" * 10_000))
    ('two lines / one', 64)
    """
    return _CONTROL.sub(" ", text).replace("\\", "/")[: _LONGEST[vr]].strip()


def lines(text: str) -> str:
    r"""Return a text of any length (UT) without control characters but line ends.

    Examples
    --------
    >>> lines("a\x1b[31mb\nc")
    'a [31mb\nc'
    """
    return _CONTROL_OF_TEXT.sub(" ", text).rstrip()


def identifier(text: str, vr: str = "LO") -> str:
    r"""Return an identifier as it is, or nothing where it is not a valid one.

    Examples
    --------
    >>> identifier("PID 7"), identifier("x" * 65), identifier("a\\b"), identifier("a\x1bb")
    ('PID 7', '', '', '')
    """
    text = text.strip(" \0")
    is_valid = len(text) <= _LONGEST[vr] and "\\" not in text and not _CONTROL.search(text)
    return text if is_valid else ""


def person_name(text: str) -> str:
    r"""Return a name (PN): three groups at most of five parts at most, each group cut to fit.

    Examples
    --------
    >>> person_name("Yamada^Tarou=山田^太郎=やまだ^たろう")
    'Yamada^Tarou=山田^太郎=やまだ^たろう'
    >>> len(person_name("x" * 10_000)), person_name("a^b^c^d^e^f=1=2=3\x1b")
    (64, 'a^b^c^d^e=1=2')
    """
    groups = _CONTROL.sub(" ", text).replace("\\", "/").split("=")[:3]
    parts = ["^".join(group.split("^")[:5])[:_NAME_GROUP].strip() for group in groups]
    return "=".join(parts).rstrip("=")


def date(text: str) -> str:
    """Return a date (DA), or nothing where it is not one.

    Examples
    --------
    >>> date("20250228"), date("20250230"), date("today")
    ('20250228', '', '')
    """
    text = text.strip()
    try:
        datetime.strptime(text, "%Y%m%d")
    except ValueError:
        return ""
    return text if len(text) == 8 and text.isascii() else ""


def time(text: str) -> str:
    """Return a time (TM), or nothing where it is not one.

    Examples
    --------
    >>> time("093015.250"), time("25"), time("9:30")
    ('093015.250', '', '')
    """
    text = text.strip()
    return text if _TIME.fullmatch(text) and text.isascii() else ""


def zone(text: str) -> str:
    """Return an offset from UTC, or nothing where it is not one.

    Examples
    --------
    >>> zone("+0100"), zone("-1500"), zone("CET")
    ('+0100', '', '')
    """
    text = text.strip()
    is_valid = _ZONE.fullmatch(text) and text.isascii() and text != "-0000"
    return text if is_valid and int(text) in range(-1200, 1401) else ""


def sex(text: str) -> str:
    """Return F, M or O, or nothing for anything else.

    Examples
    --------
    >>> sex("f "), sex("female")
    ('F', '')
    """
    text = text.strip().upper()
    return text if text in {"F", "M", "O"} else ""


CLEANED: Mapping[str, Callable[[str], str]] = {
    "PatientName": person_name,
    "PatientID": identifier,
    "IssuerOfPatientID": identifier,
    "PatientBirthDate": date,
    "PatientSex": sex,
    "AccessionNumber": lambda text: identifier(text, "SH"),
    "StudyID": lambda text: identifier(text, "SH"),
    "StudyDate": date,
    "StudyTime": time,
    "StudyDescription": line,
    "TimezoneOffsetFromUTC": zone,
}
"""What is copied from the source report, and how a value becomes a valid one."""
