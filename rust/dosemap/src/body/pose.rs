//! The positions of arms, head and legs, and the body in them.
//!
//! Angles are chosen for each figure, by search in a fixed order: the smallest at which limbs keep
//! clear of the trunk and of each other and nothing goes through the pad. The skin of the trunk
//! does not move at all, so doses on it compare between poses.

mod arms;
mod clearance;
mod crossed;
mod legs;
mod limbs;
mod lying;
mod obstacle;
mod rigid;
mod skinning;
mod unfold;
mod volume;

pub use crate::spaces::{Against, Stance};
pub use lying::skin_of;

use super::skeleton::{Bone, Joint};
use crate::error::DoseError;
use crate::math::Vec3;
use lying::Pad;
use rigid::Quaternion;
use skinning::{Rig, Turns};

/// Where the arms are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arms {
    /// At the sides.
    Down,
    /// On arm boards beside the body.
    Board,
    /// Forearms crossed on the chest.
    Crossed,
    /// Beside and above the head.
    Up,
    /// The left above the head, the right at the side.
    LeftUp,
    /// The right above the head, the left at the side.
    RightUp,
}

/// All that positions a body.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Where the arms are.
    pub arms: Arms,
    /// Turn of the head to the patient's left, degrees.
    pub head_turned_deg: f64,
    /// How the body is held.
    pub stance: Stance,
    /// The side that is against the pad.
    pub against: Against,
}

/// Farthest turn of the head, degrees: the mean range of young adults is 80 (Youdas et al., Phys.
/// Ther. 72 (1992) 770).
const HEAD_TURN_DEG: f64 = 80.0;

/// Share of a turn of the head that the neck takes.
const NECK_SHARE: f64 = 0.5;

/// The pad presses flat again a part of what is given back: two passes leave little of the error.
const VOLUME_PASSES: u32 = 2;

/// The skin of a figure in a pose, mm: one point per vertex of the template.
///
/// # Errors
/// When the head is turned farther than heads are, or the arms are to be crossed on a chest that
/// is against the pad.
pub fn posed_mm(
    vertices_mm: &[Vec3],
    joints_mm: &[Vec3; Joint::COUNT],
    pose: &Pose,
) -> Result<Vec<Vec3>, DoseError> {
    let limits = (-HEAD_TURN_DEG, HEAD_TURN_DEG);
    DoseError::check_range("head_turned_deg", pose.head_turned_deg, limits, "degrees")?;
    if pose.arms == Arms::Crossed && pose.against == Against::Front {
        let message = "arms cannot be crossed on a chest that is against the pad";
        return Err(DoseError::Mismatch(message.into()));
    }
    let rig = Rig { vertices_mm, joints_mm };
    let mut turns = Turns::NONE;
    turn_head(&mut turns, pose.head_turned_deg);
    legs::place(&rig, &mut turns, pose.stance);
    arms::bring_lower_arm_forward(&rig, &mut turns, pose);
    let pad = Pad::under(&rig, &turns, pose);
    lying::lay_head(&rig, &mut turns, &pad);
    // Whoever sits facing the table has the legs under it.
    let sits = pose.stance == Stance::Sitting;
    if !sits {
        lying::lay_legs(&rig, &mut turns, &pad);
    }
    arms::place(&rig, &mut turns, pose, &pad);
    let pressed = |skin: Vec<Vec3>| -> Vec<Vec3> {
        if sits { skin } else { skin.into_iter().map(|point| pad.above(point)).collect() }
    };
    let mut skin = pressed(unfold::unfold(rig.skin(&turns)));
    for _ in 0..VOLUME_PASSES {
        skin = pressed(volume::with_volume(skin, volume::volume_mm3(vertices_mm)));
    }
    Ok(pressed(unfold::unfold(skin)))
}

fn turn_head(turns: &mut Turns, degrees: f64) {
    // From the front (-y) to the left (+x) is right-handed about +z.
    let axis = Vec3::new(0.0, 0.0, 1.0);
    turns.turn(&[Bone::Neck], Quaternion::turn(axis, degrees * NECK_SHARE));
    turns.turn(&[Bone::Head], Quaternion::turn(axis, degrees));
}

#[cfg(test)]
mod tests;
