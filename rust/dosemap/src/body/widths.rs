//! Widening a standing figure across its axes: torso and legs level by level, arms about their
//! bones, neck and head about theirs. Heights of torso and legs stay, and the stature with them.

use std::iter;

use super::curve::MonotoneCurve;
use super::measure::{CuttingPlane, Section};
use super::parts::{ArmShare, parts};
use super::shape::Figure;
use super::sites::{ARM_PLACES, Sites, Station, arm_joints};
use super::skeleton::{Joint, Side};
use crate::math::Vec3;

/// Share of the depth that lies behind the line about which depth widens, for each [`Station`].
/// Half where nothing is known better; less where fat goes to the front.
const DEPTH_BEHIND: [f64; Station::COUNT] =
    [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.3, 0.3, 0.35, 0.4, 0.5, 0.5];

/// Share of the gap between the legs that stays when they widen; the rest grows with them.
const INNER_SHARE: f64 = 0.7;

/// Factors on the transverse sizes of a figure; 1 leaves it as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Widths {
    /// Breadth and depth of torso and legs at each [`Station`].
    pub column: [[f64; 2]; Station::COUNT],
    /// How much further out the corners of the torso's sections go, half way between side and
    /// front or back, as a share: with it the girth changes while breadth and depth stay.
    pub corners: [f64; Station::COUNT],
    /// Thickness of the arms at each of [`ARM_PLACES`].
    pub arm: [f64; ARM_PLACES.len()],
    /// Thickness of the neck.
    pub neck: f64,
    /// Breadth and length of the head.
    pub head: f64,
    /// How far the arms are raised sideways about the shoulders, degrees.
    pub arm_raise_deg: f64,
}

impl Widths {
    /// Those that change nothing.
    pub const NATURAL: Self = Self {
        column: [[1.0; 2]; Station::COUNT],
        corners: [0.0; Station::COUNT],
        arm: [1.0; ARM_PLACES.len()],
        neck: 1.0,
        head: 1.0,
        arm_raise_deg: 0.0,
    };

    /// The largest difference to other widths among the factors that measures decide.
    #[must_use]
    pub fn largest_change(&self, other: &Self) -> f64 {
        let factors = |widths: &Self| {
            let column = widths.column.into_iter().flatten();
            column.chain(widths.corners).chain(widths.arm).chain([widths.neck, widths.head])
        };
        factors(self).zip(factors(other)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }
}

/// A figure with all that its widening needs and that does not change with the widths.
#[derive(Debug)]
pub struct Widening {
    /// The figure as it is.
    pub figure: Figure,
    /// Its levels, which widening does not move.
    pub sites: Sites,
    axes: Axes,
    /// How each vertex widens as part of torso or leg.
    places: Vec<Place>,
    /// For each entry of [`super::parts::Parts::arms`]: way along the arm from the shoulder, and
    /// offset from its bone, mm.
    arms: Vec<(f64, Vec3)>,
    arm_places_mm: [f64; ARM_PLACES.len()],
}

impl Widening {
    /// Prepare a figure.
    #[must_use]
    pub fn of(figure: Figure) -> Self {
        let sites = Sites::of(&figure);
        let chain = arm_joints(Side::Left).map(|joint| figure.joint_mm(joint));
        let axes = Axes::of(&figure, &sites);
        Self {
            places: figure.vertices_mm.iter().map(|&v| axes.place(v)).collect(),
            axes,
            arms: parts().arms.iter().map(|arm| on_arm(&figure, arm)).collect(),
            arm_places_mm: ARM_PLACES.map(|(bone, part)| {
                let start = way_mm(&chain, bone);
                start + (way_mm(&chain, bone + 1) - start) * part
            }),
            sites,
            figure,
        }
    }

