#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;

fn typical() -> Backscatter {
    Backscatter::for_spectrum(&Spectrum::tungsten(80.0, 11.0).unwrap())
}

fn square(half_side_mm: f64) -> Rectangle {
    let edges = (-half_side_mm, half_side_mm);
    Rectangle::new(edges, edges).unwrap()
}

/// Two rows of Abramowitz and Stegun, table 7.1, and Wolfram's erf(0.1), erf(3).
#[test]
fn the_error_function_agrees_with_published_tables() {
    for (x, expected) in [
        (0.1, 0.112_462_916_018_284_9),
        (0.5, 0.520_499_877_813_046_5),
        (1.0, 0.842_700_792_949_714_9),
        (2.0, 0.995_322_265_018_952_7),
        (3.0, 0.999_977_909_503_001_4),
    ] {
        assert!((libm::erf(x) - expected).abs() < 1e-15, "erf({x})");
        assert_eq!(libm::erf(-x), -libm::erf(x));
    }
}

#[test]
fn a_square_at_its_centre_is_a_sum_of_squared_error_functions() {
    let backscatter = typical();
    let found = backscatter.excess(&square(50.0), (0.0, 0.0), 700.0, 0.8);
    let expected: f64 = backscatter
        .amplitudes_at(700.0, 0.8)
        .iter()
        .zip(WIDTHS_MM)
        .map(|(amplitude, width)| amplitude * libm::erf(50.0 / width).powi(2))
        .sum();
    assert!((found - expected).abs() < 1e-12);
}

/// A disc and a square of a Gaussian differ, but the whole plane gives its amplitude.
#[test]
fn an_endless_field_far_away_gives_the_sum_of_the_amplitudes() {
    let backscatter = typical();
    let found = backscatter.excess(&square(1e5), (0.0, 0.0), 1e12, 1.0);
    assert!((found - backscatter.amplitudes.iter().sum::<f64>()).abs() < 1e-9);
}

#[test]
fn oblique_factors_fall_from_one_to_zero() {
    let backscatter = typical();
    assert_eq!(backscatter.obliquity_factors(1.0), [1.0; 5]);
    assert_eq!(backscatter.obliquity_factors(0.0), [0.0; 5]);
    assert_eq!(backscatter.obliquity_factors(-0.5), [0.0; 5]);
    for step in 1..=100 {
        let (lower, higher) = (f64::from(step - 1) / 100.0, f64::from(step) / 100.0);
        let pairs = backscatter.obliquity_factors(lower);
        for (lower, higher) in pairs.into_iter().zip(backscatter.obliquity_factors(higher)) {
            assert!(lower < higher && higher <= 1.0);
        }
    }
}

#[test]
fn a_field_with_swapped_or_undefined_edges_is_refused() {
    assert!(Rectangle::new((1.0, -1.0), (-1.0, 1.0)).is_err());
    assert!(Rectangle::new((-1.0, 1.0), (1.0, -1.0)).is_err());
    assert!(Rectangle::new((f64::NAN, 1.0), (-1.0, 1.0)).is_err());
    assert!(Rectangle::new((-1.0, f64::NAN), (-1.0, 1.0)).is_err());
}

#[test]
fn soft_spectra_that_reach_few_gaussians_stay_defined() {
    let soft = Spectrum::tungsten(40.0, 11.0).unwrap();
    let backscatter = Backscatter::for_spectrum(&soft);
    let excess = backscatter.excess(&square(50.0), (0.0, 0.0), 600.0, 0.0);
    assert_eq!(excess, 0.0);
    assert!((0.9..1.1).contains(&backscatter.scatter_mu_en_ratio(Medium::Water)));
    assert_eq!(backscatter.scatter_mu_en_ratio(Medium::Air), 1.0);
}

proptest! {
    #[test]
    fn splitting_a_field_changes_nothing(
        (u1, cut, u2) in (-200.0..0.0, 0.0..1.0f64, 0.0..200.0),
        (v1, v2) in (-200.0..0.0, 0.0..200.0),
        point in (-300.0..300.0, -300.0..300.0),
    ) {
        let backscatter = typical();
        let middle = u1 + cut * (u2 - u1);
        let excess = |edges| {
            backscatter.excess(&Rectangle::new(edges, (v1, v2)).unwrap(), point, 650.0, 0.9)
        };
        let parts = excess((u1, middle)) + excess((middle, u2));
        prop_assert!((excess((u1, u2)) - parts).abs() < 1e-12);
    }

    #[test]
    fn a_larger_field_scatters_more_and_mirrors_agree(
        (half, more) in (1.0..200.0, 0.1..50.0),
        (u, v) in (-300.0..300.0, -300.0..300.0),
    ) {
        let backscatter = typical();
        let excess = |half, point| backscatter.excess(&square(half), point, 650.0, 0.9);
        let here = excess(half, (u, v));
        prop_assert!(here >= 0.0 && here <= excess(half + more, (u, v)));
        for mirrored in [(-u, v), (u, -v), (v, u)] {
            prop_assert!((here - excess(half, mirrored)).abs() < 1e-12);
        }
    }

    #[test]
    fn nearer_sources_give_less(near in 100.0..1000.0f64, further in 1.0..1000.0f64) {
        let backscatter = typical();
        let at = |distance| backscatter.excess(&square(100.0), (0.0, 0.0), distance, 1.0);
        prop_assert!(at(near) < at(near + further));
    }
}
