//! A finer mesh through the vertices of a coarse one: every triangle in n x n, smoothly curved.
//!
//! Curved point-normal triangles (Vlachos, Peters, Boyd and Mitchell, Proc. I3D 2001, 159,
//! doi:10.1145/364338.364387): a cubic patch from the positions and normals of three corners. The
//! curve along an edge depends on its two ends only, so neighbours meet without a gap.

use crate::error::DoseError;
use crate::math::Vec3;

/// Largest number of parts that an edge is cut into: 15 mm of the template to 3 mm.
pub const MAX_PARTS: u32 = 5;

/// Where a fine vertex comes from: shares of three base vertices, in the plane of their triangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parents {
    /// Base vertices; on an edge the last two are the same, at a base vertex all three.
    pub base: [u32; 3],
    /// Their shares; they add up to 1, and those of repeated vertices are 0.
    pub weights: [f64; 3],
}

/// The topology of a finer mesh; it depends on the base triangles and the number of parts only.
///
/// Base vertices come first, then the points on the edges in the order of the sorted edges, then
/// those inside the triangles.
#[derive(Debug, Clone)]
pub struct Refinement {
    /// Triangles of the fine mesh, oriented as those of the base.
    pub triangles: Vec<[u32; 3]>,
    /// One entry per fine vertex.
    pub parents: Vec<Parents>,
    base_triangles: Vec<[u32; 3]>,
}

impl Refinement {
    /// Cut every edge into `parts` equal parts.
    ///
    /// # Errors
    /// When `parts` is not 1 to [`MAX_PARTS`].
    pub fn new(
        base_count: usize,
        base_triangles: &[[u32; 3]],
        parts: u32,
    ) -> Result<Self, DoseError> {
        let limits = (1.0, f64::from(MAX_PARTS));
        DoseError::check_range("parts", f64::from(parts), limits, "per edge")?;
        let mut edges: Vec<[u32; 2]> = base_triangles.iter().flat_map(sides).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut numbering =
            Numbering { parts, base_count: base_count as u32, edges, parents: vec![] };
        numbering.add_corners_and_edges();
        let triangles = base_triangles.iter().flat_map(|base| numbering.cut(base)).collect();
        let (parents, base_triangles) = (numbering.parents, base_triangles.to_vec());
        Ok(Self { triangles, parents, base_triangles })
    }

    /// Positions of the fine vertices, mm, for positions of the base vertices, which they keep.
    ///
    /// # Panics
    /// When `base_mm` has fewer vertices than the base mesh.
    #[must_use]
    pub fn positions_mm(&self, base_mm: &[Vec3]) -> Vec<Vec3> {
        let normals = vertex_normals(base_mm, &self.base_triangles);
        let place = |parents: &Parents| {
            let corners = parents.base.map(|i| base_mm[i as usize]);
            let normals = parents.base.map(|i| normals[i as usize]);
            curved(&corners, &normals, parents.weights)
        };
        self.parents.iter().map(place).collect()
    }
}

/// Edges of a triangle, the lower vertex first.
fn sides(&[a, b, c]: &[u32; 3]) -> [[u32; 2]; 3] {
    [[a, b], [b, c], [c, a]].map(|[from, to]| [from.min(to), from.max(to)])
}

/// Numbers the fine vertices.
struct Numbering {
    parts: u32,
    base_count: u32,
    edges: Vec<[u32; 2]>,
    parents: Vec<Parents>,
}

impl Numbering {
    fn share(&self, steps: u32) -> f64 {
        f64::from(steps) / f64::from(self.parts)
    }

    fn add_corners_and_edges(&mut self) {
        let corner = |i| Parents { base: [i; 3], weights: [1.0, 0.0, 0.0] };
        self.parents.extend((0..self.base_count).map(corner));
        for &[from, to] in &self.edges {
            for step in 1..self.parts {
                let weights = [self.share(self.parts - step), self.share(step), 0.0];
                self.parents.push(Parents { base: [from, to, to], weights });
            }
        }
    }

