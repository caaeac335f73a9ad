"""From a content tree to a DICOM data set. Needs pydicom."""

from collections.abc import Mapping
from datetime import datetime

from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.uid import XRayRadiationDoseSRStorage

from dosemap.simulate.content import Code, ImageReference, Item
from dosemap.simulate.report import SimulatedPatient, SimulatedProcedure
from dosemap.simulate.uids import derived_uid

_NUMERIC_VALUE = 0x0040A30A
_VALUE_KEYWORDS = {
    "CONTAINER": "ContinuityOfContent",
    "TEXT": "TextValue",
    "UIDREF": "UID",
    "DATETIME": "DateTime",
    "PNAME": "PersonName",
}


def encode(
    root: Item, procedure: SimulatedProcedure, attributes: Mapping[str, str | None]
) -> Dataset:
    """Return the data set of a report.

    Parameters
    ----------
    root
        The content tree.
    procedure
        What the header says of patient, system and time.
    attributes
        Values by DICOM keyword that replace the plain ones, and the identifier of the template;
        ``None`` leaves an attribute out, a sequence (``ContentTemplateSequence``) too.

    Returns
    -------
    pydicom.dataset.Dataset
        An X-Ray Radiation Dose SR without file meta information.
    """
    header = {**_header(procedure), **_patient(procedure.patient), **attributes}
    dataset = _item_dataset(root)
    template = Dataset()
    template.MappingResource = "DCMR"
    template.TemplateIdentifier = header.pop("TemplateIdentifier")
    dataset.ContentTemplateSequence = [template]
    dataset.ReferencedPerformedProcedureStepSequence = []
    dataset.PerformedProcedureCodeSequence = []
    evidence = _evidence(root, derived_uid(procedure.uid_seed, "study"), procedure)
    if evidence is not None:
        dataset.CurrentRequestedProcedureEvidenceSequence = [evidence]
    for keyword, value in header.items():
        if value is not None:
            setattr(dataset, keyword, value)
        elif keyword in dataset:
            delattr(dataset, keyword)
    return dataset


def _header(procedure: SimulatedProcedure) -> dict[str, str | None]:
    return {
        "SpecificCharacterSet": "ISO_IR 192",
        "TemplateIdentifier": "10001",
        "SOPClassUID": XRayRadiationDoseSRStorage,
        "SOPInstanceUID": derived_uid(procedure.uid_seed, "report"),
        "StudyInstanceUID": derived_uid(procedure.uid_seed, "study"),
        "SeriesInstanceUID": derived_uid(procedure.uid_seed, "series"),
        **_dates(procedure.started),
        "AccessionNumber": "",
        "Modality": "SR",
        "Manufacturer": procedure.device.manufacturer,
        "ManufacturerModelName": procedure.device.model,
        "DeviceSerialNumber": procedure.device.serial_number,
        "SoftwareVersions": procedure.device.software_versions,
        "InstitutionName": procedure.device.institution_name,
        "StationName": procedure.device.station_name,
        "ReferringPhysicianName": "",
        "StudyDescription": procedure.study_description,
        "SeriesDescription": procedure.series_description,
        "StudyID": "1",
        "SeriesNumber": "1",
        "InstanceNumber": "1",
        "CompletionFlag": "COMPLETE",
        "VerificationFlag": "UNVERIFIED",
    }


def _dates(moment: datetime) -> dict[str, str]:
    date, time = moment.strftime("%Y%m%d"), moment.strftime("%H%M%S")
    return {
        **{f"{level}Date": date for level in ("Study", "Series", "Content")},
        **{f"{level}Time": time for level in ("Study", "Series", "Content")},
    }


def _patient(patient: SimulatedPatient) -> dict[str, str | None]:
    height_m = None if patient.height_cm is None else f"{patient.height_cm / 100:.4g}"
    return {
        "PatientName": patient.name,
        "PatientID": patient.patient_id,
        "PatientBirthDate": patient.birth_date.strftime("%Y%m%d") if patient.birth_date else "",
        "PatientSex": patient.sex,
        "PatientAge": None if patient.age_years is None else f"{patient.age_years:03d}Y",
        "PatientSize": height_m,
        "PatientWeight": None if patient.mass_kg is None else f"{patient.mass_kg:g}",
    }


def _evidence(root: Item, study_uid: str, procedure: SimulatedProcedure) -> Dataset | None:
    """Return the list of all images that the report refers to, as every SR has to have it."""
    images = [item.value for item in root.walk() if isinstance(item.value, ImageReference)]
    if not images:
        return None
    series = Dataset()
    series.SeriesInstanceUID = derived_uid(procedure.uid_seed, "image series")
    series.ReferencedSOPSequence = [_reference(image) for image in dict.fromkeys(images)]
    study = Dataset()
    study.StudyInstanceUID = study_uid
    study.ReferencedSeriesSequence = [series]
    return study


def _item_dataset(item: Item) -> Dataset:
    dataset = Dataset()
    if item.relationship is not None:
        dataset.RelationshipType = item.relationship
    dataset.ValueType = item.value_type
    dataset.ConceptNameCodeSequence = [_code_dataset(item.concept)]
    _set_value(dataset, item)
    if item.children:
        dataset.ContentSequence = [_item_dataset(child) for child in item.children]
    return dataset


def _set_value(dataset: Dataset, item: Item) -> None:
    if item.value_type == "NUM":
        _set_number(dataset, item)
    elif isinstance(item.value, ImageReference):
        dataset.ReferencedSOPSequence = [_reference(item.value)]
    elif isinstance(item.value, Code):
        dataset.ConceptCodeSequence = [_code_dataset(item.value)]
    elif item.value_type == "CODE":
        dataset.ConceptCodeSequence = []
    elif item.value_type == "IMAGE":
        dataset.ReferencedSOPSequence = []
    elif item.value_type != "CONTAINER" or item.value is not None:
        setattr(dataset, _VALUE_KEYWORDS[item.value_type], item.value or "")


def _set_number(dataset: Dataset, item: Item) -> None:
    dataset.MeasuredValueSequence = []
    if item.value is not None:
        measured = Dataset()
        if item.unit is not None:
            measured.MeasurementUnitsCodeSequence = [_code_dataset(item.unit)]
        numbers = [item.value] if isinstance(item.value, str) else list(item.value)
        # Not validated: reports that are damaged on purpose hold "nan" or too many characters.
        measured.add(DataElement(_NUMERIC_VALUE, "DS", numbers, validation_mode=config.IGNORE))
        dataset.MeasuredValueSequence = [measured]
    if item.qualifier is not None:
        dataset.NumericValueQualifierCodeSequence = [_code_dataset(item.qualifier)]


def _code_dataset(code: Code) -> Dataset:
    dataset = Dataset()
    dataset.CodeValue, dataset.CodingSchemeDesignator, dataset.CodeMeaning = code
    return dataset


def _reference(image: ImageReference) -> Dataset:
    dataset = Dataset()
    dataset.ReferencedSOPClassUID, dataset.ReferencedSOPInstanceUID = image
    return dataset
