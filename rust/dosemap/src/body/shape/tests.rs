//! The blend against its nodes.
#![allow(clippy::unwrap_used)]

use super::*;

fn largest_distance_mm(a: &[Vec3], b: &[Vec3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (*a - *b).norm()).fold(0.0, f64::max)
}

#[test]
fn at_the_nodes_stands_the_template() {
    for (index, &age) in AGE_NODES_YEARS.iter().enumerate() {
        let shape = template().shape(1, index, 1);
        let stature = stature_mm(&shape.vertices_mm);
        let figure = Builds::of(Sex::Male, age, stature).at(0.0);
        assert!(largest_distance_mm(&figure.vertices_mm, &shape.vertices_mm) < 1e-9);
        assert!(largest_distance_mm(&figure.joints_mm, &shape.joints_mm) < 1e-9);
    }
}

#[test]
fn stature_is_exact_and_soles_stand_at_zero() {
    for (sex, age, height_mm) in [(Sex::Female, 0.3, 600.0), (Sex::Unknown, 7.0, 1250.0)] {
        for build in [-1.0, 0.3, 1.0] {
            let figure = Builds::of(sex, age, height_mm).at(build);
            assert!((stature_mm(&figure.vertices_mm) - height_mm).abs() < 1e-9);
            let soles = figure.vertices_mm.iter().map(|v| v.z).fold(f64::INFINITY, f64::min);
            assert!(soles.abs() < 1e-9);
        }
    }
}

#[test]
fn build_of_a_volume_has_that_volume() {
    let builds = Builds::of(Sex::Female, 40.0, 1630.0);
    let [slim, heavy] = [-1.0, 1.0].map(|build| builds.at(build).volume_mm3());
    for part in [0.1, 0.5, 0.9] {
        let volume_mm3 = slim + (heavy - slim) * part;
        let found = builds.at(builds.of_volume(volume_mm3)).volume_mm3();
        // The search ends a thousandth of the way between slim and heavy.
        assert!((found - volume_mm3).abs() < 3e-3 * (heavy - slim));
    }
    assert!(builds.of_volume(2.0 * heavy) > 0.99 && builds.of_volume(0.5 * slim) < -0.99);
}

#[test]
fn a_day_of_age_moves_nothing_by_a_millimetre() {
    for age in [0.0, 0.999, 4.0, 9.999, 24.999] {
        let [today, tomorrow] =
            [age, age + 1.0 / 365.0].map(|age| Builds::of(Sex::Female, age, 1000.0).at(0.5));
        assert!(largest_distance_mm(&today.vertices_mm, &tomorrow.vertices_mm) < 1.0);
    }
}