    /// The point on an edge that lies `step` steps from one end.
    fn on_edge(&self, from: u32, to: u32, step: u32) -> u32 {
        let edge = self.edges.partition_point(|&edge| edge < [from.min(to), from.max(to)]);
        let from_lower = if from < to { step } else { self.parts - step };
        self.base_count + edge as u32 * (self.parts - 1) + from_lower - 1
    }

    /// Add the points inside a base triangle and return its fine triangles.
    fn cut(&mut self, &base: &[u32; 3]) -> Vec<[u32; 3]> {
        let parts = self.parts;
        let first_inside = self.parents.len() as u32;
        let mut rows: Vec<Vec<u32>> = Vec::new();
        let mut inside = first_inside;
        // Row i, column j: shares (parts - i - j, i, j) of the three corners.
        for i in 0..=parts {
            let mut row = Vec::new();
            for j in 0..=parts - i {
                row.push(match (parts - i - j, i, j) {
                    (_, 0, 0) => base[0],
                    (0, _, 0) => base[1],
                    (0, 0, _) => base[2],
                    (_, step, 0) => self.on_edge(base[0], base[1], step),
                    (_, 0, step) => self.on_edge(base[0], base[2], step),
                    (0, _, step) => self.on_edge(base[1], base[2], step),
                    shares => {
                        let weights = [shares.0, shares.1, shares.2].map(|n| self.share(n));
                        self.parents.push(Parents { base, weights });
                        inside += 1;
                        inside - 1
                    }
                });
            }
            rows.push(row);
        }
        let mut triangles = Vec::new();
        for (row, next) in rows.iter().zip(&rows[1..]) {
            for j in 0..next.len() {
                triangles.push([row[j], next[j], row[j + 1]]);
                if j + 1 < next.len() {
                    triangles.push([next[j], next[j + 1], row[j + 1]]);
                }
            }
        }
        triangles
    }
}

/// Unit normals at the vertices, weighted so that they are exact on a sphere (Max, J. Graphics
/// Tools 4 (1999) 1, doi:10.1080/10867651.1999.10487501).
fn vertex_normals(vertices_mm: &[Vec3], triangles: &[[u32; 3]]) -> Vec<Vec3> {
    let mut normals = vec![Vec3::ZERO; vertices_mm.len()];
    for triangle in triangles {
        let corners = triangle.map(|i| vertices_mm[i as usize]);
        for k in 0..3 {
            let (a, b) = (corners[(k + 1) % 3] - corners[k], corners[(k + 2) % 3] - corners[k]);
            let lengths = a.dot(a) * b.dot(b);
            if lengths > 0.0 {
                let normal = &mut normals[triangle[k] as usize];
                *normal = *normal + a.cross(b) * (1.0 / lengths);
            }
        }
    }
    normals.into_iter().map(Vec3::normalized).collect()
}

/// A point of the cubic patch over a triangle.
fn curved(corners: &[Vec3; 3], normals: &[Vec3; 3], weights: [f64; 3]) -> Vec3 {
    let mut point = Vec3::ZERO;
    let (mut edge_points, mut corner_points) = (Vec3::ZERO, Vec3::ZERO);
    for i in 0..3 {
        point = point + corners[i] * weights[i].powi(3);
        corner_points = corner_points + corners[i];
        for j in 0..3 {
            if i != j {
                // A third of the way from i to j, moved into the tangent plane at i.
                let lift = (corners[j] - corners[i]).dot(normals[i]);
                let control = (corners[i] * 2.0 + corners[j] - normals[i] * lift) * (1.0 / 3.0);
                point = point + control * (3.0 * weights[i] * weights[i] * weights[j]);
                edge_points = edge_points + control;
            }
        }
    }
    let middle = edge_points * 0.25 - corner_points * (1.0 / 6.0);
    point + middle * (6.0 * weights[0] * weights[1] * weights[2])
}

#[cfg(test)]
mod tests;
