//! Does another part of the surface stand between a point and the focal spot?
//!
//! A binary tree of boxes over the triangles, exact any-hit test for a segment. Before the rays
//! of a group of vertices one look at the tree tells whether anything can stand in their way: on
//! a closed body a ray that has left lit skin must go into the next part through a face that
//! looks away from the source.

use rayon::prelude::*;

use crate::math::Vec3;
use crate::normal_cone::NormalCone;
use crate::surface::TriangleSurface;

const LEAF_TRIANGLES: usize = 4;

/// Distance along the ray that counts as the point's own skin, mm: the triangles around a vertex
/// and their neighbours, seen at a slant, must not shadow it.
const OWN_SKIN_MM: f64 = 1.0;

/// A ray through an edge or a vertex must hit one of the triangles that share it, whatever the
/// rounding: triangles count as larger by this share of their size.
const EDGE: f64 = 1e-9;

/// A point this far out of a vertex is off the vertex's own triangles, mm.
const OUTSIDE_MM: f64 = 1e-3;

/// Each level of the tree leaves at most one right child waiting and three quarters of the
/// triangles: the 10^8 of the largest surface end after 60 levels.
const STACK: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Bounds {
    low: Vec3,
    high: Vec3,
}

impl Bounds {
    const EMPTY: Self = Self {
        low: Vec3::new(f64::INFINITY, f64::INFINITY, f64::INFINITY),
        high: Vec3::new(f64::NEG_INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY),
    };

    fn with(self, p: Vec3) -> Self {
        Self {
            low: Vec3::new(self.low.x.min(p.x), self.low.y.min(p.y), self.low.z.min(p.z)),
            high: Vec3::new(self.high.x.max(p.x), self.high.y.max(p.y), self.high.z.max(p.z)),
        }
    }

    /// Does the segment origin + t * direction, 0 < t < 1, meet the box?
    fn meets(&self, origin: Vec3, inverse_direction: Vec3) -> bool {
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        for axis in 0..3 {
            let a = (self.low[axis] - origin[axis]) * inverse_direction[axis];
            let b = (self.high[axis] - origin[axis]) * inverse_direction[axis];
            if a.is_nan() || b.is_nan() {
                continue; // the ray runs in a face of the box: this axis excludes nothing
            }
            enter = enter.max(a.min(b));
            leave = leave.min(a.max(b));
        }
        enter <= leave
    }
}

#[derive(Debug)]
enum Node {
    Leaf {
        first: u32,
        count: u32,
    },
    /// The left child follows its parent.
    Inner {
        right: u32,
    },
}

/// The tree over one surface.
#[derive(Debug)]
pub struct Occluder {
    bounds: Vec<Bounds>,
    nodes: Vec<Node>,
    /// Sphere around each node's triangles, and where they look.
    faces: Vec<(Vec3, f64, NormalCone)>,
    triangles: Vec<[Vec3; 3]>,
    /// Is no vertex inside another part of a closed body?
    entered_from_outside: bool,
}

impl Occluder {
    /// Build the tree.
    #[must_use]
    pub fn new(surface: &TriangleSurface) -> Self {
        let vertices = surface.vertices_mm();
        let mut triangles: Vec<[Vec3; 3]> =
            surface.triangles().iter().map(|t| t.map(|i| vertices[i as usize])).collect();
        let mut tree = Self {
            bounds: Vec::new(),
            nodes: Vec::new(),
            faces: Vec::new(),
            triangles: Vec::new(),
            entered_from_outside: false,
        };
        tree.add(&mut triangles, 0);
        tree.triangles = triangles;
        tree.entered_from_outside = surface.loose_edges() == 0 && tree.no_vertex_inside(surface);
        tree
    }

    fn add(&mut self, triangles: &mut [[Vec3; 3]], first: usize) {
        let bounds = triangles.iter().flatten().fold(Bounds::EMPTY, |b, &p| b.with(p));
        let node = self.nodes.len();
        self.bounds.push(bounds);
        let normals = triangles.iter().map(|t| doubled_area(t).normalized());
        let (low, high) = (bounds.low, bounds.high);
        self.faces.push((
            (low + high) * 0.5,
            (high - low).norm() / 2.0,
            NormalCone::around(normals),
        ));
        self.nodes.push(Node::Leaf { first: first as u32, count: triangles.len() as u32 });
        if triangles.len() <= LEAF_TRIANGLES {
            return;
        }
        let extent = bounds.high - bounds.low;
        let axis = (0..3).max_by(|&i, &j| extent[i].total_cmp(&extent[j])).unwrap_or(0);
        let middle = split(triangles, axis, (bounds.low[axis] + bounds.high[axis]) / 2.0);
        let (left, right) = triangles.split_at_mut(middle);
        self.add(left, first);
        self.nodes[node] = Node::Inner { right: self.nodes.len() as u32 };
        self.add(right, first + middle);
    }

