"""Patient and study of a Patient Radiation Dose SR: those of the report it was made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dosemap.errors import DosemapError
from dosemap.prsr.values import CLEANED, is_uid

_REFERENCE = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
_MAY_BE_EMPTY = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "AccessionNumber",
    "StudyID",
    "StudyDate",
    "StudyTime",
)
"""Attributes of type 2: they must be there and may be empty."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """What all objects of one estimate have in common; it holds identifiers."""

    attributes: Mapping[str, str] = field(repr=False)
    """Valid values by DICOM keyword, also the empty ones that must be there."""
    reference: Mapping[str, str] = field(repr=False)
    """Study, series, instance and class UID of the source report."""
    altered: tuple[str, ...]
    """Keywords of values that were cut or left out because DICOM does not allow them."""


def study_of(header: Mapping[str, str]) -> Study:
    """Return patient and study as valid attributes.

    Parameters
    ----------
    header
        Of the source report, by DICOM keyword.

    Raises
    ------
    DosemapError
        The report cannot be referred to: one of its UIDs is missing or not valid.
    """
    reference = {keyword: header.get(keyword, "").strip() for keyword in _REFERENCE}
    unusable = [keyword for keyword, uid in reference.items() if not is_uid(uid)]
    if unusable:
        raise DosemapError(
            f"the source report has no valid {' and '.join(unusable)}, so a Patient Radiation Dose"
            " SR cannot refer to it; export the report from the archive again"
        )
    cleaned = {
        keyword: clean(header[keyword]) for keyword, clean in CLEANED.items() if keyword in header
    }
    altered = tuple(
        keyword
        for keyword, value in cleaned.items()
        if value.casefold() != header[keyword].strip(" \0").casefold()
    )
    stated = {keyword: value for keyword, value in cleaned.items() if value}
    attributes = {**dict.fromkeys(_MAY_BE_EMPTY, ""), **stated}
    return Study(attributes=attributes, reference=reference, altered=altered)
