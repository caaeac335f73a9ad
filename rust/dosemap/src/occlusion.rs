//! Does another part of the surface stand between a point and the focal spot?
//!
//! A binary tree of boxes over the triangles, exact any-hit test for a segment. A ray that leaves
//! lit skin can enter another part of a closed body only through a face that looks away from the
//! focal spot, so only those are tested; each box knows the cone of its normals, and the lit side
//! of the body, where most rays start, is dropped at a glance. On an open mesh every face counts.

mod shapes;
mod tree;

use std::f64::consts::PI;
use std::sync::OnceLock;

use crate::math::Vec3;
use crate::surface::TriangleSurface;
use shapes::{Outlook, Shaft, Sphere, inverse};
use tree::{Children, Node};

/// Farther than any body reaches, mm.
const FAR_MM: f64 = 1e5;

/// Distance along the ray that counts as the point's own skin, mm: the triangles around a vertex
/// and their neighbours, seen at a slant, must not shadow it.
const OWN_SKIN_MM: f64 = 1.0;

/// Nearer focal spots are looked at without free cones, mm; in truth they are half a metre away.
const NEAREST_SOURCE_MM: f64 = 300.0;

/// Rounding of the angle of a free cone, rad.
const TRACE: f64 = 1e-9;

/// A ray through an edge or a vertex must hit one of the triangles that share it, whatever the
/// rounding: triangles count as larger by this share of their size.
const EDGE: f64 = 1e-9;

/// Each level of the tree leaves at most one right child waiting and three quarters of the faces:
/// the 10^8 of the largest surface end after 60 levels.
const STACK: usize = 64;

/// A triangle with its outward unit normal.
#[derive(Debug, Clone, Copy)]
struct Face {
    corners: [Vec3; 3],
    normal: Vec3,
}

/// More leaves than this are not listed: the rays then search the whole tree.
const MAX_SUSPECTS: usize = 64;

/// Parts of the body that may throw a shadow on a small piece of skin.
#[derive(Debug, Clone, Copy)]
pub struct Suspects {
    /// Leaves of the tree, or its root.
    roots: [u32; MAX_SUSPECTS],
    count: usize,
}

impl Suspects {
    const NONE: Self = Self { roots: [0; MAX_SUSPECTS], count: 0 };
    /// The root of the tree: anything.
    const ALL: Self = Self { roots: [0; MAX_SUSPECTS], count: 1 };

    /// Is there nothing that need be tested?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn roots(&self) -> &[u32] {
        &self.roots[..self.count]
    }

    /// Note a node; false where they are so many that anything may.
    fn add(&mut self, node: u32) -> bool {
        if self.count == MAX_SUSPECTS {
            *self = Self::ALL;
            return false;
        }
        self.roots[self.count] = node;
        self.count += 1;
        true
    }
}

/// Directions in which nothing stands before a small piece of skin.
#[derive(Debug)]
pub struct FreeCone {
    centre_mm: Vec3,
    radius_mm: f64,
    axis: Vec3,
    /// Half the opening; negative where no direction is known to be free.
    angle: f64,
}

impl FreeCone {
    /// Do all ways from the skin to a focal spot lie in it?
    #[must_use]
    pub fn holds(&self, source_mm: Vec3) -> bool {
        let way = source_mm - self.centre_mm;
        let distance = way.norm();
        if distance < NEAREST_SOURCE_MM.max(self.radius_mm) {
            return false;
        }
        // The ways from the edge of the skin differ from that from its centre.
        let spread = (self.radius_mm / distance).asin();
        (way.dot(self.axis) / distance).clamp(-1.0, 1.0).acos() + spread < self.angle
    }
}

/// How a walk through the tree goes on from a node.
enum Walk {
    /// To its children.
    On,
    /// To what waits.
    Past,
    /// Not at all.
    End,
}

