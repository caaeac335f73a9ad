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
        let middle = faces.len() / 2;
        let centre = |face: &Face| face.corners.iter().map(|corner| corner[axis]).sum::<f64>();
        faces.select_nth_unstable_by(middle, |a, b| centre(a).total_cmp(&centre(b)));
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
        // Halving 2^32 triangles down to a leaf leaves at most 32 right children waiting.
        let mut stack = [0_u32; 64];
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

    /// Can a ray along `way` enter the body through this face?
    fn counts(&self, face: &Face, way: Vec3) -> bool {
        !self.closed || face.normal.dot(way) < 0.0
    }
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

    proptest! {
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
