//! Laws that every spectrum obeys, and published beam qualities.
#![allow(clippy::unwrap_used)]

use dosemap::error::DoseError;
use dosemap::materials::{FilterLayer, Material, Medium};
use dosemap::spectrum::Spectrum;
use proptest::prelude::*;

fn layer(symbol: &str, thickness_mm: f64) -> FilterLayer {
    FilterLayer::new(Material::from_symbol(symbol).unwrap(), thickness_mm).unwrap()
}

fn beam(kvp: f64, layers: &[FilterLayer]) -> Spectrum {
    Spectrum::tungsten(kvp, 12.0).unwrap().filtered(layers).unwrap()
}

fn close(found: f64, expected: f64, relative: f64) -> bool {
    (found / expected - 1.0).abs() <= relative
}

/// IEC 61267:2005: an RQR quality is set by its tube potential and the filtration that gives its
/// half-value layer; its homogeneity, and the half-value layer behind the RQA filter, then follow.
#[test]
fn standard_beam_qualities_of_iec_61267_are_reproduced() {
    for (kvp, rqr_hvl_mm, homogeneity, rqa_filter_mm, rqa_hvl_mm) in [
        (50.0, 1.78, 0.76, 10.0, 3.8),
        (60.0, 2.19, 0.74, 16.0, 5.4),
        (70.0, 2.58, 0.71, 21.0, 6.8),
        (80.0, 3.01, 0.69, 26.0, 8.2),
        (90.0, 3.48, 0.68, 30.0, 9.2),
        (100.0, 3.97, 0.68, 34.0, 10.1),
        (120.0, 5.00, 0.68, 40.0, 11.6),
        (150.0, 6.57, 0.72, 45.0, 13.3),
    ] {
        let rqr = beam_with_half_value_layer(kvp, rqr_hvl_mm);
        let second_mm = rqr.second_half_value_layer_mm(Material::ALUMINIUM);
        // The standard's tolerance on the homogeneity of a laboratory's beam is 0.03.
        assert!((rqr_hvl_mm / second_mm - homogeneity).abs() < 0.03, "RQR {kvp} kV: {second_mm}");
        let rqa = rqr.filtered(&[layer("Al", rqa_filter_mm)]).unwrap();
        let found_mm = rqa.half_value_layer_mm(Material::ALUMINIUM);
        // Printed to 0.1 mm; SpekPy itself is stated to be within 2 % of measured layers.
        assert!((found_mm - rqa_hvl_mm).abs() < 0.05 + 0.02 * rqa_hvl_mm, "RQA {kvp}: {found_mm}");
    }
}

/// NIST's ISO 4037 beams (Ionizing Radiation Division, table VIII.6): added filters, and half-value
/// layers in copper measured behind them. Inherent filtration is taken as the standard's 4 mm Al
/// and the anode angle is not in the table; laboratories keep to the standard within 5 %
/// (Zhang et al. 2019, J Eng, doi:10.1049/joe.2018.9126). Hence 7 % for one beam, 2 % for the mean.
#[test]
fn heavily_filtered_beams_agree_with_half_value_layers_measured_at_nist() {
    let measured = [
        ("WS80", 80.0, 0.529, 0.0, 0.337),
        ("WS110", 110.0, 2.0295, 0.0, 0.97),
        ("WS150", 150.0, 0.0, 1.03, 1.88),
        ("NS60", 60.0, 0.6, 0.0, 0.241),
        ("NS80", 80.0, 2.0, 0.0, 0.59),
        ("NS100", 100.0, 5.0, 0.0, 1.14),
        ("NS120", 120.0, 4.99, 1.04, 1.76),
        ("NS150", 150.0, 0.0, 2.50, 2.41),
    ];
    let mut sum = 0.0;
    for (name, kvp, copper_mm, tin_mm, expected_mm) in measured {
        let spectrum = beam(kvp, &[layer("Al", 4.0), layer("Cu", copper_mm), layer("Sn", tin_mm)]);
        let deviation = spectrum.half_value_layer_mm(Material::COPPER) / expected_mm - 1.0;
        assert!(deviation.abs() < 0.07, "{name}: {deviation}");
        sum += deviation;
    }
    assert!((sum / measured.len() as f64).abs() < 0.02, "{sum}");
}

