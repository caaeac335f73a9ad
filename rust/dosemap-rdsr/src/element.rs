//! Bytes to a tree of data elements that borrow from them; depth and lengths are checked first.

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr};
use dicom_core::header::{DataElementHeader, Length, SequenceItemHeader};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::{StandardDataDictionary, tags};
use dicom_encoding::decode::Decode;
use dicom_encoding::decode::explicit_be::ExplicitVRBigEndianDecoder;
use dicom_encoding::decode::explicit_le::ExplicitVRLittleEndianDecoder;
use dicom_encoding::decode::implicit_le::StandardImplicitVRLittleEndianDecoder;

use crate::error::ReportError;

/// Nested sequences; TID 10001 with codes, filters and devices needs fewer than 10.
const DEPTH_LIMIT: usize = 48;

/// The group of item starts, item ends and sequence ends.
const DELIMITERS: u16 = 0xFFFE;
const ITEM_DELIMITER: Tag = Tag(DELIMITERS, 0xE00D);

/// How data elements are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    ImplicitLittle,
    ExplicitLittle,
    ExplicitBig,
}

/// The data elements of the report or of a sequence item, in file order.
#[derive(Debug)]
pub(crate) struct DataSet<'a> {
    elements: Vec<(Tag, Value<'a>)>,
    encoding: Encoding,
}

#[derive(Debug)]
enum Value<'a> {
    Bytes(&'a [u8]),
    Items(Vec<DataSet<'a>>),
}

impl<'a> DataSet<'a> {
    /// The undecoded value of an element that is no sequence.
    pub(crate) fn bytes(&self, tag: Tag) -> Option<&'a [u8]> {
        self.elements.iter().find_map(|(found, value)| match value {
            Value::Bytes(bytes) if *found == tag => Some(*bytes),
            _ => None,
        })
    }

    /// The items of a sequence; none where the sequence is empty or missing.
    pub(crate) fn items(&self, tag: Tag) -> &[DataSet<'a>] {
        let items = self.elements.iter().find_map(|(found, value)| match value {
            Value::Items(items) if *found == tag => Some(items.as_slice()),
            _ => None,
        });
        items.unwrap_or_default()
    }

    /// The values of an element of value representation FD.
    pub(crate) fn doubles(&self, tag: Tag) -> Vec<f64> {
        let big = self.encoding == Encoding::ExplicitBig;
        let (chunks, _) = self.bytes(tag).unwrap_or_default().as_chunks::<8>();
        let decode = if big { f64::from_be_bytes } else { f64::from_le_bytes };
        chunks.iter().map(|&chunk| decode(chunk)).collect()
    }

    /// The values of an element of value representation UL.
    pub(crate) fn unsigned_longs(&self, tag: Tag) -> Vec<u32> {
        let big = self.encoding == Encoding::ExplicitBig;
        let (chunks, _) = self.bytes(tag).unwrap_or_default().as_chunks::<4>();
        let decode = if big { u32::from_be_bytes } else { u32::from_le_bytes };
        chunks.iter().map(|&chunk| decode(chunk)).collect()
    }
}

/// The data set of a report, up to and including its content tree.
///
/// What follows the tree (signatures, padding, pixels of other objects) is not looked at.
pub(crate) fn data_set(bytes: &[u8], encoding: Encoding) -> Result<DataSet<'_>, ReportError> {
    let mut reader = Reader { bytes, position: 0, encoding };
    let mut elements = Vec::new();
    while reader.position < bytes.len() {
        let header = reader.header(bytes.len())?;
        if header.tag > tags::CONTENT_SEQUENCE && header.tag.0 != DELIMITERS {
            break;
        }
        elements.push((header.tag, reader.value(&header, bytes.len(), DEPTH_LIMIT)?));
    }
    Ok(DataSet { elements, encoding })
}

/// The elements up to and including the SOP class, of the start of a file; `None` where the start
/// ends before it, or does not follow the encoding.
pub(crate) fn data_set_start(start: &[u8], encoding: Encoding) -> Option<DataSet<'_>> {
    let mut reader = Reader { bytes: start, position: 0, encoding };
    let mut elements = Vec::new();
    loop {
        let header = reader.header(start.len()).ok()?;
        if header.tag > tags::SOP_CLASS_UID {
            return None;
        }
        elements.push((header.tag, reader.value(&header, start.len(), DEPTH_LIMIT).ok()?));
        if header.tag == tags::SOP_CLASS_UID {
            return Some(DataSet { elements, encoding });
        }
    }
}

