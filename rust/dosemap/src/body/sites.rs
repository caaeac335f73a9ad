//! Where on a standing figure its measures are taken, and taking them.
//!
//! Levels follow the surveys of `data/anthropometry_adults.csv`. Legs and torso are cut level,
//! arms and neck across their axes; the left limb stands for both.

use super::measure::{CuttingPlane, Section};
use super::parts::parts;
use super::shape::Figure;
use super::skeleton::{Joint, Side};
use super::template::template;
use crate::math::Vec3;

/// Levels of legs and torso, from below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub enum Station {
    /// The soles.
    Sole,
    /// The ankle where it is thinnest.
    Ankle,
    /// The calf where it is thickest.
    Calf,
    /// The knee at the patella.
    Knee,
    /// Half way from the knee to the thigh's own station.
    LowerThigh,
    /// The thigh below the fold of the buttock.
    Thigh,
    /// The buttocks at the hip joints, where they stand out most.
    Hip,
    /// The abdomen at the top of the iliac crests.
    Abdomen,
    /// The waist, half way between ribs and iliac crests.
    Waist,
    /// Half way from waist to chest.
    LowerRibs,
    /// The chest at the nipples.
    Chest,
    /// The shoulder joints.
    Shoulder,
    /// The base of the neck.
    NeckBase,
}

impl Station {
    /// Number of stations.
    pub const COUNT: usize = 13;

    /// Is it cut through one leg, not through the torso?
    #[must_use]
    pub fn is_of_leg(self) -> bool {
        self <= Self::Thigh
    }
}

/// Places along the arm: bone (upper arm, forearm, hand) and fraction of its length. Shoulder, mid
/// upper arm, elbow, thickest forearm, wrist, finger tips.
pub const ARM_PLACES: [(usize, f64); 6] =
    [(0, 0.0), (0, 0.5), (0, 1.0), (1, 0.25), (1, 0.95), (2, 1.0)];
/// Index of the middle of the upper arm in [`ARM_PLACES`].
pub const MID_UPPER_ARM: usize = 1;
/// Index of the thickest forearm in [`ARM_PLACES`].
pub const FOREARM: usize = 3;
/// Index of the wrist in [`ARM_PLACES`].
pub const WRIST: usize = 4;

/// Shoulder, elbow, wrist and finger tip.
pub const fn arm_joints(side: Side) -> [Joint; 4] {
    [Joint::Shoulder(side), Joint::Elbow(side), Joint::Wrist(side), Joint::Fingertip(side)]
}

/// The levels of one figure, and the triangles near them.
#[derive(Debug, Clone)]
pub struct Sites {
    /// Height of each station, mm, rising.
    pub heights_mm: [f64; Station::COUNT],
    /// Height of the crotch, mm.
    pub crotch_mm: f64,
    /// Triangles of leg or torso that may be cut at each station.
    near: [Vec<[u32; 3]>; Station::COUNT],
}

impl Sites {
    /// Find the levels of a figure.
    #[must_use]
    pub fn of(figure: &Figure) -> Self {
        let crotch_mm = crotch_mm(figure);
        let heights_mm = heights_mm(figure, crotch_mm);
        // Raising the arms moves the skin of the shoulders a little; nothing else moves up or down.
        let reach_mm = 0.02 * heights_mm[Station::NeckBase as usize];
        let near = |station: usize| {
            let leg = station <= Station::Thigh as usize;
            let triangles = if leg { &parts().left_leg } else { &parts().column };
            let is_near = |triangle: &&[u32; 3]| {
                let z_mm = triangle.map(|v| figure.vertices_mm[v as usize].z - heights_mm[station]);
                z_mm.iter().any(|z| *z > -reach_mm) && z_mm.iter().any(|z| *z < reach_mm)
            };
            triangles.iter().filter(is_near).copied().collect()
        };
        Self { heights_mm, crotch_mm, near: std::array::from_fn(near) }
    }

    /// Section of the figure, or another with the same heights, at a station.
    #[must_use]
    pub fn section(&self, figure: &Figure, station: Station) -> Section {
        let plane = CuttingPlane::horizontal(self.heights_mm[station as usize]);
        Section::cut(&figure.vertices_mm, &self.near[station as usize], &plane)
    }
}

/// The lowest point of the torso in the midline.
fn crotch_mm(figure: &Figure) -> f64 {
    let mirror = template().mirror.iter().enumerate();
    let midline = mirror.filter(|(v, image)| **image as usize == *v);
    midline.map(|(v, _)| figure.vertices_mm[v].z).fold(f64::INFINITY, f64::min)
}

fn heights_mm(figure: &Figure, crotch_mm: f64) -> [f64; Station::COUNT] {
    let z = |joint: fn(Side) -> Joint| figure.joint_mm(joint(Side::Left)).z;
    let [ankle, knee, hip, shoulder] =
        [z(Joint::Ankle), z(Joint::Knee), z(Joint::Hip), z(Joint::Shoulder)];
    let between = |low: f64, high: f64, part: f64| low + (high - low) * part;
    let torso = |part: f64| between(hip, shoulder, part);
    let thigh = between(crotch_mm, knee, 0.08);
    let [waist, chest] = [torso(0.42), torso(0.75)];
    [
        0.1 * ankle,
        between(ankle, knee, 0.1),
        between(ankle, knee, 0.68),
        knee,
        between(knee, thigh, 0.5),
        thigh,
        hip,
        torso(0.25),
        waist,
        between(waist, chest, 0.5),
        chest,
        shoulder,
        figure.joint_mm(Joint::NeckBase).z,
    ]
}

/// Girth of the left arm at one of [`ARM_PLACES`], mm.
#[must_use]
pub fn arm_girth_mm(figure: &Figure, place: usize) -> f64 {
    let (bone, part) = ARM_PLACES[place];
    let joints = arm_joints(Side::Left).map(|joint| figure.joint_mm(joint));
    let plane = CuttingPlane::across_bone(joints[bone], joints[bone + 1], part);
    Section::cut(&figure.vertices_mm, &parts().left_arm, &plane).girth_mm()
}

/// Girth of the neck below the larynx, mm: the least between trunk and head.
#[must_use]
pub fn neck_girth_mm(figure: &Figure) -> f64 {
    let joints = [Joint::NeckBase, Joint::HeadBase].map(|joint| figure.joint_mm(joint));
    let girths = [0.2, 0.35, 0.5, 0.65, 0.8].map(|part| {
        let plane = CuttingPlane::across_bone(joints[0], joints[1], part);
        Section::cut(&figure.vertices_mm, &parts().neck, &plane).girth_mm()
    });
    girths.into_iter().fold(f64::INFINITY, f64::min)
}

/// Section of the head above the brows.
#[must_use]
pub fn head_section(figure: &Figure) -> Section {
    let base_mm = figure.joint_mm(Joint::HeadBase).z;
    let head = parts().head.iter().flatten().map(|&v| figure.vertices_mm[v as usize]);
    let top_mm = head.map(|v: Vec3| v.z).fold(base_mm, f64::max);
    let plane = CuttingPlane::horizontal(base_mm + 0.45 * (top_mm - base_mm));
    Section::cut(&figure.vertices_mm, &parts().head, &plane)
}
