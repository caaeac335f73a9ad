//! Which objects are dose reports, and in what words the others are refused.

use dicom_core::dictionary::UidDictionary;
use dicom_dictionary_std::{StandardSopClassDictionary, tags, uids};

use crate::element::DataSet;
use crate::error::ReportError;
use crate::item::{Code, Item};
use crate::text::Charset;

/// The report's title, if SOP class and title are those of a dose report or dose summary.
///
/// The template identifier is not asked: real reports leave it out.
pub(crate) fn title(set: &DataSet<'_>, charset: &Charset) -> Result<Code, ReportError> {
    let class = charset.decode(set.bytes(tags::SOP_CLASS_UID).unwrap_or_default());
    let title = Code::first(set, tags::CONCEPT_NAME_CODE_SEQUENCE, charset).unwrap_or_default();
    let known = match class.as_str() {
        uids::ENHANCED_X_RAY_RADIATION_DOSE_SR_STORAGE => return Err(ReportError::EnhancedReport),
        uids::X_RAY_RADIATION_DOSE_SR_STORAGE => title.is_dcm("113701"),
        // Older systems send the report, or the private "Radiation Summary Report" of Siemens
        // mobile C-arms (totals only), under a general SR class.
        uids::ENHANCED_SR_STORAGE | uids::COMPREHENSIVE_SR_STORAGE => {
            title.is_dcm("113701") || (title.value == "C-10" && title.scheme == "99SMS_RADSUM")
        }
        _ => return Err(ReportError::NotDoseReport { found: class_name(&class) }),
    };
    if known {
        Ok(title)
    } else {
        let found = match title.value.as_str() {
            "" => format!("an object of the class {} without a title", class_name(&class)),
            value => format!(
                "an object of the class {} with the title code {value} ({})",
                class_name(&class),
                title.scheme
            ),
        };
        Err(ReportError::NotDoseReport { found })
    }
}

/// Refuse the dose reports of CT and mammography, which share class and title with ours.
pub(crate) fn check_modality(items: &[Item], event_count: usize) -> Result<(), ReportError> {
    let procedure_is = |codes: [&str; 2]| {
        items.iter().filter(|item| item.concept.is_dcm("121058")).any(|item| {
            item.coded.as_ref().is_some_and(|code| codes.contains(&code.value.as_str()))
        })
    };
    if procedure_is(["P5-40010", "71651007"]) {
        return Err(ReportError::MammographyReport);
    }
    let has_ct_acquisition = items.iter().any(|item| item.concept.is_dcm("113819"));
    if event_count == 0 && (has_ct_acquisition || procedure_is(["P5-08000", "77477000"])) {
        return Err(ReportError::CtReport);
    }
    Ok(())
}

/// The name of a SOP class, or what to say where there is none.
fn class_name(uid: &str) -> String {
    match StandardSopClassDictionary.by_uid(uid) {
        Some(class) => class.name.to_owned(),
        None if uid.is_empty() => "a DICOM data set without SOP class".to_owned(),
        None => "a DICOM object of an unknown SOP class".to_owned(),
    }
}
