//! X-Ray Radiation Dose SR to flat concept items per irradiation event; no physics.
//!
//! Layers, each using only those before it: `error` <- `text` <- `element` (bytes to a tree of
//! data elements) <- `source` (preamble, file meta, transfer syntax) <- `item` (content tree to
//! flat items) <- `header`, `recognise` <- `report`.
//!
//! Element headers and character sets are decoded by dicom-rs. The tree is built here because
//! `dicom-object` recurses without a limit and allocates a value before it knows that the file
//! holds it, and `dicom-parser` panics on a stray item delimiter: reports come from outside.
#![forbid(unsafe_code)]

mod element;
mod error;
mod header;
mod item;
mod recognise;
mod report;
mod source;
mod text;

pub use error::ReportError;
pub use item::{Code, Item, ValueType};
pub use report::{Report, read, read_file};
