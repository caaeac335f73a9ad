//! Which share of a vertex's patch of skin lies inside the field.

use crate::beam::{Beam, FieldLimits};
use crate::surface::{PatchQuad, TriangleSurface};

/// A convex quadrilateral gains at most one corner per field edge it is cut by.
const MAX_CORNERS: usize = 8;

/// Corners of a polygon on the plane at unit distance from the focal spot.
#[derive(Clone, Copy)]
struct Polygon {
    corners: [[f64; 2]; MAX_CORNERS],
    count: usize,
}

impl Polygon {
    const EMPTY: Self = Self { corners: [[0.0; 2]; MAX_CORNERS], count: 0 };

    fn of_quad(quad: &[[f64; 2]; 4]) -> Self {
        let mut polygon = Self::EMPTY;
        quad.iter().for_each(|&corner| polygon.push(corner));
        polygon
    }

    fn push(&mut self, corner: [f64; 2]) {
        // A quad that is folded by perspective could exceed the bound of a convex one; losing a
        // corner of such a sliver changes nothing that can be measured.
        if self.count < MAX_CORNERS {
            self.corners[self.count] = corner;
            self.count += 1;
        }
    }

    fn corners(&self) -> &[[f64; 2]] {
        &self.corners[..self.count]
    }

    /// Shoelace formula; the sign tells the sense of rotation.
    fn area(&self) -> f64 {
        let corners = self.corners();
        let mut doubled = 0.0;
        let mut from = corners.last().copied().unwrap_or_default();
        for &to in corners {
            doubled += from[0] * to[1] - from[1] * to[0];
            from = to;
        }
        doubled / 2.0
    }

    /// The part where `sign * (coordinate[axis] - limit) >= 0` (Sutherland and Hodgman).
    fn clipped(&self, axis: usize, limit: f64, sign: f64) -> Self {
        let mut kept = Self::EMPTY;
        let corners = self.corners();
        for (i, &to) in corners.iter().enumerate() {
            let from = corners[(i + corners.len() - 1) % corners.len()];
            let (d_from, d_to) = (sign * (from[axis] - limit), sign * (to[axis] - limit));
            if (d_from >= 0.0) != (d_to >= 0.0) {
                let t = d_from / (d_from - d_to);
                kept.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
            }
            if d_to >= 0.0 {
                kept.push(to);
            }
        }
        kept
    }

    fn inside(&self, field: &FieldLimits) -> Self {
        let FieldLimits { u_min, u_max, v_min, v_max } = *field;
        let along = self.clipped(0, u_min, 1.0).clipped(0, u_max, -1.0);
        along.clipped(1, v_min, 1.0).clipped(1, v_max, -1.0)
    }
}

/// Share (0 to 1) of the patch of `vertex` that the field covers, as the beam sees it.
///
/// The triangles around the vertex are projected from the focal spot, divided there as the patch
/// divides them, and cut with the field's rectangle exactly, so that the covered areas of all
/// patches add up to the field whatever the mesh.
#[must_use]
pub fn covered_share(beam: &Beam, surface: &TriangleSurface, vertex: usize) -> f64 {
    let Some(a) = beam.project(surface.vertices_mm()[vertex]) else { return 0.0 };
    let middle = |a: [f64; 2], b: [f64; 2]| [(a[0] + b[0]) * 0.5, (a[1] + b[1]) * 0.5];
    // The triangles follow each other around the vertex, so most corners were just projected.
    let mut before = None;
    let quads = surface.fan_vertices(vertex).filter_map(|[_, b, c]| {
        let project = |i: u32| beam.project(surface.vertices_mm()[i as usize]);
        let projected_b = match before {
            Some((vertex, projected)) if vertex == b => projected,
            _ => project(b),
        };
        let projected_c = project(c);
        before = Some((c, projected_c));
        let (b, c) = (projected_b?, projected_c?);
        let centroid = [0, 1].map(|axis| (a[axis] + b[axis] + c[axis]) * (1.0 / 3.0));
        Some([a, middle(a, b), centroid, middle(a, c)])
    });
    share_inside(quads, &beam.field)
}

/// Share (0 to 1) of a quadrilateral of skin that the field covers, as the beam sees it.
#[must_use]
pub fn covered_share_of_quad(beam: &Beam, quad: &PatchQuad) -> f64 {
    let [a, b, c, d] = quad.map(|corner| beam.project(corner));
    let projected = || Some([a?, b?, c?, d?]);
    share_inside(projected().into_iter(), &beam.field)
}

/// Half the cross product of the diagonals: the shoelace formula of four corners.
fn quad_area(&[a, b, c, d]: &[[f64; 2]; 4]) -> f64 {
    let (ac, bd) = ([c[0] - a[0], c[1] - a[1]], [d[0] - b[0], d[1] - b[1]]);
    (ac[0] * bd[1] - ac[1] * bd[0]).abs() / 2.0
}

/// Area of the part of a quadrilateral inside a field: cut only by the edges that its box crosses.
#[inline]
fn area_inside(quad: &[[f64; 2]; 4], area: f64, field: &FieldLimits) -> f64 {
    let FieldLimits { u_min, u_max, v_min, v_max } = *field;
    let [u, v] = [0, 1].map(|axis| quad.map(|corner| corner[axis]));
    match (place(&u, u_min, u_max), place(&v, v_min, v_max)) {
        (Place::Outside, _) | (_, Place::Outside) => 0.0,
        (Place::Inside, Place::Inside) => area,
        (Place::Cut, Place::Inside) => area_in_strip(&u, &v, u_min, u_max),
        (Place::Inside, Place::Cut) => area_in_strip(&v, &u, v_min, v_max),
        // At a corner of the field.
        (Place::Cut, Place::Cut) => Polygon::of_quad(quad).inside(field).area().abs(),
    }
}