    /// Is the way from `point_mm` to `source_mm` blocked?
    #[must_use]
    pub fn blocks(&self, point_mm: Vec3, source_mm: Vec3) -> bool {
        let whole_way = source_mm - point_mm;
        let length = whole_way.norm();
        if length <= OWN_SKIN_MM {
            return false;
        }
        let origin = point_mm + whole_way * (OWN_SKIN_MM / length);
        let way = source_mm - origin;
        self.any_near(origin, way, |t| crossing(origin, way, t).is_some())
    }

    /// Can anything stand between any skin in a sphere that faces the source and the source?
    /// When not, no ray from there need be tested.
    #[must_use]
    pub fn may_block(&self, centre_mm: Vec3, radius_mm: f64, source_mm: Vec3) -> bool {
        if !self.entered_from_outside {
            return true;
        }
        let Some(shaft) = Shaft::new(centre_mm, radius_mm, source_mm) else { return true };
        let mut stack = [0_u32; STACK];
        let mut waiting = 1;
        while waiting > 0 {
            waiting -= 1;
            let node = stack[waiting];
            let (centre, radius, cone) = &self.faces[node as usize];
            if shaft.misses(*centre, *radius) || cone.all_look_towards(*centre, *radius, source_mm)
            {
                continue;
            }
            match self.nodes[node as usize] {
                Node::Leaf { .. } => return true,
                Node::Inner { right } => {
                    stack[waiting] = right;
                    stack[waiting + 1] = node + 1;
                    waiting += 2;
                }
            }
        }
        false
    }

    /// Does any triangle of the boxes that a segment meets pass the test?
    fn any_near(&self, origin: Vec3, way: Vec3, mut test: impl FnMut(&[Vec3; 3]) -> bool) -> bool {
        let inverse = Vec3::new(1.0 / way.x, 1.0 / way.y, 1.0 / way.z);
        let mut stack = [0_u32; STACK];
        let mut waiting = 1;
        while waiting > 0 {
            waiting -= 1;
            let node = stack[waiting];
            if !self.bounds[node as usize].meets(origin, inverse) {
                continue;
            }
            match self.nodes[node as usize] {
                Node::Leaf { first, count } => {
                    let range = first as usize..(first + count) as usize;
                    if self.triangles[range].iter().any(&mut test) {
                        return true;
                    }
                }
                Node::Inner { right } => {
                    stack[waiting] = right;
                    stack[waiting + 1] = node + 1;
                    waiting += 2;
                }
            }
        }
        false
    }

    /// Does a way straight out from every vertex leave as many parts of the body as it enters?
    fn no_vertex_inside(&self, surface: &TriangleSurface) -> bool {
        let size = self.faces[0].1;
        let outside = |(&point, &normal): (&Vec3, &Vec3)| {
            // Not quite along the normal, which on regular meshes meets edges of other parts.
            let way = (normal + Vec3::new(0.0137, 0.0071, -0.0113)) * (3.0 * size);
            let origin = point + normal * OUTSIDE_MM;
            let mut left_minus_entered = 0;
            self.any_near(origin, way, |t| {
                if let Some(outward) = crossing(origin, way, t) {
                    left_minus_entered += if outward { 1 } else { -1 };
                }
                false
            });
            left_minus_entered == 0
        };
        surface.vertices_mm().par_iter().zip(surface.normals()).all(outside)
    }
}

/// Sort triangles to two sides of a plane and tell how many lie on the first. By number where the
/// plane would leave less than a quarter on one side, which bounds the depth of the tree.
fn split(triangles: &mut [[Vec3; 3]], axis: usize, plane: f64) -> usize {
    let centre = |t: &[Vec3; 3]| (t[0][axis] + t[1][axis] + t[2][axis]) / 3.0;
    let count = triangles.len();
    let below = triangles.iter().filter(|t| centre(t) < plane).count();
    let middle = if below.min(count - below) * 4 >= count { below } else { count / 2 };
    triangles.select_nth_unstable_by(middle, |a, b| centre(a).total_cmp(&centre(b)));
    middle
}

