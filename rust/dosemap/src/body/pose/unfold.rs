//! Creases without self-intersection: skin that folds into itself is smoothed until it does not.
//!
//! Where an arm is brought to the side or a thigh to the belly, the skin of the limb and that of
//! the trunk run through each other in the bend. There the crease is filled, as flesh fills it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rayon::prelude::*;

use super::skinning::on_trunk_alone;
use crate::body::intersect::self_intersections;
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

/// Strips across the body that are looked through one by one: fewer triangles meet in each.
const STRIPS: u32 = 10;

/// Smooth the skin around triangles that cross until none do; the trunk stays where it is.
pub(super) fn unfold(mut skin_mm: Vec<Vec3>) -> Vec<Vec3> {
    let is_free: Vec<bool> = (0..skin_mm.len()).map(|vertex| !on_trunk_alone(vertex)).collect();
    let mut loose: BTreeSet<u32> = BTreeSet::new();
    let mut moved = is_free.clone();
    for _ in 0..PASSES {
        let folded = folded(&skin_mm, &moved);
        if folded.is_empty() {
            break;
        }
        let around = folded.iter().flat_map(|&vertex| &NEIGHBOURS[vertex as usize]).copied();
        loose.extend(around.filter(|&vertex| is_free[vertex as usize]));
        let smoothed: Vec<(usize, Vec3)> = loose
            .iter()
            .map(|&vertex| (vertex as usize, mean_of_neighbours(vertex, &skin_mm)))
            .collect();
        moved.fill(false);
        for (vertex, place) in smoothed {
            skin_mm[vertex] = place;
            moved[vertex] = true;
        }
    }
    skin_mm
}

/// Corners of triangles that cross where something has moved.
fn folded(skin_mm: &[Vec3], moved: &[bool]) -> Vec<u32> {
    let extent = |triangle: &[u32; 3], axis: usize| {
        let along = triangle.map(|vertex| skin_mm[vertex as usize][axis]);
        along.into_iter().fold(NOTHING, |ends, x| joined(ends, (x, x)))
    };
    let across: Vec<(f64, f64)> =
        template().triangles.iter().map(|triangle| extent(triangle, 0)).collect();
    let (low, high) = across.iter().copied().fold(NOTHING, joined);
    let in_strip = |strip: u32| {
        let edge = |number: u32| low + (high - low) * f64::from(number) / f64::from(STRIPS);
        let ends = (edge(strip), edge(strip + 1));
        let within: Vec<&[u32; 3]> = template()
            .triangles
            .iter()
            .zip(&across)
            .filter(|&(_, &across)| overlap(across, ends))
            .map(|(triangle, _)| triangle)
            .collect();
        let has_moved = |t: &&&[u32; 3]| t.iter().any(|&vertex| moved[vertex as usize]);
        let levels = within.iter().filter(has_moved).map(|t| extent(t, 2)).fold(NOTHING, joined);
        let near: Vec<[u32; 3]> =
            within.into_iter().filter(|t| overlap(extent(t, 2), levels)).copied().collect();
        let crossing = self_intersections(skin_mm, &near);
        crossing.into_iter().flatten().flat_map(|number| near[number as usize]).collect::<Vec<_>>()
    };
    (0..STRIPS).into_par_iter().flat_map_iter(in_strip).collect()
}

const NOTHING: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

fn joined(one: (f64, f64), other: (f64, f64)) -> (f64, f64) {
    (one.0.min(other.0), one.1.max(other.1))
}

fn overlap(one: (f64, f64), other: (f64, f64)) -> bool {
    one.0 <= other.1 && other.0 <= one.1
}

fn mean_of_neighbours(vertex: u32, skin_mm: &[Vec3]) -> Vec3 {
    let around = &NEIGHBOURS[vertex as usize];
    let sum = around.iter().fold(Vec3::ZERO, |sum, &other| sum + skin_mm[other as usize]);
    sum * (1.0 / around.len() as f64)
}
