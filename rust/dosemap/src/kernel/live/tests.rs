//! The live map against the map of all frames at once.
#![allow(clippy::unwrap_used)]

use super::super::blocks::tests::{frame, legs, quality, scene};
use super::super::{BackscatterModel, blocks};
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

fn rows<'a>(frames: &'a [(Step, Frame)], qualities: &'a [BeamQuality]) -> Vec<Row<'a>> {
    let row = |(step, frame): &'a (Step, Frame)| Row {
        plane: step.plane,
        beam: (!step.continues).then(|| (frame, &qualities[frame.quality])),
        air_kerma_gy: frame.air_kerma_gy,
    };
    frames.iter().map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Two planes in any order, lying patient and pulled patient, beams that miss among them. The
    /// two kernels share all but the order in which f32 numbers are multiplied by the kerma: 1e-6.
    #[test]
    fn frames_one_by_one_are_the_map_of_all(
        first in prop::collection::vec(step(), 1..12), then in prop::collection::vec(step(), 0..6),
        cut in 0_usize..12,
    ) {
        let (scenes, qualities) = (scenes(), qualities());
        let mut whole = LiveMap::new(&scenes[0], 2).unwrap();
        let mut parted = LiveMap::new(&scenes[0], 2).unwrap();
        let mut expected = blocks::DoseMap::default();
        for (scene, steps) in scenes.iter().zip([&first, &then]) {
            // A posture that changes gives every plane a new beam.
            let frames = frames(scene, steps, &mut [None, None]);
            let rows = rows(&frames, &qualities);
            let mut shares = vec![];
            whole.push(scene, &rows, |_, beam| shares.push(beam.share_on_skin())).unwrap();
            let (before, after) = rows.split_at(cut.min(rows.len()));
            parted.push(scene, before, |_, _| ()).unwrap();
            for row in after {
                parted.push(scene, std::slice::from_ref(row), |_, _| ()).unwrap();
            }
            let frames: Vec<Frame> = frames.into_iter().map(|(_, frame)| frame).collect();
            let map = blocks::dose_map(scene, &frames, &qualities).unwrap();
            for (i, frame) in frames.iter().enumerate().filter(|(_, f)| f.air_kerma_gy > 0.0) {
                prop_assert_eq!(map.share_on_skin[i], shares[i], "{:?}", frame);
            }
            if expected.dose_gy.is_empty() { expected = map } else { expected.add(&map).unwrap() }
        }
        prop_assert_eq!(whole.dose_gy(), parted.dose_gy());
        prop_assert_eq!(whole.bound_gy(), parted.bound_gy());
        prop_assert_eq!(whole.peak(), parted.peak());

        let highest = expected.dose_gy.iter().copied().fold(0.0, f64::max);
        for (live, all) in [
            (whole.dose_gy().to_vec(), &expected.dose_gy), (whole.bound_gy(), &expected.bound_gy),
        ] {
            for (a, b) in live.iter().zip(all) {
                prop_assert!((a - b).abs() <= 1e-6 * highest, "{} {}", a, b);
            }
        }
        let scanned = (0..whole.dose_gy().len())
            .rev() // of equals the last is found: the lowest number
            .max_by(|&i, &j| whole.dose_gy()[i].total_cmp(&whole.dose_gy()[j]))
            .map(|i| PeakVertex { vertex: i as u32, dose_gy: whole.dose_gy()[i] })
            .filter(|peak| peak.dose_gy > 0.0);
        prop_assert_eq!(whole.peak(), scanned);
    }
}

fn row<'a>(beam: Option<(&'a Frame, &'a BeamQuality)>, air_kerma_gy: f64) -> Row<'a> {
    Row { plane: 0, beam, air_kerma_gy }
}

#[test]
fn a_beam_that_misses_loses_nothing_and_leaves_no_old_beam() {
    let ([scene, _], [quality, _]) = (scenes(), qualities());
    let hits = frame(&scene, [0.0, 0.0], 800.0, [-50.0, 50.0, -50.0, 50.0]);
    let misses = frame(&scene, [0.0, 0.0], 3000.0, [-50.0, 50.0, -50.0, 50.0]);
    let mut map = LiveMap::new(&scene, 1).unwrap();
    map.push(&scene, &[row(Some((&hits, &quality)), 0.01)], |_, _| ()).unwrap();
    let before = (map.dose_gy().to_vec(), map.peak());
    let hottest = map.beam(0).unwrap().hottest().unwrap();
    assert_eq!(hottest.vertex, before.1.unwrap().vertex);
    assert_eq!(hottest.gy_per_gy * 0.01, before.1.unwrap().dose_gy);

    let rows = [row(Some((&misses, &quality)), 0.01), row(None, 0.01)];
    map.push(&scene, &rows, |_, _| ()).unwrap();
    assert_eq!((map.dose_gy().to_vec(), map.peak()), before);
    assert_eq!(map.beam(0).unwrap().share_on_skin(), 0.0);
    assert_eq!(map.beam(0).unwrap().hottest(), None);
}

#[test]
fn a_row_that_does_not_fit_adds_none_of_its_call() {
    let ([scene, _], [quality, _]) = (scenes(), qualities());
    let good = frame(&scene, [0.0, 0.0], 800.0, [-50.0, 50.0, -50.0, 50.0]);
    let far = Frame { reference_distance_mm: f64::NAN, ..good };
    let mut map = LiveMap::new(&scene, 1).unwrap();
    let beam = Some((&good, &quality));
    for bad in [
        Row { plane: 1, ..row(beam, 0.01) },
        row(beam, f64::NAN),
        row(beam, -1.0),
        row(Some((&far, &quality)), 0.01),
    ] {
        assert!(map.push(&scene, &[row(beam, 0.01), bad], |_, _| ()).is_err());
        assert_eq!(map.peak(), None);
        assert!(map.beam(0).is_none());
    }
    assert!(map.push(&scene, &[row(None, 0.01), row(beam, 0.01)], |_, _| ()).is_err());
    let other = super::super::blocks::tests::scene(
        TriangleSurface::elliptic_cylinder([180.0, 110.0], 1500.0, 12.0).unwrap(),
    );
    assert!(map.push(&other, &[], |_, _| ()).is_err());
    assert!(LiveMap::new(&scene, 0).is_err());
}
