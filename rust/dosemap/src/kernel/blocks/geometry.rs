//! Blocks of neighbouring vertices, and how a beam sees them.

use std::sync::OnceLock;

use super::reach::{Bounds, FieldOfBeam, nearest};
use super::{LANES, Lanes};
use crate::math::Vec3;
use crate::occlusion::{FreeCone, Occluder};
use crate::spaces::Transform;
use crate::surface::TriangleSurface;

/// A point of the skin: its place, the normal there, and the vertex whose patch holds it.
#[derive(Debug, Clone, Copy)]
pub(in crate::kernel) struct SkinPoint {
    pub vertex: u32,
    pub point_mm: Vec3,
    pub normal: Vec3,
}

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
    /// Found when first asked, as beams meet few blocks.
    free_cone: OnceLock<FreeCone>,
    pub(super) offset_mm: [Lanes; 3],
    pub(super) normal: [Lanes; 3],
    pub(super) patch_radius_mm: Lanes,
    pub(super) area_mm2: Lanes,
    /// Corners of the box around the vertices in table space.
    pub(super) on_table_mm: [Vec3; 2],
}

/// What a turn of the normal by 60 degrees counts as when a surface is divided, mm: about the radius
/// of a limb, so that a block neither runs around it nor holds skin of a front and of a back.
const TURN_MM: f64 = 40.0;

/// A gap of more than this share of the whole spread parts what does not belong together: an arm
/// from the trunk.
const GAP: f64 = 0.2;

/// Gaps are looked for in parts of up to so many vertices; in larger ones there are none but by chance.
const MOST_WITH_GAPS: usize = 1024;

/// Divide a surface into blocks: in two by place or normal, whichever differs most, until they fit.
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
        let middle = parted(surface, part);
        let (left, right) = part.split_at_mut(middle);
        open.extend([right, left]);
    }
    blocks
}

/// Bring the vertices of a part into an order in which it can be cut in two; tells where.
fn parted(surface: &TriangleSurface, part: &mut [u32]) -> usize {
    let at = |i: u32, axis: usize| match axis {
        0..3 => surface.vertices_mm()[i as usize][axis],
        _ => surface.normals()[i as usize][axis - 3] * TURN_MM,
    };
    let (mut low, mut high) = ([f64::MAX; 6], [f64::MIN; 6]);
    for &i in part.iter() {
        for axis in 0..6 {
            low[axis] = low[axis].min(at(i, axis));
            high[axis] = high[axis].max(at(i, axis));
        }
    }
    let spreads: [f64; 6] = std::array::from_fn(|axis| high[axis] - low[axis]);
    let longest = (0..6).max_by(|&i, &j| spreads[i].total_cmp(&spreads[j])).unwrap_or(0);
    let along = |i: u32| at(i, longest);
    // Whole blocks on the left, so that only the last one is partly filled.
    let half = (part.len() / 2).div_ceil(LANES) * LANES;
    if part.len() > MOST_WITH_GAPS {
        part.select_nth_unstable_by(half, |&i, &j| along(i).total_cmp(&along(j)));
        return half;
    }
    part.sort_unstable_by(|&i, &j| along(i).total_cmp(&along(j)));
    let gap = |k: usize| along(part[k]) - along(part[k - 1]);
    let widest = (1..part.len()).max_by(|&i, &j| gap(i).total_cmp(&gap(j))).unwrap_or(half);
    if gap(widest) > GAP * spreads[longest] { widest } else { half }
}

