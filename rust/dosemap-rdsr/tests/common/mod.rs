//! Small reports built byte by byte, explicit VR little endian, and the real ones.

#![allow(dead_code, clippy::unwrap_used)]

use std::path::PathBuf;

pub const XRAY_DOSE: &str = "1.2.840.10008.5.1.4.1.1.88.67";
pub const ENHANCED: &str = "1.2.840.10008.5.1.4.1.1.88.76";

/// A data element.
pub fn element(tag: (u16, u16), vr: &str, value: impl AsRef<[u8]>) -> Vec<u8> {
    let mut value = value.as_ref().to_vec();
    if value.len() % 2 == 1 {
        value.push(b' ');
    }
    let mut bytes = Vec::new();
    bytes.extend(tag.0.to_le_bytes());
    bytes.extend(tag.1.to_le_bytes());
    bytes.extend(vr.as_bytes());
    if ["SQ", "UN", "UT", "OB"].contains(&vr) {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

/// An item of a sequence.
pub fn item(elements: &[Vec<u8>]) -> Vec<u8> {
    let content = elements.concat();
    let mut bytes = vec![0xFE, 0xFF, 0x00, 0xE0];
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    bytes
}

pub fn sequence(tag: (u16, u16), items: &[Vec<u8>]) -> Vec<u8> {
    element(tag, "SQ", items.concat())
}

/// A code sequence with one code.
pub fn code(tag: (u16, u16), value: &str, scheme: &str) -> Vec<u8> {
    let parts = [
        element((0x0008, 0x0100), "SH", value),
        element((0x0008, 0x0102), "SH", scheme),
        element((0x0008, 0x0104), "LO", "meaning"),
    ];
    sequence(tag, &[item(&parts)])
}

pub const CONCEPT_NAME: (u16, u16) = (0x0040, 0xA043);
pub const CONTENT: (u16, u16) = (0x0040, 0xA730);

/// A content item: value type, DCM concept, further elements.
pub fn content_item(value_type: &str, concept: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let mut elements =
        vec![element((0x0040, 0xA040), "CS", value_type), code(CONCEPT_NAME, concept, "DCM")];
    elements.extend_from_slice(more);
    item(&elements)
}

/// The measured value of a NUM item.
pub fn measured(elements: &[Vec<u8>]) -> Vec<u8> {
    let mut all = vec![code((0x0040, 0x08EA), "Gy", "UCUM")];
    all.extend_from_slice(elements);
    sequence((0x0040, 0xA300), &[item(&all)])
}

pub fn number(text: &str) -> Vec<u8> {
    element((0x0040, 0xA30A), "DS", text)
}

/// A data set of the class with the DCM title and these content items.
pub fn data_set(class: &str, title: &str, content: &[Vec<u8>]) -> Vec<u8> {
    [
        element((0x0008, 0x0016), "UI", class),
        element((0x0010, 0x0010), "PN", "Doe^Jane"),
        code(CONCEPT_NAME, title, "DCM"),
        sequence(CONTENT, content),
    ]
    .concat()
}

pub fn report(content: &[Vec<u8>]) -> Vec<u8> {
    data_set(XRAY_DOSE, "113701", content)
}

/// The bytes of every real report, or none with a note where they are not at hand.
pub fn real_reports() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/rdsr");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no real reports in ../shared/data/rdsr");
        return Vec::new();
    };
    let mut reports: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), path))
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect();
    reports.sort();
    reports
}