/// How something lies to a strip.
enum Place {
    Inside,
    Cut,
    Outside,
}

#[inline]
fn place(&[a, b, c, d]: &[f64; 4], low: f64, high: f64) -> Place {
    let lower = |a: f64, b: f64| if a < b { a } else { b };
    let higher = |a: f64, b: f64| if a > b { a } else { b };
    let least = lower(lower(a, b), lower(c, d));
    let greatest = higher(higher(a, b), higher(c, d));
    if greatest <= low || least >= high {
        Place::Outside
    } else if least >= low && greatest <= high {
        Place::Inside
    } else {
        Place::Cut
    }
}

/// Below this length, seen from the focal spot at unit distance, a side counts as running along a
/// strip: no patch, some 1e-2 wide, notices.
const ALONG: f64 = 1e-10;

/// Area of the part of a quadrilateral inside a strip across x: the integral of x dy around it, with
/// x held within the strip. Without a branch, so that the four sides are computed side by side.
#[inline]
fn area_in_strip(x: &[f64; 4], y: &[f64; 4], low: f64, high: f64) -> f64 {
    let width = high - low;
    // x held within the strip, and its integral up to x.
    let (mut held, mut integral) = ([0.0; 4], [0.0; 4]);
    for i in 0..4 {
        let x = x[i] - low;
        let not_below = if x > 0.0 { x } else { 0.0 };
        held[i] = if not_below < width { not_below } else { width };
        integral[i] = held[i] * (x - 0.5 * held[i]);
    }
    let mut area = 0.0;
    for i in 0..4 {
        let next = (i + 1) % 4;
        let across = x[next] - x[i];
        let mean = if across.abs() > ALONG {
            (integral[next] - integral[i]) / across
        } else {
            0.5 * (held[i] + held[next])
        };
        area += (y[next] - y[i]) * mean;
    }
    area.abs()
}

/// Share of the projected quadrilaterals inside a field; those not wholly in front of the focal
/// spot were left out.
fn share_inside(quads: impl Iterator<Item = [[f64; 2]; 4]>, field: &FieldLimits) -> f64 {
    let (mut covered, mut whole) = (0.0, 0.0);
    for quad in quads {
        // The absolute value quad by quad: neighbours that face away must not cancel those that
        // face the tube.
        let area = quad_area(&quad);
        whole += area;
        covered += area_inside(&quad, area, field);
    }
    if whole > 0.0 { covered / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::math::Vec3;
    use crate::surface::Facing;
    use proptest::prelude::*;

    fn beam_from_behind(field: FieldLimits, turn_deg: f64) -> Beam {
        let (sin, cos) = turn_deg.to_radians().sin_cos();
        Beam {
            source_mm: Vec3::new(0.0, 600.0, -120.0),
            u: Vec3::new(cos, 0.0, sin),
            v: Vec3::new(-sin, 0.0, cos),
            w: Vec3::new(0.0, -1.0, 0.0),
            field,
        }
    }

    proptest! {
        /// On a plane perpendicular to the beam the covered areas add up to the field exactly,
        /// however small, shifted or turned it is; the tolerance is rounding.
        #[test]
        fn covered_areas_add_up_to_the_field(
            u in -20.0..20.0, v in -20.0..20.0, side_u in 3.0..60.0, side_v in 3.0..60.0,
            turn in 0.0..90.0, spacing in 3.0..9.0,
        ) {
            let edges = [u, u + side_u, v, v + side_v];
            let beam = beam_from_behind(FieldLimits::at_distance(edges, 600.0).unwrap(), turn);
            // Corners of the field reach 113 mm from its axis, whichever way it is turned.
            let skin = TriangleSurface::plane([240.0, 240.0], Facing::Posterior, spacing).unwrap();
            let covered = (0..skin.len())
                .map(|i| covered_share(&beam, &skin, i) * skin.areas_mm2()[i])
                .sum::<f64>();
            let area: f64 = side_u * side_v;
            prop_assert!((covered / area - 1.0_f64).abs() < 1e-9);
        }
    }

    proptest! {
        /// The integral around a quadrilateral against cutting its corners off (Sutherland and
        /// Hodgman), of any shape, folded ones too: rounding of areas up to 16.
        #[test]
        fn area_in_a_strip_is_that_of_the_cut_polygon(
            corners in prop::array::uniform4(prop::array::uniform2(-2.0..2.0)),
            low in -2.0..2.0, width in 0.01..3.0, axis in 0_usize..2,
        ) {
            let cut = Polygon::of_quad(&corners).clipped(axis, low, 1.0);
            let expected = cut.clipped(axis, low + width, -1.0).area().abs();
            let [x, y] = [axis, 1 - axis].map(|axis| corners.map(|corner| corner[axis]));
            let found = area_in_strip(&x, &y, low, low + width);
            prop_assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }

    #[test]
    fn patches_well_inside_and_outside_are_whole() {
        let field = FieldLimits::at_distance([-50.0, 50.0, -50.0, 50.0], 600.0).unwrap();
        let beam = beam_from_behind(field, 0.0);
        let skin = TriangleSurface::plane([240.0, 240.0], Facing::Posterior, 5.0).unwrap();
        for (i, p) in skin.vertices_mm().iter().enumerate() {
            let off = p.x.abs().max((p.z + 120.0).abs());
            let share = covered_share(&beam, &skin, i);
            if off < 44.0 {
                assert!((share - 1.0).abs() < 1e-12);
            } else if off > 56.0 {
                assert_eq!(share, 0.0);
            }
        }
    }
}
