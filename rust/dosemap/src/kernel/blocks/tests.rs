//! The fast kernel against the reference, and both against what must be true.
#![allow(clippy::unwrap_used)]

use super::super::reference;
use super::*;
use crate::beam::FieldLimits;
use crate::kernel::BackscatterModel;
use crate::kernel::Switches;
use crate::materials::{FilterLayer, Material, Medium};
use crate::math::Vec3;
use crate::spaces::{PatientPosition, PositionerPose, Space, TablePose, table_from_patient};
use crate::spectrum::Spectrum;
use crate::support::{SupportLayer, SupportTransmission};
use crate::surface::TriangleSurface;
use proptest::prelude::*;

fn filter(symbol: &str, thickness_mm: f64) -> FilterLayer {
    FilterLayer::new(Material::from_symbol(symbol).unwrap(), thickness_mm).unwrap()
}

fn support() -> (Vec<SupportLayer>, Vec<Vec<FilterLayer>>) {
    let boxed = |low, high| {
        SupportLayer::new(Vec3::new(-225.0, low, -2000.0), Vec3::new(225.0, high, 0.0)).unwrap()
    };
    (
        vec![boxed(-40.0, 0.0), boxed(0.0, 20.0)],
        vec![vec![filter("Al", 0.7)], vec![filter("PMMA", 5.6)]],
    )
}

pub(in crate::kernel) fn quality() -> BeamQuality {
    let filters = [filter("Al", 2.5), filter("Cu", 0.2)];
    let spectrum = Spectrum::tungsten(80.0, 12.0).unwrap().filtered(&filters).unwrap();
    BeamQuality::from_spectrum(&spectrum, &support().1, Medium::Skin).unwrap()
}

/// Two legs: a surface that shadows itself.
pub(in crate::kernel) fn legs() -> TriangleSurface {
    let leg = TriangleSurface::elliptic_cylinder([80.0, 80.0], 900.0, 9.0).unwrap();
    let count = leg.len() as u32;
    let shifted = |x: f64| leg.vertices_mm().iter().map(move |&v| v + Vec3::new(x, 0.0, -300.0));
    let vertices = shifted(-90.0).chain(shifted(90.0)).collect();
    let second = leg.triangles().iter().map(|t| t.map(|i| i + count));
    TriangleSurface::new(vertices, leg.triangles().iter().copied().chain(second).collect()).unwrap()
}

pub(in crate::kernel) fn scene(surface: TriangleSurface) -> Scene {
    let lowest = surface.vertices_mm().iter().map(|v| v.y).fold(f64::MIN, f64::max);
    let lying = table_from_patient(
        PatientPosition::from_term("HFS").unwrap(),
        Vec3::new(0.0, -40.0 - lowest, 0.0),
    );
    Scene::new(surface, lying, support().0, Switches::default())
}

pub(in crate::kernel) fn frame(
    scene: &Scene,
    angles: [f64; 2],
    table_z_mm: f64,
    edges_mm: [f64; 4],
) -> Frame {
    let pose = PositionerPose {
        angle_space: Space::Isocenter,
        primary_angle_deg: angles[0],
        secondary_angle_deg: angles[1],
        detector_rotation_deg: 0.0,
        source_to_isocenter_mm: 785.0,
    };
    let table = TablePose {
        origin_in_isocenter_mm: Vec3::new(0.0, 150.0, table_z_mm),
        ..TablePose::default()
    };
    let field = FieldLimits::at_distance(edges_mm, 1000.0).unwrap();
    Frame {
        beam: scene.beam(&pose, &table, field).unwrap(),
        air_kerma_gy: 1.0,
        reference_distance_mm: 635.0,
        forward_scatter_ratio: 0.1,
        quality: 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The two differ by f32 rounding where the fast one gives a dose, and by scatter beyond the
    /// reach, 1e-4 of the frame's kerma, where it gives none.
    #[test]
    fn fast_kernel_equals_reference(
        primary in -110.0..110.0, secondary in -40.0..40.0, z in 500.0..1100.0,
        left in -120.0..-4.0, right in 4.0..120.0, low in -120.0..-4.0, high in 4.0..120.0,
        shadows in any::<bool>(),
    ) {
        let scene = scene(if shadows { legs() } else {
            TriangleSurface::elliptic_cylinder([180.0, 110.0], 1500.0, 12.0).unwrap()
        });
        let frames = [frame(&scene, [primary, secondary], z, [left, right, low, high])];
        let qualities = [quality()];
        let fast = dose_map(&scene, &frames, &qualities).unwrap();
        let slow = reference::dose_map(&scene, &frames, &qualities).unwrap();
        let highest = slow.iter().copied().fold(0.0, f64::max);
        for (i, (a, b)) in fast.dose_gy.iter().zip(&slow).enumerate() {
            let tolerance = if *a > 0.0 { 1e-5 } else { 2e-4 };
            prop_assert!((a - b).abs() <= tolerance * highest.max(0.1), "vertex {i}: {a} {b}");
            prop_assert!(fast.bound_gy[i] >= a * (1.0 - 1e-6));
        }
    }
}

#[test]
fn a_vertex_at_the_isocentre_gets_what_a_pocket_calculator_says() {
    // AP beam from above (detector below: primary 180), no support in the way, wide plane whose
    // front lies at the isocentre: K (635/785)^2 (f_p + (B-1) f_s) with B-1 from the closed form.
    let surface =
        TriangleSurface::plane([400.0, 600.0], crate::surface::Facing::Anterior, 5.0).unwrap();
    let lying =
        table_from_patient(PatientPosition::from_term("HFS").unwrap(), Vec3::new(0.0, -150.0, 0.0));
    let scene = Scene::new(surface, lying, support().0, Switches::default());
    let frames = [frame(&scene, [180.0, 0.0], 300.0, [-60.0, 60.0, -60.0, 60.0])];
    let quality = quality();
    let map = dose_map(&scene, &frames, std::slice::from_ref(&quality)).unwrap();
    let BackscatterModel::AtPoint(backscatter) = quality.backscatter else { unreachable!() };
    let half = 60.0 * 0.785;
    let field = crate::backscatter::Rectangle::new((-half, half), (-half, half)).unwrap();
    let excess = backscatter.excess(&field, (0.0, 0.0), 785.0, 1.0);
    let expected = (635.0_f64 / 785.0).powi(2)
        * (quality.primary_mu_en_ratio + excess * quality.scatter_mu_en_ratio);
    let peak = map.dose_gy.iter().copied().fold(0.0, f64::max);
    assert!((peak / expected - 1.0).abs() < 1e-5, "{peak} {expected}");
    assert!((map.share_on_skin[0] - 1.0).abs() < 5e-3);
}

#[test]
fn result_does_not_depend_on_the_number_of_threads() {
    let scene = scene(legs());
    let frames: Vec<Frame> = (0..7)
        .map(|i| frame(&scene, [f64::from(i) * 15.0, 5.0], 800.0, [-50.0, 60.0, -40.0, 40.0]))
        .collect();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| dose_map(&scene, &frames, &[quality()]).unwrap())
    };
    let (one, three) = (run(1), run(3));
    assert_eq!(one.dose_gy, three.dose_gy);
    assert_eq!(one.share_on_skin, three.share_on_skin);
}

