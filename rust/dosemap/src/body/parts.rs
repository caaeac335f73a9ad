//! The template's surface by the parts that are measured and widened apart.

use std::sync::LazyLock;

use super::skeleton::{Bone, Side};
use super::template::template;

/// Triangles of the parts, and how much of every vertex belongs to which.
#[derive(Debug)]
pub struct Parts {
    /// Torso, legs and neck: everything but arms and head.
    pub column: Vec<[u32; 3]>,
    /// The left leg.
    pub left_leg: Vec<[u32; 3]>,
    /// The left arm.
    pub left_arm: Vec<[u32; 3]>,
    /// The neck with the lower edge of the head and the upper edge of the torso.
    pub neck: Vec<[u32; 3]>,
    /// The head.
    pub head: Vec<[u32; 3]>,
    /// Share of torso and legs, of the neck and of the head in every vertex.
    pub shares: Vec<Shares>,
    /// Vertices of the arms.
    pub arms: Vec<ArmShare>,
}

/// Shares of a vertex; what is missing to 1 belongs to an arm.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shares {
    /// Torso and legs.
    pub column: f64,
    /// Neck.
    pub neck: f64,
    /// Head.
    pub head: f64,
}

/// The share of a vertex that belongs to one bone of an arm.
#[derive(Debug, Clone, Copy)]
pub struct ArmShare {
    /// Index of the vertex.
    pub vertex: usize,
    /// Side of the arm.
    pub side: Side,
    /// Upper arm, forearm or hand: 0, 1, 2.
    pub bone: usize,
    /// The share, up to 1.
    pub share: f64,
}

/// The bone of an arm that a bone is, if it is one.
const fn arm_bone(bone: Bone) -> Option<(Side, usize)> {
    match bone {
        Bone::UpperArm(side) => Some((side, 0)),
        Bone::Forearm(side) => Some((side, 1)),
        Bone::Hand(side) => Some((side, 2)),
        _ => None,
    }
}

/// The parts of the template.
pub fn parts() -> &'static Parts {
    static PARTS: LazyLock<Parts> = LazyLock::new(Parts::of_template);
    &PARTS
}

impl Parts {
    fn of_template() -> Self {
        let bones = &template().bones;
        let mut shares = vec![Shares::default(); bones.len()];
        let mut arms = Vec::new();
        for (vertex, weights) in bones.iter().enumerate() {
            // The file rounds shares to 16 bits.
            let sum: f64 = weights.iter().map(|(_, share)| share).sum();
            for (bone, share) in weights.map(|(bone, share)| (bone, share / sum)) {
                match (bone, arm_bone(bone)) {
                    (_, Some(_)) if share == 0.0 => {}
                    (_, Some((side, bone))) => {
                        arms.push(ArmShare { vertex, side, bone, share });
                    }
                    (Bone::Neck, _) => shares[vertex].neck += share,
                    (Bone::Head, _) => shares[vertex].head += share,
                    _ => shares[vertex].column += share,
                }
            }
        }
        let total = |vertex: u32, wanted: fn(Bone) -> bool| -> f64 {
            let weights = bones[vertex as usize].iter();
            weights.filter(|(bone, _)| wanted(*bone)).map(|(_, share)| share).sum()
        };
        // A triangle belongs to a part when all of its corners do.
        let all_with = |wanted: &dyn Fn(u32) -> bool| -> Vec<[u32; 3]> {
            let all = template().triangles.iter().copied();
            all.filter(|corners| corners.iter().all(|&v| wanted(v))).collect()
        };
        let triangles = |wanted: fn(Bone) -> bool| all_with(&|v| total(v, wanted) > 0.5);
        Self {
            column: triangles(|bone| arm_bone(bone).is_none() && bone != Bone::Head),
            left_leg: triangles(|bone| {
                matches!(
                    bone,
                    Bone::Thigh(Side::Left) | Bone::Shank(Side::Left) | Bone::Foot(Side::Left)
                )
            }),
            left_arm: triangles(|bone| matches!(arm_bone(bone), Some((Side::Left, _)))),
            neck: all_with(&|v| total(v, |bone| bone == Bone::Neck) > 0.05),
            head: triangles(|bone| bone == Bone::Head),
            shares,
            arms,
        }
    }
}
