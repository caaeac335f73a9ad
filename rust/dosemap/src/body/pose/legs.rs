//! Legs: straight and apart, or bent to sit.

use super::Stance;
use super::clearance::Clearance;
use super::limbs::{leg, leg_joints, sign};
use super::rigid::Quaternion;
use super::skinning::{Rig, Turns};
use crate::body::skeleton::Side;
use crate::math::Vec3;

/// Straight legs lie apart until the thighs are free of each other: angle between the line from hip
/// to ankle and the middle plane, degrees.
const SPREAD_DEG: [f64; 8] = [2.0, 3.0, 4.0, 5.0, 7.0, 9.0, 12.0, 15.0];

/// Hips of somebody who sits at a right angle are bent by 65 degrees: the pelvis turns back by the
/// rest (Keegan, J. Bone Joint Surg. 35-A (1953) 589), which a trunk that keeps its shape does not
/// show. Less under a belly that is in the way; assumed.
const HIP_FLEXION_DEG: [f64; 2] = [65.0, 60.0];

/// Knees of somebody who sits are apart by as much as the belly asks for, degrees a side.
const KNEES_APART_DEG: [f64; 3] = [12.0, 20.0, 28.0];

/// A thigh inside the trunk is recognised down to this depth, mm: more than the distance between
/// vertices.
const DEPTH_MM: f64 = 25.0;

pub(super) fn place(rig: &Rig, turns: &mut Turns, stance: Stance) {
    let candidates: Vec<Turns> = if stance == Stance::Sitting {
        let ways =
            HIP_FLEXION_DEG.iter().flat_map(|&hip| KNEES_APART_DEG.map(|apart| (hip, apart)));
        ways.map(|(hip, apart)| sitting(turns, hip, apart)).collect()
    } else {
        SPREAD_DEG.iter().map(|&apart| straight(rig, turns, apart)).collect()
    };
    // Both legs move alike: one is tried, against the rest and against the middle plane.
    let side = Side::Left;
    let limb = (leg(side), leg_joints(side));
    let clearance = Clearance::new(rig, turns, limb, &leg(Side::Right), DEPTH_MM);
    if let Some(clearest) = clearance.clearest(rig, candidates.into_iter(), Some(side)) {
        *turns = clearest;
    }
}

fn straight(rig: &Rig, turns: &Turns, apart_deg: f64) -> Turns {
    let mut turns = turns.clone();
    for side in Side::BOTH {
        let [hip, _, ankle] = leg_joints(side).map(|joint| rig.joint(joint));
        let resting_deg = ((ankle.x - hip.x) * sign(side)).atan2(hip.z - ankle.z).to_degrees();
        turns.turn(&leg(side), outwards(side, apart_deg - resting_deg));
    }
    turns
}

fn sitting(turns: &Turns, hip_flexion_deg: f64, apart_deg: f64) -> Turns {
    let mut turns = turns.clone();
    for side in Side::BOTH {
        // Flexion brings the knee from the feet end (-z) to the front (-y): left-handed about +x.
        let flexion = Quaternion::turn(Vec3::new(-1.0, 0.0, 0.0), hip_flexion_deg);
        let apart = Quaternion::turn(Vec3::new(0.0, 0.0, 1.0), apart_deg * sign(side));
        turns.turn(&leg(side)[..1], apart * flexion);
    }
    turns
}

/// From the feet end (-z) to the side.
fn outwards(side: Side, degrees: f64) -> Quaternion {
    Quaternion::turn(Vec3::new(0.0, -1.0, 0.0), degrees * sign(side))
}
