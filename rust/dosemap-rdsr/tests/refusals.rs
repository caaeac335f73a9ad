//! What is refused, and that the sentence names what was found and no patient.

#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use dosemap_rdsr::{ReportError, read};

fn refusal(bytes: &[u8]) -> (ReportError, String) {
    let error = read(bytes).unwrap_err();
    let sentence = error.to_string();
    assert!(!sentence.contains("Doe"), "{sentence}");
    (error, sentence)
}

fn procedure(code_value: &str) -> Vec<u8> {
    content_item("CODE", "121058", &[code((0x0040, 0xA168), code_value, "SRT")])
}

#[test]
fn other_files_are_not_dicom() {
    for bytes in [&b""[..], b"PK\x03\x04 and so on", &[0; 400], b"{\"dose\": 1}", b"\x08\x00\x05"] {
        assert!(matches!(refusal(bytes).0, ReportError::NotDicom), "{bytes:?}");
    }
}

#[test]
fn other_objects_are_named() {
    let content = [content_item("TEXT", "121106", &[])];
    let cases = [
        ("1.2.840.10008.5.1.4.1.1.12.1", "113701", "X-Ray Angiographic Image Storage"),
        ("1.2.840.10008.5.1.4.1.1.88.68", "113701", "Radiopharmaceutical Radiation Dose SR"),
        (
            "1.2.840.10008.5.1.4.1.1.88.22",
            "126000",
            "Enhanced SR Storage with the title code 126000",
        ),
        (XRAY_DOSE, "126000", "title code 126000"),
        (XRAY_DOSE, "Doe^Jane", "with another title"),
        ("1.2.3", "113701", "unknown SOP class"),
    ];
    for (class, title, words) in cases {
        let (error, sentence) = refusal(&data_set(class, title, &content));
        assert!(matches!(error, ReportError::NotDoseReport { .. }));
        assert!(sentence.contains(words), "{sentence}");
    }
}

fn other_system(bytes: &[u8]) -> &'static str {
    match refusal(bytes).0 {
        ReportError::OtherSystem { system } => system,
        error => panic!("{error}"),
    }
}

#[test]
fn dose_reports_of_other_systems_are_named() {
    let ct = content_item("CONTAINER", "113819", &[]);
    assert_eq!(other_system(&report(std::slice::from_ref(&ct))), "a CT scanner");
    assert_eq!(other_system(&report(&[procedure("77477000")])), "a CT scanner");
    let event = content_item("CONTAINER", "113706", &[]);
    for code_value in ["P5-40010", "71651007"] {
        let bytes = report(&[procedure(code_value), event.clone()]);
        assert_eq!(other_system(&bytes), "a mammography system");
    }
    // A hybrid room: an irradiation event makes it ours.
    assert!(read(&report(&[ct, event.clone()])).is_ok());
    assert!(read(&report(&[procedure("77477000"), event])).is_ok());
    assert!(read(&report(&[procedure("113704")])).is_ok());
}

/// Every modality can write this class, with events, so the procedure has to tell.
#[test]
fn enhanced_dose_reports_of_other_systems_are_named() {
    let event = content_item("CONTAINER", "130501", &[]);
    let enhanced = |items: &[Vec<u8>]| data_set(ENHANCED, "113701", items);
    for (code_value, system) in [
        ("77477000", "a CT scanner"),
        ("P5-08000", "a CT scanner"),
        ("717193008", "a cone-beam CT scanner"),
        ("71651007", "a mammography system"),
        ("1290849002", "a dental X-ray system"),
        ("241686001", "a bone densitometer"),
    ] {
        let bytes = enhanced(&[procedure(code_value), event.clone()]);
        assert_eq!(other_system(&bytes), system);
    }
    for (container, dose) in [("130500", "111637"), ("130501", "111631")] {
        let glandular = content_item("NUM", dose, &[measured(&[number("1.2")])]);
        let around = content_item("CONTAINER", container, &[sequence(CONTENT, &[glandular])]);
        assert_eq!(other_system(&enhanced(&[around])), "a mammography system");
    }
    // An angiography suite that also took a cone-beam scan.
    assert!(read(&enhanced(&[procedure("44491008"), procedure("717193008")])).is_ok());
}