/// All ways from a sphere to a point.
struct Shaft {
    centre: Vec3,
    radius: f64,
    direction: Vec3,
    length: f64,
}

impl Shaft {
    /// `None` when the point is in the sphere.
    fn new(centre: Vec3, radius: f64, point: Vec3) -> Option<Self> {
        let way = point - centre;
        let length = way.norm();
        (length > radius).then(|| Self { centre, radius, direction: way * (1.0 / length), length })
    }

    /// Does a sphere lie outside? The ways fill the spheres of radius r (1 - t) around
    /// centre + t way; at a distance h from the axis, the gap to the nearest of them is
    /// h sqrt(1 - (r/L)^2) - r (1 - t), with t where h meets the axis.
    fn misses(&self, centre: Vec3, radius: f64) -> bool {
        let offset = centre - self.centre;
        let along = offset.dot(self.direction);
        if along < -(self.radius + radius) || along > self.length + radius {
            return true;
        }
        let from_axis = (offset - self.direction * along).norm();
        let taper = self.radius / self.length;
        let gap = from_axis * (1.0 - taper * taper).sqrt() - taper * (self.length - along);
        gap > radius
    }
}

fn doubled_area([a, b, c]: &[Vec3; 3]) -> Vec3 {
    (*b - *a).cross(*c - *a)
}

