//! A pose keeps the volume of the body: what the skin loses or gains at bent joints and on the pad
//! is given back along arms and legs.

use std::sync::LazyLock;

use super::skinning::share;
use crate::body::skeleton::{Bone, Side};
use crate::body::template::template;
use crate::math::Vec3;

/// Six times the volume that a skin encloses is the sum of the triple products of its triangles.
pub(super) fn volume_mm3(skin_mm: &[Vec3]) -> f64 {
    let triple = |&[a, b, c]: &[u32; 3]| {
        let [a, b, c] = [a, b, c].map(|vertex| skin_mm[vertex as usize]);
        a.dot(b.cross(c))
    };
    template().triangles.iter().map(triple).sum::<f64>() / 6.0
}

/// How much each vertex hangs on the long bones of arms and legs.
static SHARES: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let limbs = Side::BOTH.map(long_bones).concat();
    (0..template().bones.len()).map(|vertex| share(vertex, &limbs)).collect()
});

/// The skin of arms and legs moved in or out, each point by as much as it hangs on their long
/// bones, so that to first order a volume is enclosed. Trunk, head, hands and feet stay.
pub(super) fn with_volume(mut skin_mm: Vec<Vec3>, wanted_mm3: f64) -> Vec<Vec3> {
    let normals = area_normals(&skin_mm);
    let area_mm2: f64 =
        normals.iter().zip(SHARES.iter()).map(|(normal, share)| normal.norm() * share).sum();
    let out_mm = (wanted_mm3 - volume_mm3(&skin_mm)) / area_mm2;
    for ((point, normal), share) in skin_mm.iter_mut().zip(&normals).zip(SHARES.iter()) {
        *point = *point + normal.normalized() * (out_mm * share);
    }
    skin_mm
}

fn long_bones(side: Side) -> [Bone; 4] {
    [Bone::UpperArm(side), Bone::Forearm(side), Bone::Thigh(side), Bone::Shank(side)]
}

/// At each vertex the outward normal, as long as its third of the triangles around is large.
fn area_normals(skin_mm: &[Vec3]) -> Vec<Vec3> {
    let mut normals = vec![Vec3::ZERO; skin_mm.len()];
    for triangle in &template().triangles {
        let [a, b, c] = triangle.map(|vertex| skin_mm[vertex as usize]);
        let normal = (b - a).cross(c - a) * (1.0 / 6.0);
        for &vertex in triangle {
            normals[vertex as usize] = normals[vertex as usize] + normal;
        }
    }
    normals
}
