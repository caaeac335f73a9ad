//! Damage to the bytes of a report that knows where DICOM keeps lengths, tags and items.

use crate::random::Random;

const ITEM: [u8; 4] = [0xFE, 0xFF, 0x00, 0xE0];
const FRAGMENTS: [&[u8]; 22] = [
    &[0xFF; 4],
    &[0; 4],
    &ITEM,
    &[0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0],
    &[0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0],
    b"SQ\0\0\xFF\xFF\xFF\xFF",
    b"UN\0\0\xFF\xFF\xFF\xFF",
    b"UT\0\0",
    b"OB",
    b"FD",
    // Content, concept name, measured value, numeric value, floating point value, character set.
    &[0x40, 0x00, 0x30, 0xA7],
    &[0x40, 0x00, 0x43, 0xA0],
    &[0x40, 0x00, 0x00, 0xA3],
    &[0x40, 0x00, 0x0A, 0xA3],
    &[0x40, 0x00, 0x61, 0xA1],
    &[0x08, 0x00, 0x05, 0x00],
    b"113706",
    b"130501",
    b"\\ISO 2022 IR 87",
    b"GB18030",
    b"1.2.840.10008.1.2.1.99",
    b"1.2.840.10008.5.1.4.1.1.88.76",
];

/// One of the files, damaged one to eight times.
pub fn damage(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = random.one_of(corpus).clone();
    // Large files are rare, so that most cases are short and damage is dense.
    if bytes.len() > 60_000 && random.below(8) != 0 {
        bytes = random.one_of(corpus).clone();
    }
    for _ in 0..*random.one_of(&[1, 1, 2, 3, 8]) {
        if bytes.is_empty() {
            return bytes;
        }
        match random.below(10) {
            0 => flip(&mut bytes, random),
            1 => splice(&mut bytes, random, true),
            2 => splice(&mut bytes, random, false),
            3 | 4 => lie_about_length(&mut bytes, random),
            5 => cut_off(&mut bytes, random),
            6 => drop_slice(&mut bytes, random),
            7 => repeat_item(&mut bytes, random),
            8 => nest(&mut bytes, random),
            _ => move_item(&mut bytes, random),
        }
    }
    bytes
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    for _ in 0..*random.one_of(&[1, 3, 30]) {
        let place = random.below(bytes.len());
        bytes[place] ^= 1 << random.below(8);
    }
}

/// Put a fragment in, or over what is there.
fn splice(bytes: &mut Vec<u8>, random: &mut Random, insert: bool) {
    let noise = [random.byte(), random.byte(), random.byte()];
    let fragment = if random.below(4) == 0 { &noise[..] } else { random.one_of(&FRAGMENTS) };
    let start = random.below(bytes.len());
    let end = if insert { start } else { bytes.len().min(start + fragment.len()) };
    bytes.splice(start..end, fragment.iter().copied());
}

fn cut_off(bytes: &mut Vec<u8>, random: &mut Random) {
    bytes.truncate(random.below(bytes.len()));
}

fn drop_slice(bytes: &mut Vec<u8>, random: &mut Random) {
    let (start, end) = some_slice(bytes, random);
    bytes.drain(start..end);
}

/// Where items start: 8 bytes of tag and length.
fn items(bytes: &[u8]) -> Vec<usize> {
    let starts = bytes.windows(8).enumerate();
    starts.filter(|(_, window)| window.starts_with(&ITEM)).map(|(at, _)| at).collect()
}

fn length_at(bytes: &[u8], place: usize) -> usize {
    let length = bytes.get(place..place + 4).and_then(|four| four.try_into().ok());
    usize::try_from(length.map_or(0, u32::from_le_bytes)).unwrap_or(0)
}

/// Another length for an item, or for a sequence or text of explicit encoding.
fn lie_about_length(bytes: &mut [u8], random: &mut Random) {
    let mut places: Vec<_> = items(bytes).into_iter().map(|at| at + 4).collect();
    let long = bytes.windows(4).enumerate();
    places.extend(long.filter(|(_, w)| *w == b"SQ\0\0" || *w == b"UT\0\0").map(|(at, _)| at + 4));
    if places.is_empty() {
        return;
    }
    let place = *random.one_of(&places);
    let length = length_at(bytes, place);
    let lies = [0, 1, length + 1, length.saturating_sub(2), 2 * length, 0xFFFF_FFFF, 0xFFFF_FFFE];
    let lie = u32::try_from(*random.one_of(&lies)).unwrap_or(u32::MAX).to_le_bytes();
    if let Some(four) = bytes.get_mut(place..place + 4) {
        four.copy_from_slice(&lie);
    }
}

/// An item with its content where its length fits, else any few bytes.
fn some_slice(bytes: &[u8], random: &mut Random) -> (usize, usize) {
    let places = items(bytes);
    if !places.is_empty() && random.below(3) != 0 {
        let start = *random.one_of(&places);
        let end = start + 8 + length_at(bytes, start + 4);
        if end <= bytes.len() {
            return (start, end);
        }
    }
    let start = random.below(bytes.len());
    (start, bytes.len().min(start + 1 + random.below(300)))
}

fn repeat_item(bytes: &mut Vec<u8>, random: &mut Random) {
    let (start, end) = some_slice(bytes, random);
    let slice = bytes[start..end].repeat(*random.one_of(&[1, 1, 2, 40]));
    if slice.len() < 4_000_000 {
        bytes.splice(start..start, slice);
    }
}

fn move_item(bytes: &mut Vec<u8>, random: &mut Random) {
    let (start, end) = some_slice(bytes, random);
    let slice: Vec<u8> = bytes.drain(start..end).collect();
    let places = items(bytes);
    let target = if places.is_empty() { 0 } else { *random.one_of(&places) };
    bytes.splice(target..target, slice);
}

/// Sequences of undefined length around what is there.
fn nest(bytes: &mut Vec<u8>, random: &mut Random) {
    let open = [&[0x40, 0x00, 0x30, 0xA7][..], b"SQ\0\0", &[0xFF; 4], &ITEM, &[0xFF; 4]].concat();
    let start = random.below(bytes.len());
    bytes.splice(start..start, open.repeat(*random.one_of(&[1, 3, 40, 5_000])));
}
