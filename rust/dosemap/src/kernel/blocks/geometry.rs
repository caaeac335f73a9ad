//! Blocks of neighbouring vertices, and how a beam sees them.

use super::lanes::{greatest, least};
use super::{LANES, Lanes};
use crate::beam::Beam;
use crate::math::Vec3;
use crate::spaces::Transform;
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
    /// Corners of the box around the vertices in table space.
    pub(super) on_table_mm: [Vec3; 2],
}

/// Divide a surface into blocks: halves along the longest side until they fit.
#[must_use]
pub fn divide(surface: &TriangleSurface, table_from_patient: &Transform) -> Vec<Block> {
    let mut order: Vec<u32> = (0..surface.len() as u32).collect();
    let mut blocks = Vec::with_capacity(surface.len() / LANES + 1);
    let mut open = vec![order.as_mut_slice()];
    while let Some(part) = open.pop() {
        if part.len() <= LANES {
            blocks.push(Block::new(surface, table_from_patient, part));
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
    fn new(surface: &TriangleSurface, table_from_patient: &Transform, vertices: &[u32]) -> Self {
        let position = |&i: &u32| surface.vertices_mm()[i as usize];
        let normal_of = |&i: &u32| surface.normals()[i as usize];
        let sum =
            |of: &dyn Fn(&u32) -> Vec3| vertices.iter().map(of).fold(Vec3::ZERO, |sum, v| sum + v);
        let centre_mm = sum(&position) * (1.0 / vertices.len() as f64);
        let cone_axis = sum(&normal_of).normalized();
        let on_table = vertices.iter().map(|v| table_from_patient.point(position(v)));
        let extreme = |axis: usize, of: fn(f64, f64) -> f64| {
            on_table.clone().map(|p| p[axis]).reduce(of).unwrap_or(0.0)
        };
        let corner = |of: fn(f64, f64) -> f64| Vec3::from([0, 1, 2].map(|axis| extreme(axis, of)));
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
            on_table_mm: [corner(f64::min), corner(f64::max)],
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

    /// What tells whether a beam reaches the block.
    fn bounds(&self) -> Bounds {
        Bounds {
            centre_mm: self.centre_mm.to_array().map(|x| x as f32),
            radius_mm: self.radius_mm as f32 + self.largest_patch_mm + ROUNDING_MM,
            cone_axis: self.cone_axis.to_array().map(|x| x as f32),
            cone: [self.cone[0] as f32 + ROUNDING, self.cone[1] as f32],
        }
    }
}

/// What single precision may lose of a coordinate on a body, and of a sine.
const ROUNDING_MM: f32 = 1e-2;
const ROUNDING: f32 = 1e-5;

/// Bounding sphere of a block, patches included, and cone of its normals: sine and cosine of the
/// widest angle from the axis.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    centre_mm: [f32; 3],
    radius_mm: f32,
    cone_axis: [f32; 3],
    cone: [f32; 2],
}

/// The bounds of [`GROUP`] blocks in a row, side by side for a loop that vectorises.
#[derive(Debug)]
pub struct Group {
    centre_mm: [[f32; GROUP]; 3],
    radius_mm: [f32; GROUP],
    cone_axis: [[f32; GROUP]; 3],
    cone: [[f32; GROUP]; 2],
}

/// Blocks whose bounds are looked at together.
pub const GROUP: usize = 8;

/// The bounds of all blocks, group by group.
#[must_use]
pub fn group(blocks: &[Block]) -> Vec<Group> {
    blocks.chunks(GROUP).map(Group::new).collect()
}

impl Group {
    fn new(blocks: &[Block]) -> Self {
        // What is missing at the end lies behind every tube.
        let mut group = Self {
            centre_mm: [[0.0; GROUP]; 3],
            radius_mm: [f32::NEG_INFINITY; GROUP],
            cone_axis: [[0.0; GROUP]; 3],
            cone: [[0.0; GROUP]; 2],
        };
        for (i, bounds) in blocks.iter().map(Block::bounds).enumerate() {
            for axis in 0..3 {
                group.centre_mm[axis][i] = bounds.centre_mm[axis];
                group.cone_axis[axis][i] = bounds.cone_axis[axis];
            }
            group.radius_mm[i] = bounds.radius_mm;
            group.cone[0][i] = bounds.cone[0];
            group.cone[1][i] = bounds.cone[1];
        }
        group
    }

    #[inline(always)]
    pub(super) fn bounds(&self, i: usize) -> Bounds {
        Bounds {
            centre_mm: [0, 1, 2].map(|axis| self.centre_mm[axis][i]),
            radius_mm: self.radius_mm[i],
            cone_axis: [0, 1, 2].map(|axis| self.cone_axis[axis][i]),
            cone: [self.cone[0][i], self.cone[1][i]],
        }
    }
}

/// The constants of a beam in single precision.
pub(super) struct FieldOfBeam {
    source_mm: Vec3,
    source: [f32; 3],
    axes: [[f32; 3]; 3],
    limits: [f32; 4],
    /// How fast the distance from a field edge, u - tangent * depth, changes at most along any way.
    pub steepest: f32,
}

impl FieldOfBeam {
    pub fn new(beam: &Beam) -> Self {
        let field = beam.field;
        let limits = [field.u_min, field.u_max, field.v_min, field.v_max];
        let widest = limits.into_iter().fold(0.0, |widest: f64, x| widest.max(x.abs()));
        Self {
            source_mm: beam.source_mm,
            source: beam.source_mm.to_array().map(|x| x as f32),
            axes: [beam.u, beam.v, beam.w].map(|axis| axis.to_array().map(|x| x as f32)),
            limits: limits.map(|limit| limit as f32),
            steepest: (1.0 + widest * widest).sqrt() as f32 * (1.0 + ROUNDING),
        }
    }

    /// Distances inside the four edges of a point with these coordinates.
    #[inline(always)]
    fn edges(&self, [u, v, depth]: [f32; 3]) -> [f32; 4] {
        let [u_min, u_max, v_min, v_max] = self.limits;
        [u - u_min * depth, u_max * depth - u, v - v_min * depth, v_max * depth - v]
    }

    /// May a vertex of the block face the tube, in front of it, less than `reach_mm` outside the
    /// field? Without a branch, so that a loop over blocks vectorises.
    #[inline(always)]
    pub fn may_reach(&self, block: &Bounds, reach_mm: f32) -> bool {
        let dot = |a: &[f32; 3], b: &[f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        let ray: [f32; 3] = std::array::from_fn(|axis| block.centre_mm[axis] - self.source[axis]);
        let place = [0, 1, 2].map(|axis| dot(&ray, &self.axes[axis]));
        let radius = block.radius_mm;
        let in_front = place[2] + radius > 0.0;
        let near = nearest(self.edges(place)) + radius * self.steepest > -reach_mm;
        // All normals point away when the angle between axis and source exceeds 90 degrees by the
        // cone and the sphere as seen from the source together: cos(angle) < -sin(slack). All
        // sides times the distance.
        let distance2 = dot(&ray, &ray);
        let distance = distance2.sqrt();
        let rest2 = distance2 - radius * radius;
        let outside = rest2 > 0.0;
        let tangent = if outside { rest2 } else { 0.0 }.sqrt();
        let [sin_cone, cos_cone] = block.cone;
        let sin_slack = (sin_cone * tangent + cos_cone * radius) / distance;
        let cos_slack = cos_cone * tangent - sin_cone * radius;
        let away = dot(&ray, &block.cone_axis) > sin_slack * distance;
        in_front & near & !(outside & (cos_slack > 0.0) & away)
    }
}

#[inline(always)]
fn nearest([a, b, c, d]: [f32; 4]) -> f32 {
    let least_u = if a < b { a } else { b };
    let least_v = if c < d { c } else { d };
    if least_u < least_v { least_u } else { least_v }
}

/// The vertices of a block in the coordinates of a beam.
pub(super) struct LanesInBeam {
    /// Distance inside each of the four field edges in the plane of the point, mm.
    pub edges: [Lanes; 4],
    /// The least of the four; far outside for lanes that face away.
    pub edge: Lanes,
    /// Straight distance from the focal spot, mm, and its inverse.
    pub distance: Lanes,
    pub inverse_distance: Lanes,
    /// Cosine of incidence; 0 for lanes that face away or lie behind the tube.
    pub cosine: Lanes,
}

impl LanesInBeam {
    #[inline(always)]
    pub fn new(block: &Block, field: &FieldOfBeam) -> Self {
        // Large numbers are subtracted in f64, once per block; the offsets fit f32.
        let ray = (block.centre_mm - field.source_mm).to_array();
        let axes = &field.axes;
        let base = [0, 1, 2].map(|k| {
            let axis = axes[k].map(f64::from);
            (ray[0] * axis[0] + ray[1] * axis[1] + ray[2] * axis[2]) as f32
        });
        let ray = ray.map(|x| x as f32);
        let mut lanes = Self {
            edges: [[0.0; LANES]; 4],
            edge: [0.0; LANES],
            distance: [0.0; LANES],
            inverse_distance: [0.0; LANES],
            cosine: [0.0; LANES],
        };
        let [dx, dy, dz] = &block.offset_mm;
        let [nx, ny, nz] = &block.normal;
        for i in 0..LANES {
            let along =
                |k: usize| base[k] + dx[i] * axes[k][0] + dy[i] * axes[k][1] + dz[i] * axes[k][2];
            let place = [along(0), along(1), along(2)];
            let (x, y, z) = (ray[0] + dx[i], ray[1] + dy[i], ray[2] + dz[i]);
            let distance = (x * x + y * y + z * z).sqrt();
            let inverse = 1.0 / distance;
            let cosine = -(x * nx[i] + y * ny[i] + z * nz[i]) * inverse;
            let faces = (cosine > 0.0) & (place[2] > 0.0);
            let edges = field.edges(place);
            for k in 0..4 {
                lanes.edges[k][i] = edges[k];
            }
            lanes.edge[i] = if faces { nearest(edges) } else { f32::MIN };
            lanes.distance[i] = distance;
            lanes.inverse_distance[i] = inverse;
            lanes.cosine[i] = if faces { cosine } else { 0.0 };
        }
        lanes
    }

    /// Least and greatest distance inside each edge among the lanes that face the tube.
    #[inline(always)]
    pub fn ranges(&self) -> [(f32, f32); 4] {
        // Loops, not `map`: a closure is compiled once, for the baseline.
        let mut ranges = [(0.0, 0.0); 4];
        for (range, edge) in ranges.iter_mut().zip(&self.edges) {
            let (mut low, mut high) = ([0.0; LANES], [0.0; LANES]);
            for i in 0..LANES {
                let faces = self.cosine[i] > 0.0;
                low[i] = if faces { edge[i] } else { f32::MAX };
                high[i] = if faces { edge[i] } else { f32::MIN };
            }
            *range = (least(&low), greatest(&high));
        }
        ranges
    }
}
