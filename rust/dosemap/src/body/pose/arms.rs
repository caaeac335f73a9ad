//! Arms: each in the first of a row of positions that is clear of the rest of the body.
//!
//! Directions are given for the left arm; those of the right are mirrored.

use super::clearance::Clearance;
use super::crossed;
use super::limbs::{arm, arm_joints, sign};
use super::lying::{LARGER_SHARE, Limb, Pad};
use super::rigid::Quaternion;
use super::skinning::{Rig, Turns, vertices_of};
use super::{Against, Arms, Pose, Stance};
use crate::body::skeleton::{Bone, Side};
use crate::math::Vec3;

/// Arms at the side hang or lie as close as they can: smallest and largest angle from the body's
/// axis, degrees.
const DOWN_DEG: (f64, f64) = (4.0, 60.0);

/// An arm on a board is led away from the body: at most to the right angle beyond which the
/// brachial plexus is stretched (ASA practice advisory, Anesthesiology 128 (2018) 11); 60 degrees
/// is assumed.
const BOARD_DEG: (f64, f64) = (60.0, 85.0);

/// Upper arms beside the head: angle from the body's axis, degrees.
const UP_DEG: (f64, f64) = (15.0, 75.0);

/// Elbows are bent so that raised hands come together over the head, degrees.
const RAISED_ELBOW_DEG: f64 = 20.0;

/// An arm in front of a body that lies on its side points a little to the feet, degrees.
const FORWARD_DEG: (f64, f64) = (15.0, 45.0);

const STEP_DEG: f64 = 2.0;

/// Farthest tilt of an arm to the pad, degrees.
const TILT_DEG: f64 = 35.0;

/// The collar bone follows a rising arm: 30 degrees of 180 (Inman, Saunders and Abbott, J. Bone
/// Joint Surg. 26 (1944) 1; the shoulder blade turns by another 30 on it, under the skin).
const CLAVICLE_SHARE: f64 = 30.0 / 180.0;

/// A lower shoulder is led forward from under a body that lies on its side, degrees. Assumed.
const SHOULDER_FORWARD_DEG: f64 = 20.0;

/// An arm that runs into the body is recognised down to this depth, mm: more than the distance
/// between vertices.
const DEPTH_MM: f64 = 25.0;

/// A forearm led across may lie in the chest as a whole: it does not fit in deeper.
const CHEST_DEPTH_MM: f64 = 60.0;

/// Where one arm is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Down,
    Board,
    Up,
    Crossed,
    /// On the pad in front of a body that lies on that side.
    Forward,
}

/// Directions of a left arm, unit vectors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directions {
    pub(super) upper: Vec3,
    pub(super) forearm: Vec3,
}

impl Reach {
    fn of(side: Side, pose: &Pose) -> Self {
        let up = match pose.arms {
            Arms::Up => true,
            Arms::LeftUp => side == Side::Left,
            Arms::RightUp => side == Side::Right,
            Arms::Down | Arms::Board | Arms::Crossed => false,
        };
        if up {
            Self::Up
        } else if pose.arms == Arms::Crossed {
            Self::Crossed
        } else if lower_side(pose) == Some(side) {
            Self::Forward
        } else if pose.arms == Arms::Board {
            Self::Board
        } else {
            Self::Down
        }
    }

    /// Positions in the order in which they are tried.
    fn directions(self) -> Vec<Directions> {
        match self {
            Self::Down => {
                steps(DOWN_DEG).map(|degrees| straight(coronal(180.0 - degrees))).collect()
            }
            Self::Board => {
                steps(BOARD_DEG).map(|degrees| straight(coronal(180.0 - degrees))).collect()
            }
            Self::Up => steps(UP_DEG).map(raised).collect(),
            Self::Forward => steps(FORWARD_DEG).map(forward).collect(),
            Self::Crossed => crossed::directions(),
        }
    }
}

/// Angles from the first to the last.
fn steps((first, last): (f64, f64)) -> impl Iterator<Item = f64> {
    let count = ((last - first) / STEP_DEG) as u32;
    (0..=count).map(move |step| first + STEP_DEG * f64::from(step))
}

/// Between head (0) and side (90 degrees).
fn coronal(degrees: f64) -> Vec3 {
    let (sin, cos) = degrees.to_radians().sin_cos();
    Vec3::new(sin, 0.0, cos)
}

fn straight(direction: Vec3) -> Directions {
    Directions { upper: direction, forearm: direction }
}

