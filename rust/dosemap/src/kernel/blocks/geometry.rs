//! Blocks of neighbouring vertices, and how a beam sees them.

use super::{LANES, Lanes};
use crate::beam::Beam;
use crate::math::Vec3;
use crate::surface::TriangleSurface;

/// Up to [`LANES`] neighbouring vertices, as offsets from their common centre.
#[derive(Debug)]
pub struct Block {
    vertices: Vec<u32>,
    centre_mm: Vec3,
    radius_mm: f64,
    /// Mean direction of the normals.
    cone_axis: Vec3,
    /// Sine and cosine of the widest angle between a normal and the axis.
    cone: [f64; 2],
    largest_patch_mm: f32,
    pub(super) offset_mm: [Lanes; 3],
    pub(super) normal: [Lanes; 3],
    pub(super) patch_radius_mm: Lanes,
    pub(super) area_mm2: Lanes,
}

/// Whether a beam can do anything to a block.
#[derive(Debug, PartialEq, Eq)]
pub enum Sight {
    /// Every vertex faces away, lies behind the tube or beyond the reach of the scatter.
    Nothing,
    /// Some vertex may get dose.
    Something,
}

/// Divide a surface into blocks: halves along the longest side until they fit.
#[must_use]
pub fn divide(surface: &TriangleSurface) -> Vec<Block> {
    let mut order: Vec<u32> = (0..surface.len() as u32).collect();
    let mut blocks = Vec::with_capacity(surface.len() / LANES + 1);
    let mut open = vec![order.as_mut_slice()];
    while let Some(part) = open.pop() {
        if part.len() <= LANES {
            blocks.push(Block::new(surface, part));
            continue;
        }
        let at = |i: u32| surface.vertices_mm()[i as usize];
        let spread = |axis: usize| {
            let values = part.iter().map(|&i| at(i)[axis]);
            values.clone().fold(f64::MIN, f64::max) - values.fold(f64::MAX, f64::min)
        };
        let longest = (0..3).max_by(|&i, &j| spread(i).total_cmp(&spread(j))).unwrap_or(0);
        // Whole blocks on the left, so that only the last one is partly filled.
        let middle = (part.len() / 2).div_ceil(LANES) * LANES;
        part.select_nth_unstable_by(middle, |&i, &j| at(i)[longest].total_cmp(&at(j)[longest]));
        let (left, right) = part.split_at_mut(middle);
        open.extend([right, left]);
    }
    blocks
}

impl Block {
    fn new(surface: &TriangleSurface, vertices: &[u32]) -> Self {
        let position = |&i: &u32| surface.vertices_mm()[i as usize];
        let normal_of = |&i: &u32| surface.normals()[i as usize];
        let sum =
            |of: &dyn Fn(&u32) -> Vec3| vertices.iter().map(of).fold(Vec3::ZERO, |sum, v| sum + v);
        let centre_mm = sum(&position) * (1.0 / vertices.len() as f64);
        let cone_axis = sum(&normal_of).normalized();
        let angle = |n: Vec3| n.dot(cone_axis).clamp(-1.0, 1.0).acos();
        let mut block = Self {
            vertices: vertices.to_vec(),
            centre_mm,
            radius_mm: vertices
                .iter()
                .map(|v| (position(v) - centre_mm).norm())
                .fold(0.0, f64::max),
            cone_axis,
            cone: vertices.iter().map(|v| angle(normal_of(v))).fold(0.0, f64::max).sin_cos().into(),
            largest_patch_mm: 0.0,
            offset_mm: [[0.0; LANES]; 3],
            // Empty lanes have no normal: they face nothing and get nothing.
            normal: [[0.0; LANES]; 3],
            patch_radius_mm: [0.0; LANES],
            area_mm2: [0.0; LANES],
        };
        for (lane, v) in vertices.iter().enumerate() {
            let offset = position(v) - centre_mm;
            for axis in 0..3 {
                block.offset_mm[axis][lane] = offset[axis] as f32;
                block.normal[axis][lane] = normal_of(v)[axis] as f32;
            }
            block.patch_radius_mm[lane] = surface.patch_radii_mm()[*v as usize] as f32;
            block.area_mm2[lane] = surface.areas_mm2()[*v as usize] as f32;
            block.largest_patch_mm = block.largest_patch_mm.max(block.patch_radius_mm[lane]);
        }
        block
    }

    /// Vertex of each lane in use.
    #[must_use]
    pub fn vertices(&self) -> &[u32] {
        &self.vertices
    }

    pub(super) fn centre_mm(&self) -> Vec3 {
        self.centre_mm
    }

    /// Distance of the farthest vertex from the centre.
    pub(super) fn radius_mm(&self) -> f64 {
        self.radius_mm
    }