    /// The figure with these widths.
    #[must_use]
    pub fn apply(&self, widths: &Widths) -> Figure {
        let field = Field::new(self, widths);
        let vertices = self.figure.vertices_mm.iter().zip(&self.places);
        let mut vertices_mm: Vec<Vec3> = vertices
            .zip(&parts().shares)
            .map(|((&v, place), share)| {
                field.column(v, place) * share.column
                    + field.neck(v) * share.neck
                    + field.head(v) * share.head
            })
            .collect();
        for (arm, &(along_mm, off_mm)) in parts().arms.iter().zip(&self.arms) {
            let v = self.figure.vertices_mm[arm.vertex];
            let widened = v + off_mm * (field.arm.at(along_mm) - 1.0);
            let placed = field.with_arm(arm.side, widened);
            vertices_mm[arm.vertex] = vertices_mm[arm.vertex] + placed * arm.share;
        }
        let mut joints_mm =
            self.figure.joints_mm.map(|joint| field.column(joint, &self.axes.place(joint)));
        let head_base = self.figure.joint_mm(Joint::HeadBase);
        joints_mm[Joint::HeadBase.index()] = head_base + field.neck_shift_mm;
        for side in Side::BOTH {
            for joint in arm_joints(side) {
                joints_mm[joint.index()] = field.with_arm(side, self.figure.joint_mm(joint));
            }
        }
        Figure { vertices_mm, joints_mm }
    }
}

/// How a point widens as part of torso or leg.
#[derive(Debug)]
struct Place {
    /// The point at its height, on its side, about which it widens.
    anchor_mm: Vec3,
    /// The middle of the section there.
    centre_mm: Vec3,
    /// 1 at the corners of the section, 0 at front, back and sides.
    corner: f64,
}

/// The lines about which torso and legs widen.
#[derive(Debug)]
struct Axes {
    /// Depth widens about this y.
    anchor_y_mm: MonotoneCurve,
    /// Breadth widens about this distance from the midline: 0 in the torso, the inner side of the
    /// leg below the crotch, or nearly so, so that legs do not grow into each other.
    inner_x_mm: MonotoneCurve,
    centre_y_mm: MonotoneCurve,
    half_depth_mm: MonotoneCurve,
    half_breadth_mm: MonotoneCurve,
}

impl Axes {
    fn of(figure: &Figure, sites: &Sites) -> Self {
        let cut = |triangles: &[[u32; 3]], z_mm: f64| {
            Section::cut(&figure.vertices_mm, triangles, &CuttingPlane::horizontal(z_mm))
        };
        let sections: Vec<(f64, Section)> =
            sites.heights_mm.iter().map(|&z_mm| (z_mm, cut(&parts().column, z_mm))).collect();
        let curve = |value: &dyn Fn(&Section) -> f64| {
            let points = sections.iter().map(|(z_mm, section)| (*z_mm, value(section)));
            MonotoneCurve::new(points.collect())
        };
        let anchors = sections.iter().zip(DEPTH_BEHIND).map(|((z_mm, section), behind)| {
            (*z_mm, section.extent_mm(1)[1] - behind * section.depth_mm())
        });
        let leg_levels = &sites.heights_mm[..=Station::Thigh as usize];
        let inner = leg_levels.iter().map(|&z_mm| {
            let inner_side_mm = cut(&parts().left_leg, z_mm).extent_mm(0)[0];
            (z_mm, INNER_SHARE * inner_side_mm.max(0.0))
        });
        Self {
            anchor_y_mm: MonotoneCurve::new(anchors.collect()),
            inner_x_mm: MonotoneCurve::new(inner.chain([(sites.crotch_mm, 0.0)]).collect()),
            centre_y_mm: curve(&|section| section.extent_mm(1).iter().sum::<f64>() / 2.0),
            half_depth_mm: curve(&|section| section.depth_mm() / 2.0),
            half_breadth_mm: curve(&|section| section.breadth_mm() / 2.0),
        }
    }

