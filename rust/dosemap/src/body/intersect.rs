//! Does a triangle mesh cross itself?
//!
//! Triangles are swept along the longest axis of the mesh; those whose boxes overlap are tested.
//! That is fast where triangles are small against the mesh, as on a body.

use rayon::prelude::*;

use crate::math::Vec3;

/// Pairs of triangles (lower number first, sorted) that share no vertex and cross. Triangles that
/// lie in one plane do not count.
///
/// # Panics
/// When a triangle names a vertex that is not there.
#[must_use]
pub fn self_intersections(vertices_mm: &[Vec3], triangles: &[[u32; 3]]) -> Vec<[u32; 2]> {
    let axis = longest_axis(vertices_mm);
    let mut boxes: Vec<Boxed> = (0_u32..)
        .zip(triangles)
        .map(|(number, t)| Boxed::new(number, &t.map(|i| vertices_mm[i as usize]), axis))
        .collect();
    boxes.sort_unstable_by(|a, b| a.low[0].total_cmp(&b.low[0]).then(a.number.cmp(&b.number)));
    let crossings_of = |place: usize| {
        let first = &boxes[place];
        let within_reach = boxes[place + 1..].iter().take_while(|b| b.low[0] <= first.high[0]);
        let crossing = move |second: &&Boxed| {
            let [s, t] = [first, second].map(|b| triangles[b.number as usize]);
            first.overlaps(second)
                && s.iter().all(|vertex| !t.contains(vertex))
                && triangles_cross(
                    &s.map(|i| vertices_mm[i as usize]),
                    &t.map(|i| vertices_mm[i as usize]),
                )
        };
        let pair =
            |second: &Boxed| [first.number.min(second.number), first.number.max(second.number)];
        within_reach.filter(crossing).map(pair).collect::<Vec<_>>()
    };
    let mut pairs: Vec<[u32; 2]> =
        (0..boxes.len()).into_par_iter().flat_map_iter(crossings_of).collect();
    pairs.sort_unstable();
    pairs
}

fn longest_axis(points: &[Vec3]) -> usize {
    let extent = |axis: usize| {
        let ends = points.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), p| {
            (low.min(p[axis]), high.max(p[axis]))
        });
        ends.1 - ends.0
    };
    (0..3).max_by(|&i, &j| extent(i).total_cmp(&extent(j))).unwrap_or(0)
}

/// The box of a triangle; its first axis is the one of the sweep.
struct Boxed {
    number: u32,
    low: [f64; 3],
    high: [f64; 3],
}

impl Boxed {
    fn new(number: u32, corners: &[Vec3; 3], first_axis: usize) -> Self {
        let axes = [first_axis, (first_axis + 1) % 3, (first_axis + 2) % 3];
        let along = |axis: usize| corners.map(|corner| corner[axis]);
        Self {
            number,
            low: axes.map(|axis| along(axis).into_iter().fold(f64::INFINITY, f64::min)),
            high: axes.map(|axis| along(axis).into_iter().fold(f64::NEG_INFINITY, f64::max)),
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        (1..3).all(|axis| self.low[axis] <= other.high[axis] && other.low[axis] <= self.high[axis])
    }
}

/// Two triangles cross when an edge of one passes through the other.
fn triangles_cross(s: &[Vec3; 3], t: &[Vec3; 3]) -> bool {
    let (heights_of_s, heights_of_t) = (heights(s, t), heights(t, s));
    spans(&heights_of_s)
        && spans(&heights_of_t)
        && (any_edge_passes(s, &heights_of_s, t) || any_edge_passes(t, &heights_of_t, s))
}

/// Corners of a triangle above the plane of another, times twice the other's area.
fn heights(triangle: &[Vec3; 3], [a, b, c]: &[Vec3; 3]) -> [f64; 3] {
    let normal = (*b - *a).cross(*c - *a);
    triangle.map(|corner| normal.dot(corner - *a))
}

/// Do the corners lie on both sides?
fn spans(heights: &[f64; 3]) -> bool {
    heights.iter().any(|&h| h > 0.0) && heights.iter().any(|&h| h < 0.0)
}

fn any_edge_passes(edges_of: &[Vec3; 3], heights: &[f64; 3], through: &[Vec3; 3]) -> bool {
    (0..3).any(|k| {
        let next = (k + 1) % 3;
        let (from, to) = (edges_of[k], edges_of[next]);
        // The line passes the three sides of the triangle on the same side: signed volumes.
        let side = |i: usize| {
            let (a, b) = (through[i] - from, through[(i + 1) % 3] - from);
            (to - from).dot(a.cross(b))
        };
        let sides = [side(0), side(1), side(2)];
        heights[k] * heights[next] < 0.0
            && (sides.iter().all(|&v| v >= 0.0) || sides.iter().all(|&v| v <= 0.0))
    })
}

#[cfg(test)]
mod tests;