    pub(super) fn largest_patch_mm(&self) -> f32 {
        self.largest_patch_mm
    }

    /// Test of the block as a whole, by its bounding sphere and cone of normals.
    pub(super) fn may_be_reached(&self, beam: &Beam, reach_mm: f64) -> Sight {
        let centre = beam.locate(self.centre_mm);
        let radius = self.radius_mm + f64::from(self.largest_patch_mm);
        if centre.depth_mm + radius <= 0.0 {
            return Sight::Nothing;
        }
        if centre.distance_mm > radius {
            // All normals point away when the angle between axis and source exceeds 90 degrees by
            // the cone and the sphere as seen from the source together: cos(angle) < -sin(slack).
            let to_source = (beam.source_mm - self.centre_mm) * (1.0 / centre.distance_mm);
            let [sin_cone, cos_cone] = self.cone;
            let sin_sphere = radius / centre.distance_mm;
            let cos_sphere = (1.0 - sin_sphere * sin_sphere).sqrt();
            let sin_slack = sin_cone * cos_sphere + cos_cone * sin_sphere;
            let cos_slack = cos_cone * cos_sphere - sin_cone * sin_sphere;
            if cos_slack > 0.0 && to_source.dot(self.cone_axis) < -sin_slack {
                return Sight::Nothing;
            }
        }
        // A point of the sphere is at most this much nearer to a field edge than the centre: the
        // distance from an edge changes by u - tan * depth, tan < 2 for any field accepted.
        let slack = radius * 5.0_f64.sqrt();
        if beam.edge_distance_mm(&centre) + slack < -reach_mm {
            return Sight::Nothing;
        }
        Sight::Something
    }
}

/// The vertices of a block in the coordinates of a beam.
pub(super) struct LanesInBeam {
    /// Distance inside each of the four field edges in the plane of the point, mm.
    pub edges: [Lanes; 4],
    /// The least of the four.
    pub edge: Lanes,
    /// Square of the straight distance from the focal spot, mm2.
    pub distance2: Lanes,
    /// Cosine of incidence; 0 or less for lanes that face away or lie behind the tube.
    pub cosine: Lanes,
}

impl LanesInBeam {
    #[inline(always)]
    pub fn new(block: &Block, beam: &Beam) -> Self {
        // Large numbers are subtracted in f64, once per block; the offsets fit f32.
        let ray = block.centre_mm - beam.source_mm;
        let base = [ray.dot(beam.u), ray.dot(beam.v), ray.dot(beam.w)].map(|x| x as f32);
        let axes = [beam.u, beam.v, beam.w].map(|axis| axis.to_array().map(|x| x as f32));
        let ray = ray.to_array().map(|x| x as f32);
        let field = beam.field;
        let limits = [field.u_min, field.u_max, field.v_min, field.v_max].map(|limit| limit as f32);
        let mut lanes = Self {
            edges: [[0.0; LANES]; 4],
            edge: [0.0; LANES],
            distance2: [0.0; LANES],
            cosine: [0.0; LANES],
        };
        let [dx, dy, dz] = &block.offset_mm;
        let [nx, ny, nz] = &block.normal;
        for i in 0..LANES {
            let along =
                |k: usize| base[k] + dx[i] * axes[k][0] + dy[i] * axes[k][1] + dz[i] * axes[k][2];
            let (u, v, depth) = (along(0), along(1), along(2));
            let (x, y, z) = (ray[0] + dx[i], ray[1] + dy[i], ray[2] + dz[i]);
            let distance2 = x * x + y * y + z * z;
            let cosine = -(x * nx[i] + y * ny[i] + z * nz[i]) / distance2.sqrt();
            lanes.edges[0][i] = u - limits[0] * depth;
            lanes.edges[1][i] = limits[1] * depth - u;
            lanes.edges[2][i] = v - limits[2] * depth;
            lanes.edges[3][i] = limits[3] * depth - v;
            lanes.distance2[i] = distance2;
            lanes.cosine[i] = if depth > 0.0 { cosine } else { 0.0 };
        }
        for i in 0..LANES {
            let [a, b, c, d] = &lanes.edges;
            let least_u = if a[i] < b[i] { a[i] } else { b[i] };
            let least_v = if c[i] < d[i] { c[i] } else { d[i] };
            lanes.edge[i] = if least_u < least_v { least_u } else { least_v };
        }
        lanes
    }

    /// Do all lanes face away or lie farther than this outside the field?
    #[inline(always)]
    pub fn all_beyond(&self, reach_mm: f32) -> bool {
        let mut nearest = f32::NEG_INFINITY;
        for i in 0..LANES {
            let edge = if self.cosine[i] > 0.0 { self.edge[i] } else { f32::NEG_INFINITY };
            nearest = if edge > nearest { edge } else { nearest };
        }
        nearest < -reach_mm
    }
}
