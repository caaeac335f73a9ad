//! Air-kerma transmission of a spectrum through several layers, fast enough for every point.

use crate::error::DoseError;
use crate::materials::FilterLayer;
use crate::spectrum::Spectrum;

/// More layers than this are refused: the tables grow as two to their number.
const MAX_LAYERS: usize = 4;

/// Depth from which on the hardening stays the same; a transmission of exp(-12) = 6e-6 is nothing.
const MAX_DEPTH: f64 = 12.0;

/// Coefficients of a polynomial in 2 sqrt(depth / MAX_DEPTH) - 1: the beam hardens fastest at first.
type Hardening = [f32; 11];

/// Transmission of one spectrum through the layers of one support.
///
/// The depth of a ray is the sum over layers of (crossings x negative logarithm of the layer's own
/// transmission at normal incidence). For each combination of layers that a ray can cross,
/// -ln(T) / depth is a polynomial along rays that cross all of them at one obliquity, where T is exact
/// within 1e-5. A ray that runs through a side of one layer is read at the same
/// depth: the hardening of a slightly different mixture, below 0.8 % where the layers' paths differ sevenfold.
#[derive(Debug, Clone)]
pub struct SupportTransmission {
    depth_per_crossing: Vec<f64>,
    /// -ln(T) / depth of each combination, the bit set of the layers crossed.
    hardening: Vec<Hardening>,
    /// -ln(T) of every ray that crosses anything, where one number stands for the support.
    fixed_exponent: Option<f32>,
}

impl SupportTransmission {
    /// For a spectrum and, per layer, what a ray straight through it meets.
    ///
    /// # Errors
    /// When there are more than four layers.
    pub fn new(spectrum: &Spectrum, layers: &[Vec<FilterLayer>]) -> Result<Self, DoseError> {
        if layers.len() > MAX_LAYERS {
            let message = format!("{} support layers; at most {MAX_LAYERS}", layers.len());
            return Err(DoseError::Mismatch(message));
        }
        let weights = spectrum.air_kerma_weights();
        let exponents: Vec<Vec<f64>> = layers.iter().map(|layer| exponent_per_bin(layer)).collect();
        // Weights add up to 1 but for rounding, by which a layer of no thickness would amplify.
        let depth_per_crossing: Vec<f64> = exponents
            .iter()
            .map(|exponent| (-transmission(&weights, exponent, 1.0).ln()).max(0.0))
            .collect();
        let hardening = (0..1_usize << layers.len())
            .map(|combination| {
                let crossed = |j: &usize| combination >> j & 1 == 1;
                let depth: f64 =
                    (0..layers.len()).filter(crossed).map(|j| depth_per_crossing[j]).sum();
                let mut exponent = vec![0.0; weights.len()];
                for j in (0..layers.len()).filter(crossed) {
                    for (sum, x) in exponent.iter_mut().zip(&exponents[j]) {
                        *sum += x;
                    }
                }
                hardening(&weights, &exponent, depth)
            })
            .collect();
        Ok(Self { depth_per_crossing, hardening, fixed_exponent: None })
    }

    /// The same, but with one transmission for every ray that crosses any layer.
    ///
    /// # Errors
    /// When the transmission is not above 0 and at most 1.
    pub fn with_fixed(self, transmission: f64) -> Result<Self, DoseError> {
        DoseError::check_range("support transmission", transmission, (1e-6, 1.0), "")?;
        Ok(Self { fixed_exponent: Some(-transmission.ln() as f32), ..self })
    }

    /// Number of layers.
    #[must_use]
    pub fn layers(&self) -> usize {
        self.depth_per_crossing.len()
    }

    /// Transmission of a ray that crosses layer j `crossings[j]` times its thickness.
    #[must_use]
    pub fn at(&self, crossings: impl IntoIterator<Item = f64>) -> f64 {
        let (mut depth, mut combination) = (0.0, 0_usize);
        for (j, (crossing, per_crossing)) in
            crossings.into_iter().zip(&self.depth_per_crossing).enumerate()
        {
            if crossing > 0.0 {
                depth += crossing * per_crossing;
                combination |= 1 << j;
            }
        }
        let [exponent] = self.exponents(&[depth as f32], combination);
        f64::from(-exponent).exp()
    }

