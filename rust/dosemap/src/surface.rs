//! The patient's surface: triangles with outward normals; doses live on its vertices.
//!
//! A vertex stands for its patch of skin: in each triangle around it the quadrilateral between
//! the vertex, the two edge midpoints and the centroid, which holds a third of the triangle.

mod primitives;

pub use primitives::Facing;

use crate::error::DoseError;
use crate::math::Vec3;

/// Vertices above this number are refused: indices are `u32`, and no body needs more.
const MAX_VERTICES: usize = 50_000_000;

/// A triangle mesh that is fit to carry a dose map.
#[derive(Debug, Clone)]
pub struct TriangleSurface {
    vertices_mm: Vec<Vec3>,
    triangles: Vec<[u32; 3]>,
    normals: Vec<Vec3>,
    areas_mm2: Vec<f64>,
    /// Triangles around vertex i: `incident[first_incident[i]..first_incident[i + 1]]`.
    first_incident: Vec<u32>,
    incident: Vec<u32>,
    patch_radii_mm: Vec<f64>,
    may_shadow_itself: bool,
}

/// One quadrilateral of a patch: vertex, edge midpoint, centroid, other edge midpoint.
pub type PatchQuad = [Vec3; 4];

impl TriangleSurface {
    /// A surface from vertices (mm) and triangles whose corners run anticlockwise seen from
    /// outside.
    ///
    /// # Errors
    /// When a coordinate is not finite, a triangle names a vertex that is not there, or there is
    /// no triangle at all.
    pub fn new(vertices_mm: Vec<Vec3>, triangles: Vec<[u32; 3]>) -> Result<Self, DoseError> {
        Self::build(vertices_mm, triangles, true)
    }

    /// For surfaces that are known to be convex or flat, where no part can shadow another.
    pub(crate) fn build(
        vertices_mm: Vec<Vec3>,
        triangles: Vec<[u32; 3]>,
        may_shadow_itself: bool,
    ) -> Result<Self, DoseError> {
        check(&vertices_mm, &triangles)?;
        let count = vertices_mm.len();
        let mut normals = vec![Vec3::ZERO; count];
        let mut areas_mm2 = vec![0.0; count];
        let mut patch_radii_mm = vec![0.0_f64; count];
        let mut first_incident = vec![0_u32; count + 1];
        for triangle in &triangles {
            let corners = triangle.map(|i| vertices_mm[i as usize]);
            let doubled_area = (corners[1] - corners[0]).cross(corners[2] - corners[0]);
            for (k, &vertex) in triangle.iter().enumerate() {
                let vertex = vertex as usize;
                normals[vertex] = normals[vertex] + doubled_area * corner_angle(&corners, k);
                areas_mm2[vertex] += doubled_area.norm() / 6.0;
                for point in patch_quad(&corners, k) {
                    let radius = (point - corners[k]).norm();
                    patch_radii_mm[vertex] = patch_radii_mm[vertex].max(radius);
                }
                first_incident[vertex + 1] += 1;
            }
        }
        for i in 0..count {
            normals[i] = normals[i].normalized();
            first_incident[i + 1] += first_incident[i];
        }
        let mut next = first_incident.clone();
        let mut incident = vec![0_u32; 3 * triangles.len()];
        for (t, triangle) in triangles.iter().enumerate() {
            for &vertex in triangle {
                incident[next[vertex as usize] as usize] = t as u32;
                next[vertex as usize] += 1;
            }
        }
        for vertex in 0..count {
            let around = first_incident[vertex] as usize..first_incident[vertex + 1] as usize;
            order_around(&mut incident[around], &triangles, vertex as u32);
        }
        Ok(Self {
            vertices_mm,
            triangles,
            normals,
            areas_mm2,
            first_incident,
            incident,
            patch_radii_mm,
            may_shadow_itself,
        })
    }

    /// Number of vertices.
    #[must_use]
    pub fn len(&self) -> usize {
        self.vertices_mm.len()
    }

