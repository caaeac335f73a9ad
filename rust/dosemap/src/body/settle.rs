//! The back of someone who lies: what arches off the pad when standing comes down to it.
//!
//! The template stands, with the hollow back of a standing person. Lying, the spine gives way to
//! gravity until the trunk rests along its length; the sections keep their thickness. So every
//! level is moved towards the pad as a whole: a shear along the depth, which changes no volume.

use super::shape::Figure;
use super::sites::arm_joints;
use super::skeleton::{Bone, Joint, Side};
use super::template::template;
use crate::math::Vec3;
use crate::spaces::{Against, PatientPosition, Stance};

/// What stays of the gap under a level, mm: a hand slides under the loin of someone supine, and
/// buttocks and shoulder blades give way by about as much. Assumed.
const HOLLOW_MM: f64 = 5.0;

/// Distance of the heights at which the gap is looked at, as a share of the trunk's length.
const STEP: f64 = 0.04;

/// Heights over which the shift is averaged on each side, so that the skin gets no steps.
const SMOOTHING: usize = 1;

/// The spine bends no farther, mm of shift.
const LARGEST_SHIFT_MM: f64 = 70.0;

/// Vertebral coordinates between which the trunk is brought to the pad: the back from T2 to S4; the
/// front from T6, as ribs and collar bones above do not sag.
const BACK_LEVELS: (f64, f64) = (9.0, 29.0);
const FRONT_LEVELS: (f64, f64) = (13.0, 29.0);

/// Share of the half width of the trunk within which skin can rest: flanks are round.
const RESTING_SHARE: f64 = 0.6;

/// The figure as it settles in a position: itself, unless it lies on back or front.
#[must_use]
pub fn settled(figure: &Figure, position: PatientPosition) -> Figure {
    let (down, levels) = match (position.stance(), position.against_table()) {
        (Stance::Lying, Against::Back) => (1.0, BACK_LEVELS),
        (Stance::Lying, Against::Front) => (-1.0, FRONT_LEVELS),
        _ => return figure.clone(),
    };
    let shift = Shift::of(figure, down, levels);
    let template = template();
    let joint_height = |joint: Joint| figure.joint_mm(joint).z;
    let height_of = |bone: Bone, vertex: Vec3| match bone {
        Bone::Trunk => vertex.z,
        Bone::Neck | Bone::Head => joint_height(Joint::NeckBase),
        Bone::Clavicle(side) | Bone::UpperArm(side) | Bone::Forearm(side) | Bone::Hand(side) => {
            joint_height(Joint::Shoulder(side))
        }
        Bone::Thigh(side) | Bone::Shank(side) | Bone::Foot(side) => joint_height(Joint::Hip(side)),
    };
    let moved = |(&vertex, bones): (&Vec3, &[(Bone, f64); 4])| {
        let shift_mm: f64 =
            bones.iter().map(|&(bone, share)| share * shift.at(height_of(bone, vertex))).sum();
        Vec3::new(vertex.x, vertex.y + down * shift_mm, vertex.z)
    };
    let vertices_mm = figure.vertices_mm.iter().zip(&template.bones).map(moved).collect();
    let mut joints_mm = figure.joints_mm;
    let mut carry = |joint: Joint, with: Joint| {
        joints_mm[joint.index()].y += down * shift.at(joint_height(with));
    };
    carry(Joint::NeckBase, Joint::NeckBase);
    carry(Joint::HeadBase, Joint::NeckBase);
    for side in Side::BOTH {
        carry(Joint::Sternoclavicular(side), Joint::Shoulder(side));
        for joint in arm_joints(side) {
            carry(joint, Joint::Shoulder(side));
        }
        for joint in [Joint::Hip(side), Joint::Knee(side), Joint::Ankle(side), Joint::ToeTip(side)]
        {
            carry(joint, Joint::Hip(side));
        }
    }
    Figure { vertices_mm, joints_mm }
}

/// How far each height of the trunk moves towards the pad, mm; constant beyond the ends.
struct Shift {
    lowest_mm: f64,
    step_mm: f64,
    values_mm: Vec<f64>,
}

impl Shift {
    fn of(figure: &Figure, down: f64, (upper, lower): (f64, f64)) -> Self {
        let template = template();
        let is_trunk = |i: &usize| {
            template.bones[*i].iter().any(|&(bone, share)| bone == Bone::Trunk && share > 0.5)
        };
        let trunk: Vec<usize> = (0..figure.vertices_mm.len()).filter(is_trunk).collect();
        let at = |&i: &usize| figure.vertices_mm[i];
        let depth = |v: Vec3| down * v.y;
        let lowest = trunk.iter().map(at).max_by(|&a, &b| depth(a).total_cmp(&depth(b)));
        let lowest = lowest.unwrap_or(Vec3::ZERO);
        let (mut bottom, mut top, mut half_width) = (lowest.z, lowest.z, 0.0_f64);
        for i in &trunk {
            if template.level[*i].is_some_and(|level| (upper..lower).contains(&level)) {
                (bottom, top) = (bottom.min(at(i).z), top.max(at(i).z));
                half_width = half_width.max(at(i).x);
            }
        }
        let step_mm = (top - bottom) * STEP;
        let count = (1.0 / STEP) as usize;
        let mut nearest = vec![f64::NEG_INFINITY; count];
        for v in trunk.iter().map(at).filter(|v| (bottom..=top).contains(&v.z)) {
            if v.x.abs() < RESTING_SHARE * half_width {
                let slot = (((v.z - bottom) / step_mm) as usize).min(count - 1);
                nearest[slot] = nearest[slot].max(depth(v));
            }
        }
        for slot in 1..count {
            if nearest[slot] == f64::NEG_INFINITY {
                nearest[slot] = nearest[slot - 1]; // no vertex at this height: as below it
            }
        }
        let shift = |&near: &f64| (depth(lowest) - near - HOLLOW_MM).clamp(0.0, LARGEST_SHIFT_MM);
        let raw: Vec<f64> = nearest.iter().map(shift).collect();
        Self { lowest_mm: bottom, step_mm, values_mm: smoothed(&raw) }
    }