/// The file meta information (group 0002) at the start of `bytes`, and where it ends.
pub(crate) fn file_meta(
    bytes: &[u8],
    encoding: Encoding,
) -> Result<(DataSet<'_>, usize), ReportError> {
    let mut reader = Reader { bytes, position: 0, encoding };
    let mut elements = Vec::new();
    loop {
        let start = reader.position;
        let in_group = match encoding {
            Encoding::ExplicitBig => bytes[start..].starts_with(&[0, 2]),
            _ => bytes[start..].starts_with(&[2, 0]),
        };
        if !in_group {
            return Ok((DataSet { elements, encoding }, start));
        }
        let header = reader.header(bytes.len())?;
        elements.push((header.tag, reader.value(&header, bytes.len(), DEPTH_LIMIT)?));
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    encoding: Encoding,
}

impl<'a> Reader<'a> {
    /// The next element header; it must lie before `limit`.
    fn header(&mut self, limit: usize) -> Result<DataElementHeader, ReportError> {
        let offset = self.position;
        let mut rest = &self.bytes[offset..limit];
        let decoded = match self.encoding {
            Encoding::ImplicitLittle => {
                StandardImplicitVRLittleEndianDecoder::new().decode_header(&mut rest)
            }
            Encoding::ExplicitLittle => {
                ExplicitVRLittleEndianDecoder::default().decode_header(&mut rest)
            }
            Encoding::ExplicitBig => ExplicitVRBigEndianDecoder::default().decode_header(&mut rest),
        };
        let (header, length) = decoded.map_err(|_| ReportError::Truncated { offset })?;
        self.position += length;
        Ok(header)
    }

    /// The value after `header`, which must end before `limit`.
    fn value(
        &mut self,
        header: &DataElementHeader,
        limit: usize,
        depth: usize,
    ) -> Result<Value<'a>, ReportError> {
        if header.tag.0 == DELIMITERS {
            return Err(self.stray_delimiter());
        }
        let end = self.end(header.len, limit)?;
        let unknown = header.vr == VR::UN;
        let is_sequence = header.vr == VR::SQ || unknown && is_standard_sequence(header.tag);
        match end {
            Some(end) if !is_sequence => {
                let value = &self.bytes[self.position..end];
                self.position = end;
                Ok(Value::Bytes(value))
            }
            _ => {
                let around = self.encoding;
                if unknown {
                    // PS3.5 6.2.2: a sequence that passed through a system that did not
                    // know it is implicit little endian inside, in every transfer syntax.
                    self.encoding = Encoding::ImplicitLittle;
                }
                let items = self.sequence(end, limit, depth)?;
                self.encoding = around;
                Ok(Value::Items(items))
            }
        }
    }

    /// The items of a sequence that ends at `end` or, without one, at its delimiter.
    fn sequence(
        &mut self,
        end: Option<usize>,
        limit: usize,
        depth: usize,
    ) -> Result<Vec<DataSet<'a>>, ReportError> {
        if depth == 0 {
            return Err(ReportError::TooDeep { limit: DEPTH_LIMIT });
        }
        let limit = end.unwrap_or(limit);
        let mut items = Vec::new();
        while end.is_none() || self.position < limit {
            let offset = self.position;
            let header = self.header(limit)?;
            match SequenceItemHeader::new(header.tag, header.len) {
                Ok(SequenceItemHeader::Item { len }) => {
                    let end = self.end(len, limit)?;
                    items.push(self.item(end, limit, depth - 1)?);
                }
                Ok(SequenceItemHeader::SequenceDelimiter) if self.may_stop(end) => break,
                Ok(_) => return Err(self.stray_delimiter()),
                Err(_) => return Err(ReportError::Damaged { what: "no sequence item", offset }),
            }
        }
        Ok(items)
    }

    /// The elements of an item that ends at `end` or, without one, at its delimiter.
    fn item(
        &mut self,
        end: Option<usize>,
        limit: usize,
        depth: usize,
    ) -> Result<DataSet<'a>, ReportError> {
        let limit = end.unwrap_or(limit);
        let mut elements = Vec::new();
        while end.is_none() || self.position < limit {
            let header = self.header(limit)?;
            if header.tag == ITEM_DELIMITER && self.may_stop(end) {
                break;
            }
            elements.push((header.tag, self.value(&header, limit, depth)?));
        }
        Ok(DataSet { elements, encoding: self.encoding })
    }

    /// Whether a delimiter may stand here: where the length is undefined, or used up as well.
    fn may_stop(&self, end: Option<usize>) -> bool {
        end.is_none_or(|end| end == self.position)
    }

    /// Reading on behind a stray delimiter would silently lose content.
    fn stray_delimiter(&self) -> ReportError {
        ReportError::Damaged { what: "a stray delimiter ends", offset: self.position }
    }

    /// Where a value of this length ends; `None` for an undefined length.
    fn end(&self, length: Length, limit: usize) -> Result<Option<usize>, ReportError> {
        let Some(length) = length.get() else { return Ok(None) };
        match self.position.checked_add(length as usize) {
            Some(end) if end <= limit => Ok(Some(end)),
            _ => Err(ReportError::Truncated { offset: self.position }),
        }
    }
}

fn is_standard_sequence(tag: Tag) -> bool {
    StandardDataDictionary.by_tag(tag).is_some_and(|entry| entry.vr() == VirtualVr::Exact(VR::SQ))
}