    /// Never true: a surface has triangles.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.vertices_mm.is_empty()
    }

    /// Vertices, mm.
    #[must_use]
    pub fn vertices_mm(&self) -> &[Vec3] {
        &self.vertices_mm
    }

    /// Triangles as vertex numbers.
    #[must_use]
    pub fn triangles(&self) -> &[[u32; 3]] {
        &self.triangles
    }

    /// Outward unit normal per vertex: mean of the faces around it, weighted by area and angle.
    #[must_use]
    pub fn normals(&self) -> &[Vec3] {
        &self.normals
    }

    /// Area of skin that each vertex stands for, mm2.
    #[must_use]
    pub fn areas_mm2(&self) -> &[f64] {
        &self.areas_mm2
    }

    /// Distance from each vertex to the farthest point of its patch, mm.
    #[must_use]
    pub fn patch_radii_mm(&self) -> &[f64] {
        &self.patch_radii_mm
    }

    /// Can one part of the surface stand between another and the focal spot?
    #[must_use]
    pub fn may_shadow_itself(&self) -> bool {
        self.may_shadow_itself
    }

    /// Triangles around a vertex.
    #[must_use]
    pub fn triangles_around(&self, vertex: usize) -> &[u32] {
        let range = self.first_incident[vertex] as usize..self.first_incident[vertex + 1] as usize;
        &self.incident[range]
    }

    /// Corners of the triangles around a vertex, the vertex first.
    pub fn fan(&self, vertex: usize) -> impl Iterator<Item = [Vec3; 3]> + '_ {
        self.fan_vertices(vertex).map(|corners| corners.map(|i| self.vertices_mm[i as usize]))
    }

    /// The same as vertex numbers. Where the mesh is whole around the vertex, the last corner of a
    /// triangle is the second one of the next.
    pub fn fan_vertices(&self, vertex: usize) -> impl Iterator<Item = [u32; 3]> + '_ {
        let around = self.triangles_around(vertex).iter();
        around.map(move |&t| beginning_with(vertex as u32, self.triangles[t as usize]))
    }

    /// The quadrilaterals of a vertex's patch.
    pub fn patch(&self, vertex: usize) -> impl Iterator<Item = PatchQuad> + '_ {
        self.fan(vertex).map(|corners| patch_quad(&corners, 0))
    }

    /// Volume inside the surface, mm3; means something only for a closed one.
    #[must_use]
    pub fn enclosed_volume_mm3(&self) -> f64 {
        enclosed_volume_mm3(&self.vertices_mm, &self.triangles)
    }

    /// Number of edges that belong to one triangle only, or to more than two, or that two
    /// triangles run through in the same direction: 0 for a watertight, consistently oriented mesh.
    #[must_use]
    pub fn loose_edges(&self) -> usize {
        let loose = |t: usize, [from, to]: [u32; 2]| {
            // Every triangle with this side or the opposite one is a neighbour of `from`.
            let around = self.triangles_around(from as usize).iter();
            let (mut same, mut opposite, mut is_first) = (0, 0, true);
            for &neighbour in around {
                for side in sides(&self.triangles[neighbour as usize]) {
                    if side == [from, to] {
                        same += 1;
                        is_first &= neighbour as usize >= t;
                    }
                    opposite += usize::from(side == [to, from]);
                }
            }
            is_first && (same, opposite) != (1, 1)
        };
        // Hardly a vertex of a sound mesh has a side that need be counted.
        let is_whole: Vec<bool> = (0..self.len()).map(|vertex| self.is_whole(vertex)).collect();
        let of_triangle = |(t, triangle): (usize, &[u32; 3])| {
            let doubtful = |&[from, _]: &[u32; 2]| !is_whole[from as usize];
            sides(triangle).into_iter().filter(doubtful).filter(|&side| loose(t, side)).count()
        };
        self.triangles.iter().enumerate().map(of_triangle).sum()
    }

    /// Do the triangles around a vertex make one ring, so that each side that leaves it comes back
    /// once?
    fn is_whole(&self, vertex: usize) -> bool {
        let Some(mut before) = self.fan_vertices(vertex).last() else { return false };
        let firsts = || self.fan_vertices(vertex).map(|[_, first, _]| first);
        self.fan_vertices(vertex).enumerate().all(|(place, corners)| {
            let [from, first, last] = corners;
            let is_next = before[2] == first && first != last && first != from && last != from;
            before = corners;
            is_next && firsts().take(place).all(|earlier| earlier != first)
        })
    }
}

