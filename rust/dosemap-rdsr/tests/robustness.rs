//! Damaged files end in an error or in a sound report: never a panic, never a shortened report.

#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use dosemap_rdsr::{Report, ReportError, read};
use proptest::prelude::*;
use proptest::sample::Index;

/// The real reports and a built one, so that the test has something to damage everywhere.
fn reports() -> Vec<Vec<u8>> {
    let event = content_item(
        "CONTAINER",
        "113706",
        &[sequence(CONTENT, &[content_item("NUM", "113738", &[measured(&[number("1e-3")])])])],
    );
    let source = content_item("TEXT", "113832", &[element((0x0040, 0xA160), "UT", "A")]);
    let enhanced = ["130500", "130501", "130505"].map(|concept| {
        content_item("CONTAINER", concept, &[sequence(CONTENT, std::slice::from_ref(&source))])
    });
    let mut reports =
        vec![report(&[event.clone(), event]), data_set(ENHANCED, "113701", &enhanced)];
    // The small ones: damage is then denser, and a case is a tenth of a millisecond.
    reports.extend(real_reports().into_iter().map(|(_, bytes)| bytes).filter(|b| b.len() < 70_000));
    reports
}

/// Bytes that mean something to a DICOM parser.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 1..5),
        Just(vec![0xFF; 4]),
        Just(vec![0; 4]),
        Just(vec![0xFE, 0xFF, 0x00, 0xE0]),
        Just(vec![0xFE, 0xFF, 0x0D, 0xE0]),
        Just(vec![0xFE, 0xFF, 0xDD, 0xE0]),
        Just(b"SQ".to_vec()),
        Just(b"UN".to_vec()),
        Just(vec![0x40, 0x00, 0x30, 0xA7]),
    ]
}

fn is_sound(report: &Report) -> bool {
    report.events.iter().chain([&report.items]).all(|items| {
        items.iter().enumerate().all(|(index, item)| {
            item.parent.is_none_or(|parent| parent < index)
                && item.numbers.iter().all(|number| number.is_finite())
        })
    })
}

#[test]
fn damaged_reports_never_panic() {
    let reports = reports();
    let damage =
        (any::<Index>(), prop::collection::vec((any::<Index>(), fragment(), any::<bool>()), 1..12));
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) };
    proptest!(config, |((report, changes) in damage)| {
        let mut bytes = report.get(&reports).clone();
        for (place, fragment, insert) in changes {
            let start = place.index(bytes.len());
            let end = if insert { start } else { bytes.len().min(start + fragment.len()) };
            bytes.splice(start..end, fragment);
        }
        prop_assert!(read(&bytes).as_ref().map_or(true, is_sound));
    });
}

#[test]
fn arbitrary_bytes_never_panic() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) };
    let pieces = prop::collection::vec(fragment(), 0..60);
    proptest!(config, |(pieces in pieces, head in 0..3_usize)| {
        let explicit = element((0x0008, 0x0016), "UI", XRAY_DOSE);
        let head = [&b""[..], &explicit, &[8, 0, 0x16, 0, 0, 0, 0, 0]][head];
        let _ = read(&[head, &pieces.concat()].concat());
    });
}

/// A cut-off file must not pass as a procedure with less dose.
#[test]
fn truncated_reports_are_refused_or_whole() {
    for bytes in reports() {
        let whole = read(&bytes).unwrap();
        for cut in (0..bytes.len()).step_by(1 + bytes.len() / 300) {
            match read(&bytes[..cut]) {
                Ok(report) => assert_eq!(report, whole, "cut at {cut} of {}", bytes.len()),
                Err(error) => assert!(
                    matches!(
                        error,
                        ReportError::Truncated { .. }
                            | ReportError::NotDicom
                            | ReportError::NoContent
                            | ReportError::NotDoseReport { .. }
                    ),
                    "cut at {cut} of {}: {error}",
                    bytes.len()
                ),
            }
        }
    }
}
