//! Does another part of the surface stand between a point and the focal spot?
//!
//! A binary tree of boxes over the triangles, exact any-hit test for a segment. A ray that leaves
//! lit skin can enter another part of a closed body only through a face that looks away from the
//! focal spot, so only those are tested; each box knows the cone of its normals, and the lit side
//! of the body, where most rays start, is dropped at a glance. On an open mesh every face counts.

use crate::math::Vec3;
use crate::surface::TriangleSurface;

const LEAF_TRIANGLES: usize = 4;

/// Distance along the ray that counts as the point's own skin, mm: the triangles around a vertex
/// and their neighbours, seen at a slant, must not shadow it.
const OWN_SKIN_MM: f64 = 1.0;

/// A ray through an edge or a vertex must hit one of the triangles that share it, whatever the
/// rounding: triangles count as larger by this share of their size.
const EDGE: f64 = 1e-9;

/// Each level of the tree leaves at most one right child waiting and three quarters of the faces:
/// the 10^8 of the largest surface end after 60 levels.
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

    fn sphere(&self) -> Sphere {
        Sphere { centre: (self.low + self.high) * 0.5, radius: (self.high - self.low).norm() / 2.0 }
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

/// Directions within an angle of an axis.
#[derive(Debug, Clone, Copy)]
struct Cone {
    axis: Vec3,
    /// Sine of the widest angle from the axis; above 1 for a right angle or more.
    sine: f64,
}

impl Cone {
    fn around(faces: &[Face]) -> Self {
        let axis = faces.iter().fold(Vec3::ZERO, |sum, face| sum + face.normal).normalized();
        let cosine = faces.iter().map(|face| face.normal.dot(axis)).fold(1.0, f64::min);
        Self { axis, sine: if cosine > 0.0 { (1.0 - cosine * cosine).sqrt() } else { 2.0 } }
    }

    /// Do all directions make less than a right angle with this one?
    fn within_right_angle_of(&self, direction: Vec3) -> bool {
        self.axis.dot(direction) > self.sine * direction.norm()
    }

    /// Do faces that look along these directions, anywhere in a sphere, all look towards a point?
    fn looks_towards(&self, sphere: &Sphere, point: Vec3) -> bool {
        let way = point - sphere.centre;
        let distance = way.norm();
        if distance <= sphere.radius || self.sine > 1.0 {
            return false;
        }
        // Cone and sphere, as seen from the point, add up to an angle that must leave the right
        // angle open.
        let sin_sphere = sphere.radius / distance;
        let cos_sphere = (1.0 - sin_sphere * sin_sphere).sqrt();
        let cosine = (1.0 - self.sine * self.sine).sqrt();
        let sin_sum = self.sine * cos_sphere + cosine * sin_sphere;
        let cos_sum = cosine * cos_sphere - self.sine * sin_sphere;
        cos_sum > 0.0 && self.axis.dot(way) > sin_sum * distance
    }
}

#[derive(Debug, Clone, Copy)]
struct Sphere {
    centre: Vec3,
    radius: f64,
}

/// All ways from a sphere to a point.
struct Shaft {
    start: Sphere,
    direction: Vec3,
    length: f64,
}

impl Shaft {
    /// `None` when the point is in the sphere.
    fn new(start: Sphere, point: Vec3) -> Option<Self> {
        let way = point - start.centre;
        let length = way.norm();
        (length > start.radius).then(|| Self { start, direction: way * (1.0 / length), length })
    }

    /// Does a sphere lie outside? The ways fill the spheres of radius r (1 - t) around
    /// start + t way. At a height h above the axis and a share t along it, the gap to the nearest
    /// of them is at least h sqrt(1 - (r/L)^2) - r (1 - t).
    fn misses(&self, sphere: &Sphere) -> bool {
        let offset = sphere.centre - self.start.centre;
        let along = offset.dot(self.direction);
        if along < -(self.start.radius + sphere.radius) || along > self.length + sphere.radius {
            return true;
        }
        let height = (offset - self.direction * along).norm();
        let taper = self.start.radius / self.length;
        height * (1.0 - taper * taper).sqrt() - taper * (self.length - along) > sphere.radius
    }
}

/// A triangle with its outward unit normal.
#[derive(Debug, Clone, Copy)]
struct Face {
    corners: [Vec3; 3],
    normal: Vec3,
}

#[derive(Debug)]
enum Children {
    Leaf {
        first: u32,
        count: u32,
    },
    /// The left child follows its parent.
    Inner {
        right: u32,
    },
}

#[derive(Debug)]
struct Node {
    bounds: Bounds,
    normals: Cone,
    children: Children,
}

/// The tree over one surface.
#[derive(Debug)]
pub struct Occluder {
    nodes: Vec<Node>,
    faces: Vec<Face>,
    closed: bool,
}

impl Occluder {
    /// Build the tree.
    #[must_use]
    pub fn new(surface: &TriangleSurface) -> Self {
        let vertices = surface.vertices_mm();
        let face = |triangle: &[u32; 3]| {
            let corners = triangle.map(|i| vertices[i as usize]);
            let [a, b, c] = corners;
            Face { corners, normal: (b - a).cross(c - a).normalized() }
        };
        let mut faces: Vec<Face> = surface.triangles().iter().map(face).collect();
        let closed = surface.loose_edges() == 0;
        let mut tree = Self { nodes: Vec::new(), faces: Vec::new(), closed };
        tree.add(&mut faces, 0);
        tree.faces = faces;
        tree
    }

    fn add(&mut self, faces: &mut [Face], first: usize) {
        let corners = faces.iter().flat_map(|face| face.corners);
        let bounds = corners.fold(Bounds::EMPTY, Bounds::with);
        let node = self.nodes.len();
        self.nodes.push(Node {
            bounds,
            normals: Cone::around(faces),
            children: Children::Leaf { first: first as u32, count: faces.len() as u32 },
        });
        if faces.len() <= LEAF_TRIANGLES {
            return;
        }
        let extent = bounds.high - bounds.low;
        let axis = (0..3).max_by(|&i, &j| extent[i].total_cmp(&extent[j])).unwrap_or(0);
        let middle = split(faces, axis, (bounds.low[axis] + bounds.high[axis]) / 2.0);
        let (left, right) = faces.split_at_mut(middle);
        self.add(left, first);
        self.nodes[node].children = Children::Inner { right: self.nodes.len() as u32 };
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
        let inverse = Vec3::new(1.0 / way.x, 1.0 / way.y, 1.0 / way.z);
        let mut stack = [0_u32; STACK];
        let mut waiting = 1;
        while waiting > 0 {
            waiting -= 1;
            let node = stack[waiting];
            let Node { bounds, normals, children } = &self.nodes[node as usize];
            if self.closed && normals.within_right_angle_of(way) || !bounds.meets(origin, inverse) {
                continue;
            }
            match *children {
                Children::Leaf { first, count } => {
                    let mut leaf = self.faces[first as usize..(first + count) as usize].iter();
                    if leaf.any(|f| self.counts(f, way) && segment_hits(origin, way, &f.corners)) {
                        return true;
                    }
                }
                Children::Inner { right } => {
                    stack[waiting] = right;
                    stack[waiting + 1] = node + 1;
                    waiting += 2;
                }
            }
        }
        false
    }

    /// Can anything stand between lit skin somewhere in a sphere and the source? When not, no ray
    /// from there need be tested.
    #[must_use]
    pub fn may_block(&self, centre_mm: Vec3, radius_mm: f64, source_mm: Vec3) -> bool {
        let start = Sphere { centre: centre_mm, radius: radius_mm };
        let Some(shaft) = Shaft::new(start, source_mm).filter(|_| self.closed) else {
            return true;
        };
        let mut stack = [0_u32; STACK];
        let mut waiting = 1;
        while waiting > 0 {
            waiting -= 1;
            let node = stack[waiting];
            let Node { bounds, normals, children } = &self.nodes[node as usize];
            let sphere = bounds.sphere();
            if shaft.misses(&sphere) || normals.looks_towards(&sphere, source_mm) {
                continue;
            }
            let Children::Inner { right } = *children else { return true };
            stack[waiting] = right;
            stack[waiting + 1] = node + 1;
            waiting += 2;
        }
        false
    }

    /// Can a ray along `way` enter the body through this face?
    fn counts(&self, face: &Face, way: Vec3) -> bool {
        !self.closed || face.normal.dot(way) < 0.0
    }
}

/// Sort faces to two sides of a plane and tell how many lie on the first: halves of equal number
/// would put faces of the chest and of the back into one box. By number only where the plane would
/// leave less than a quarter on one side, which bounds the depth of the tree.
fn split(faces: &mut [Face], axis: usize, plane: f64) -> usize {
    let centre = |face: &Face| face.corners.iter().map(|corner| corner[axis]).sum::<f64>() / 3.0;
    let count = faces.len();
    let below = faces.iter().filter(|face| centre(face) < plane).count();
    let middle = if below.min(count - below) * 4 >= count { below } else { count / 2 };
    faces.select_nth_unstable_by(middle, |a, b| centre(a).total_cmp(&centre(b)));
    middle
}

/// Möller and Trumbore, J. Graphics Tools 2 (1997) 21, doi:10.1080/10867651.1997.10487468.
fn segment_hits(origin: Vec3, way: Vec3, [a, b, c]: &[Vec3; 3]) -> bool {
    let (edge1, edge2) = (*b - *a, *c - *a);
    let p = way.cross(edge2);
    let determinant = edge1.dot(p);
    if determinant == 0.0 {
        return false;
    }
    let inverse = 1.0 / determinant;
    let from_a = origin - *a;
    let u = from_a.dot(p) * inverse;
    if !(-EDGE..=1.0 + EDGE).contains(&u) {
        return false;
    }
    let q = from_a.cross(edge1);
    let v = way.dot(q) * inverse;
    let t = edge2.dot(q) * inverse;
    v >= -EDGE && u + v <= 1.0 + EDGE && t > 0.0 && t < 1.0
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

    /// Two closed boxes, one in the shadow of the other where `gap` says.
    fn closed_boxes() -> TriangleSurface {
        let corner = |i: usize| {
            let side = |bit: usize| if i >> bit & 1 == 1 { 50.0 } else { -50.0 };
            Vec3::new(side(0), side(1), side(2))
        };
        let faces =
            [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
        let mut vertices = Vec::new();
        let mut triangles = Vec::new();
        for (n, shift) in [-80.0, 80.0].into_iter().enumerate() {
            let first = 8 * n as u32;
            vertices.extend((0..8).map(|i| corner(i) + Vec3::new(shift, 0.0, 0.0)));
            for [a, b, c, d] in faces {
                triangles.push([first + a, first + b, first + c]);
                triangles.push([first + a, first + c, first + d]);
            }
        }
        TriangleSurface::new(vertices, triangles).unwrap()
    }

    #[test]
    fn closed_boxes_are_closed_and_look_outwards() {
        assert_eq!(closed_boxes().loose_edges(), 0);
        assert!((closed_boxes().enclosed_volume_mm3() - 2e6).abs() < 1e-3);
    }

    /// Two closed balls of 60 mm radius whose centres stand 140 mm apart along x.
    fn balls() -> TriangleSurface {
        const ROWS: u32 = 12;
        const COLUMNS: u32 = 20;
        let mut vertices = Vec::new();
        let mut triangles = Vec::new();
        for centre in [-70.0, 70.0].map(|x| Vec3::new(x, 0.0, 0.0)) {
            let first = vertices.len() as u32;
            let at = |row: u32, column: u32| first + row * COLUMNS + column % COLUMNS;
            for row in 0..ROWS {
                for column in 0..COLUMNS {
                    let polar = PI * (f64::from(row) + 0.5) / f64::from(ROWS);
                    let azimuth = TAU * f64::from(column) / f64::from(COLUMNS);
                    let (x, y) = (polar.sin() * azimuth.cos(), polar.sin() * azimuth.sin());
                    vertices.push(centre + Vec3::new(x, y, polar.cos()) * 60.0);
                    if row + 1 < ROWS {
                        let (a, b) = (at(row, column), at(row, column + 1));
                        let (c, d) = (at(row + 1, column), at(row + 1, column + 1));
                        triangles.extend([[a, c, d], [a, d, b]]);
                    }
                }
            }
            for column in 1..COLUMNS - 1 {
                triangles.push([at(0, 0), at(0, column), at(0, column + 1)]);
                let last = ROWS - 1;
                triangles.push([at(last, 0), at(last, column + 1), at(last, column)]);
            }
        }
        TriangleSurface::new(vertices, triangles).unwrap()
    }

    #[test]
    fn only_groups_behind_the_other_ball_may_be_blocked() {
        assert_eq!(balls().loose_edges(), 0);
        assert!(balls().enclosed_volume_mm3() > 0.0);
        let occluder = Occluder::new(&balls());
        let (inner, below) = (Vec3::new(10.0, 0.0, 0.0), Vec3::new(70.0, -60.0, 0.0));
        assert!(occluder.may_block(inner, 5.0, Vec3::new(-700.0, 0.0, 0.0)));
        assert!(!occluder.may_block(below, 5.0, Vec3::new(70.0, -700.0, 0.0)));
        assert!(occluder.may_block(below, 5.0, below), "the source is among the skin");
    }

    proptest! {
        /// Where nothing can stand before a group, no vertex of the group is in a shadow.
        #[test]
        fn free_groups_hold_no_shadow(s in prop::array::uniform3(-700.0..700.0)) {
            let balls = balls();
            let occluder = Occluder::new(&balls);
            let source = Vec3::from(s);
            prop_assume!(source.norm() > 300.0);
            let (mut lit, mut free) = (0, 0);
            for (&p, &n) in balls.vertices_mm().iter().zip(balls.normals()) {
                if (source - p).dot(n) <= 0.0 {
                    continue;
                }
                lit += 1;
                // The vertex lies on the rim of a group that stands anywhere around it.
                for radius in [0.1, 5.0, 15.0] {
                    let centre = p + (n - Vec3::new(0.6, 0.3, 0.5)).normalized() * radius;
                    if !occluder.may_block(centre, radius, source) {
                        free += 1;
                        prop_assert!(!occluder.blocks(p, source), "{p:?} from {radius}");
                    }
                }
            }
            prop_assert!(free * 4 > lit, "{free} of {lit} x 3: the test must bite");
        }

        /// From lit skin of a closed body the faces that look at the source never matter.
        #[test]
        fn leaving_out_faces_that_look_at_the_source_changes_nothing(
            y in -49.0..49.0, z in -49.0..49.0, s in prop::array::uniform3(-700.0..700.0),
            face in prop::bool::ANY,
        ) {
            let boxes = closed_boxes();
            let occluder = Occluder::new(&boxes);
            let (x, outward) = if face { (30.0, -1.0) } else { (-30.0, 1.0) };
            let (p, s) = (Vec3::new(x, y, z), Vec3::from(s));
            // Lit, and far enough from grazing that 1 mm along the ray is off the skin.
            prop_assume!((s.x - x) * outward > 1.0);
            let origin = p + (s - p).normalized() * OWN_SKIN_MM;
            let naive = boxes.triangles().iter().any(|t| {
                segment_hits(origin, s - origin, &t.map(|i| boxes.vertices_mm()[i as usize]))
            });
            prop_assert_eq!(occluder.blocks(p, s), naive);
        }

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
                segment_hits(origin, s - origin, &t.map(|i| legs.vertices_mm()[i as usize]))
            });
            prop_assert_eq!(occluder.blocks(p, s), naive);
        }
    }
}
