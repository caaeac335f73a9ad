//! The bones and joints of arms and legs, from the trunk outwards.

use crate::body::skeleton::{Bone, Joint, Side};

/// Sign of x on a side.
pub(super) fn sign(side: Side) -> f64 {
    match side {
        Side::Left => 1.0,
        Side::Right => -1.0,
    }
}

pub(super) fn arm(side: Side) -> [Bone; 3] {
    [Bone::UpperArm(side), Bone::Forearm(side), Bone::Hand(side)]
}

pub(super) fn leg(side: Side) -> [Bone; 3] {
    [Bone::Thigh(side), Bone::Shank(side), Bone::Foot(side)]
}

/// The joint at the root of each bone of [`arm`].
pub(super) fn arm_joints(side: Side) -> [Joint; 3] {
    [Joint::Shoulder(side), Joint::Elbow(side), Joint::Wrist(side)]
}

/// The joint at the root of each bone of [`leg`].
pub(super) fn leg_joints(side: Side) -> [Joint; 3] {
    [Joint::Hip(side), Joint::Knee(side), Joint::Ankle(side)]
}
