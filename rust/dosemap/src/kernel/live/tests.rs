//! The live map against the map of all frames at once.
#![allow(clippy::unwrap_used)]

use super::super::blocks::tests::{frame, legs, quality, scene};
use super::super::{BackscatterModel, BeamQuality, Frame, blocks};
use super::*;
use crate::math::Vec3;
use crate::surface::TriangleSurface;
use proptest::prelude::*;

/// Legs as they lie, and pulled to the feet end: the same vertices in two places.
fn scenes() -> [Scene; 2] {
    let lying = legs();
    let pulled = lying.vertices_mm().iter().map(|&v| v + Vec3::new(0.0, 0.0, 60.0)).collect();
    let pulled = TriangleSurface::new(pulled, lying.triangles().to_vec()).unwrap();
    [scene(lying), scene(pulled)]
}

fn qualities() -> [BeamQuality; 2] {
    [quality(), BeamQuality { backscatter: BackscatterModel::Factor(1.4), ..quality() }]
}

/// One frame of a procedure: a beam, or the one of before in its plane and scene.
#[derive(Debug, Clone)]
struct Step {
    plane: usize,
    continues: bool,
    angles: [f64; 2],
    table_z_mm: f64,
    half_side_mm: f64,
    quality: usize,
    air_kerma_gy: f64,
}

prop_compose! {
    fn step()(
        plane in 0_usize..2, continues in any::<bool>(), primary in -100.0..100.0,
        secondary in -30.0..30.0, table_z_mm in 300.0..1500.0, half_side_mm in 4.0..110.0,
        quality in 0_usize..2, air_kerma_gy in prop_oneof![Just(0.0), 1e-5..1e-2],
    ) -> Step {
        let angles = [primary, secondary];
        Step { plane, continues, angles, table_z_mm, half_side_mm, quality, air_kerma_gy }
    }
}

/// The frames of one scene, each with its plane and whether it has the beam of before.
fn frames(scene: &Scene, steps: &[Step], aimed: &mut [Option<Frame>; 2]) -> Vec<(Step, Frame)> {
    let place = |step: &Step| {
        let mut step = step.clone();
        step.continues &= aimed[step.plane].is_some();
        let h = step.half_side_mm;
        let new = Frame {
            quality: step.quality,
            ..frame(scene, step.angles, step.table_z_mm, [-h, h, -h, h])
        };
        let beam = aimed[step.plane].filter(|_| step.continues).unwrap_or(new);
        aimed[step.plane] = Some(beam);
        let frame = Frame { air_kerma_gy: step.air_kerma_gy, ..beam };
        (step, frame)
    };
    steps.iter().map(place).collect()
}

fn push(map: &mut LiveMap, scene: &Scene, step: &Step, frame: &Frame) -> f64 {
    if !step.continues {
        let mut beam = CurrentBeam::default();
        beam.aim(scene, frame, &qualities()[frame.quality]).unwrap();
        map.turn(step.plane, &mut beam).unwrap();
    }
    map.add(step.plane, frame.air_kerma_gy).unwrap().share_on_skin()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Two planes in any order, lying patient and pulled patient, beams that miss among them. The
    /// two kernels share all but the order in which f32 numbers are multiplied by the kerma: 1e-6.
    #[test]
    fn frames_one_by_one_are_the_map_of_all(
        first in prop::collection::vec(step(), 1..12), then in prop::collection::vec(step(), 0..6),
    ) {
        let (scenes, qualities) = (scenes(), qualities());
        let mut live = LiveMap::new(&scenes[0], 2).unwrap();
        let mut expected = blocks::DoseMap::default();
        for (scene, steps) in scenes.iter().zip([&first, &then]) {
            // A posture that changes gives every plane a new beam.
            let frames = frames(scene, steps, &mut [None, None]);
            let shares: Vec<f64> =
                frames.iter().map(|(step, frame)| push(&mut live, scene, step, frame)).collect();
            let frames: Vec<Frame> = frames.into_iter().map(|(_, frame)| frame).collect();
            let map = blocks::dose_map(scene, &frames, &qualities).unwrap();
            for (i, frame) in frames.iter().enumerate().filter(|(_, f)| f.air_kerma_gy > 0.0) {
                prop_assert_eq!(map.share_on_skin[i], shares[i], "{:?}", frame);
            }
            if expected.dose_gy.is_empty() { expected = map } else { expected.add(&map).unwrap() }
        }
        let highest = expected.dose_gy.iter().copied().fold(0.0, f64::max);
        for (sums, all) in [
            (live.dose_gy(), &expected.dose_gy), (live.bound_gy(), &expected.bound_gy),
        ] {
            for (a, b) in sums.iter().zip(all) {
                prop_assert!((a - b).abs() <= 1e-6 * highest, "{} {}", a, b);
            }
        }
        let scanned = (0..live.dose_gy().len())
            .rev() // of equals the last is found: the lowest number
            .max_by(|&i, &j| live.dose_gy()[i].total_cmp(&live.dose_gy()[j]))
            .map(|i| PeakVertex { vertex: i as u32, dose_gy: live.dose_gy()[i] })
            .filter(|peak| peak.dose_gy > 0.0);
        prop_assert_eq!(live.peak(), scanned);
    }
}

