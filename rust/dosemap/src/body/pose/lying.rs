//! How a body rests: the trunk touches the pad; head and limbs turn to it about their joints.

use super::limbs::{arm, arm_joints, leg};
use super::rigid::Quaternion;
use super::skinning::{Rig, Turns, vertices_of};
use super::{Against, Pose, Stance};
use crate::body::refine::Parents;
use crate::body::skeleton::{Bone, Side};
use crate::body::template::template;
use crate::math::Vec3;

/// Plantar flexion of a relaxed foot of a person lying on the back, degrees from the right angle
/// of standing: assumed, the middle of what is seen.
const RELAXED_FOOT_DEG: f64 = 35.0;

/// Farthest plantar flexion, degrees: the instep lies on the pad under a prone leg. Ankle and
/// midfoot together; assumed.
const POINTED_FOOT_DEG: f64 = 75.0;

/// Farthest tilt of the head to the pad, degrees; a pillow holds it beyond. Half of how far young
/// adults bend the neck back, 70 degrees and more (Youdas et al., Phys. Ther. 72 (1992) 770): what
/// is comfortable, assumed.
const HEAD_TILT_DEG: f64 = 35.0;

/// Farthest tilt of a leg at the hip, degrees (extension of the hip ends near 15; assumed).
const LEG_TILT_DEG: f64 = 15.0;

/// Farthest lift of the shank at the knee, degrees: a prone leg over its toes. Assumed.
const SHANK_LIFT_DEG: f64 = 30.0;

/// How flat a pad presses the shoulder of a body that lies on its side, as a share of the upper
/// arm's length (20 mm on an adult); broader shoulders lift the trunk. Assumed.
const SHOULDER_PRESSED: f64 = 1.0 / 15.0;

/// The plane that the body rests on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pad {
    pub(super) down: Vec3,
    level_mm: f64,
    /// Does gravity hold head and limbs to it?
    pub(super) holds: bool,
}

impl Pad {
    /// The pad that the trunk, and in a side position the lower shoulder, touches.
    pub(super) fn under(rig: &Rig, turns: &Turns, pose: &Pose) -> Self {
        let down = match pose.against {
            Against::Back => Vec3::new(0.0, 1.0, 0.0),
            Against::Front => Vec3::new(0.0, -1.0, 0.0),
            Against::LeftSide => Vec3::new(1.0, 0.0, 0.0),
            Against::RightSide => Vec3::new(-1.0, 0.0, 0.0),
        };
        let pad = Self { down, level_mm: 0.0, holds: pose.stance == Stance::Lying };
        let level_mm = pad.deepest_mm(rig, turns, &vertices_of(&[Bone::Trunk], LARGER_SHARE));
        let level_mm = pad.lower_side().map_or(level_mm, |side| {
            let shoulder = vertices_of(&[Bone::Clavicle(side), arm(side)[0]], LARGER_SHARE);
            let [root, elbow, _] = arm_joints(side).map(|joint| rig.joint(joint));
            let pressed_mm = SHOULDER_PRESSED * (elbow - root).norm();
            level_mm.max(pad.deepest_mm(rig, turns, &shoulder) - pressed_mm)
        });
        Self { level_mm, ..pad }
    }

    /// The side that a body rests on, when it rests on a side.
    pub(super) fn lower_side(&self) -> Option<Side> {
        (self.down.x != 0.0).then_some(if self.down.x > 0.0 { Side::Left } else { Side::Right })
    }

    /// How far the deepest of some vertices is below the pad; negative where all are above.
    pub(super) fn deepest_mm(&self, rig: &Rig, turns: &Turns, skin: &[usize]) -> f64 {
        let motions = rig.motions(turns);
        let depth = |&vertex: &usize| rig.moved(vertex, &motions).dot(self.down) - self.level_mm;
        skin.iter().map(depth).fold(f64::NEG_INFINITY, f64::max)
    }

    /// A point, or where it would go through the pad, the place on the pad above it.
    pub(super) fn above(&self, point: Vec3) -> Vec3 {
        point - self.down * (point.dot(self.down) - self.level_mm).max(0.0)
    }

    /// The same plane, where nothing holds a limb to it.
    pub(super) fn free(&self) -> Self {
        Self { holds: false, ..*self }
    }

    /// Turn from a direction towards the pad, about the horizontal axis across the direction.
    fn tilt(&self, direction: Vec3, degrees: f64) -> Quaternion {
        Quaternion::turn(direction.cross(self.down).normalized(), degrees)
    }
}

/// A vertex belongs to the bones that it hangs on by this share.
pub(super) const LARGER_SHARE: f64 = 0.5;

/// A part of the body that is tilted to the pad.
pub(super) struct Limb<'a> {
    /// The bones that turn, and the share of the tilt that each takes.
    pub(super) bones: &'a [(Bone, f64)],
    /// The skin that touches.
    pub(super) skin: &'a [usize],
    /// From the joint along the limb.
    pub(super) direction: Vec3,
    /// Farthest tilts away from the pad and towards it, degrees.
    pub(super) limits_deg: (f64, f64),
}

/// Skin that hangs on two bones may move a little faster than its distance from the joint says.
const MARGIN: f64 = 1.25;

