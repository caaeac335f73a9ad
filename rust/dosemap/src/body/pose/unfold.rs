//! Creases without self-intersection: skin that folds into itself is smoothed until it does not.
//!
//! Where an arm is brought to the side or a thigh to the belly, the skin of the limb and that of
//! the trunk run through each other in the bend. There the crease is filled, as flesh fills it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::skinning::share;
use crate::body::intersect::self_intersections;
use crate::body::skeleton::Bone;
use crate::body::template::template;
use crate::math::Vec3;

static NEIGHBOURS: LazyLock<Vec<Vec<u32>>> = LazyLock::new(|| {
    let mut neighbours = vec![Vec::new(); template().bones.len()];
    for &[a, b, c] in &template().triangles {
        // Every edge is run through once each way.
        for (from, to) in [(a, b), (b, c), (c, a)] {
            neighbours[from as usize].push(to);
        }
    }
    neighbours
});

/// Passes after which the skin is left as it is.
const PASSES: u32 = 25;

/// Smooth the skin around triangles that cross until none do; the trunk stays where it is.
pub(super) fn unfold(mut skin_mm: Vec<Vec3>) -> Vec<Vec3> {
    let triangles = &template().triangles;
    let mut loose: BTreeSet<u32> = BTreeSet::new();
    for _ in 0..PASSES {
        let crossing = self_intersections(&skin_mm, triangles);
        if crossing.is_empty() {
            break;
        }
        let met = crossing.iter().flatten().flat_map(|&number| triangles[number as usize]);
        let around = met.flat_map(|vertex| &NEIGHBOURS[vertex as usize]).copied();
        loose.extend(around.filter(|&vertex| share(vertex as usize, &[Bone::Trunk]) < 1.0));
        let smoothed: Vec<(usize, Vec3)> = loose
            .iter()
            .map(|&vertex| (vertex as usize, mean_of_neighbours(vertex, &skin_mm)))
            .collect();
        for (vertex, place) in smoothed {
            skin_mm[vertex] = place;
        }
    }
    skin_mm
}

fn mean_of_neighbours(vertex: u32, skin_mm: &[Vec3]) -> Vec3 {
    let around = &NEIGHBOURS[vertex as usize];
    let sum = around.iter().fold(Vec3::ZERO, |sum, &other| sum + skin_mm[other as usize]);
    sum * (1.0 / around.len() as f64)
}
