//! Widening by known factors.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::body::person::Sex;
use crate::body::shape::Builds;
use crate::body::sites::{MID_UPPER_ARM, arm_girth_mm};

fn natural() -> Widening {
    Widening::of(Builds::of(Sex::Male, 40.0, 1760.0).at(0.0))
}

#[test]
fn natural_widths_change_nothing() {
    let widening = natural();
    let same = widening.apply(&Widths::NATURAL);
    for (a, b) in same.vertices_mm.iter().zip(&widening.figure.vertices_mm) {
        assert!((*a - *b).norm() < 1e-9, "{a:?} {b:?}");
    }
}

#[test]
fn a_station_widens_by_its_factors() {
    let widening = natural();
    let mut widths = Widths::NATURAL;
    widths.column = [[1.2, 1.5]; Station::COUNT];
    let wide = widening.apply(&widths);
    for station in [Station::Hip, Station::Abdomen, Station::Waist] {
        let [before, after] =
            [&widening.figure, &wide].map(|figure| widening.sites.section(figure, station));
        assert!((after.breadth_mm() / before.breadth_mm() - 1.2).abs() < 1e-3);
        assert!((after.depth_mm() / before.depth_mm() - 1.5).abs() < 1e-3);
    }
}

#[test]
fn corners_lengthen_the_tape_but_not_breadth_and_depth() {
    let widening = natural();
    let mut widths = Widths::NATURAL;
    widths.corners[Station::Abdomen as usize] = 0.1;
    let section = |figure: &Figure| widening.sites.section(figure, Station::Abdomen);
    let (before, after) = (section(&widening.figure), section(&widening.apply(&widths)));
    assert!(after.girth_mm() > 1.02 * before.girth_mm());
    // The widest points do not lie exactly on the axes of the section.
    assert!((after.breadth_mm() / before.breadth_mm() - 1.0).abs() < 0.02);
    assert!((after.depth_mm() / before.depth_mm() - 1.0).abs() < 0.03);
}

#[test]
fn an_arm_widens_about_its_bone_and_its_joints_stay() {
    let widening = natural();
    let mut widths = Widths::NATURAL;
    widths.arm = [1.3; ARM_PLACES.len()];
    let wide = widening.apply(&widths);
    let girth = |figure: &Figure| arm_girth_mm(figure, MID_UPPER_ARM);
    // Half way down, the blend from upper arm to forearm leaves little.
    assert!((girth(&wide) / girth(&widening.figure) - 1.3).abs() < 0.01);
    for joint in arm_joints(Side::Left) {
        assert!((wide.joint_mm(joint) - widening.figure.joint_mm(joint)).norm() < 1e-9);
    }
}

#[test]
fn raised_arms_keep_their_length() {
    let widening = natural();
    let raised = widening.apply(&Widths { arm_raise_deg: 30.0, ..Widths::NATURAL });
    for side in Side::BOTH {
        let joints = arm_joints(side);
        for pair in joints.windows(2) {
            let length =
                |figure: &Figure| (figure.joint_mm(pair[1]) - figure.joint_mm(pair[0])).norm();
            assert!((length(&raised) - length(&widening.figure)).abs() < 1e-9);
        }
        let lifted = raised.joint_mm(joints[3]).z - widening.figure.joint_mm(joints[3]).z;
        assert!(lifted > 100.0, "{lifted}");
    }
}