    /// Depth of a ray straight through each layer alone.
    pub(crate) fn depth_per_crossing(&self) -> &[f64] {
        &self.depth_per_crossing
    }

    /// -ln(T) of rays at these depths that cross a combination (bit set) of layers.
    #[inline(always)]
    pub(crate) fn exponents<const N: usize>(
        &self,
        depth: &[f32; N],
        combination: usize,
    ) -> [f32; N] {
        if let Some(fixed) = self.fixed_exponent {
            return [if combination == 0 { 0.0 } else { fixed }; N];
        }
        let hardening = &self.hardening[combination];
        let mut exponent = [0.0; N];
        for i in 0..N {
            let share = depth[i] * (1.0 / MAX_DEPTH as f32);
            let place = 2.0 * if share < 1.0 { share } else { 1.0 }.sqrt() - 1.0;
            let per_depth = hardening.iter().rev().fold(0.0, |sum, c| sum * place + c);
            exponent[i] = depth[i] * per_depth;
        }
        exponent
    }
}

/// Sum of mu x thickness in every bin.
fn exponent_per_bin(layer: &[FilterLayer]) -> Vec<f64> {
    let bins = layer.first().map_or(0, |f| f.material().attenuation_per_mm().len());
    let mut exponent = vec![0.0; bins];
    for filter in layer {
        for (sum, mu) in exponent.iter_mut().zip(filter.material().attenuation_per_mm()) {
            *sum += mu * filter.thickness_mm();
        }
    }
    exponent
}

fn transmission(weights: &[f64], exponent: &[f64], crossings: f64) -> f64 {
    if exponent.is_empty() {
        return 1.0;
    }
    weights.iter().zip(exponent).map(|(w, x)| w * (-x * crossings).exp()).sum()
}