    fn place(&self, v: Vec3) -> Place {
        // Nothing changes sides: skin within the inner side, as at the crotch, stays where it is.
        let inner = self.inner_x_mm.at(v.z).min(v.x.abs());
        let centre_mm = Vec3::new(0.0, self.centre_y_mm.at(v.z), v.z);
        let across = v.x / self.half_breadth_mm.at(v.z);
        let along = (v.y - centre_mm.y) / self.half_depth_mm.at(v.z);
        let square = across * across + along * along;
        // sin² of twice the angle around the section, as if it were round.
        let corner = (2.0 * across * along / square.max(f64::MIN_POSITIVE)).powi(2);
        let anchor_mm = Vec3::new(inner.copysign(v.x), self.anchor_y_mm.at(v.z), v.z);
        Place { anchor_mm, centre_mm, corner }
    }
}

/// Way along a chain of joints from the first to one of them, mm.
fn way_mm(chain: &[Vec3], joint: usize) -> f64 {
    chain[..=joint].windows(2).map(|pair| (pair[1] - pair[0]).norm()).sum()
}

/// Way of a vertex along the arm from the shoulder, and its offset from the bone, mm.
fn on_arm(figure: &Figure, arm: &ArmShare) -> (f64, Vec3) {
    let chain = arm_joints(arm.side).map(|joint| figure.joint_mm(joint));
    let (start, end) = (chain[arm.bone], chain[arm.bone + 1]);
    let direction = (end - start).normalized();
    let from_start = figure.vertices_mm[arm.vertex] - start;
    let along = from_start.dot(direction);
    let on_bone = along.clamp(0.0, (end - start).norm());
    (way_mm(&chain, arm.bone) + on_bone, from_start - direction * along)
}

/// The curve through factors at places, with no slope at both ends.
fn level_at_ends(places_mm: &[f64], factors: &[f64]) -> MonotoneCurve {
    let last = places_mm.len() - 1;
    // A point more beyond each end: the curve goes on level outside and may not arrive sloping.
    let before = (places_mm[0] - 1.0, factors[0]);
    let after = (places_mm[last] + 1.0, factors[last]);
    let inside = places_mm.iter().copied().zip(factors.iter().copied());
    MonotoneCurve::new(iter::once(before).chain(inside).chain([after]).collect())
}

/// Where the widths bring each point.
struct Field {
    breadth: MonotoneCurve,
    depth: MonotoneCurve,
    corners: MonotoneCurve,
    arm: MonotoneCurve,
    neck_factor: f64,
    head_factor: f64,
    neck_base_mm: Vec3,
    head_base_mm: Vec3,
    neck_shift_mm: Vec3,
    shoulders_mm: [Vec3; 2],
    shoulder_shifts_mm: [Vec3; 2],
    /// Sine and cosine of the angle by which the arms are raised.
    arm_raise: (f64, f64),
}

impl Field {
    fn new(widening: &Widening, widths: &Widths) -> Self {
        let levels = &widening.sites.heights_mm;
        let joint = |joint: Joint| widening.figure.joint_mm(joint);
        let mut field = Self {
            breadth: level_at_ends(levels, &widths.column.map(|c| c[0])),
            depth: level_at_ends(levels, &widths.column.map(|c| c[1])),
            corners: level_at_ends(levels, &widths.corners),
            arm: level_at_ends(&widening.arm_places_mm, &widths.arm),
            neck_factor: widths.neck,
            head_factor: widths.head,
            neck_base_mm: joint(Joint::NeckBase),
            head_base_mm: joint(Joint::HeadBase),
            neck_shift_mm: Vec3::ZERO,
            shoulders_mm: Side::BOTH.map(|side| joint(Joint::Shoulder(side))),
            shoulder_shifts_mm: [Vec3::ZERO; 2],
            arm_raise: widths.arm_raise_deg.to_radians().sin_cos(),
        };
        let shift = |point: Vec3| field.column(point, &widening.axes.place(point)) - point;
        (field.neck_shift_mm, field.shoulder_shifts_mm) =
            (shift(field.neck_base_mm), field.shoulders_mm.map(shift));
        field
    }

    /// Torso and legs widen about their anchors.
    fn column(&self, v: Vec3, place: &Place) -> Vec3 {
        let out = v + (v - place.centre_mm) * (self.corners.at(v.z) * place.corner);
        let off = out - place.anchor_mm;
        place.anchor_mm + Vec3::new(off.x * self.breadth.at(v.z), off.y * self.depth.at(v.z), 0.0)
    }

    /// The neck goes with its base and widens about its axis.
    fn neck(&self, v: Vec3) -> Vec3 {
        let rise = self.head_base_mm - self.neck_base_mm;
        let part = ((v.z - self.neck_base_mm.z) / rise.z).clamp(0.0, 1.0);
        let axis = self.neck_base_mm + rise * part;
        let off = Vec3::new(v.x - axis.x, v.y - axis.y, 0.0);
        v + self.neck_shift_mm + off * (self.neck_factor - 1.0)
    }

    /// The head goes with the neck and widens about the line up from its base.
    fn head(&self, v: Vec3) -> Vec3 {
        let off = Vec3::new(v.x - self.head_base_mm.x, v.y - self.head_base_mm.y, 0.0);
        v + self.neck_shift_mm + off * (self.head_factor - 1.0)
    }

    /// An arm goes with its shoulder and is raised about it, in the frontal plane.
    fn with_arm(&self, side: Side, v: Vec3) -> Vec3 {
        let shoulder = self.shoulders_mm[side as usize];
        let off = v - shoulder;
        let (sin, cos) = self.arm_raise;
        let up = sin.copysign(shoulder.x);
        let raised = Vec3::new(off.x * cos - off.z * up, off.y, off.x * up + off.z * cos);
        shoulder + raised + self.shoulder_shifts_mm[side as usize]
    }
}

#[cfg(test)]
mod tests;
