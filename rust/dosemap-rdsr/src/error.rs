//! The one error type: each variant says what was found and what to do, never who the patient is.

use thiserror::Error;

/// Why a file is not read as a dose report.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The file could not be opened or read.
    #[error("the report cannot be read from disk: {0}")]
    Io(#[from] std::io::Error),
    /// The bytes are no DICOM data set.
    #[error("this is not a DICOM file; give an X-Ray Radiation Dose SR as the scanner exported it")]
    NotDicom,
    /// The file, or what it inflates to, is larger than any dose report.
    #[error(
        "the file holds more than {limit_mib} MiB, no dose report is that large; check the file"
    )]
    TooLarge {
        /// The limit in MiB.
        limit_mib: usize,
    },
    /// A data element ends behind the end of its container.
    #[error(
        "the file is cut off or damaged: the data element at byte {offset} of the data set is \
         incomplete; export the report again"
    )]
    Truncated {
        /// Where the element starts, counted from the start of the (inflated) data set.
        offset: usize,
    },
    /// The bytes do not follow the DICOM encoding.
    #[error(
        "the file is damaged: {what} at byte {offset} of the data set; export the report again"
    )]
    Damaged {
        /// What was found.
        what: &'static str,
        /// Where, counted from the start of the (inflated) data set.
        offset: usize,
    },
    /// Sequences are nested deeper than any content tree.
    #[error(
        "sequences are nested more than {limit} deep, which no dose report needs; check the file"
    )]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A DICOM object of another kind.
    #[error(
        "this is {found}, not a dose report; give the X-Ray Radiation Dose SR of the procedure"
    )]
    NotDoseReport {
        /// What it is, in words.
        found: String,
    },
    /// A dose report whose content tree is empty or missing.
    #[error("the dose report has a title but no content; export the report again")]
    NoContent,
    /// A dose report of another kind of X-ray system.
    #[error(
        "this is the dose report of {system}; only reports of fluoroscopy and radiography can be \
         read"
    )]
    OtherSystem {
        /// Which, in words.
        system: &'static str,
    },
}
