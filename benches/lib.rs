//! Scenes shared by the benches.
#![allow(clippy::unwrap_used)]

use dosemap::beam::FieldLimits;
use dosemap::body::Body;
use dosemap::body::person::{Person, Sex};
use dosemap::body::pose::Arms;
use dosemap::kernel::{BeamQuality, Frame, Scene, Switches};
use dosemap::materials::{FilterLayer, Material, Medium};
use dosemap::math::Vec3;
use dosemap::rest::{RestingPlace, origin_at_rest};
use dosemap::spaces::{PatientPosition, PositionerPose, Space, TablePose, table_from_patient};
use dosemap::spectrum::Spectrum;
use dosemap::support::SupportLayer;
use dosemap::surface::TriangleSurface;

fn filter(symbol: &str, thickness_mm: f64) -> FilterLayer {
    FilterLayer::new(Material::from_symbol(symbol).unwrap(), thickness_mm).unwrap()
}

/// A cylinder with lids, as a mesh of which nothing is known.
fn closed(mantle: &TriangleSurface) -> TriangleSurface {
    let mut vertices = mantle.vertices_mm().to_vec();
    let mut triangles = mantle.triangles().to_vec();
    for (z, flipped) in [(0.0, false), (-1760.0, true)] {
        let on_rim = |i: &u32| mantle.vertices_mm()[*i as usize].z == z;
        let rim: Vec<u32> = (0..mantle.len() as u32).filter(on_rim).collect();
        let middle = vertices.len() as u32;
        vertices.push(Vec3::new(0.0, 0.0, z));
        for (k, &a) in rim.iter().enumerate() {
            let b = rim[(k + 1) % rim.len()];
            triangles.push(if flipped { [middle, b, a] } else { [middle, a, b] });
        }
    }
    let closed = TriangleSurface::new(vertices, triangles).unwrap();
    assert_eq!(closed.loose_edges(), 0);
    closed
}

/// A trunk with about this many vertices on a table top with a pad; `shadows` tests occlusion
/// although a cylinder throws none on itself.
#[must_use]
pub fn trunk(vertices: usize, shadows: bool) -> Scene {
    // Perimeter 969 mm x length 1760 mm, a vertex per spacing squared.
    let spacing_mm = (969.0 * 1760.0 / vertices as f64).sqrt();
    let trunk = TriangleSurface::elliptic_cylinder([200.0, 100.0], 1760.0, spacing_mm).unwrap();
    let surface = if shadows { closed(&trunk) } else { trunk };
    on_table(surface, Vec3::new(0.0, -140.0, 0.0))
}

/// A man of 1.76 m and 80 kg with his arms at his sides on the same table; 90,191 vertices at a
/// spacing of 5 mm, the default, 40,086 at 7.5 mm.
#[must_use]
pub fn body(spacing_mm: f64) -> Scene {
    let position = PatientPosition::from_term("HFS").unwrap();
    let body = Body::new(Person::new(Sex::Male, 45.0, 1760.0, 80.0).unwrap(), spacing_mm).unwrap();
    let surface = body.posed(Arms::Down, 0.0, position).unwrap();
    let place = RestingPlace { support_height_mm: 40.0, head_gap_mm: 0.0, lateral_shift_mm: 0.0 };
    let origin_mm =
        origin_at_rest(&surface, position, &place, &body.resting_parts(position)).unwrap();
    on_table(surface, origin_mm)
}

/// A surface lying on its back on a table top with a pad.
fn on_table(surface: TriangleSurface, patient_origin_in_table_mm: Vec3) -> Scene {
    let position = PatientPosition::from_term("HFS").unwrap();
    let lying = table_from_patient(position, patient_origin_in_table_mm);
    let layer = |low, high| {
        SupportLayer::new(Vec3::new(-225.0, low, -2000.0), Vec3::new(225.0, high, 0.0)).unwrap()
    };
    Scene::new(surface, lying, vec![layer(-40.0, 0.0), layer(0.0, 20.0)], Switches::default())
}

/// A beam quality behind which everything of the chain is on.
#[must_use]
pub fn quality() -> BeamQuality {
    let filters = [filter("Al", 2.5), filter("Cu", 0.2)];
    let spectrum = Spectrum::tungsten(80.0, 12.0).unwrap().filtered(&filters).unwrap();
    let layers = [vec![filter("Al", 0.7)], vec![filter("PMMA", 5.6)]];
    BeamQuality::from_spectrum(&spectrum, &layers, Medium::Skin).unwrap()
}

/// `count` frames of a cardiac procedure with a square field of this side at the reference point,
/// moving gantry and table.
#[must_use]
pub fn frames(scene: &Scene, count: usize, side_mm: f64) -> Vec<Frame> {
    (0..count)
        .map(|i| {
            let phase = i as f64 / count as f64;
            let pose = PositionerPose {
                angle_space: Space::Patient,
                primary_angle_deg: -40.0 + 90.0 * phase,
                secondary_angle_deg: 25.0 * (7.0 * phase).sin(),
                detector_rotation_deg: 0.0,
                source_to_isocenter_mm: 785.0,
            };
            let table = TablePose {
                origin_in_isocenter_mm: Vec3::new(20.0 * phase, 150.0, 430.0 + 40.0 * phase),
                ..TablePose::default()
            };
            let half_mm = side_mm / 2.0;
            let edges_mm = [-half_mm, half_mm, -half_mm, half_mm];
            let field = FieldLimits::at_distance(edges_mm, 635.0).unwrap();
            Frame {
                beam: scene.beam(&pose, &table, field).unwrap(),
                air_kerma_gy: 0.01,
                reference_distance_mm: 635.0,
                forward_scatter_ratio: 0.0,
                quality: 0,
            }
        })
        .collect()
}