/// Volume inside a closed surface whose triangles turn outward, mm³ (divergence theorem).
#[must_use]
pub fn enclosed_volume_mm3(vertices_mm: &[Vec3], triangles: &[[u32; 3]]) -> f64 {
    let six_fold: f64 = triangles
        .iter()
        .map(|triangle| {
            let [a, b, c] = triangle.map(|i| vertices_mm[i as usize]);
            a.dot(b.cross(c))
        })
        .sum();
    six_fold / 6.0
}

/// Sides of a triangle in its own direction.
fn sides(&[a, b, c]: &[u32; 3]) -> [[u32; 2]; 3] {
    [[a, b], [b, c], [c, a]]
}

fn check(vertices_mm: &[Vec3], triangles: &[[u32; 3]]) -> Result<(), DoseError> {
    if triangles.is_empty() {
        return Err(DoseError::Surface("it has no triangle".into()));
    }
    if vertices_mm.len() > MAX_VERTICES {
        let message = format!("{} vertices; at most {MAX_VERTICES}", vertices_mm.len());
        return Err(DoseError::Surface(message));
    }
    if let Some(i) = vertices_mm.iter().position(|v| !v.is_finite()) {
        return Err(DoseError::Surface(format!("vertex {i} has a coordinate that is no number")));
    }
    let missing = |t: &[u32; 3]| t.iter().any(|&i| i as usize >= vertices_mm.len());
    if let Some(t) = triangles.iter().position(missing) {
        let message = format!("triangle {t} names a vertex beyond the {}", vertices_mm.len());
        return Err(DoseError::Surface(message));
    }
    Ok(())
}

/// Angle at corner k, radians; 0 in a degenerate triangle.
fn corner_angle(corners: &[Vec3; 3], k: usize) -> f64 {
    let a = (corners[(k + 1) % 3] - corners[k]).normalized();
    let b = (corners[(k + 2) % 3] - corners[k]).normalized();
    if a == Vec3::ZERO || b == Vec3::ZERO { 0.0 } else { a.dot(b).clamp(-1.0, 1.0).acos() }
}

fn patch_quad(corners: &[Vec3; 3], k: usize) -> PatchQuad {
    let [a, b, c] = [corners[k], corners[(k + 1) % 3], corners[(k + 2) % 3]];
    [a, (a + b) * 0.5, (a + b + c) * (1.0 / 3.0), (a + c) * 0.5]
}

/// The corners of a triangle in their sense of rotation, beginning with one of them.
fn beginning_with(vertex: u32, [a, b, c]: [u32; 3]) -> [u32; 3] {
    match vertex {
        first if first == b => [b, c, a],
        first if first == c => [c, a, b],
        _ => [a, b, c],
    }
}