/// Two titles are about for the one template of this class.
#[test]
fn enhanced_dose_reports_are_read_whatever_their_title() {
    let event = content_item("CONTAINER", "130501", &[sequence(CONTENT, &[procedure("1")])]);
    let details = content_item(
        "CONTAINER",
        "130505",
        &[sequence(CONTENT, &[content_item("TABLE", "130520", &[])])],
    );
    for title in ["113701", "113710", ""] {
        let read = read(&data_set(ENHANCED, title, &[event.clone(), details.clone()])).unwrap();
        assert_eq!((read.events.len(), read.events[0].len()), (1, 1));
        let types: Vec<_> = read.items.iter().map(|item| item.value_type.as_str()).collect();
        assert_eq!(types, ["CONTAINER", "TABLE"]);
    }
    assert!(matches!(refusal(&data_set(ENHANCED, "113701", &[])).0, ReportError::NoContent));
}

#[test]
fn general_structured_reports_with_the_title_are_read() {
    for class in ["1.2.840.10008.5.1.4.1.1.88.22", "1.2.840.10008.5.1.4.1.1.88.33"] {
        let read = read(&data_set(class, "113701", &[content_item("NUM", "113725", &[])]));
        assert_eq!(read.unwrap().header["SOPClassUID"], class);
    }
}

#[test]
fn a_report_without_content_is_refused() {
    assert!(matches!(refusal(&report(&[])).0, ReportError::NoContent));
}

/// Deep nesting must end in an error, not in a stack overflow, which nobody could catch.
#[test]
fn nesting_is_limited() {
    let open = [&[0x40, 0, 0x30, 0xA7, b'S', b'Q', 0, 0][..], &[0xFF; 4], &[0xFE, 0xFF, 0, 0xE0]];
    let open = [&open.concat()[..], &[0xFF; 4]].concat();
    let head = element((0x0008, 0x0016), "UI", XRAY_DOSE);
    let (error, _) = refusal(&[head, open.repeat(100_000)].concat());
    assert!(matches!(error, ReportError::TooDeep { .. }));
}

/// A length of 4 GB costs nothing but the comparison with what is there.
#[test]
fn lengths_beyond_the_file_are_refused() {
    let mut bytes = report(&[content_item("TEXT", "121106", &[])]);
    let huge = [0x40, 0, 0x30, 0xA7, b'S', b'Q', 0, 0, 0xFE, 0xFF, 0xFF, 0xFF];
    bytes.splice(0..0, element((0x0008, 0x0016), "UI", XRAY_DOSE).into_iter().chain(huge));
    assert!(matches!(refusal(&bytes).0, ReportError::Truncated { .. }));
}

/// Nothing may be lost silently: a sequence that ends before its items do is damage.
#[test]
fn stray_delimiters_are_refused() {
    let num = content_item("NUM", "113738", &[]);
    let sequence_end = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0].to_vec();
    let item_end = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0].to_vec();
    let at_the_end = report(&[num.clone(), num.clone(), sequence_end.clone()]);
    assert_eq!(read(&at_the_end).unwrap().items.len(), 2);
    for stray in [sequence_end, item_end] {
        let within = report(&[num.clone(), stray, num.clone()]);
        assert!(matches!(refusal(&within).0, ReportError::Damaged { .. }));
    }
    let mut short = report(&[num.clone(), num.clone()]);
    let length_at = short.len() - 2 * num.len() - 4;
    short[length_at..length_at + 4].copy_from_slice(&(num.len() as u32).to_le_bytes());
    assert!(matches!(refusal(&short).0, ReportError::Damaged { .. }));
}