#[test]
fn a_beam_that_misses_loses_nothing_and_leaves_no_old_beam() {
    let ([scene, _], [quality, _]) = (scenes(), qualities());
    let hits = frame(&scene, [0.0, 0.0], 800.0, [-50.0, 50.0, -50.0, 50.0]);
    let misses = frame(&scene, [0.0, 0.0], 3000.0, [-50.0, 50.0, -50.0, 50.0]);
    let mut map = LiveMap::new(&scene, 1).unwrap();
    let mut beam = CurrentBeam::default();
    beam.aim(&scene, &hits, &quality).unwrap();
    map.turn(0, &mut beam).unwrap();
    let hottest = map.add(0, 0.01).unwrap().hottest().unwrap();
    let before = (map.dose_gy(), map.peak());
    assert_eq!(hottest.vertex, before.1.unwrap().vertex);
    assert_eq!(hottest.gy_per_gy * 0.01, before.1.unwrap().dose_gy);

    // In memory that held another beam.
    beam.aim(&scene, &hits, &quality).unwrap();
    beam.aim(&scene, &misses, &quality).unwrap();
    map.turn(0, &mut beam).unwrap();
    for _ in 0..2 {
        let missing = map.add(0, 0.01).unwrap();
        assert_eq!((missing.share_on_skin(), missing.hottest()), (0.0, None));
        assert_eq!((map.dose_gy(), map.peak()), before);
    }
}

#[test]
fn what_does_not_fit_adds_nothing() {
    let ([scene, _], [quality, _]) = (scenes(), qualities());
    let good = frame(&scene, [0.0, 0.0], 800.0, [-50.0, 50.0, -50.0, 50.0]);
    let far = Frame { reference_distance_mm: f64::NAN, ..good };
    let mut map = LiveMap::new(&scene, 1).unwrap();
    let mut beam = CurrentBeam::default();
    assert!(beam.aim(&scene, &far, &quality).is_err());
    assert!(map.turn(0, &mut beam).is_err(), "a beam that was never aimed");
    assert!(map.add(0, 0.01).is_err(), "no beam yet");

    let other = super::super::blocks::tests::scene(
        TriangleSurface::elliptic_cylinder([180.0, 110.0], 1500.0, 12.0).unwrap(),
    );
    beam.aim(&other, &good, &quality).unwrap();
    assert!(map.turn(0, &mut beam).is_err(), "other vertices");
    beam.aim(&scene, &good, &quality).unwrap();
    assert!(map.turn(1, &mut beam).is_err(), "no such plane");
    map.turn(0, &mut beam).unwrap();
    for bad_gy in [f64::NAN, -1.0] {
        assert!(map.add(0, bad_gy).is_err());
    }
    assert_eq!(map.peak(), None);
    assert!(LiveMap::new(&scene, 0).is_err());
}
