//! The report as a whole: header, items outside events, items of every irradiation event.

use std::collections::BTreeMap;
use std::path::Path;

use dicom_dictionary_std::tags;

use crate::element::{DataSet, data_set, data_set_start};
use crate::error::ReportError;
use crate::header::header;
use crate::item::{Code, Codes, Item};
use crate::recognise;
use crate::request::{descriptions, procedure_codes};
use crate::source::{self, SIZE_LIMIT};
use crate::text::Charset;

/// A radiation dose report, flat.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Title of the report: 113701 (DCM), or the title of a private summary without events.
    pub title: Code,
    /// Keyword to value of the elements around the content tree, SOP class included.
    pub header: BTreeMap<String, String>,
    /// Codes of the procedure, performed before requested, with the keyword of their sequence.
    pub procedure_codes: Vec<(String, Code)>,
    /// Texts by which people name the procedure; they may hold anything.
    pub descriptions: Vec<String>,
    /// Everything outside irradiation events, in document order.
    pub items: Vec<Item>,
    /// The items below every irradiation event, in document order.
    pub events: Vec<Vec<Item>>,
}

/// Read a dose report from the bytes of a DICOM file or of a bare data set.
///
/// # Errors
///
/// Where the bytes are not DICOM, are cut off or damaged, or are no projection X-ray dose report.
pub fn read(bytes: &[u8]) -> Result<Report, ReportError> {
    let (bytes, encoding) = source::open(bytes)?;
    let set = data_set(&bytes, encoding)?;
    let charset = charset_of(&set, &Charset::default());
    let title = recognise::title(&set, &charset)?;
    let mut content = Content::default();
    let children = set.items(tags::CONTENT_SEQUENCE);
    if children.is_empty() {
        // Also what a file cut off right before its tree looks like: no report without dose.
        return Err(ReportError::NoContent);
    }
    for child in children {
        content.add(child, &charset, Place::Report(None));
    }
    recognise::check_system(&set, &charset, &content.items, &content.events)?;
    Ok(Report {
        title,
        header: header(&set, &charset),
        procedure_codes: procedure_codes(&set, &charset),
        descriptions: descriptions(&set, &charset),
        items: content.items,
        events: content.events,
    })
}

/// Refuse a file by its first bytes: what is no DICOM, and objects of classes that are never dose
/// reports. Of anything else, and where the class lies behind these bytes, [`read`] decides.
///
/// # Errors
///
/// [`ReportError::NotDicom`] and [`ReportError::NotDoseReport`].
pub fn check_start(start: &[u8]) -> Result<(), ReportError> {
    let opened = source::open(start);
    let (bytes, encoding) = match opened {
        Ok(opened) => opened,
        Err(ReportError::NotDicom) if !source::may_be_bare(start) => {
            return Err(ReportError::NotDicom);
        }
        Err(_) => return Ok(()),
    };
    let Some(set) = data_set_start(&bytes, encoding) else { return Ok(()) };
    recognise::check_class(&set, &charset_of(&set, &Charset::default()))
}

/// Read a dose report from a file.
///
/// # Errors
///
/// As [`read`], or where the file cannot be read.
pub fn read_file(path: &Path) -> Result<Report, ReportError> {
    if std::fs::metadata(path)?.len() > SIZE_LIMIT as u64 {
        return Err(source::too_large());
    }
    read(&std::fs::read(path)?)
}

/// Where an item belongs: below which item of the report, or of which event.
#[derive(Debug, Clone, Copy)]
enum Place {
    Report(Option<usize>),
    Event(usize, Option<usize>),
}

#[derive(Debug, Default)]
struct Content {
    items: Vec<Item>,
    events: Vec<Vec<Item>>,
    codes: Codes,
}

impl Content {
    /// Add an item and all below it; an event, wherever it hangs, starts a list of its own.
    fn add(&mut self, element: &DataSet<'_>, charset: &Charset, place: Place) {
        let charset = charset_of(element, charset);
        let below = match place {
            _ if is_event(element, &charset) => {
                self.events.push(Vec::new());
                Place::Event(self.events.len() - 1, None)
            }
            Place::Report(parent) => {
                self.items.push(Item::read(element, parent, &charset, &mut self.codes));
                Place::Report(Some(self.items.len() - 1))
            }
            Place::Event(event, parent) => {
                let items = &mut self.events[event];
                items.push(Item::read(element, parent, &charset, &mut self.codes));
                Place::Event(event, Some(items.len() - 1))
            }
        };
        for child in element.items(tags::CONTENT_SEQUENCE) {
            self.add(child, &charset, below);
        }
    }
}

/// Whether the item is an irradiation event (TID 10003, or its summary of TID 10042): its concept
/// decides.
fn is_event(element: &DataSet<'_>, charset: &Charset) -> bool {
    let concept = Code::first(element, tags::CONCEPT_NAME_CODE_SEQUENCE, charset);
    concept.is_some_and(|concept| concept.is_dcm("113706") || concept.is_dcm("130501"))
}

/// The character set that an item declares, or else that of what it lies in.
fn charset_of(set: &DataSet<'_>, around: &Charset) -> Charset {
    set.bytes(tags::SPECIFIC_CHARACTER_SET).map_or_else(|| around.clone(), Charset::from_codes)
}
