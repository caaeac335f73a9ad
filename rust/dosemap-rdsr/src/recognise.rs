//! Which objects are dose reports, and in what words the others are refused.

use dicom_core::dictionary::UidDictionary;
use dicom_dictionary_std::{StandardSopClassDictionary, tags, uids};

use crate::element::DataSet;
use crate::error::ReportError;
use crate::item::{Code, Item};
use crate::text::Charset;

/// Every class that a dose report has been seen under.
const CLASSES: [&str; 4] = [
    uids::X_RAY_RADIATION_DOSE_SR_STORAGE,
    uids::ENHANCED_X_RAY_RADIATION_DOSE_SR_STORAGE,
    uids::ENHANCED_SR_STORAGE,
    uids::COMPREHENSIVE_SR_STORAGE,
];
const PROCEDURE_REPORTED: &str = "121058";
const CT_ACQUISITION: &str = "113819";
/// Of one exposure and in total.
const GLANDULAR_DOSES: [&str; 2] = ["111631", "111637"];

/// Refuse classes that are never dose reports, before anything else is read.
pub(crate) fn check_class(set: &DataSet<'_>, charset: &Charset) -> Result<(), ReportError> {
    let class = sop_class(set, charset);
    if CLASSES.contains(&class.as_str()) {
        return Ok(());
    }
    Err(ReportError::NotDoseReport { found: class_name(&class) })
}

/// The report's title, if SOP class and title are those of a dose report or dose summary.
///
/// The template identifier is not asked: real reports leave it out.
pub(crate) fn title(set: &DataSet<'_>, charset: &Charset) -> Result<Code, ReportError> {
    let class = sop_class(set, charset);
    let title = Code::first(set, tags::CONCEPT_NAME_CODE_SEQUENCE, charset).unwrap_or_default();
    let known = match class.as_str() {
        // The class is for one template (TID 10040), so the title says nothing more.
        uids::ENHANCED_X_RAY_RADIATION_DOSE_SR_STORAGE => true,
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
            value if is_code(value) && is_code(&title.scheme) => format!(
                "an object of the class {} with the title code {value} ({})",
                class_name(&class),
                title.scheme
            ),
            _ => format!("an object of the class {} with another title", class_name(&class)),
        };
        Err(ReportError::NotDoseReport { found })
    }
}

const MAMMOGRAPHY: &str = "a mammography system";
const CT: &str = "a CT scanner";

/// Code values of "Procedure reported", SRT and SCT, that name systems whose reports share class
/// and title with ours.
const OTHER_SYSTEMS: [(&[&str], &str); 5] = [
    (&["P5-40010", "71651007"], MAMMOGRAPHY),
    (&["P5-08000", "77477000"], CT),
    (&["R-FFB4A", "717193008"], "a cone-beam CT scanner"),
    (&["P5-00027", "241686001"], "a bone densitometer"),
    (&["1290849002"], "a dental X-ray system"),
];

/// Refuse the dose reports of other systems, among them CT and mammography.
pub(crate) fn check_system(
    set: &DataSet<'_>,
    charset: &Charset,
    items: &[Item],
    events: &[Vec<Item>],
) -> Result<(), ReportError> {
    let refuse = |system| Err(ReportError::OtherSystem { system });
    let reported = items.iter().filter(|item| item.concept.is_dcm(PROCEDURE_REPORTED));
    let named: Vec<_> =
        reported.filter_map(|item| item.coded.as_deref()).map(other_system).collect();
    let mut all = items.iter().chain(events.iter().flatten());
    if named.contains(&Some(MAMMOGRAPHY))
        || all.any(|item| GLANDULAR_DOSES.iter().any(|code| item.concept.is_dcm(code)))
    {
        return refuse(MAMMOGRAPHY);
    }
    // An event of TID 10001 makes a report ours, in a hybrid room too; TID 10042 has them of all.
    if !events.is_empty() && !is_enhanced(set, charset) {
        return Ok(());
    }
    if items.iter().any(|item| item.concept.is_dcm(CT_ACQUISITION)) {
        return refuse(CT);
    }
    match named.first() {
        // What a suite does beside fluoroscopy does not make its report another's.
        Some(&Some(system)) if named.iter().all(Option::is_some) => refuse(system),
        _ => Ok(()),
    }
}

fn other_system(code: &Code) -> Option<&'static str> {
    let found = OTHER_SYSTEMS.iter().find(|(values, _)| values.contains(&code.value.as_str()));
    found.map(|&(_, system)| system)
}

fn sop_class(set: &DataSet<'_>, charset: &Charset) -> String {
    charset.decode(set.bytes(tags::SOP_CLASS_UID).unwrap_or_default())
}

fn is_enhanced(set: &DataSet<'_>, charset: &Charset) -> bool {
    sop_class(set, charset) == uids::ENHANCED_X_RAY_RADIATION_DOSE_SR_STORAGE
}

/// Whether a text looks like a code, so that a message may repeat it: others may be a name.
fn is_code(text: &str) -> bool {
    let of_codes = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    text.len() <= 16 && text.chars().all(of_codes)
}

/// The name of a SOP class, or what to say where there is none.
fn class_name(uid: &str) -> String {
    match StandardSopClassDictionary.by_uid(uid) {
        Some(class) => class.name.to_owned(),
        None if uid.is_empty() => "a DICOM data set without SOP class".to_owned(),
        None => "a DICOM object of an unknown SOP class".to_owned(),
    }
}