    fn at(&self, z_mm: f64) -> f64 {
        let place = (z_mm - self.lowest_mm) / self.step_mm - 0.5;
        let last = self.values_mm.len() - 1;
        let place = place.clamp(0.0, last as f64);
        let (slot, part) = (place as usize, place.fract());
        let next = (slot + 1).min(last);
        self.values_mm[slot] * (1.0 - part) + self.values_mm[next] * part
    }
}

/// Averaged twice over neighbours, which leaves no corner that a mesh of 15 mm could show.
fn smoothed(values: &[f64]) -> Vec<f64> {
    let once = |values: &[f64]| -> Vec<f64> {
        let last = values.len() - 1;
        let around = |i: usize| &values[i.saturating_sub(SMOOTHING)..=(i + SMOOTHING).min(last)];
        (0..values.len()).map(|i| around(i).iter().sum::<f64>() / around(i).len() as f64).collect()
    };
    once(&once(values))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::body::fit::fit;
    use crate::body::person::{Person, Sex};

    const PERSONS: [(Sex, f64, f64, f64); 6] = [
        (Sex::Female, 0.0, 510.0, 3.5),
        (Sex::Male, 5.0, 1090.0, 19.0),
        (Sex::Female, 40.0, 1630.0, 60.0),
        (Sex::Male, 40.0, 1760.0, 73.0),
        (Sex::Female, 50.0, 1650.0, 120.0),
        (Sex::Male, 50.0, 1780.0, 150.0),
    ];

    fn figures() -> impl Iterator<Item = Figure> {
        PERSONS.into_iter().map(|(sex, age, height_mm, mass_kg)| {
            fit(&Person::new(sex, age, height_mm, mass_kg).unwrap()).unwrap()
        })
    }

    fn position(term: &str) -> PatientPosition {
        PatientPosition::from_term(term).unwrap()
    }

    /// Distance of the loin (L2 to L5) from the level of the lowest point of the trunk.
    fn gap_under_the_loin_mm(figure: &Figure, down: f64) -> f64 {
        let template = template();
        let lowest = |wanted: &dyn Fn(usize) -> bool| {
            let on_trunk =
                |i: &usize| template.bones[*i].iter().any(|&(b, s)| b == Bone::Trunk && s > 0.5);
            let skin = (0..figure.vertices_mm.len()).filter(on_trunk).filter(|&i| wanted(i));
            skin.map(|i| down * figure.vertices_mm[i].y).fold(f64::NEG_INFINITY, f64::max)
        };
        let loin = |i: usize| template.level[i].is_some_and(|level| (21.0..25.0).contains(&level));
        lowest(&|_| true) - lowest(&loin)
    }

    #[test]
    fn loin_and_belly_come_down_to_the_pad() {
        for figure in figures() {
            for (term, down) in [("HFS", 1.0), ("FFP", -1.0)] {
                let lying = settled(&figure, position(term));
                let gap_mm = gap_under_the_loin_mm(&lying, down);
                // 5 mm stay, and where the gap narrows fast the averaging over 7 cm leaves as much again.
                assert!((0.0..16.0).contains(&gap_mm), "{term} {gap_mm}");
            }
        }
        let upright = figures().nth(2).unwrap();
        assert!(gap_under_the_loin_mm(&upright, 1.0) > 30.0, "the test must bite");
    }

    #[test]
    fn no_volume_is_lost_and_no_height_or_side_changes() {
        for figure in figures() {
            let lying = settled(&figure, position("HFS"));
            // A shear keeps it; where limbs join, shares of two shifts do so within this.
            let ratio = lying.volume_mm3() / figure.volume_mm3();
            assert!((ratio - 1.0).abs() < 0.003, "{ratio}");
            for (a, b) in lying.vertices_mm.iter().zip(&figure.vertices_mm) {
                assert!(a.x == b.x && a.z == b.z);
                assert!((a.y - b.y).abs() <= LARGEST_SHIFT_MM + 1e-9);
            }
        }
    }

    #[test]
    fn sections_keep_their_thickness() {
        // Neighbouring levels move by nearly the same: within 3 mm over a level of 15 mm.
        let figure = figures().nth(2).unwrap();
        let lying = settled(&figure, position("HFS"));
        let template = template();
        for level in 12..24 {
            let depth = |of: &Figure| {
                let here = |i: &usize| {
                    template.level[*i]
                        .is_some_and(|l| l >= f64::from(level) && l < f64::from(level + 1))
                        && template.bones[*i].iter().any(|&(b, s)| b == Bone::Trunk && s > 0.9)
                };
                let ys = (0..of.vertices_mm.len()).filter(here).map(|i| of.vertices_mm[i].y);
                let (low, high) = ys.fold((f64::MAX, f64::MIN), |(a, b), y| (a.min(y), b.max(y)));
                high - low
            };
            assert!((depth(&lying) - depth(&figure)).abs() < 12.0, "{level}");
        }
    }

    #[test]
    fn who_stands_or_lies_on_a_side_stays_as_is() {
        let figure = figures().nth(3).unwrap();
        for term in ["STANDING_BACK", "SITTING_FRONT", "HFDL", "FFDR"] {
            assert_eq!(settled(&figure, position(term)), figure);
        }
    }
}
