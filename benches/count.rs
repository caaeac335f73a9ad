//! One part of the program, run a number of times: `count PART TIMES [FILE]`, for callgrind.
//!
//! `benches/count.py` runs it twice under valgrind, with different numbers of times: the difference
//! is what the part itself takes, without what was needed to set it up.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::sync::Arc;

use dosemap::body::Body;
use dosemap::body::person::{Person, Sex};
use dosemap::body::pose::Arms;
use dosemap::ensemble::{Ensemble, PosedFrame, PosedFrames, Setup, Variation};
use dosemap::kernel::{BeamQuality, Frame, Scene, Switches, blocks, peak};
use dosemap::math::Vec3;
use dosemap::spaces::{PatientPosition, PositionerPose, Space, TablePose, table_from_patient};
use dosemap::surface::TriangleSurface;
use dosemap_benches::{body, frames, quality, trunk};

const FRAMES: usize = 24;
const SPACING_MM: f64 = 7.5;
/// Of the field at the reference point.
const SIDE_MM: f64 = 130.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [part, times, rest @ ..] = arguments.as_slice() else {
        panic!("usage: count PART TIMES [FILE]");
    };
    let times: usize = times.parse().unwrap();
    match part.as_str() {
        "map" => map(times),
        "peak" => peak_of_map(times),
        "scene" => scene(times),
        "body" => make_body(times),
        "quality" => repeat(times, quality),
        "ensemble" => ensemble(times),
        "read" => read(times, &rest[0]),
        other => panic!("there is no part {other}"),
    }
}

fn repeat<T>(times: usize, mut run: impl FnMut() -> T) {
    for _ in 0..times {
        black_box(run());
    }
}

fn with_frames(run: impl FnOnce(&Scene, &[Frame], &[BeamQuality])) {
    let scene = body(SPACING_MM);
    let (frames, qualities) = (frames(&scene, FRAMES, SIDE_MM), [quality()]);
    run(&scene, &frames, &qualities);
}

fn map(times: usize) {
    with_frames(|scene, frames, qualities| {
        // What is found once per surface is found before anything counts.
        black_box(blocks::dose_map(scene, frames, qualities).unwrap());
        repeat(times, || blocks::dose_map(scene, frames, qualities).unwrap());
    });
}

fn peak_of_map(times: usize) {
    with_frames(|scene, frames, qualities| {
        let map = blocks::dose_map(scene, frames, qualities).unwrap();
        let parts = [peak::Part { scene, frames }];
        repeat(times, || peak::find(&parts, qualities, &map));
    });
}

fn man() -> Body {
    Body::new(Person::new(Sex::Male, 45.0, 1760.0, 80.0).unwrap(), SPACING_MM).unwrap()
}

fn lying() -> PatientPosition {
    PatientPosition::from_term("HFS").unwrap()
}

fn make_body(times: usize) {
    repeat(times, || man().posed(Arms::Down, 0.0, lying()).unwrap());
}

fn scene(times: usize) {
    let surface: Arc<TriangleSurface> = Arc::new(man().posed(Arms::Down, 0.0, lying()).unwrap());
    let place = table_from_patient(lying(), Vec3::ZERO);
    repeat(times, || Scene::new(Arc::clone(&surface), place, vec![], Switches::default()));
}

fn ensemble(times: usize) {
    let scene = Arc::new(trunk(20_000, false));
    let positioner = PositionerPose {
        angle_space: Space::Patient,
        primary_angle_deg: 20.0,
        secondary_angle_deg: 5.0,
        detector_rotation_deg: 0.0,
        source_to_isocenter_mm: 785.0,
    };
    let table =
        TablePose { origin_in_isocenter_mm: Vec3::new(0.0, 150.0, 430.0), ..TablePose::default() };
    let posed = |frame: Frame| {
        let beam = scene.beam(&positioner, &table, frame.beam.field).unwrap();
        PosedFrame { frame: Frame { beam, ..frame }, positioner, table }
    };
    let frames: Vec<PosedFrame> = frames(&scene, 6, SIDE_MM).into_iter().map(posed).collect();
    let variation = |i: usize| Variation {
        body: 0,
        table_offset_mm: Vec3::new(0.0, i as f64, 0.0),
        body_shift_mm: Vec3::new(i as f64, 0.0, 0.0),
        air_kerma_factors: vec![1.0],
    };
    repeat(times, || {
        let groups = vec![0; frames.len()];
        let setup = Setup {
            scenes: vec![vec![Arc::clone(&scene)]],
            positions: vec![PosedFrames { frames: frames.clone(), groups }],
            qualities: vec![quality()],
            groups: 1,
        };
        let mut ensemble = Ensemble::new(setup, (0..8).map(variation).collect()).unwrap();
        while ensemble.step().unwrap() > 0 {}
        ensemble.doses().at(0.95)
    });
}

fn read(times: usize, path: &str) {
    let bytes = std::fs::read(path).unwrap();
    repeat(times, || dosemap_rdsr::read(&bytes).unwrap());
}
