"""Reports with a canary word wherever an identifier, or a text typed by people, can stand.

Numbers, units, codes, value types and what the documents are documented to show stay as they are:
two UIDs, manufacturer, model and software.
"""

import warnings
from collections.abc import Iterable
from io import BytesIO

from pydicom import DataElement, Dataset, config
from pydicom.sequence import Sequence

from dosemap.simulate import (
    SimulatedDevice,
    SimulatedEvent,
    SimulatedProcedure,
    rdsr_dataset,
    save_dataset,
)
from dosemap.simulate.content import Code, ImageReference, Item, code, dcm, text, uidref
from dosemap.simulate.edits import Edit, append
from dosemap.simulate.writer import TransferSyntax

WORD = "Zzcanary"
DIGITS = "4711471147"
"""In every UID, which holds no letters."""
BORN = "19471104"

_ATTRIBUTES = {
    "PatientName": f"{WORD}^Name", "PatientID": f"{WORD}ID", "IssuerOfPatientID": WORD,
    "OtherPatientIDs": WORD, "OtherPatientNames": WORD, "PatientAddress": WORD,
    "PatientTelephoneNumbers": WORD, "PatientComments": WORD, "EthnicGroup": WORD,
    "PatientBirthName": WORD, "PatientMotherBirthName": WORD, "ResponsiblePerson": WORD,
    "MedicalRecordLocator": WORD, "Occupation": WORD, "AdmissionID": WORD,
    "AdditionalPatientHistory": WORD, "AccessionNumber": WORD, "StudyID": WORD,
    "ReferringPhysicianName": WORD, "PerformingPhysicianName": WORD, "OperatorsName": WORD,
    "PhysiciansOfRecord": WORD, "NameOfPhysiciansReadingStudy": WORD, "RequestingPhysician": WORD,
    "InstitutionName": WORD, "InstitutionAddress": WORD, "InstitutionalDepartmentName": WORD,
    "StationName": WORD, "DeviceSerialNumber": WORD, "DeviceUID": f"2.25.{DIGITS}.1",
    "StudyDescription": WORD, "SeriesDescription": WORD, "ProtocolName": WORD,
    "PerformedProcedureStepDescription": WORD, "PerformedProcedureStepID": WORD,
    "RequestedProcedureDescription": WORD, "ClinicalTrialSubjectID": WORD,
    "SeriesInstanceUID": f"2.25.{DIGITS}.2", "FrameOfReferenceUID": f"2.25.{DIGITS}.3",
}  # fmt: skip
_KEPT = {
    "Manufacturer", "ManufacturerModelName", "SoftwareVersions", "StudyInstanceUID",
    "SOPInstanceUID", "SOPClassUID", "ReferencedSOPClassUID", "CodeValue",
    "CodingSchemeDesignator", "MappingResource", "TemplateIdentifier",
}  # fmt: skip
_KEPT_CONCEPTS = {"121014", "121015", "113878", "113879"}
"""Manufacturer and model of the device."""
_TYPED = {"AE", "LO", "LT", "PN", "SH", "ST", "UC", "UT"}
_PRIVATE = {"027": "Performing Physicians Name", "028": "Applicationgroup Name",
            "029": "Application Name", "030": "Fluoro Flavour"}  # fmt: skip


def poisoned_dataset(
    style: str, *events: SimulatedEvent, device: SimulatedDevice, edits: Iterable[Edit] = ()
) -> Dataset:
    """Return a report in a style, after these edits, full of canaries."""
    procedure = SimulatedProcedure(uid_seed="privacy", events=events, device=device)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, of values that no DICOM file should have
        return _poisoned(procedure, style, edits)


def _poisoned(procedure: SimulatedProcedure, style: str, edits: Iterable[Edit]) -> Dataset:
    dataset = rdsr_dataset(procedure, style=style, edits=(*edits, *_more_content()))
    for keyword, value in _ATTRIBUTES.items():
        setattr(dataset, keyword, value)
    dataset.PatientBirthDate = BORN
    dataset.add(DataElement(0x00090010, "LO", f"{WORD} PRIVATE"))
    dataset.add(DataElement(0x00091001, "LT", WORD))
    observer = Dataset()
    observer.VerifyingObserverName = WORD
    observer.VerifyingOrganization = WORD
    dataset.VerifyingObserverSequence = [observer]
    _poison(dataset, is_root=True)
    return dataset


def encoded(dataset: Dataset, *, transfer_syntax: TransferSyntax = "explicit") -> bytes:
    """Return the file of a data set."""
    file = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        save_dataset(dataset, file, transfer_syntax=transfer_syntax)
    return file.getvalue()


def _more_content() -> tuple[Edit, ...]:
    """Return edits that add items in which names, identifiers and typed texts stand."""
    person = Item("PNAME", Code("113870", "DCM", "Person Name"), WORD)
    role = code(Code("113875", "DCM", "Person Role"), Code("113851", "DCM", "Administering"))
    items = (
        person,
        role,
        Item("PNAME", Code("121008", "DCM", "Person Observer Name"), WORD),
        text(Code("121009", "DCM", "Person Observer's Organization Name"), WORD),
        text(Code("121114", "DCM", "Performing Physician"), WORD),
        text(dcm("121106"), f'<Root><PhysicianName SRData="{WORD}"/></Root>'),
        text(dcm("113605"), WORD),
        text(Code("1", "99CANARY", WORD), WORD),
        uidref(Code("121012", "DCM", "Device Observer UID"), f"2.25.{DIGITS}.4"),
        Item("IMAGE", dcm("113795"), ImageReference("1.2.3", f"2.25.{DIGITS}.5")),
        code(dcm("123014"), Code("X-1", "99CANARY", WORD)),
        *(text(Code(value, "99PHI-IXR-XPER", name), WORD) for value, name in _PRIVATE.items()),
    )
    return tuple(append(item) for item in items)


def _poison(dataset: Dataset, *, is_root: bool = False) -> None:
    """Add the canary to every text and put it into every UID, below too."""
    names = dataset.get("ConceptNameCodeSequence")
    concept = names[0].CodeValue if names else ""
    for element in list(dataset):
        if isinstance(element.value, Sequence):
            for item in element.value:
                _poison(item)
        elif element.keyword in _KEPT or concept in _KEPT_CONCEPTS:
            continue
        elif element.VR == "UI" and not (is_root and element.keyword == "SOPInstanceUID"):
            value = f"2.25.{DIGITS}.{element.tag.element}"
            dataset[element.tag] = DataElement(element.tag, "UI", value)
        elif element.VR in _TYPED:
            value = f"{element.value} {WORD}"
            dataset[element.tag] = DataElement(
                element.tag, element.VR, value, validation_mode=config.IGNORE
            )