/// -ln(T) / depth: the polynomial through its values at Chebyshev's nodes.
fn hardening(weights: &[f64], exponent: &[f64], depth_per_crossing: f64) -> Hardening {
    const COUNT: usize = size_of::<Hardening>() / size_of::<f32>();
    let mut power = [0.0; COUNT];
    if depth_per_crossing <= 0.0 {
        return power.map(|c: f64| c as f32);
    }
    let turn = |k: usize| std::f64::consts::PI * (k as f64 + 0.5) / COUNT as f64;
    let values: [f64; COUNT] = std::array::from_fn(|k| {
        let depth = MAX_DEPTH * ((1.0 + turn(k).cos()) / 2.0).powi(2);
        let passed = transmission(weights, exponent, depth / depth_per_crossing);
        -passed.max(f64::MIN_POSITIVE).ln() / depth
    });
    // Sum of c_j T_j, each T_j as powers: T_j+1 = 2 x T_j - T_j-1.
    let (mut before, mut chebyshev) = ([0.0; COUNT], [0.0; COUNT]);
    chebyshev[0] = 1.0;
    for j in 0..COUNT {
        let sum: f64 = (0..COUNT).map(|k| values[k] * (j as f64 * turn(k)).cos()).sum();
        let coefficient = sum * if j == 0 { 1.0 } else { 2.0 } / COUNT as f64;
        for (power, x) in power.iter_mut().zip(chebyshev) {
            *power += coefficient * x;
        }
        let factor = if j == 0 { 1.0 } else { 2.0 };
        let next = std::array::from_fn(|i| {
            let shifted = if i == 0 { 0.0 } else { chebyshev[i - 1] };
            factor * shifted - before[i]
        });
        (before, chebyshev) = (chebyshev, next);
    }
    power.map(|c| c as f32)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::materials::Material;
    use proptest::prelude::*;

    fn layer(symbol: &str, thickness_mm: f64) -> FilterLayer {
        FilterLayer::new(Material::from_symbol(symbol).unwrap(), thickness_mm).unwrap()
    }

    fn spectrum(copper_mm: f64) -> Spectrum {
        let filters = [layer("Al", 2.5), layer("Cu", copper_mm)];
        Spectrum::tungsten(80.0, 12.0).unwrap().filtered(&filters).unwrap()
    }

    proptest! {
        /// Against filtering the whole spectrum: 1e-5 is what the polynomial leaves.
        #[test]
        fn oblique_path_through_all_layers_is_that_of_the_filtered_spectrum(
            kvp in 50.0..140.0, copper in 0.0..0.9, secant in 1.0..12.0,
        ) {
            let filters = [layer("Al", 2.5), layer("Cu", copper)];
            let beam = Spectrum::tungsten(kvp, 12.0).unwrap().filtered(&filters).unwrap();
            let layers = [vec![layer("PMMA", 5.6)], vec![layer("Al", 0.7), layer("water", 3.0)]];
            let fast = SupportTransmission::new(&beam, &layers).unwrap();
            let thick: Vec<FilterLayer> = layers.concat().iter()
                .map(|f| FilterLayer::new(f.material(), f.thickness_mm() * secant).unwrap()).collect();
            let slow = beam.transmission(&thick);
            prop_assert!((fast.at([secant, secant]) - slow).abs() < 1e-5, "{secant}");
        }

        /// One layer crossed fully, the other in part: 0.8 % is the stated approximation, for paths that differ up to sevenfold.
        #[test]
        fn uneven_paths_are_close_to_the_filtered_spectrum(a in 0.3..2.0, b in 0.3..2.0) {
            let beam = spectrum(0.1);
            let layers = [vec![layer("PMMA", 5.6)], vec![layer("Al", 0.7)]];
            let fast = SupportTransmission::new(&beam, &layers).unwrap();
            let slow = beam.transmission(&[layer("PMMA", 5.6 * a), layer("Al", 0.7 * b)]);
            prop_assert!((fast.at([a, b]) / slow - 1.0).abs() < 0.008, "{a} {b}");
        }
    }

    #[test]
    fn nothing_in_the_way_lets_everything_through() {
        let none = SupportTransmission::new(&spectrum(0.1), &[]).unwrap();
        assert_eq!(none.at([]), 1.0);
        let table = SupportTransmission::new(&spectrum(0.1), &[vec![layer("PMMA", 12.5)]]).unwrap();
        assert_eq!(table.at([0.0]), 1.0);
        assert!(SupportTransmission::new(&spectrum(0.1), &vec![vec![]; 5]).is_err());
    }

    proptest! {
        /// In one of three beams the weights add up to a little more than 1.
        #[test]
        fn a_layer_of_no_thickness_changes_nothing(
            kvp in 50.0..140.0_f64, copper in 0.0..0.9, secant in 1.0..30.0,
        ) {
            let filters = [layer("Al", 2.5), layer("Cu", copper)];
            let beam = Spectrum::tungsten(kvp, 12.0).unwrap().filtered(&filters).unwrap();
            let (table, none) = (vec![layer("PMMA", 12.5)], vec![layer("water", 0.0)]);
            let alone = SupportTransmission::new(&beam, std::slice::from_ref(&table)).unwrap();
            let both = SupportTransmission::new(&beam, &[none, table]).unwrap();
            prop_assert_eq!(both.at([secant, 1.0]), alone.at([1.0]));
            prop_assert_eq!(both.at([secant, 0.0]), 1.0);
        }
    }

    #[test]
    fn a_fixed_transmission_holds_for_every_ray_that_crosses() {
        let table = SupportTransmission::new(&spectrum(0.1), &[vec![layer("PMMA", 12.5)]]).unwrap();
        let fixed = table.with_fixed(0.8).unwrap();
        assert!((fixed.at([1.0]) - 0.8).abs() < 1e-7 && (fixed.at([3.0]) - 0.8).abs() < 1e-7);
        assert_eq!(fixed.at([0.0]), 1.0);
        assert!(fixed.with_fixed(0.0).is_err());
    }
}
