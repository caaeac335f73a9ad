"""The words by which a report names people, so that a text that is shown can go without them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from dosemap.reading.items import ReportItem
from dosemap.reference_point_text import read_wording

_HEADER = ("PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate")
_SHORTEST = 3
"""Initials and titles are in too many words to be looked for."""
REMOVED = "[removed]"


class Identifiers:
    """Names, numbers and birth date of the patient, and every person's name, of one report.

    Parameters
    ----------
    header
        DICOM keyword to value.
    items
        Items of the report in which persons are named (value type PNAME).
    """

    def __init__(self, header: Mapping[str, str], items: Iterable[Sequence[ReportItem]]) -> None:
        texts = [header.get(keyword) for keyword in _HEADER]
        texts += [item.text for part in items for item in part if item.value_type == "PNAME"]
        words = {word for text in texts if text for word in re.split(r"[\W_]+", text.casefold())}
        self._patterns = [
            re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", re.IGNORECASE)
            for word in sorted(words)
            if len(word) >= _SHORTEST
        ]

    def removed_from(self, definition: str) -> str:
        """Return a definition of the reference point without the report's identifiers.

        A word that the definition itself is made of stays: for a patient called Skin, "at the
        patient's skin" says nothing of her.

        Parameters
        ----------
        definition
            As the report has it.
        """
        wording = read_wording(definition)
        for pattern in self._patterns:
            without = pattern.sub(REMOVED, definition)
            if without != definition and read_wording(without) == wording:
                definition = without
        return definition
