//! Where in a patch do most fields overlap?

use crate::beam::{Beam, PointInBeam};
use crate::math::Vec3;
use crate::surface::PatchQuad;

/// Width over which a field edge fades, mm: the penumbra of a 0.6 mm focal spot behind a collimator
/// half way to the skin is 0.3-0.6 mm wide. Without it the peak would hang on slivers of overlap
/// too small to mean anything on a breathing patient.
pub const PENUMBRA_MM: f64 = 0.5;

/// The search leaves out what could raise the dose by less than this share.
const PRECISION: f64 = 0.005;

/// Halvings of a quadrilateral: down to 0.01 mm on a 5 mm mesh, 2 % of the fade of an edge.
const MAX_DEPTH: u32 = 8;

/// A beam and the dose of a point of the patch that lies wholly inside its field, Gy.
pub type WeightedBeam<'a> = (&'a Beam, f64);

/// Share of the beam that reaches a point near a field edge; half of it on the edge itself.
pub fn share_at(beam: &Beam, point: &PointInBeam) -> f64 {
    beam.edge_distances_mm(point).map(fade).into_iter().product()
}

fn fade(inside_mm: f64) -> f64 {
    (inside_mm / PENUMBRA_MM + 0.5).clamp(0.0, 1.0)
}

/// The point of a patch where the beams add up to most, if that is more than `floor_gy`.
///
/// Branch and bound: a quadrilateral whose corners bound its dose below the best found so far is
/// dropped, any other is cut in four.
pub fn brightest_point(
    patch: impl Iterator<Item = PatchQuad>,
    beams: &[WeightedBeam],
    floor_gy: f64,
) -> Option<Vec3> {
    let mut best_gy = floor_gy;
    let mut best_point = None;
    let mut pending: Vec<(PatchQuad, u32)> = patch.map(|quad| (quad, 0)).collect();
    while let Some((quad, depth)) = pending.pop() {
        if sum(beams, |beam| largest_share(beam, &quad)) <= best_gy * (1.0 + PRECISION) {
            continue;
        }
        let centre = (quad[0] + quad[1] + quad[2] + quad[3]) * 0.25;
        let at_centre = sum(beams, |beam| share_at(beam, &beam.locate(centre)));
        if at_centre > best_gy {
            (best_gy, best_point) = (at_centre, Some(centre));
        }
        if depth < MAX_DEPTH {
            pending.extend(quarters(&quad).map(|quarter| (quarter, depth + 1)));
        }
    }
    best_point
}

fn sum(beams: &[WeightedBeam], share: impl Fn(&Beam) -> f64) -> f64 {
    beams.iter().map(|&(beam, weight_gy)| weight_gy * share(beam)).sum()
}

/// No point of the quadrilateral gets more: distances from the edges are linear in space, so the
/// largest stand at corners.
fn largest_share(beam: &Beam, quad: &PatchQuad) -> f64 {
    let mut farthest_inside_mm = [f64::NEG_INFINITY; 4];
    for &corner in quad {
        let distances_mm = beam.edge_distances_mm(&beam.locate(corner));
        for (farthest, distance) in farthest_inside_mm.iter_mut().zip(distances_mm) {
            *farthest = farthest.max(distance);
        }
    }
    farthest_inside_mm.map(fade).into_iter().product()
}

fn quarters(&[a, b, c, d]: &PatchQuad) -> [PatchQuad; 4] {
    let middle = |p: Vec3, q: Vec3| (p + q) * 0.5;
    let (ab, bc, cd, da) = (middle(a, b), middle(b, c), middle(c, d), middle(d, a));
    let centre = middle(ab, cd);
    [[a, ab, centre, da], [ab, b, bc, centre], [centre, bc, c, cd], [da, centre, cd, d]]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::beam::FieldLimits;
    use proptest::prelude::*;

    /// A beam along +z from 600 mm below a patch in the plane z = 0.
    fn beam(edges_mm: [f64; 4]) -> Beam {
        Beam {
            source_mm: Vec3::new(0.0, 0.0, -600.0),
            u: Vec3::new(1.0, 0.0, 0.0),
            v: Vec3::new(0.0, 1.0, 0.0),
            w: Vec3::new(0.0, 0.0, 1.0),
            field: FieldLimits::at_distance(edges_mm, 600.0).unwrap(),
        }
    }

    fn patch() -> PatchQuad {
        [[0.0, 0.0], [5.0, 0.0], [5.0, 5.0], [0.0, 5.0]].map(|[x, y]| Vec3::new(x, y, 0.0))
    }

    #[test]
    fn edges_fade_over_the_penumbra() {
        let beam = beam([-20.0, 2.0, -20.0, 20.0]);
        for (x, share) in [(1.7, 1.0), (2.0, 0.5), (2.125, 0.25), (2.3, 0.0)] {
            let found = share_at(&beam, &beam.locate(Vec3::new(x, 1.0, 0.0)));
            assert!((found - share).abs() < 1e-9, "{x} {found}");
        }
    }

    #[test]
    fn nothing_is_found_below_the_floor() {
        let beam = beam([-20.0, 2.0, -20.0, 20.0]);
        assert!(brightest_point(std::iter::once(patch()), &[(&beam, 1.0)], 1.0).is_none());
        assert!(brightest_point(std::iter::once(patch()), &[(&beam, 1.0)], 0.9).is_some());
    }

    proptest! {
        #[test]
        fn search_finds_what_a_dense_grid_finds(
            fields in prop::collection::vec(
                (-12.0..6.0_f64, 3.0..12.0_f64, -12.0..6.0_f64, 3.0..12.0_f64, 0.1..2.0_f64), 1..6,
            ),
        ) {
            let beams: Vec<(Beam, f64)> = fields
                .iter()
                .map(|&(u, width, v, height, gy)| (beam([u, u + width, v, v + height]), gy))
                .collect();
            let weighted: Vec<WeightedBeam> = beams.iter().map(|(b, gy)| (b, *gy)).collect();
            let at = |p: Vec3| sum(&weighted, |beam| share_at(beam, &beam.locate(p)));
            let grid = (0..=50).flat_map(|i| (0..=50).map(move |j| (i, j)));
            let points = grid.map(|(i, j)| Vec3::new(0.1 * f64::from(i), 0.1 * f64::from(j), 0.0));
            let highest = points.map(at).fold(0.0, f64::max);
            let found = brightest_point(std::iter::once(patch()), &weighted, 0.0).map_or(0.0, at);
            // Where its depth ends the search it stands in the middle of a cell of 0.02 mm: 2 %
            // of the fade of each of two edges.
            let total: f64 = weighted.iter().map(|(_, gy)| gy).sum();
            prop_assert!(
                found >= (1.0 - PRECISION) * highest - 0.04 * total, "{found} {highest}"
            );
        }
    }
}