/// The tree over one surface.
#[derive(Debug)]
pub struct Occluder {
    nodes: Vec<Node>,
    faces: Vec<Face>,
    closed: bool,
    /// Position and normal of the vertices.
    skin: Vec<(Vec3, Vec3)>,
    /// Which vertices of a closed body lie inside another part, where no beam reaches them as skin:
    /// found when first asked, as a beam meets few of them.
    buried: Vec<OnceLock<bool>>,
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
        let faces: Vec<Face> = surface.triangles().iter().map(face).collect();
        let (nodes, faces) = tree::build(&faces);
        let closed = surface.loose_edges() == 0;
        let skin: Vec<_> =
            vertices.iter().copied().zip(surface.normals().iter().copied()).collect();
        let buried = vec![OnceLock::new(); skin.len()];
        Self { nodes, faces, closed, skin, buried }
    }

    /// Does a vertex of the skin lie in the shadow of another part, or inside it?
    #[must_use]
    pub fn hides(&self, vertex: usize, point_mm: Vec3, source_mm: Vec3) -> bool {
        self.is_buried(vertex) || self.blocks(point_mm, source_mm)
    }

    /// Does a vertex lie inside another part of a closed body?
    #[must_use]
    pub fn is_buried(&self, vertex: usize) -> bool {
        let lies_inside = || {
            let (point, normal) = self.skin[vertex];
            self.lies_inside(point, normal)
        };
        self.closed && *self.buried[vertex].get_or_init(lies_inside)
    }

    /// Bodies are often made of parts that run into each other (thighs, an arm at the side). From
    /// skin inside another part a ray leaves the body once more than it enters it. Two rays, so
    /// that one which runs through an edge, where two faces count, decides nothing.
    fn lies_inside(&self, point_mm: Vec3, normal: Vec3) -> bool {
        let tilts = [Vec3::new(0.0213, -0.0171, 0.0119), Vec3::new(-0.0147, 0.0233, 0.0187)];
        normal != Vec3::ZERO
            && tilts.iter().all(|&tilt| self.exits(point_mm, (normal + tilt).normalized()) > 0)
    }

    /// How often a ray leaves the body more than it enters it.
    fn exits(&self, point_mm: Vec3, direction: Vec3) -> i32 {
        let origin = point_mm + direction * OWN_SKIN_MM;
        let way = direction * FAR_MM;
        let inverse = inverse(way);
        let mut exits = 0;
        self.any_leaf(
            0,
            |node| !node.bounds.meets(origin, inverse),
            |leaf| {
                let met = leaf.iter().filter(|f| segment_hits(origin, way, &f.corners));
                exits += met.map(|f| f.normal.dot(way).signum() as i32).sum::<i32>();
                false
            },
        );
        exits
    }

    /// Is the way from `point_mm` to `source_mm` blocked?
    #[must_use]
    pub fn blocks(&self, point_mm: Vec3, source_mm: Vec3) -> bool {
        self.blocks_below(&Suspects::ALL, point_mm, source_mm)
    }

    /// The same for a point of the sphere that the suspects were found for.
    #[must_use]
    pub fn blocks_below(&self, suspects: &Suspects, point_mm: Vec3, source_mm: Vec3) -> bool {
        let whole_way = source_mm - point_mm;
        let length = whole_way.norm();
        if length <= OWN_SKIN_MM {
            return false;
        }
        let origin = point_mm + whole_way * (OWN_SKIN_MM / length);
        let way = source_mm - origin;
        let length = length - OWN_SKIN_MM;
        let inverse = inverse(way);
        suspects.roots().iter().any(|&root| {
            self.any_leaf(
                root,
                |node| {
                    self.closed && node.normals.within_right_angle_of(way, length)
                        || !node.bounds.meets(origin, inverse)
                },
                |leaf| {
                    leaf.iter()
                        .any(|f| self.counts(f, way) && segment_hits(origin, way, &f.corners))
                },
            )
        })
    }

    /// Cone of directions in which nothing shadows a small piece of skin, for focal spots at least
    /// [`NEAREST_SOURCE_MM`] away. Most skin of a body is free but for slanting beams.
    #[must_use]
    pub fn free_cone(&self, centre_mm: Vec3, radius_mm: f64, axis: Vec3) -> FreeCone {
        let skin = Sphere { centre: centre_mm, radius: radius_mm };
        let outlook = Outlook { skin, axis, nearest_source_mm: NEAREST_SOURCE_MM };
        let mut angle = if self.closed { PI } else { f64::NEG_INFINITY };
        self.walk(0, |_, node| {
            let free = outlook.free_angle(&node.sphere, &node.normals);
            match node.children {
                _ if free >= angle => Walk::Past,
                Children::Inner { .. } => Walk::On,
                Children::Leaf { .. } => {
                    angle = free;
                    Walk::Past
                }
            }
        });
        FreeCone { centre_mm, radius_mm, axis, angle: angle - TRACE }
    }

    /// What can stand between lit skin somewhere in a sphere and the source.
    #[must_use]
    pub fn suspects(&self, centre_mm: Vec3, radius_mm: f64, source_mm: Vec3) -> Suspects {
        let start = Sphere { centre: centre_mm, radius: radius_mm };
        let Some(shaft) = Shaft::new(start, source_mm).filter(|_| self.closed) else {
            return Suspects::ALL;
        };
        let free = |node: &Node| {
            shaft.misses(&node.sphere) || node.normals.looks_towards(&node.sphere, source_mm)
        };
        let mut suspects = Suspects::NONE;
        self.walk(0, |index, node| match node.children {
            _ if free(node) => Walk::Past,
            Children::Inner { .. } => Walk::On,
            Children::Leaf { .. } if suspects.add(index) => Walk::Past,
            Children::Leaf { .. } => Walk::End,
        });
        suspects
    }

    /// Does any leaf below a root that no `skip` keeps the search from pass the test?
    #[inline]
    fn any_leaf(
        &self,
        root: u32,
        skip: impl Fn(&Node) -> bool,
        mut test: impl FnMut(&[Face]) -> bool,
    ) -> bool {
        self.walk(root, |_, node| match node.children {
            _ if skip(node) => Walk::Past,
            Children::Inner { .. } => Walk::On,
            Children::Leaf { first, count } => {
                let leaf = &self.faces[first as usize..(first + count) as usize];
                if test(leaf) { Walk::End } else { Walk::Past }
            }
        })
    }

    /// Visit a node and what lies below it, as the visitor says; was the walk ended?
    #[inline]
    fn walk(&self, root: u32, mut visit: impl FnMut(u32, &Node) -> Walk) -> bool {
        let mut stack = [root; STACK];
        let mut waiting = 1;
        while waiting > 0 {
            waiting -= 1;
            let index = stack[waiting];
            let node = &self.nodes[index as usize];
            match (visit(index, node), &node.children) {
                (Walk::End, _) => return true,
                (Walk::On, Children::Inner { right }) => {
                    stack[waiting] = index + right;
                    stack[waiting + 1] = index + 1;
                    waiting += 2;
                }
                _ => (),
            }
        }
        false
    }

    /// Can a ray along `way` enter the body through this face?
    fn counts(&self, face: &Face, way: Vec3) -> bool {
        !self.closed || face.normal.dot(way) < 0.0
    }
}

fn segment_hits(origin: Vec3, way: Vec3, triangle: &[Vec3; 3]) -> bool {
    segment_hit(origin, way, triangle).is_some()
}

/// Where the segment from `origin` along the whole `way` meets a triangle, as a share of the way.
///
/// Möller and Trumbore, J. Graphics Tools 2 (1997) 21, doi:10.1080/10867651.1997.10487468.
pub(crate) fn segment_hit(origin: Vec3, way: Vec3, [a, b, c]: &[Vec3; 3]) -> Option<f64> {
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
    (v >= -EDGE && u + v <= 1.0 + EDGE && t > 0.0 && t < 1.0).then_some(t)
}

#[cfg(test)]
mod tests;
