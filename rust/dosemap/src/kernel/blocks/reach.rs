//! Which blocks a beam may reach: their bounds, eight at a time, against the constants of the beam.

use super::Block;
use crate::beam::Beam;
use crate::math::Vec3;

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

impl Bounds {
    pub fn new(centre_mm: Vec3, radius_mm: f32, cone_axis: Vec3, [sine, cosine]: [f64; 2]) -> Self {
        Self {
            centre_mm: centre_mm.to_array().map(|x| x as f32),
            radius_mm: radius_mm + ROUNDING_MM,
            cone_axis: cone_axis.to_array().map(|x| x as f32),
            cone: [sine as f32 + ROUNDING, cosine as f32],
        }
    }
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
    pub source_mm: Vec3,
    source: [f32; 3],
    pub axes: [[f32; 3]; 3],
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
    pub fn edges(&self, [u, v, depth]: [f32; 3]) -> [f32; 4] {
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
        let [u_min, u_max, v_min, v_max] = self.edges(place);
        let margin = radius * self.steepest;
        let (u, v) = (outside(u_min, u_max, margin), outside(v_min, v_max, margin));
        // Beyond a corner of the field less of a Gaussian lies in it than at the same distance
        // beyond the middle of an edge: the quadrant is part of the half plane that touches its
        // corner at right angles to the way there.
        let near = u * u + v * v <= reach_mm * reach_mm;
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

/// How far outside a pair of opposite edges something within a margin lies at least, mm.
#[inline(always)]
fn outside(a: f32, b: f32, margin: f32) -> f32 {
    let inside = if a < b { a } else { b } + margin;
    if inside < 0.0 { -inside } else { 0.0 }
}

#[inline(always)]
pub(super) fn nearest([a, b, c, d]: [f32; 4]) -> f32 {
    let least_u = if a < b { a } else { b };
    let least_v = if c < d { c } else { d };
    if least_u < least_v { least_u } else { least_v }
}