impl Block {
    fn new(surface: &TriangleSurface, table_from_patient: &Transform, vertices: &[u32]) -> Self {
        let skin = |&vertex: &u32| {
            let i = vertex as usize;
            SkinPoint { vertex, point_mm: surface.vertices_mm()[i], normal: surface.normals()[i] }
        };
        let skin: Vec<SkinPoint> = vertices.iter().map(skin).collect();
        let radii_mm: Vec<f32> =
            vertices.iter().map(|&v| surface.patch_radii_mm()[v as usize] as f32).collect();
        let largest_mm = radii_mm.iter().copied().fold(0.0, f32::max);
        let mut block = Self::of_points(table_from_patient, &skin, largest_mm);
        block.patch_radius_mm[..radii_mm.len()].copy_from_slice(&radii_mm);
        for (lane, &v) in vertices.iter().enumerate() {
            block.area_mm2[lane] = surface.areas_mm2()[v as usize] as f32;
        }
        block
    }

    /// A block of up to [`LANES`] points. Field edges farther away than the radius of a patch do not
    /// concern them.
    pub(in crate::kernel) fn of_points(
        table_from_patient: &Transform,
        skin: &[SkinPoint],
        patch_radius_mm: f32,
    ) -> Self {
        let position = |point: &SkinPoint| point.point_mm;
        let normal_of = |point: &SkinPoint| point.normal;
        let sum = |of: &dyn Fn(&SkinPoint) -> Vec3| {
            skin.iter().map(of).fold(Vec3::ZERO, |sum, v| sum + v)
        };
        let centre_mm = sum(&position) * (1.0 / skin.len() as f64);
        let cone_axis = sum(&normal_of).normalized();
        let on_table = skin.iter().map(|point| table_from_patient.point(point.point_mm));
        let extreme = |axis: usize, of: fn(f64, f64) -> f64| {
            on_table.clone().map(|p| p[axis]).reduce(of).unwrap_or(0.0)
        };
        let corner = |of: fn(f64, f64) -> f64| Vec3::from([0, 1, 2].map(|axis| extreme(axis, of)));
        let angle = |n: Vec3| n.dot(cone_axis).clamp(-1.0, 1.0).acos();
        let mut block = Self {
            vertices: skin.iter().map(|point| point.vertex).collect(),
            centre_mm,
            radius_mm: skin.iter().map(|p| (p.point_mm - centre_mm).norm()).fold(0.0, f64::max),
            cone_axis,
            cone: skin.iter().map(|p| angle(p.normal)).fold(0.0, f64::max).sin_cos().into(),
            largest_patch_mm: patch_radius_mm,
            free_cone: OnceLock::new(),
            offset_mm: [[0.0; LANES]; 3],
            // Empty lanes have no normal: they face nothing and get nothing.
            normal: [[0.0; LANES]; 3],
            patch_radius_mm: [patch_radius_mm; LANES],
            area_mm2: [0.0; LANES],
            on_table_mm: [corner(f64::min), corner(f64::max)],
        };
        for (lane, point) in skin.iter().enumerate() {
            let offset = point.point_mm - centre_mm;
            for axis in 0..3 {
                block.offset_mm[axis][lane] = offset[axis] as f32;
                block.normal[axis][lane] = point.normal[axis] as f32;
            }
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

    /// Where nothing shadows the block.
    pub(super) fn free_cone(&self, occluder: &Occluder) -> &FreeCone {
        self.free_cone
            .get_or_init(|| occluder.free_cone(self.centre_mm, self.radius_mm, self.cone_axis))
    }

    /// What tells whether a beam reaches the block.
    pub(super) fn bounds(&self) -> Bounds {
        let radius_mm = self.radius_mm as f32 + self.largest_patch_mm;
        Bounds::new(self.centre_mm, radius_mm, self.cone_axis, self.cone)
    }
}

/// The vertices of a block in the coordinates of a beam.
pub(super) struct LanesInBeam {
    /// Distance inside each of the four field edges in the plane of the point, mm.
    pub edges: [Lanes; 4],
    /// The same of the block's centre, and by how much those of its vertices may differ from it.
    pub centre_edges: [f32; 4],
    pub spread_mm: f32,
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
            centre_edges: field.edges(base),
            spread_mm: block.radius_mm as f32 * field.steepest,
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
}
