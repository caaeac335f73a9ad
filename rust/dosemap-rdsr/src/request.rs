//! What was done or asked for: procedure codes and descriptions around the content tree.

use std::collections::HashSet;

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use crate::element::DataSet;
use crate::item::Code;
use crate::text::Charset;

/// Sequences whose items stand for the order or the performed step.
const ORDERS: [Tag; 2] = [tags::REFERENCED_REQUEST_SEQUENCE, tags::REQUEST_ATTRIBUTES_SEQUENCE];

/// Code sequences of a procedure, at the top and in the items of [`ORDERS`]: what was performed
/// before what was asked for.
const CODES: [(Tag, &str); 5] = [
    (tags::PROCEDURE_CODE_SEQUENCE, "ProcedureCodeSequence"),
    (tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, "PerformedProcedureCodeSequence"),
    (tags::PERFORMED_PROTOCOL_CODE_SEQUENCE, "PerformedProtocolCodeSequence"),
    (tags::REQUESTED_PROCEDURE_CODE_SEQUENCE, "RequestedProcedureCodeSequence"),
    (tags::SCHEDULED_PROTOCOL_CODE_SEQUENCE, "ScheduledProtocolCodeSequence"),
];

const DESCRIPTIONS: [Tag; 7] = [
    tags::STUDY_DESCRIPTION,
    tags::SERIES_DESCRIPTION,
    tags::PROTOCOL_NAME,
    tags::PERFORMED_PROCEDURE_STEP_DESCRIPTION,
    tags::REQUESTED_PROCEDURE_DESCRIPTION,
    tags::SCHEDULED_PROCEDURE_STEP_DESCRIPTION,
    tags::REASON_FOR_THE_REQUESTED_PROCEDURE,
];

/// Codes with the keyword of their sequence, each once; empty ones are left out.
pub(crate) fn procedure_codes(set: &DataSet<'_>, charset: &Charset) -> Vec<(String, Code)> {
    let codes = CODES.into_iter().flat_map(|(tag, keyword)| {
        let items = places(set).flat_map(move |place| place.items(tag));
        items.map(move |code| (keyword.to_owned(), Code::read(code, charset)))
    });
    let mut seen = HashSet::new();
    codes.filter(|code| code.1 != Code::default() && seen.insert(code.clone())).collect()
}

/// Texts by which people name a procedure, each once; empty ones are left out.
pub(crate) fn descriptions(set: &DataSet<'_>, charset: &Charset) -> Vec<String> {
    let texts = DESCRIPTIONS.into_iter().flat_map(|tag| {
        let values = places(set).filter_map(move |place| place.bytes(tag));
        values.map(|value| charset.decode(value))
    });
    let mut seen = HashSet::new();
    texts.filter(|text| !text.is_empty() && seen.insert(text.clone())).collect()
}

/// The data set itself and the items of its orders.
fn places<'a, 'b>(set: &'b DataSet<'a>) -> impl Iterator<Item = &'b DataSet<'a>> {
    std::iter::once(set).chain(ORDERS.into_iter().flat_map(|tag| set.items(tag)))
}