/// Bring the triangles around a vertex into the order of a walk around it, as far as they touch.
fn order_around(around: &mut [u32], triangles: &[[u32; 3]], vertex: u32) {
    let corners = |t: u32| beginning_with(vertex, triangles[t as usize]);
    for i in 1..around.len() {
        let [_, _, last] = corners(around[i - 1]);
        if let Some(next) = (i..around.len()).find(|&j| corners(around[j])[1] == last) {
            around.swap(i, next);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn tetrahedron() -> TriangleSurface {
        let v = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        let triangles = vec![[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]];
        TriangleSurface::new(v.map(Vec3::from).to_vec(), triangles).unwrap()
    }

    #[test]
    fn patches_share_out_the_whole_area() {
        let surface = tetrahedron();
        let area: f64 = surface.areas_mm2().iter().sum();
        assert!((area - (1.5 + 3.0_f64.sqrt() / 2.0)).abs() < 1e-12);
        for vertex in 0..4 {
            let quads: f64 = surface
                .patch(vertex)
                .map(|[a, b, c, d]| ((b - a).cross(c - a) + (c - a).cross(d - a)).norm() / 2.0)
                .sum();
            assert!((quads - surface.areas_mm2()[vertex]).abs() < 1e-12);
        }
    }

    #[test]
    fn a_fan_walks_around_its_vertex() {
        let plane = TriangleSurface::plane([40.0, 40.0], Facing::Posterior, 5.0).unwrap();
        let whole = (0..plane.len()).filter(|&vertex| {
            let fan: Vec<_> = plane.fan_vertices(vertex).collect();
            let from = fan.iter().map(|corners| corners[1]);
            let to: Vec<_> = fan.iter().map(|corners| corners[2]).collect();
            fan.iter().all(|corners| corners[0] as usize == vertex)
                && from.eq(to.iter().copied().cycle().skip(fan.len() - 1).take(fan.len()))
        });
        // All but those on the rim of the plane.
        assert_eq!(whole.count(), 7 * 7);
    }

    #[test]
    fn closed_mesh_has_volume_and_no_loose_edge() {
        let surface = tetrahedron();
        assert!((surface.enclosed_volume_mm3() - 1.0 / 6.0).abs() < 1e-12);
        assert_eq!(surface.loose_edges(), 0);
        let open =
            TriangleSurface::new(surface.vertices_mm().to_vec(), surface.triangles()[..3].to_vec());
        assert_eq!(open.unwrap().loose_edges(), 3);
    }

    #[test]
    fn whole_rings_hide_no_loose_edge() {
        let loose = |triangles: &[[u32; 3]]| {
            let around = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
            let vertices = around.map(Vec3::from).to_vec();
            TriangleSurface::new(vertices, triangles.to_vec()).unwrap().loose_edges()
        };
        // By the definition: the directions of an edge must each be run through once.
        let counted = |triangles: &[[u32; 3]]| {
            let all: Vec<[u32; 2]> = triangles.iter().flat_map(sides).collect();
            let times = |side: [u32; 2]| all.iter().filter(|&&other| other == side).count();
            let mut kinds = all.clone();
            kinds.sort_unstable();
            kinds.dedup();
            kinds.retain(|&[from, to]| (times([from, to]), times([to, from])) != (1, 1));
            kinds.len()
        };
        let sound = [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]];
        for drawn in 0..4 {
            let mut turned = sound;
            turned[drawn].swap(0, 1);
            let mut doubled = sound.to_vec();
            doubled.push(sound[drawn]);
            let twice = [sound, sound].concat();
            for triangles in [&turned[..], &doubled, &twice, &sound[..drawn.max(1)]] {
                assert_eq!(loose(triangles), counted(triangles), "{triangles:?}");
                assert!(loose(triangles) > 0);
            }
        }
    }

    #[test]
    fn meshes_that_cannot_carry_a_dose_are_refused() {
        let v = vec![Vec3::ZERO, Vec3::new(1.0, 0.0, 0.0), Vec3::new(0.0, 1.0, 0.0)];
        assert!(TriangleSurface::new(v.clone(), vec![]).is_err());
        assert!(TriangleSurface::new(v.clone(), vec![[0, 1, 3]]).is_err());
        let mut broken = v;
        broken[1].x = f64::NAN;
        assert!(TriangleSurface::new(broken, vec![[0, 1, 2]]).is_err());
    }

    proptest! {
        /// An edge is tight when it is run through once in each direction.
        #[test]
        fn loose_edges_are_those_of_the_obvious_count(
            corners in prop::collection::vec(prop::sample::subsequence(vec![0_u32, 1, 2, 3, 4, 5], 3), 1..14),
            turned in prop::collection::vec(any::<bool>(), 14),
        ) {
            let place = |i: u32| Vec3::new(f64::from(i), f64::from(i * i), f64::from(i % 2));
            let turn = |(c, &turned): (&Vec<u32>, &bool)| {
                if turned { [c[0], c[2], c[1]] } else { [c[0], c[1], c[2]] }
            };
            let triangles: Vec<[u32; 3]> = corners.iter().zip(&turned).map(turn).collect();
            let surface = TriangleSurface::new((0..6).map(place).collect(), triangles.clone()).unwrap();
            let all: Vec<[u32; 2]> = triangles.iter().flat_map(sides).collect();
            let runs = |edge: [u32; 2]| all.iter().filter(|&&other| other == edge).count();
            let mut edges = all.clone();
            edges.sort_unstable();
            edges.dedup();
            let loose = edges.iter().filter(|&&[a, b]| (runs([a, b]), runs([b, a])) != (1, 1));
            prop_assert_eq!(surface.loose_edges(), loose.count());
        }
    }
}