/// Bisection on the aluminium filtration.
fn beam_with_half_value_layer(kvp: f64, hvl_mm: f64) -> Spectrum {
    let (mut low_mm, mut high_mm) = (0.5, 10.0);
    for _ in 0..50 {
        let middle_mm = 0.5 * (low_mm + high_mm);
        let found_mm =
            beam(kvp, &[layer("Al", middle_mm)]).half_value_layer_mm(Material::ALUMINIUM);
        if found_mm < hvl_mm { low_mm = middle_mm } else { high_mm = middle_mm }
    }
    beam(kvp, &[layer("Al", low_mm)])
}

/// Primary mu_en quotients of SpekPy beams (3.1 mm Al, with and without 0.3 mm Cu), computed for
/// the project from independent code; printed to 0.001.
#[test]
fn mu_en_quotients_agree_with_an_independent_computation() {
    for (kvp, copper_mm, water, skin) in [
        (60.0, 0.0, 1.016, 0.962),
        (80.0, 0.0, 1.021, 0.972),
        (110.0, 0.0, 1.031, 0.988),
        (60.0, 0.3, 1.021, 0.976),
        (80.0, 0.3, 1.034, 0.996),
        (110.0, 0.3, 1.049, 1.018),
    ] {
        let spectrum = beam(kvp, &[layer("Al", 3.1), layer("Cu", copper_mm)]);
        let found_water = spectrum.mu_en_ratio_to_air(Medium::Water);
        let found_skin = spectrum.mu_en_ratio_to_air(Medium::Skin);
        assert!((found_water - water).abs() < 0.002, "water {kvp} {copper_mm}: {found_water}");
        assert!((found_skin - skin).abs() < 0.002, "skin {kvp} {copper_mm}: {found_skin}");
    }
}

#[test]
fn air_kerma_quotient_to_air_is_one() {
    let spectrum = beam(80.0, &[layer("Al", 3.0)]);
    assert!(close(spectrum.mu_en_ratio_to_air(Medium::Air), 1.0, 1e-12));
}

#[test]
fn a_tube_outside_the_table_is_refused() {
    for (kvp, angle_deg) in
        [(39.9, 12.0), (150.1, 12.0), (80.0, 7.9), (80.0, 16.1), (f64::NAN, 12.0), (80.0, f64::NAN)]
    {
        let error = Spectrum::tungsten(kvp, angle_deg).unwrap_err();
        assert!(matches!(error, DoseError::OutOfRange { .. }), "{kvp} {angle_deg}");
    }
    for (kvp, angle_deg) in [(40.0, 8.0), (150.0, 16.0)] {
        assert!(Spectrum::tungsten(kvp, angle_deg).is_ok());
    }
}

#[test]
fn a_beam_that_nothing_is_left_of_is_an_error_and_not_a_nan() {
    let wall = [layer("Pb", 1000.0)];
    let open = beam(80.0, &[layer("Al", 3.0)]);
    assert_eq!(open.filtered(&wall).unwrap_err(), DoseError::BeamAbsorbed { kvp: 80.0 });
    assert_eq!(open.transmission(&wall), 0.0);
}

