//! Turns of the bones carried over to the skin.

use std::sync::LazyLock;

use super::limbs::{arm, arm_joints, leg, leg_joints};
use super::rigid::{Motion, Quaternion};
use crate::body::skeleton::{Bone, Joint, Side};
use crate::body::template::template;
use crate::math::Vec3;

/// Skin that hangs on the trunk by this share does not follow the limbs at all.
const TRUNK_ALONE: f64 = 0.93;

/// The template's shares, smooth over the whole trunk, drawn in to the limbs: a raised arm must not
/// pull at the middle of the back.
static SHARES: LazyLock<Vec<[(Bone, f64); 4]>> = LazyLock::new(|| {
    let drawn_in = |bones: &[(Bone, f64); 4]| {
        let on_trunk: f64 =
            bones.iter().filter(|(bone, _)| *bone == Bone::Trunk).map(|&(_, share)| share).sum();
        let drawn = (on_trunk / TRUNK_ALONE).min(1.0);
        bones.map(|(bone, share)| match bone {
            Bone::Trunk if drawn == 1.0 => (bone, share / on_trunk),
            Bone::Trunk => (bone, share / TRUNK_ALONE),
            _ if drawn == 1.0 => (bone, 0.0),
            _ => (bone, share * (1.0 - drawn) / (1.0 - on_trunk)),
        })
    };
    template().bones.iter().map(drawn_in).collect()
});

/// The bones that each vertex hangs on, one bit for each.
static BONES: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let bits = |shares: &[(Bone, f64); 4]| {
        bits_of(shares.iter().filter(|(_, share)| *share > 0.0).map(|&(bone, _)| bone))
    };
    SHARES.iter().map(bits).collect()
});

fn bits_of(bones: impl Iterator<Item = Bone>) -> u32 {
    bones.fold(0, |bits, bone| bits | 1 << bone.index())
}

/// How far each bone is turned from its place in the A-pose, in patient axes.
#[derive(Debug, Clone)]
pub(super) struct Turns([Quaternion; Bone::COUNT]);

impl Turns {
    pub(super) const NONE: Self = Self([Quaternion::IDENTITY; Bone::COUNT]);

    pub(super) fn of(&self, bone: Bone) -> Quaternion {
        self.0[bone.index()]
    }

    pub(super) fn set(&mut self, bone: Bone, turn: Quaternion) {
        self.0[bone.index()] = turn;
    }

    /// Turn bones by a further turn, applied last.
    pub(super) fn turn(&mut self, bones: &[Bone], turn: Quaternion) {
        for &bone in bones {
            self.set(bone, turn * self.of(bone));
        }
    }
}

/// Each bone, the one that carries it, and the joint that ties it there; carriers come first.
static CHAIN: LazyLock<Vec<(Bone, Bone, Joint)>> = LazyLock::new(|| {
    let mut chain =
        vec![(Bone::Neck, Bone::Trunk, Joint::NeckBase), (Bone::Head, Bone::Neck, Joint::HeadBase)];
    for side in Side::BOTH {
        chain.push((Bone::Clavicle(side), Bone::Trunk, Joint::Sternoclavicular(side)));
        let limbs = [
            (Bone::Clavicle(side), arm(side), arm_joints(side)),
            (Bone::Trunk, leg(side), leg_joints(side)),
        ];
        for (mut carrier, bones, joints) in limbs {
            for (bone, joint) in bones.into_iter().zip(joints) {
                chain.push((bone, carrier, joint));
                carrier = bone;
            }
        }
    }
    chain
});

/// A figure that bends at its joints.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rig<'a> {
    pub(super) vertices_mm: &'a [Vec3],
    pub(super) joints_mm: &'a [Vec3; Joint::COUNT],
}

impl Rig<'_> {
    pub(super) fn joint(&self, joint: Joint) -> Vec3 {
        self.joints_mm[joint.index()]
    }

    /// Farthest that some skin is from the joint that a bone turns about.
    pub(super) fn reach_mm(&self, bone: Bone, skin: &[usize]) -> f64 {
        let roots = CHAIN.iter().filter(|link| link.0 == bone);
        let pivots = roots.map(|&(_, _, joint)| self.joint(joint));
        let distances = |pivot| skin.iter().map(move |&v| (self.vertices_mm[v] - pivot).norm());
        pivots.flat_map(distances).fold(0.0, f64::max)
    }

    /// The motion of each bone; every bone turns about the joint that ties it to the one before.
    pub(super) fn motions(&self, turns: &Turns) -> [Motion; Bone::COUNT] {
        let mut motions = [Motion::IDENTITY; Bone::COUNT];
        for &(bone, parent, joint) in CHAIN.iter() {
            let pivot = self.joint(joint);
            let carried = motions[parent.index()].apply(pivot);
            motions[bone.index()] = Motion::new(turns.of(bone), pivot, carried);
        }
        motions
    }

    /// Where a vertex comes to lie.
    pub(super) fn moved(&self, vertex: usize, motions: &[Motion; Bone::COUNT]) -> Vec3 {
        let place = self.vertices_mm[vertex];
        let shares = SHARES[vertex].into_iter().filter(|&(_, share)| share > 0.0);
        // To the last digit: doses on the trunk compare between poses.
        if on_trunk_alone(vertex) {
            place
        } else if at_shoulder(vertex) {
            // In the armpit the skin stretches straight from arm to chest.
            shares.fold(Vec3::ZERO, |sum, (bone, share)| {
                sum + motions[bone.index()].apply(place) * share
            })
        } else {
            Motion::blend(shares.map(|(bone, share)| (motions[bone.index()], share))).apply(place)
        }
    }

    pub(super) fn skin(&self, turns: &Turns) -> Vec<Vec3> {
        let motions = self.motions(turns);
        (0..self.vertices_mm.len()).map(|vertex| self.moved(vertex, &motions)).collect()
    }
}

/// How much of a vertex hangs on some bones, 0 to 1.
pub(super) fn share(vertex: usize, bones: &[Bone]) -> f64 {
    let entries = SHARES[vertex].iter();
    let wanted = bits_of(bones.iter().copied());
    entries.filter(|(bone, _)| wanted & 1 << bone.index() != 0).map(|&(_, share)| share).sum()
}

/// Does a vertex hang on any of some bones?
pub(super) fn hangs_on(vertex: usize, bones: &[Bone]) -> bool {
    BONES[vertex] & bits_of(bones.iter().copied()) != 0
}

/// Does the skin stay where it is in all poses?
pub(super) fn on_trunk_alone(vertex: usize) -> bool {
    BONES[vertex] == 1 << Bone::Trunk.index()
}

/// Vertices that hang on some bones by at least a share.
pub(super) fn vertices_of(bones: &[Bone], least: f64) -> Vec<usize> {
    (0..SHARES.len()).filter(|&vertex| share(vertex, bones) >= least).collect()
}

fn at_shoulder(vertex: usize) -> bool {
    let (mut inner, mut outer) = (false, false);
    for (bone, share) in SHARES[vertex] {
        inner |= share > 0.0 && matches!(bone, Bone::Trunk | Bone::Clavicle(_));
        outer |= share > 0.0 && matches!(bone, Bone::Clavicle(_) | Bone::UpperArm(_));
    }
    inner && outer
}
