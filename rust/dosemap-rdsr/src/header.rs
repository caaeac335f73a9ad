//! The elements around the content tree that a dose program needs, by keyword.

use std::collections::BTreeMap;

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use crate::element::DataSet;
use crate::text::Charset;

const HEADER: &[(Tag, &str)] = &[
    (tags::SOP_CLASS_UID, "SOPClassUID"),
    (tags::SOP_INSTANCE_UID, "SOPInstanceUID"),
    (tags::STUDY_INSTANCE_UID, "StudyInstanceUID"),
    (tags::SERIES_INSTANCE_UID, "SeriesInstanceUID"),
    (tags::STUDY_ID, "StudyID"),
    (tags::SERIES_NUMBER, "SeriesNumber"),
    (tags::INSTANCE_NUMBER, "InstanceNumber"),
    (tags::ACCESSION_NUMBER, "AccessionNumber"),
    (tags::MODALITY, "Modality"),
    (tags::INSTANCE_CREATION_DATE, "InstanceCreationDate"),
    (tags::INSTANCE_CREATION_TIME, "InstanceCreationTime"),
    (tags::STUDY_DATE, "StudyDate"),
    (tags::STUDY_TIME, "StudyTime"),
    (tags::SERIES_DATE, "SeriesDate"),
    (tags::SERIES_TIME, "SeriesTime"),
    (tags::CONTENT_DATE, "ContentDate"),
    (tags::CONTENT_TIME, "ContentTime"),
    (tags::OBSERVATION_DATE_TIME, "ObservationDateTime"),
    (tags::TIMEZONE_OFFSET_FROM_UTC, "TimezoneOffsetFromUTC"),
    (tags::PERFORMED_PROCEDURE_STEP_START_DATE, "PerformedProcedureStepStartDate"),
    (tags::PERFORMED_PROCEDURE_STEP_START_TIME, "PerformedProcedureStepStartTime"),
    (tags::PERFORMED_PROCEDURE_STEP_DESCRIPTION, "PerformedProcedureStepDescription"),
    (tags::STUDY_DESCRIPTION, "StudyDescription"),
    (tags::SERIES_DESCRIPTION, "SeriesDescription"),
    (tags::PROTOCOL_NAME, "ProtocolName"),
    (tags::REQUESTED_PROCEDURE_DESCRIPTION, "RequestedProcedureDescription"),
    (tags::MANUFACTURER, "Manufacturer"),
    (tags::MANUFACTURER_MODEL_NAME, "ManufacturerModelName"),
    (tags::DEVICE_SERIAL_NUMBER, "DeviceSerialNumber"),
    (tags::DEVICE_UID, "DeviceUID"),
    (tags::SOFTWARE_VERSIONS, "SoftwareVersions"),
    (tags::STATION_NAME, "StationName"),
    (tags::DATE_OF_LAST_CALIBRATION, "DateOfLastCalibration"),
    (tags::TIME_OF_LAST_CALIBRATION, "TimeOfLastCalibration"),
    (tags::INSTITUTION_NAME, "InstitutionName"),
    (tags::INSTITUTION_ADDRESS, "InstitutionAddress"),
    (tags::INSTITUTIONAL_DEPARTMENT_NAME, "InstitutionalDepartmentName"),
    (tags::PATIENT_ID, "PatientID"),
    (tags::ISSUER_OF_PATIENT_ID, "IssuerOfPatientID"),
    (tags::PATIENT_NAME, "PatientName"),
    (tags::PATIENT_BIRTH_DATE, "PatientBirthDate"),
    (tags::PATIENT_SEX, "PatientSex"),
    (tags::PATIENT_AGE, "PatientAge"),
    (tags::PATIENT_SIZE, "PatientSize"),
    (tags::PATIENT_WEIGHT, "PatientWeight"),
    (tags::PATIENT_IDENTITY_REMOVED, "PatientIdentityRemoved"),
    (tags::COMPLETION_FLAG, "CompletionFlag"),
    (tags::VERIFICATION_FLAG, "VerificationFlag"),
    (tags::PRELIMINARY_FLAG, "PreliminaryFlag"),
];

/// Keyword to value; several values stay separated by backslashes, empty ones are left out.
pub(crate) fn header(set: &DataSet<'_>, charset: &Charset) -> BTreeMap<String, String> {
    let value = |tag| set.bytes(tag).map(|value| charset.decode(value)).filter(|v| !v.is_empty());
    HEADER.iter().filter_map(|&(tag, keyword)| Some((keyword.to_owned(), value(tag)?))).collect()
}