#[test]
fn a_k_edge_filter_takes_the_photons_above_its_edge() {
    // Tantalum's K edge lies at 67.4 keV; its attenuation rises about fourfold there.
    let open = beam(100.0, &[layer("Al", 3.0)]);
    let behind = open.filtered(&[layer("Ta", 0.2)]).unwrap();
    let passed = |energy_kev: f64| {
        let bin = open.energies_kev().iter().position(|middle| *middle == energy_kev).unwrap();
        behind.fluence()[bin] / open.fluence()[bin]
    };
    assert!(passed(70.5) < 0.2 * passed(65.5));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn half_value_layers_halve(
        kvp in 40.0..150.0, angle_deg in 8.0..16.0, aluminium_mm in 0.5..8.0, copper_mm in 0.0..0.9,
        index in 0usize..4,
    ) {
        let material = ["Al", "Cu", "water", "Sn"].map(|symbol| layer(symbol, 1.0).material())[index];
        let spectrum = Spectrum::tungsten(kvp, angle_deg).unwrap()
            .filtered(&[layer("Al", aluminium_mm), layer("Cu", copper_mm)]).unwrap();
        let first = FilterLayer::new(material, spectrum.half_value_layer_mm(material)).unwrap();
        let second_mm = spectrum.second_half_value_layer_mm(material);
        let second = FilterLayer::new(material, second_mm).unwrap();
        prop_assert!(close(spectrum.transmission(&[first]), 0.5, 1e-10));
        prop_assert!(close(spectrum.transmission(&[first, second]), 0.25, 1e-10));
        // The same by the definition: behind the first layer, the second is the first.
        let behind = spectrum.filtered(&[first]).unwrap();
        prop_assert!(close(behind.half_value_layer_mm(material), second_mm, 1e-9));
    }

    #[test]
    fn filters_compose_in_any_order(
        kvp in 40.0..150.0, a_mm in 0.0..5.0, b_mm in 0.0..1.0, c_mm in 0.0..0.5,
    ) {
        let open = Spectrum::tungsten(kvp, 12.0).unwrap();
        let (a, b, c) = (layer("Al", a_mm), layer("Cu", b_mm), layer("Sn", c_mm));
        let at_once = open.filtered(&[a, b, c]).unwrap();
        let one_by_one = open.filtered(&[c]).unwrap().filtered(&[a]).unwrap().filtered(&[b]).unwrap();
        for (left, right) in at_once.fluence().iter().zip(one_by_one.fluence()) {
            // exp(-x) carries a relative rounding error of about x times 1e-16.
            prop_assert!((left - right).abs() <= 1e-12 * left);
        }
        let kerma = open.air_kerma_ugy_per_mas_at_1m() * open.transmission(&[b, c, a]);
        prop_assert!(close(at_once.air_kerma_ugy_per_mas_at_1m(), kerma, 1e-12));
    }

    #[test]
    fn output_and_hardness_rise_with_tube_potential(
        kvp in 40.0..149.0, step_kv in 0.1..1.0, angle_deg in 8.0..16.0, copper_mm in 0.0..0.9,
    ) {
        let layers = [layer("Al", 3.0), layer("Cu", copper_mm)];
        let [low, high] = [kvp, kvp + step_kv]
            .map(|kvp| Spectrum::tungsten(kvp, angle_deg).unwrap().filtered(&layers).unwrap());
        prop_assert!(high.air_kerma_ugy_per_mas_at_1m() > low.air_kerma_ugy_per_mas_at_1m());
        prop_assert!(high.half_value_layer_mm(Material::ALUMINIUM) > low.half_value_layer_mm(Material::ALUMINIUM));
        prop_assert!(high.mean_energy_kev() > low.mean_energy_kev());
    }

    #[test]
    fn every_quantity_is_finite_behind_any_filters(
        kvp in 40.0..150.0, thicknesses_mm in prop::collection::vec(0.0..50.0f64, 15),
    ) {
        let layers: Vec<FilterLayer> = Material::all().zip(thicknesses_mm)
            .map(|(material, thickness_mm)| FilterLayer::new(material, thickness_mm).unwrap()).collect();
        let open = Spectrum::tungsten(kvp, 12.0).unwrap();
        let transmission = open.transmission(&layers);
        prop_assert!((0.0..1.0).contains(&transmission));
        for count in 0..=layers.len() {
            let Ok(spectrum) = open.filtered(&layers[..count]) else { continue };
            for value in [
                spectrum.mean_energy_kev(),
                spectrum.half_value_layer_mm(Material::COPPER),
                spectrum.second_half_value_layer_mm(Material::ALUMINIUM),
                spectrum.mu_en_ratio_to_air(Medium::Skin),
                spectrum.air_kerma_weights().iter().sum(),
            ] {
                prop_assert!(value.is_finite() && value > 0.0);
            }
        }
    }
}