#[test]
fn switches_and_replacements_do_what_they_say() {
    let plain = scene(TriangleSurface::elliptic_cylinder([180.0, 110.0], 1500.0, 10.0).unwrap());
    let frames = [frame(&plain, [0.0, 0.0], 800.0, [-60.0, 60.0, -60.0, 60.0])];
    let mut bare = quality();
    bare.backscatter = BackscatterModel::Factor(1.4);
    bare.primary_mu_en_ratio = 1.0;
    bare.scatter_mu_en_ratio = 1.0;
    bare.support = None;
    let without_distance = Scene::new(
        TriangleSurface::elliptic_cylinder([180.0, 110.0], 1500.0, 10.0).unwrap(),
        plain.table_from_patient,
        support().0,
        Switches { inverse_square: false, occlusion: false },
    );
    let map = dose_map(&without_distance, &frames, &[bare]).unwrap();
    let peak = map.dose_gy.iter().copied().fold(0.0, f64::max);
    assert!((peak - 1.4).abs() < 1e-6, "{peak}");
}

#[test]
fn misfits_are_refused() {
    let scene = scene(legs());
    let good = frame(&scene, [0.0, 0.0], 800.0, [-60.0, 60.0, -60.0, 60.0]);
    let run = |frame: Frame, quality: BeamQuality| dose_map(&scene, &[frame], &[quality]);
    assert!(run(Frame { quality: 1, ..good }, quality()).is_err());
    assert!(run(Frame { air_kerma_gy: f64::NAN, ..good }, quality()).is_err());
    assert!(run(Frame { air_kerma_gy: -1.0, ..good }, quality()).is_err());
    assert!(run(Frame { reference_distance_mm: 0.0, ..good }, quality()).is_err());
    let mut other = quality();
    let spectrum = Spectrum::tungsten(80.0, 12.0).unwrap().filtered(&[filter("Al", 3.0)]).unwrap();
    other.support = Some(SupportTransmission::new(&spectrum, &[]).unwrap());
    assert!(run(good, other).is_err());
}

#[test]
fn frames_in_a_row_with_one_beam_are_computed_once() {
    let scene = scene(legs());
    let still = frame(&scene, [10.0, 0.0], 850.0, [-40.0, 40.0, -40.0, 40.0]);
    let moved = frame(&scene, [20.0, 0.0], 850.0, [-40.0, 40.0, -40.0, 40.0]);
    let kermas = [0.5, 0.0, 0.25, 0.125];
    let frames: Vec<Frame> =
        kermas.map(|gy| still.with_air_kerma(gy)).into_iter().chain([moved, still]).collect();
    let (standing, beam_of_frame) = merge_standing(&frames);
    assert_eq!(standing, [still.with_air_kerma(0.875), moved, still]);
    assert_eq!(beam_of_frame, [Some(0), None, Some(0), Some(0), Some(1), Some(2)]);
    let map = dose_map(&scene, &frames, &[quality()]).unwrap();
    let mut apart = DoseMap::default();
    for (i, frame) in frames.iter().enumerate() {
        let one = dose_map(&scene, std::slice::from_ref(frame), &[quality()]).unwrap();
        if i == 0 { apart = one } else { apart.add(&one).unwrap() }
    }
    assert_eq!(map.share_on_skin, apart.share_on_skin);
    let highest = apart.dose_gy.iter().copied().fold(0.0, f64::max);
    for (a, b) in map.dose_gy.iter().zip(&apart.dose_gy) {
        // Single precision of each frame's dose.
        assert!((a - b).abs() < 1e-6 * highest, "{a} {b}");
    }
}
