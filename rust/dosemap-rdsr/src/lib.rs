//! X-Ray Radiation Dose SR to flat concept items per irradiation event; no physics.
//!
//! Layers, each using only those before it: `error` <- `text` <- `element` (bytes to a tree of
//! data elements) <- `source` (preamble, file meta, transfer syntax) <- `item` (content tree to
//! flat items) <- `header`, `request`, `recognise` <- `report`.
//!
//! Element headers and character sets are decoded by dicom-rs. The tree is built here, because
//! reports come from outside and `dicom-object` 0.10.1 reads a sequence nested 100 000 deep into a
//! stack overflow, and allocates and fills 4 GB for an element that claims that length.
#![forbid(unsafe_code)]

mod element;
mod error;
mod header;
mod item;
mod recognise;
mod report;
mod request;
mod source;
mod text;

pub use error::ReportError;
pub use item::{Code, Item, ValueType};
pub use report::{Report, check_start, read, read_file};
pub use source::SIZE_LIMIT;