impl Limb<'_> {
    /// Tilt by the least angle with which the skin touches the pad, or as near as the limits let.
    /// Where nothing holds it to the pad, it is only tilted out of it.
    pub(super) fn lay(&self, rig: &Rig, turns: &mut Turns, pad: &Pad) {
        let tilted = |degrees: f64| {
            let mut turns = turns.clone();
            for &(bone, share) in self.bones {
                turns.turn(&[bone], pad.tilt(self.direction, degrees * share));
            }
            turns
        };
        let deepest = |degrees: f64| pad.deepest_mm(rig, &tilted(degrees), self.skin);
        let at_rest_mm = deepest(0.0);
        let limit = match (at_rest_mm > 0.0, pad.holds) {
            (true, _) => self.limits_deg.0,
            (false, true) => self.limits_deg.1,
            (false, false) => 0.0,
        };
        let most_mm_per_deg = MARGIN * rig.reach_mm(self.bones[0].0, self.skin).to_radians();
        *turns = tilted(first_touch(limit, at_rest_mm, most_mm_per_deg, deepest));
    }
}

/// The angle on the way from 0 to a limit at which a depth, which is not zero at 0, changes its
/// sign, to 0.01 degrees: the one of the two sides at which nothing is below the pad; the limit
/// when it does not change. Angles that it cannot yet have changed at, as it changes by at most so
/// much per degree, are passed over.
fn first_touch(
    limit: f64,
    at_rest_mm: f64,
    most_mm_per_deg: f64,
    depth_mm: impl Fn(f64) -> f64,
) -> f64 {
    let through = at_rest_mm > 0.0;
    let steps = limit.abs().ceil().max(1.0);
    let at = |step: f64| limit * step / steps;
    let (mut step, mut last_mm) = (0.0, at_rest_mm);
    while (last_mm > 0.0) == through {
        if step >= steps {
            return limit;
        }
        let cannot_deg = last_mm.abs() / most_mm_per_deg;
        step = (step + 1.0).max((step + cannot_deg * steps / limit.abs()).floor()).min(steps);
        last_mm = depth_mm(at(step));
    }
    let (mut before, mut behind) = (at(step - 1.0), at(step));
    while (behind - before).abs() > 0.01 {
        let middle = (before + behind) / 2.0;
        if (depth_mm(middle) > 0.0) == through { before = middle } else { behind = middle }
    }
    if through { behind } else { before }
}

pub(super) fn lay_head(rig: &Rig, turns: &mut Turns, pad: &Pad) {
    Limb {
        bones: &[(Bone::Neck, 1.0), (Bone::Head, 0.4)],
        skin: &vertices_of(&[Bone::Neck, Bone::Head], LARGER_SHARE),
        direction: Vec3::new(0.0, 0.0, 1.0),
        limits_deg: (-HEAD_TILT_DEG, HEAD_TILT_DEG),
    }
    .lay(rig, turns, pad);
}

pub(super) fn lay_legs(rig: &Rig, turns: &mut Turns, pad: &Pad) {
    for side in Side::BOTH {
        if pad.holds {
            point_foot(turns, side, RELAXED_FOOT_DEG);
        }
        if pad.lower_side().is_none_or(|lower| lower == side) {
            lay_leg(rig, turns, pad, side);
        }
    }
}

fn lay_leg(rig: &Rig, turns: &mut Turns, pad: &Pad, side: Side) {
    let [thigh, shank, foot] = leg(side);
    let direction = Vec3::new(0.0, 0.0, -1.0);
    let prone = pad.down.y < 0.0;
    let mut skin = vertices_of(&[thigh, shank], 0.9);
    if !(pad.holds && prone) {
        skin.extend(vertices_of(&[foot], LARGER_SHARE));
    }
    Limb {
        bones: &[(thigh, 1.0), (shank, 1.0), (foot, 1.0)],
        skin: &skin,
        direction,
        limits_deg: (-LEG_TILT_DEG, LEG_TILT_DEG),
    }
    .lay(rig, turns, pad);
    if pad.holds && prone {
        let skin = vertices_of(&[foot], LARGER_SHARE);
        let further = RELAXED_FOOT_DEG - POINTED_FOOT_DEG;
        let free = pad.free();
        Limb { bones: &[(foot, 1.0)], skin: &skin, direction, limits_deg: (further, 0.0) }
            .lay(rig, turns, &free);
        let bones = [(shank, 1.0), (foot, 1.0)];
        Limb { bones: &bones, skin: &skin, direction, limits_deg: (-SHANK_LIFT_DEG, 0.0) }
            .lay(rig, turns, &free);
    }
}

/// Plantar flexion: the toes go from the front (-y) to the feet (-z), right-handed about +x.
fn point_foot(turns: &mut Turns, side: Side, degrees: f64) {
    turns.turn(&leg(side)[2..], Quaternion::turn(Vec3::new(1.0, 0.0, 0.0), degrees));
}

/// Fine vertices that lie among base vertices which hang on some bones by more than half: the
/// trunk (what touches the pad), the head, the feet.
#[must_use]
pub fn skin_of(bones: &[Bone], parents: &[Parents]) -> Vec<u32> {
    let mut hangs = vec![false; template().bones.len()];
    for vertex in vertices_of(bones, LARGER_SHARE) {
        hangs[vertex] = true;
    }
    let within = |parents: &Parents| parents.base.iter().all(|&vertex| hangs[vertex as usize]);
    (0_u32..).zip(parents).filter(|(_, parents)| within(parents)).map(|(fine, _)| fine).collect()
}
