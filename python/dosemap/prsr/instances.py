"""The DICOM objects: the Patient Radiation Dose SR and the picture of the map. Needs highdicom."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from highdicom import SOPClass
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from highdicom.sc import SCImage
from highdicom.sr.utils import collect_evidence
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, PatientRadiationDoseSRStorage

from dosemap.prsr.identity import Identity
from dosemap.prsr.items import PRIVATE_SCHEME
from dosemap.prsr.study import Study

if TYPE_CHECKING:
    import numpy as np
    from highdicom.sr import ContainerContentItem
    from numpy.typing import NDArray

_SERIES_NUMBERS = {"report": 9001, "map": 9002}
"""Behind the series of an X-ray system, of which none is known to count so far."""
_TEXTS = {"LO", "LT", "PN", "SH", "ST", "UC", "UT"}


def picture_instance(
    pixels: "NDArray[np.uint8]", study: Study, identity: Identity, software: Mapping[str, Any]
) -> Dataset:
    """Return a picture of the map as Secondary Capture Image.

    Parameters
    ----------
    pixels
        (rows, columns, 3), red, green and blue.
    study, identity, software
        Of the estimate.
    """
    dataset = SCImage(
        pixels,
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        patient_orientation=("L", "F"),
        **_common(study, identity, software, "map"),
    )
    # Several views side by side have no orientation; the attribute may be empty (type 2C).
    dataset.PatientOrientation = []
    dataset.BodyPartExamined = "WHOLEBODY"
    # highdicom's entry of itself has a time of its own.
    del dataset.ContributingEquipmentSequence
    dataset.ImageType = ["DERIVED", "SECONDARY"]
    dataset.BurnedInAnnotation = "NO"
    dataset.ImageComments = software["notice"]
    dataset.DateOfSecondaryCapture = dataset.ContentDate
    dataset.TimeOfSecondaryCapture = dataset.ContentTime
    return _filed(dataset, study)


def report_instance(
    content: "ContainerContentItem",
    picture: Dataset,
    study: Study,
    identity: Identity,
    software: Mapping[str, Any],
) -> Dataset:
    """Return the Patient Radiation Dose SR.

    Parameters
    ----------
    content
        The content tree.
    picture
        The picture that it refers to.
    study, identity, software
        Of the estimate.
    """
    dataset = SOPClass(
        sop_class_uid=PatientRadiationDoseSRStorage,
        modality="SR",
        transfer_syntax_uid=ExplicitVRLittleEndian,
        coding_schemes=[
            CodingSchemeIdentificationItem(
                PRIVATE_SCHEME, name="dosemap", responsible_organization="dosemap"
            )
        ],
        **_common(study, identity, software, "report"),
    )
    for element in content:
        dataset.add(element)
    dataset.CompletionFlag = "COMPLETE"
    dataset.VerificationFlag = "UNVERIFIED"
    dataset.ReferencedPerformedProcedureStepSequence = Sequence()
    dataset.PerformedProcedureCodeSequence = Sequence()
    source = Dataset()
    for keyword, uid in study.reference.items():
        setattr(source, keyword, uid)
    same_study, _ = collect_evidence([source, picture], content, picture.StudyInstanceUID)
    dataset.CurrentRequestedProcedureEvidenceSequence = Sequence(same_study)
    return _filed(dataset, study)


def _common(
    study: Study, identity: Identity, software: Mapping[str, Any], kind: str
) -> dict[str, Any]:
    """Return arguments without patient: highdicom would log a name that it finds odd."""
    return {
        "study_instance_uid": study.reference["StudyInstanceUID"],
        "series_instance_uid": identity.uid(f"{kind} series"),
        "series_number": _SERIES_NUMBERS[kind],
        "series_description": "Skin dose map (dosemap)",
        "sop_instance_uid": identity.uid(kind),
        "instance_number": 1,
        "manufacturer": software["name"],
        "manufacturer_model_name": software["name"],
        "software_versions": software["version"],
        # Of type 1 in the SR; a program has none.
        "device_serial_number": "none",
        "content_date": identity.created.date(),
        "content_time": identity.created.time(),
    }


def _filed(dataset: Dataset, study: Study) -> Dataset:
    """Return the same object with patient and study, and all its dates in the stated zone."""
    for keyword, value in study.attributes.items():
        setattr(dataset, keyword, value)
    dataset.ReferringPhysicianName = ""
    dataset.InstanceCreationDate = dataset.ContentDate
    dataset.InstanceCreationTime = dataset.ContentTime
    dataset.SpecificCharacterSet = _character_set(dataset)
    return dataset


def _character_set(dataset: Dataset) -> str:
    """Return Latin-1 where it has every character, which more programs read, else UTF-8."""
    texts = (str(element.value) for element in dataset.iterall() if element.VR in _TEXTS)
    is_latin = all(character <= "\xff" for text in texts for character in text)
    return "ISO_IR 100" if is_latin else "ISO_IR 192"
