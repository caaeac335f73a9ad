//! A feed of frames: how they are parted into calls changes nothing, and what is kept has bounds.
#![allow(clippy::unwrap_used)]

use super::checks::{Checked, Limits};
use super::kept::Kept;
use super::presses::Presses;
use super::row::{FIELD, FILTERS, ID, KERMA, KVP, ORIGIN, PLANE, POSITION, SPACE, TIME};
use super::seen::{Seen, Sighting};
use super::*;
use crate::kernel::{BeamQuality, Scene, Switches};
use crate::materials::Medium;
use crate::math::Vec3;
use crate::spaces::{PatientPosition, table_from_patient};
use crate::spectrum::Spectrum;
use crate::surface::TriangleSurface;
use proptest::prelude::*;
use std::sync::Arc;

const ABSENT: f64 = f64::MIN;

fn limits() -> Limits {
    let mut limits =
        Limits { low: [-1e4; 24], high: [1e4; 24], field_side_at_1m_mm: (1.0, 2000.0) };
    for (column, high) in [(PLANE, 2.0), (POSITION, 1.0), (SPACE, 1.0), (FILTERS, 9.0)] {
        (limits.low[column], limits.high[column]) = (0.0, high);
    }
    limits.low[KERMA] = 0.0;
    limits
}

fn settings() -> FeedSettings {
    FeedSettings {
        limits: limits(),
        defaults: [ABSENT; 24],
        presses: PressLimits { gap_s: 1.0, late_s: 10.0, most: 6 },
        most_beams: 24,
        remembered: 8,
        patient_space: 1.0,
        scattering_support_mm: Some(8.0),
    }
}

/// Table, tube and field of a beam through the middle of the trunk.
fn row(time_s: f64, plane: f64, kerma_gy: f64) -> Row {
    let mut row = [0.0; 24];
    (row[TIME], row[ID], row[PLANE], row[KERMA], row[KVP]) =
        (time_s, ABSENT, plane, kerma_gy, 80.0);
    (row[15], row[16]) = (785.0, 635.0);
    row[ORIGIN..FIELD].copy_from_slice(&[0.0, 150.0, 350.0]);
    row[FIELD..].copy_from_slice(&[-60.0, 60.0, -60.0, 60.0]);
    row
}

fn feed() -> Feed {
    let trunk = TriangleSurface::elliptic_cylinder([180.0, 110.0], 700.0, 20.0).unwrap();
    let supine = PatientPosition::from_term("HFS").unwrap();
    let lying = table_from_patient(supine, Vec3::new(0.0, -110.0, 0.0));
    let scene = Arc::new(Scene::new(trunk, lying, vec![], Switches::default()));
    let mut feed = Feed::new(&scene, settings()).unwrap();
    for position in 0..2 {
        feed.give_scene(position, Arc::clone(&scene)).unwrap();
    }
    assert!(feed.give_scene(2, scene).is_err());
    feed
}

/// Push, and give what is asked for, or refuse where a voltage has no spectrum.
fn push(feed: &mut Feed, rows: &[Row]) {
    let bytes: Vec<u8> = rows.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
    let mut place = 0;
    while let (end, Some(want)) = feed.take(&bytes, place) {
        let Want::Quality(row) = want else { panic!("all scenes are there") };
        place = end;
        match Spectrum::tungsten(row[KVP], 12.0) {
            Ok(spectrum) => {
                let quality = BeamQuality::from_spectrum(&spectrum, &[], Medium::Skin).unwrap();
                feed.give_quality(&row, quality, 1.1);
            }
            Err(error) => place = feed.refuse(&bytes, end, &error.to_string()),
        }
    }
}

/// All but what is of the last frame: a last part of repeated frames alone has none.
fn state(feed: &Feed) -> String {
    let (presses, kept, tally) = (feed.presses(), feed.kept(), feed.tally());
    format!("{:?} {presses:?} {kept:?} {tally:?} {:?}", feed.now().peak, feed.map().dose_gy())
}

