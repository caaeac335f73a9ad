//! What the reader makes of irregular content: kept apart, never guessed, never dropped.

#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use dosemap_rdsr::{Item, Report, ValueType, read};

/// The only item of a report that holds one NUM item with these further elements.
fn num(more: &[Vec<u8>]) -> Item {
    read(&report(&[content_item("NUM", "113738", more)])).unwrap().items.remove(0)
}

#[test]
fn numbers_are_read_whatever_their_form() {
    let cases: [(&str, &[f64]); 7] = [
        ("0.00427128035068", &[0.004_271_280_350_68]),
        ("1.6e-005", &[1.6e-5]),
        (" +3 ", &[3.0]),
        ("0\\49.9\\50.1", &[0.0, 49.9, 50.1]),
        ("", &[]),
        ("1,5", &[]),
        ("12\\NaN", &[]),
    ];
    for (text, numbers) in cases {
        let item = num(&[measured(&[number(text)])]);
        assert_eq!(item.numbers, numbers, "{text}");
        // What is no number stays visible as text; what is empty is only empty.
        let unparsed = numbers.is_empty() && !text.is_empty();
        assert_eq!(item.text.as_deref(), unparsed.then_some(text), "{text}");
        assert_eq!(item.unit.unwrap().value, "Gy");
    }
}

#[test]
fn empty_numbers_keep_their_qualifier() {
    let qualifier = code((0x0040, 0xA301), "114010", "DCM");
    let missing = num(std::slice::from_ref(&qualifier));
    let empty = num(&[sequence((0x0040, 0xA300), &[]), qualifier.clone()]);
    let valueless = num(&[measured(&[]), qualifier]);
    for item in [missing, empty, valueless] {
        assert!(item.numbers.is_empty() && item.text.is_none());
        assert_eq!(item.qualifier.unwrap().value, "114010");
    }
}

#[test]
fn floating_point_value_stands_in_for_a_missing_decimal_string() {
    let double = element((0x0040, 0xA161), "FD", 0.1_f64.to_le_bytes());
    assert_eq!(num(&[measured(std::slice::from_ref(&double))]).numbers, [0.1]);
    assert_eq!(num(&[measured(&[double, number("0.2")])]).numbers, [0.2]);
    let infinite = element((0x0040, 0xA161), "FD", f64::INFINITY.to_le_bytes());
    assert!(num(&[measured(&[infinite])]).numbers.is_empty());
}

#[test]
fn empty_text_differs_from_no_text() {
    let empty = content_item("TEXT", "125203", &[element((0x0040, 0xA160), "UT", "")]);
    let missing = content_item("TEXT", "125203", &[]);
    let items = read(&report(&[empty, missing])).unwrap().items;
    assert_eq!(items[0].text.as_deref(), Some(""));
    assert_eq!(items[1].text, None);
}

#[test]
fn by_reference_items_are_told_apart() {
    let path: Vec<u8> = [1_u32, 3, 2].into_iter().flat_map(u32::to_le_bytes).collect();
    let reference = item(&[element((0x0040, 0xDB73), "UL", path)]);
    let nameless = item(&[]);
    let items = read(&report(&[reference, nameless])).unwrap().items;
    assert_eq!(items[0].value_type, ValueType::Reference);
    assert_eq!(items[0].text.as_deref(), Some("1.3.2"));
    assert_eq!(items[1].value_type, ValueType::Other(String::new()));
    assert_eq!(items[1].concept.value, "");
}

/// Events below another container, and an event below an event, are events of their own.
#[test]
fn events_are_found_at_any_depth() {
    let inner = content_item("CONTAINER", "113706", &[dose("3")]);
    let nested = content_item(
        "CONTAINER",
        "113706",
        &[sequence(CONTENT, &[content_item("NUM", "113738", &[measured(&[number("2")])]), inner])],
    );
    let accumulated = content_item("CONTAINER", "113702", &[sequence(CONTENT, &[nested])]);
    let first = content_item("CONTAINER", "113706", &[dose("1")]);
    let Report { items, events, .. } = read(&report(&[first, accumulated])).unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].concept.value, "113702");
    let doses: Vec<_> = events.iter().map(|event| event[0].numbers[0]).collect();
    assert_eq!(doses, [1.0, 2.0, 3.0]);
}

#[test]
fn a_very_long_procedure_is_read() {
    let uid = element((0x0040, 0xA124), "UI", "1.2.840.10008.1");
    let uid = content_item("UIDREF", "113769", &[uid]);
    let kerma = content_item("NUM", "113738", &[measured(&[number("1e-3")])]);
    let event = content_item("CONTAINER", "113706", &[sequence(CONTENT, &[uid, kerma])]);
    let events = read(&report(&vec![event; 20_000])).unwrap().events;
    assert_eq!(events.len(), 20_000);
    assert!(events.iter().all(|event| event.len() == 2));
}

fn dose(text: &str) -> Vec<u8> {
    sequence(CONTENT, &[content_item("NUM", "113738", &[measured(&[number(text)])])])
}

#[test]
fn parents_are_indices_within_the_same_list() {
    let thickness = content_item("NUM", "113758", &[measured(&[number("0.3")])]);
    let filters = content_item("CONTAINER", "113771", &[sequence(CONTENT, &[thickness])]);
    let kvp = content_item("NUM", "113733", &[measured(&[number("70")])]);
    let event = content_item("CONTAINER", "113706", &[sequence(CONTENT, &[kvp, filters])]);
    let events = read(&report(&[event])).unwrap().events;
    let parents: Vec<_> = events[0].iter().map(|item| item.parent).collect();
    assert_eq!(parents, [None, None, Some(1)]);
}

/// A sequence that a relaying system stored as unknown is implicit little endian inside.
#[test]
fn sequences_of_unknown_representation_are_read() {
    let implicit = |tag: (u16, u16), value: &[u8]| {
        let head = [tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat();
        [head, (value.len() as u32).to_le_bytes().to_vec(), value.to_vec()].concat()
    };
    let content = item(&[implicit((0x0040, 0xA040), b"TEXT"), implicit((0x0040, 0xA160), b"ab")]);
    let content = element(CONTENT, "UN", content);
    let head = [element((0x0008, 0x0016), "UI", XRAY_DOSE), code(CONCEPT_NAME, "113701", "DCM")];
    let items = read(&[head.concat(), content].concat()).unwrap().items;
    assert_eq!((items.len(), items[0].text.as_deref()), (1, Some("ab")));
}

#[test]
fn header_has_no_empty_values() {
    let mut bytes = report(&[content_item("NUM", "113738", &[])]);
    bytes.splice(0..0, element((0x0008, 0x0005), "CS", "ISO_IR 192"));
    let header = read(&bytes).unwrap().header;
    assert_eq!(header["SOPClassUID"], XRAY_DOSE);
    assert_eq!(header["PatientName"], "Doe^Jane");
    assert!(!header.contains_key("Manufacturer"));
}