fn raised(degrees: f64) -> Directions {
    Directions { upper: coronal(degrees), forearm: coronal(degrees - RAISED_ELBOW_DEG) }
}

/// To the front and down to the feet by an angle.
fn forward(degrees: f64) -> Directions {
    let (sin, cos) = degrees.to_radians().sin_cos();
    straight(Vec3::new(0.0, -cos, -sin))
}

/// The side that a lying body rests on.
fn lower_side(pose: &Pose) -> Option<Side> {
    match (pose.stance, pose.against) {
        (Stance::Lying, Against::LeftSide) => Some(Side::Left),
        (Stance::Lying, Against::RightSide) => Some(Side::Right),
        _ => None,
    }
}

/// The arm that would lie under the body, with its shoulder, comes to the front.
pub(super) fn bring_lower_arm_forward(rig: &Rig, turns: &mut Turns, pose: &Pose) {
    if let Some(side) = lower_side(pose) {
        let axis = Vec3::new(0.0, 0.0, -sign(side));
        turns.turn(&[Bone::Clavicle(side)], Quaternion::turn(axis, SHOULDER_FORWARD_DEG));
        point(rig, turns, side, &forward(FORWARD_DEG.0));
    }
}

pub(super) fn place(rig: &Rig, turns: &mut Turns, pose: &Pose, pad: &Pad) {
    for side in [Side::Right, Side::Left] {
        let reach = Reach::of(side, pose);
        let crossed = reach == Reach::Crossed;
        // The left forearm crosses over the right one; else arms stay on their sides.
        let besides =
            if crossed && side == Side::Left { &[][..] } else { &arm(side.opposite())[..] };
        let depth_mm = if crossed { CHEST_DEPTH_MM } else { DEPTH_MM };
        let clearance =
            Clearance::new(rig, turns, (arm(side), arm_joints(side)), besides, depth_mm);
        let own_side = (!crossed).then_some(side);
        let skin = vertices_of(&arm(side)[1..], LARGER_SHARE);
        let start = turns.clone();
        let poses = reach.directions().into_iter().map(|directions| {
            let mut turns = start.clone();
            point(rig, &mut turns, side, &directions);
            if !crossed {
                lay(rig, &mut turns, side, &skin, pad);
            }
            turns
        });
        if let Some(clearest) = clearance.clearest(rig, poses, own_side) {
            *turns = clearest;
        }
    }
}

/// Turn the bones of an arm into directions.
fn point(rig: &Rig, turns: &mut Turns, side: Side, directions: &Directions) {
    let mirrored = |v: Vec3| Vec3::new(v.x * sign(side), v.y, v.z);
    let [shoulder, elbow, wrist] = arm_joints(side).map(|joint| rig.joint(joint));
    let [upper_arm, lower_arm, hand] = arm(side);
    let resting = elbow - shoulder;
    let raised = elevation_deg(directions.upper) - elevation_deg(mirrored(resting));
    // From the side (+x on the left) to the head (+z).
    let axis = Vec3::new(0.0, -sign(side), 0.0);
    turns.turn(&[Bone::Clavicle(side)], Quaternion::turn(axis, raised.max(0.0) * CLAVICLE_SHARE));
    let upper = Quaternion::between(resting, mirrored(directions.upper));
    turns.set(upper_arm, upper);
    let resting = upper.rotate(wrist - elbow);
    let forearm = Quaternion::between(resting, mirrored(directions.forearm)) * upper;
    turns.set(lower_arm, forearm);
    turns.set(hand, forearm);
}

/// Angle of an upper arm from hanging, degrees.
fn elevation_deg(direction: Vec3) -> f64 {
    (-direction.z / direction.norm()).clamp(-1.0, 1.0).acos().to_degrees()
}

/// Tilt an arm to the pad, or out of it.
fn lay(rig: &Rig, turns: &mut Turns, side: Side, skin: &[usize], pad: &Pad) {
    let [upper, forearm, hand] = arm(side);
    let motions = rig.motions(turns);
    let [from, _, to] = arm_joints(side);
    let direction = motions[forearm.index()].apply(rig.joint(to))
        - motions[upper.index()].apply(rig.joint(from));
    let upper_side = pad.lower_side().is_some_and(|lower| lower != side);
    Limb {
        bones: &[(upper, 1.0), (forearm, 1.0), (hand, 1.0)],
        skin,
        direction: direction.normalized(),
        limits_deg: (-TILT_DEG, TILT_DEG),
    }
    .lay(rig, turns, &if upper_side { pad.free() } else { *pad });
}