fn any_row() -> impl Strategy<Value = Row> {
    let time = prop_oneof![8 => 0.0..40.0, 1 => Just(ABSENT), 1 => Just(f64::NAN)];
    let id = prop_oneof![(0..12).prop_map(f64::from), Just(ABSENT), Just(f64::INFINITY)];
    let bad = prop_oneof![Just(f64::NAN), Just(ABSENT), Just(-1.0), Just(1e9), Just(95.0)];
    let place = 0..24_usize;
    (time, id, 0..3, 0..2, 0..4, prop::option::weighted(0.2, (place, bad))).prop_map(
        |(time_s, id, plane, position, angle, bad)| {
            let mut row = row(time_s, f64::from(plane), 1e-3);
            (row[ID], row[POSITION]) = (id, f64::from(position));
            row[9] = f64::from(angle) * 20.0;
            if let Some((place, value)) = bad {
                row[place] = value;
            }
            row
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn parting_changes_nothing_and_nothing_is_lost(
        rows in prop::collection::vec(any_row(), 1..60), parts in prop::collection::vec(1..9_usize, 60),
    ) {
        let (mut whole, mut parted) = (feed(), feed());
        push(&mut whole, &rows);
        let mut rest = &rows[..];
        for size in parts {
            let (part, after) = rest.split_at(size.min(rest.len()));
            push(&mut parted, part);
            rest = after;
        }
        prop_assert!(rest.is_empty());
        prop_assert_eq!(state(&whole), state(&parted));

        let (all, repeated) = (&whole.tally().all, whole.tally().oddities.iter());
        let repeated: u64 = repeated.filter(|(o, _)| *o == Oddity::Repeated).map(|(_, n)| n).sum();
        prop_assert_eq!(all.frames + repeated, rows.len() as u64);
        let frames = |sums: &Sums| sums.frames;
        let mapped: u64 = whole.presses().iter().map(|press| frames(&press.mapped)).sum();
        prop_assert_eq!(mapped + whole.tally().frames_not_mapped(), all.frames);
        // A press per plane and position may be beyond the limit.
        prop_assert!(whole.presses().len() <= 6 + 3 * 24);
    }

    #[test]
    fn kept_beams_are_few_and_keep_their_kerma(
        frames in prop::collection::vec((0..5_usize, 0..3, 0..9, 0.0..1.0), 1..300),
    ) {
        let mut kept = Kept::default();
        let mut expected = [0.0; 5];
        for &(press, kvp, angle, kerma_gy) in &frames {
            let mut row = row(0.0, 0.0, kerma_gy);
            (row[KVP], row[9]) = (f64::from(kvp), f64::from(angle));
            kept.add(press, &row, 0.5, 16);
            expected[press] += kerma_gy;
        }
        prop_assert!(kept.beams.len() <= 16);
        for (press, expected) in expected.into_iter().enumerate() {
            let of_press: Vec<&KeptBeam> = kept.beams.iter().filter(|b| b.press == press).collect();
            let kerma: f64 = of_press.iter().map(|beam| beam.air_kerma_gy).sum();
            let on_skin: f64 = of_press.iter().map(|beam| beam.on_skin_gy).sum();
            prop_assert!((kerma - expected).abs() < 1e-9 && (on_skin - expected / 2.0).abs() < 1e-9);
            let last = frames.iter().rfind(|frame| frame.0 == press);
            prop_assert_eq!(last.is_some(), !of_press.is_empty());
        }
    }
}

#[test]
fn repeated_frames_are_known_among_the_last_ones() {
    let mut seen = Seen::default();
    let mut look = |id: f64, time: f64| seen.look(id, time, 3);
    assert_eq!([look(0.0, 0.0), look(-0.0, 0.0)], [Sighting::New, Sighting::Repeated]);
    assert_eq!([look(0.0, 1.0), look(0.0, ABSENT)], [Sighting::UsedAgain; 2]);
    assert_eq!(look(0.0, ABSENT), Sighting::UsedAgain); // without a time nobody can tell
    assert_eq!(look(ABSENT, 0.0), Sighting::New);
    for id in 1..4 {
        assert_eq!(look(f64::from(id), 9.0), Sighting::New);
    }
    assert_eq!(look(0.0, 0.0), Sighting::New); // forgotten
}

#[test]
fn a_bad_kerma_does_not_hide_a_plane_that_is_none() {
    let mut feed = feed();
    let mut bad = row(0.0, -1.0, f64::NAN);
    push(&mut feed, &[bad]);
    assert!(feed.presses().is_empty());
    bad[PLANE] = 2.0;
    push(&mut feed, &[bad]);
    assert_eq!((feed.presses().len(), feed.presses()[0].plane), (1, 2));
    assert_eq!(feed.tally().all.frames_without_kerma, 2);
}

#[test]
fn presses_beyond_the_limit_are_one_per_plane_and_position() {
    let mut presses = Presses::new(2, PressLimits { gap_s: 1.0, late_s: 10.0, most: 2 });
    let mut of = |time_s: f64, plane: usize, position: f64| {
        let mut row = row(time_s, plane as f64, 1e-3);
        row[POSITION] = position;
        let checked = Checked { row, defaulted: 0, reason: None, ignored: [false; 3] };
        presses.of(plane, &checked)
    };
    let beyond = Some(Oddity::PressBeyondLimit);
    assert_eq!([of(0.0, 0, 0.0), of(9.0, 0, 0.0)], [(0, None), (1, None)]);
    assert_eq!([of(18.0, 0, 0.0), of(27.0, 0, 0.0)], [(2, beyond); 2]);
    assert_eq!([of(28.0, 0, 1.0), of(0.0, 1, 0.0)], [(3, beyond), (4, beyond)]);
    assert_eq!(of(39.0, 0, 0.0), (2, beyond));
}
