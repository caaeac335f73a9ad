//! Bodies of many sizes in the positions and arm poses that are in use.
#![allow(clippy::unwrap_used, missing_docs)]

use dosemap::body::Body;
use dosemap::body::intersect::self_intersections;
use dosemap::body::person::{Person, Sex};
use dosemap::body::pose::Arms;
use dosemap::spaces::PatientPosition;

/// Sex, age (years), height (mm), mass (kg).
const PERSONS: [(Sex, f64, f64, f64); 9] = [
    (Sex::Female, 0.0, 510.0, 3.5),
    (Sex::Male, 1.0, 760.0, 10.0),
    (Sex::Female, 5.0, 1090.0, 19.0),
    (Sex::Female, 40.0, 1630.0, 60.0),
    (Sex::Male, 40.0, 1760.0, 73.0),
    (Sex::Female, 70.0, 1650.0, 45.0),
    (Sex::Female, 50.0, 1600.0, 95.0),
    (Sex::Male, 50.0, 1750.0, 150.0),
    (Sex::Male, 50.0, 2050.0, 250.0),
];

const USUAL_POSES: [(&str, Arms); 6] = [
    ("HFS", Arms::Down),
    ("HFS", Arms::Up),
    ("HFS", Arms::Board),
    ("HFS", Arms::LeftUp),
    ("HFP", Arms::Up),
    ("HFDL", Arms::Up),
];

/// Pairs of triangles of the skin that cross.
fn crossings(body: &Body, position: &str, arms: Arms) -> usize {
    let position = PatientPosition::from_term(position).unwrap();
    let skin = body.posed(arms, 0.0, position).unwrap();
    self_intersections(skin.vertices_mm(), skin.triangles()).len()
}

#[test]
fn bodies_of_all_sizes_do_not_cross_themselves_in_the_usual_poses() {
    for (sex, age, height_mm, mass_kg) in PERSONS {
        let body = Body::new(Person::new(sex, age, height_mm, mass_kg).unwrap(), 15.0).unwrap();
        for (position, arms) in USUAL_POSES {
            let pairs = crossings(&body, position, arms);
            assert_eq!(pairs, 0, "{:?} {position} {arms:?}", body.person());
        }
        // Hips bent by a right angle press the groin together: there, and nowhere else, 1 % of the
        // 20,000 triangles may cross. Skin inside the body gets no beam (`occlusion.rs`).
        assert!(crossings(&body, "SITTING_BACK", Arms::Down) < 250, "{:?}", body.person());
    }
}
