//! Preamble, file meta information and transfer syntax: where the data set starts and how to read.

use std::borrow::Cow;
use std::io::{ErrorKind, Read};

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use flate2::read::DeflateDecoder;

use crate::element::{Encoding, file_meta};
use crate::error::ReportError;

/// An event of the most talkative make takes 10 kB, of others 7, so this is room for 50,000 events: a day
/// and a half with one every two seconds. Read from Python a report takes up to nine times its size
/// in memory.
const SIZE_LIMIT_MIB: usize = 512;
/// The largest report that is read, in bytes.
pub const SIZE_LIMIT: usize = SIZE_LIMIT_MIB << 20;

/// Of deflated data, which may be a bomb: neither takes more than 0.7 GB.
const INFLATED_LIMIT_MIB: usize = 64;

/// Retired, therefore no longer in the dictionary's living part, but still on archive media.
const EXPLICIT_VR_BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

/// The refusal of anything larger than [`SIZE_LIMIT`].
pub(crate) fn too_large() -> ReportError {
    ReportError::TooLarge { limit_mib: SIZE_LIMIT_MIB }
}

/// The bytes of a data set, inflated if need be, and how they are encoded.
pub(crate) fn open(bytes: &[u8]) -> Result<(Cow<'_, [u8]>, Encoding), ReportError> {
    if bytes.len() > SIZE_LIMIT {
        return Err(too_large());
    }
    let marked = bytes.get(128..132) == Some(b"DICM");
    let body = if marked { &bytes[132..] } else { bytes };
    let starts_with_meta = body.starts_with(&[2, 0]);
    if !marked && !starts_with_meta {
        return bare_data_set(bytes);
    }
    if !starts_with_meta {
        return Ok((Cow::Borrowed(body), little_endian(body)));
    }
    let (meta, end) = file_meta(body, little_endian(body)).map_err(|error| match error {
        // Without preamble and mark, "0200" and then nonsense is any file at all.
        _ if !marked => ReportError::NotDicom,
        _ => error,
    })?;
    let rest = &body[end..];
    let syntax = meta.bytes(tags::TRANSFER_SYNTAX_UID).unwrap_or_default();
    match String::from_utf8_lossy(syntax).trim_end_matches(['\0', ' ']) {
        EXPLICIT_VR_BIG_ENDIAN => Ok((Cow::Borrowed(rest), Encoding::ExplicitBig)),
        uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN => {
            let inflated = inflate(rest, INFLATED_LIMIT_MIB << 20)?;
            let encoding = little_endian(&inflated);
            Ok((Cow::Owned(inflated), encoding))
        }
        _ => Ok((Cow::Borrowed(rest), little_endian(rest))),
    }
}

/// A data set without preamble and file meta: it starts with an element of group 0008.
fn bare_data_set(bytes: &[u8]) -> Result<(Cow<'_, [u8]>, Encoding), ReportError> {
    let explicit = has_vr(bytes);
    let length_fits = || match bytes.get(4..8) {
        Some(&[a, b, c, d]) => (u32::from_le_bytes([a, b, c, d]) as usize) < bytes.len(),
        _ => false,
    };
    match bytes {
        [8, 0, ..] if explicit => Ok((Cow::Borrowed(bytes), Encoding::ExplicitLittle)),
        [8, 0, ..] if length_fits() => Ok((Cow::Borrowed(bytes), Encoding::ImplicitLittle)),
        [0, 8, ..] if explicit => Ok((Cow::Borrowed(bytes), Encoding::ExplicitBig)),
        _ => Err(ReportError::NotDicom),
    }
}

/// Whether the start of a file could be that of a bare data set: a length may reach behind it.
pub(crate) fn may_be_bare(start: &[u8]) -> bool {
    start.starts_with(&[8, 0])
}

/// Implicit or explicit, from the first element rather than from the declared transfer syntax.
///
/// Files whose transfer syntax says one and whose bytes say the other exist (a data set stored as
/// received under new file meta). The two cannot be confused: read as an implicit length, the two
/// letters of a value representation would make a first element of over 16 kB.
fn little_endian(bytes: &[u8]) -> Encoding {
    if has_vr(bytes) { Encoding::ExplicitLittle } else { Encoding::ImplicitLittle }
}

/// Whether a value representation follows the first tag.
fn has_vr(bytes: &[u8]) -> bool {
    bytes.get(4..6).is_some_and(|vr| VR::from_binary([vr[0], vr[1]]).is_some())
}

fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, ReportError> {
    let mut inflated = Vec::new();
    let read = DeflateDecoder::new(bytes).take(limit as u64 + 1).read_to_end(&mut inflated);
    match read {
        Ok(length) if length > limit => Err(ReportError::TooLarge { limit_mib: limit >> 20 }),
        Ok(_) => Ok(inflated),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err(ReportError::Truncated { offset: inflated.len() })
        }
        Err(_) => {
            Err(ReportError::Damaged { what: "no valid deflated data", offset: inflated.len() })
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Write;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::*;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn inflating_stops_at_the_limit_and_at_damage() {
        let bomb = deflated(&[0; 100_000]);
        assert!(bomb.len() < 1_000);
        assert_eq!(inflate(&bomb, 100_000).unwrap(), [0; 100_000]);
        assert!(matches!(inflate(&bomb, 99_999), Err(ReportError::TooLarge { .. })));
        let cut = &bomb[..bomb.len() / 2];
        assert!(matches!(inflate(cut, 100_000), Err(ReportError::Truncated { .. })));
        assert!(matches!(inflate(b"\xFF\xFF", 10), Err(ReportError::Damaged { .. })));
    }

    /// A data set stored under file meta that names another encoding is read as it is.
    #[test]
    fn the_first_element_decides_against_the_file_meta() {
        let explicit = b"\x08\x00\x16\x00UI\x02\x001\0";
        let implicit = b"\x08\x00\x16\x00\x02\x00\x00\x001\0";
        for (data_set, expected) in
            [(&explicit[..], Encoding::ExplicitLittle), (&implicit[..], Encoding::ImplicitLittle)]
        {
            for syntax in [uids::IMPLICIT_VR_LITTLE_ENDIAN, uids::EXPLICIT_VR_LITTLE_ENDIAN] {
                let length = u8::try_from(syntax.len()).unwrap();
                let meta = [b"\x02\x00\x10\x00UI", &[length, 0][..], syntax.as_bytes()].concat();
                let file = [&[0; 128][..], b"DICM", &meta, data_set].concat();
                let (bytes, encoding) = open(&file).unwrap();
                assert_eq!((&bytes[..], encoding), (data_set, expected));
            }
        }
    }
}