/// Does a segment meet a triangle, and if so does it go out of the body there?
///
/// Möller and Trumbore, J. Graphics Tools 2 (1997) 21, doi:10.1080/10867651.1997.10487468.
fn crossing(origin: Vec3, way: Vec3, [a, b, c]: &[Vec3; 3]) -> Option<bool> {
    let (edge1, edge2) = (*b - *a, *c - *a);
    let p = way.cross(edge2);
    let determinant = edge1.dot(p);
    if determinant == 0.0 {
        return None;
    }
    let inverse = 1.0 / determinant;
    let from_a = origin - *a;
    let u = from_a.dot(p) * inverse;
    if !(-EDGE..=1.0 + EDGE).contains(&u) {
        return None;
    }
    let q = from_a.cross(edge1);
    let v = way.dot(q) * inverse;
    let t = edge2.dot(q) * inverse;
    // The determinant is minus the way's component along the normal, times twice the area.
    let met = v >= -EDGE && u + v <= 1.0 + EDGE && t > 0.0 && t < 1.0;
    met.then_some(determinant < 0.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use std::f64::consts::{PI, TAU};

    /// Two parallel legs (cylinders along z), 200 mm apart.
    fn legs() -> TriangleSurface {
        let leg = TriangleSurface::elliptic_cylinder([60.0, 60.0], 400.0, 10.0).unwrap();
        let count = leg.len() as u32;
        let mut vertices = Vec::new();
        let mut triangles = Vec::new();
        for (k, shift) in [-100.0, 100.0].into_iter().enumerate() {
            vertices.extend(leg.vertices_mm().iter().map(|&v| v + Vec3::new(shift, 0.0, 0.0)));
            triangles.extend(leg.triangles().iter().map(|t| t.map(|i| i + count * k as u32)));
        }
        TriangleSurface::new(vertices, triangles).unwrap()
    }

    #[test]
    fn far_leg_is_in_the_shadow_of_the_near_one() {
        let legs = legs();
        let occluder = Occluder::new(&legs);
        let source = Vec3::new(-700.0, 0.0, -200.0);
        // Inner side of the far (+x) leg looks at the source, but the near leg is in between.
        assert!(occluder.blocks(Vec3::new(40.0, 0.0, -200.0), source));
        assert!(!occluder.blocks(Vec3::new(-160.0, 0.0, -200.0), source));
        assert!(!occluder.blocks(Vec3::new(40.0, 0.0, -200.0), Vec3::new(0.0, 0.0, -200.0)));
    }

    #[test]
    fn convex_surface_never_shadows_its_facing_side() {
        let cylinder = TriangleSurface::elliptic_cylinder([150.0, 100.0], 300.0, 10.0).unwrap();
        let occluder = Occluder::new(&cylinder);
        let source = Vec3::new(0.0, 700.0, -150.0);
        for (&p, &n) in cylinder.vertices_mm().iter().zip(cylinder.normals()) {
            // At grazing incidence a chord of the polygon stands in for the arc: stay off it.
            if (source - p).normalized().dot(n) > 0.1 {
                assert!(!occluder.blocks(p, source), "{p:?}");
            }
        }
    }

    /// Two balls, closed, whose centres stand this far apart along x.
    fn balls(apart: f64) -> TriangleSurface {
        const ROWS: u32 = 12;
        const COLUMNS: u32 = 20;
        let mut vertices = Vec::new();
        let mut triangles = Vec::new();
        for shift in [-apart / 2.0, apart / 2.0] {
            let first = vertices.len() as u32;
            let at = |row: u32, column: u32| match row {
                0 => first,
                ROWS => first + 1,
                _ => first + 2 + (row - 1) * COLUMNS + column % COLUMNS,
            };
            vertices.extend([60.0, -60.0].map(|z| Vec3::new(shift, 0.0, z)));
            for row in 1..ROWS {
                for column in 0..COLUMNS {
                    let (sin_t, cos_t) = (f64::from(row) * PI / f64::from(ROWS)).sin_cos();
                    let (sin_p, cos_p) = (f64::from(column) * TAU / f64::from(COLUMNS)).sin_cos();
                    let direction = Vec3::new(sin_t * cos_p, sin_t * sin_p, cos_t);
                    vertices.push(direction * 60.0 + Vec3::new(shift, 0.0, 0.0));
                }
            }
            for row in 0..ROWS {
                for column in 0..COLUMNS {
                    let [a, b] = [at(row, column), at(row, column + 1)];
                    let [c, d] = [at(row + 1, column), at(row + 1, column + 1)];
                    triangles.extend(
                        [[a, c, d], [a, d, b]]
                            .into_iter()
                            .filter(|[i, j, k]| i != j && j != k && i != k),
                    );
                }
            }
        }
        TriangleSurface::new(vertices, triangles).unwrap()
    }

    #[test]
    fn bodies_entered_only_from_outside_are_known() {
        assert_eq!(balls(200.0).loose_edges(), 0);
        assert!(balls(200.0).enclosed_volume_mm3() > 0.0);
        assert!(Occluder::new(&balls(200.0)).entered_from_outside);
        assert!(!Occluder::new(&balls(80.0)).entered_from_outside, "balls in each other");
        assert!(!Occluder::new(&legs()).entered_from_outside, "open tubes");
    }

    #[test]
    fn shaft_past_the_other_ball_is_free() {
        let occluder = Occluder::new(&balls(200.0));
        let lit = Vec3::new(100.0, -60.0, 0.0);
        assert!(!occluder.may_block(lit, 5.0, Vec3::new(100.0, -700.0, 0.0)));
        assert!(occluder.may_block(Vec3::new(40.0, 0.0, 0.0), 5.0, Vec3::new(-700.0, 0.0, 0.0)));
    }

    proptest! {
        #[test]
        fn tree_agrees_with_testing_every_triangle(
            p in prop::array::uniform3(-200.0..200.0), s in prop::array::uniform3(-700.0..700.0),
        ) {
            let legs = legs();
            let occluder = Occluder::new(&legs);
            let (p, s) = (Vec3::from(p), Vec3::from(s));
            prop_assume!((s - p).norm() > 10.0);
            let origin = p + (s - p).normalized() * OWN_SKIN_MM;
            let naive = legs.triangles().iter().any(|t| {
                let corners = t.map(|i| legs.vertices_mm()[i as usize]);
                crossing(origin, s - origin, &corners).is_some()
            });
            prop_assert_eq!(occluder.blocks(p, s), naive);
        }

        /// Wherever the look at a group says that nothing can block, no ray from it is blocked.
        #[test]
        fn free_groups_hold_no_shadow(s in prop::array::uniform3(-700.0..700.0)) {
            let balls = balls(140.0);
            let occluder = Occluder::new(&balls);
            let source = Vec3::from(s);
            prop_assume!(source.norm() > 300.0);
            let (mut lit, mut free) = (0, 0);
            for (i, (&p, &n)) in balls.vertices_mm().iter().zip(balls.normals()).enumerate() {
                if (source - p).dot(n) <= 0.0 {
                    continue;
                }
                lit += 1;
                for radius in [0.1, 20.0, 50.0] {
                    if !occluder.may_block(p, radius, source) {
                        free += 1;
                        prop_assert!(!occluder.blocks(p, source), "vertex {}", i);
                    }
                }
            }
            prop_assert!(free * 4 > lit, "{free} of 3 x {lit}: the test must bite");
        }
    }
}
