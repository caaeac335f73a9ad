//! Air-kerma transmission of a spectrum through several layers, fast enough for every point.

use crate::error::DoseError;
use crate::materials::FilterLayer;
use crate::spectrum::Spectrum;

/// More layers than this are refused: the tables grow as two to their number.
const MAX_LAYERS: usize = 4;

/// Depth at which the tables end; a transmission of exp(-12) = 6e-6 is nothing.
const MAX_DEPTH: f64 = 12.0;
const NODES: usize = 64;
/// Nodes are evenly spaced in the square root of the depth.
const PLACES_PER_DEPTH: f32 = ((NODES - 1) * (NODES - 1)) as f32 / MAX_DEPTH as f32;

/// Transmission of one spectrum through the layers of one support.
///
/// The depth of a ray is the sum over layers of (crossings x negative logarithm of the layer's own
/// transmission at normal incidence). For each combination of layers that a ray can cross,
/// -ln(T) / depth is tabulated along rays that cross all of them at one obliquity, where it is
/// exact but for interpolation. A ray that runs through a side of one layer is read at the same
/// depth: the hardening of a slightly different mixture, below 0.8 % where the layers' paths differ sevenfold.
#[derive(Debug, Clone)]
pub struct SupportTransmission {
    depth_per_crossing: Vec<f64>,
    /// `[combination][node]`; combination is the bit set of the layers crossed.
    hardening: Vec<[f32; NODES]>,
    /// -ln(T) of every ray that crosses anything, where one number stands for the support.
    fixed_exponent: Option<f32>,
}

impl SupportTransmission {
    /// Tables for a spectrum and, per layer, what a ray straight through it meets.
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
                hardening_table(&weights, &exponent, depth)
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
        f64::from(-self.exponent(depth as f32, combination)).exp()
    }

    /// Depth of a ray straight through each layer alone.
    pub(crate) fn depth_per_crossing(&self) -> &[f64] {
        &self.depth_per_crossing
    }

    /// -ln(T) at a depth, for a combination (bit set) of layers crossed.
    pub(crate) fn exponent(&self, depth: f32, combination: usize) -> f32 {
        if let Some(fixed) = self.fixed_exponent {
            return if combination == 0 { 0.0 } else { fixed };
        }
        let place = (depth.min(MAX_DEPTH as f32) * PLACES_PER_DEPTH).sqrt();
        let node = (place as usize).min(NODES - 2);
        let part = place - node as f32;
        let table = &self.hardening[combination];
        depth * (table[node] * (1.0 - part) + table[node + 1] * part)
    }

    /// The same for several rays of one combination that lie close together: node by node, of
    /// which they need few, without a look-up for each.
    #[inline(always)]
    pub(crate) fn exponents<const N: usize>(
        &self,
        depth: &[f32; N],
        combination: usize,
    ) -> [f32; N] {
        if let Some(fixed) = self.fixed_exponent {
            return [if combination == 0 { 0.0 } else { fixed }; N];
        }
        let table = &self.hardening[combination];
        let (mut place, mut exponent) = ([0.0_f32; N], [0.0; N]);
        for i in 0..N {
            let within = if depth[i] < MAX_DEPTH as f32 { depth[i] } else { MAX_DEPTH as f32 };
            place[i] = (within * PLACES_PER_DEPTH).sqrt();
        }
        // Eight strands vectorise, where the order of one must be kept.
        let (mut low, mut high) = ([f32::MAX; 8], [0.0_f32; 8]);
        for strands in place.chunks_exact(8) {
            for i in 0..8 {
                low[i] = if strands[i] < low[i] { strands[i] } else { low[i] };
                high[i] = if strands[i] > high[i] { strands[i] } else { high[i] };
            }
        }
        let node = |place: f32| (place as usize).min(NODES - 2);
        let first = node(low.into_iter().fold(f32::MAX, f32::min));
        let last = node(high.into_iter().fold(0.0, f32::max));
        for node in first..=last {
            let from = node as f32;
            for i in 0..N {
                let part = place[i] - from;
                let here = depth[i] * (table[node] * (1.0 - part) + table[node + 1] * part);
                exponent[i] = if part >= 0.0 { here } else { exponent[i] };
            }
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

/// -ln(T) / depth at depths from 0 to `MAX_DEPTH`, evenly spaced in their square root: the beam
/// hardens fastest at first.
fn hardening_table(weights: &[f64], exponent: &[f64], depth_per_crossing: f64) -> [f32; NODES] {
    let mut table = [1.0_f32; NODES];
    if depth_per_crossing <= 0.0 {
        return table;
    }
    for (node, entry) in table.iter_mut().enumerate() {
        // At depth 0 the limit of -ln(T)/depth, taken a small way in.
        let depth = (MAX_DEPTH * (node as f64 / (NODES - 1) as f64).powi(2)).max(1e-6);
        let passed = transmission(weights, exponent, depth / depth_per_crossing);
        *entry = (-passed.max(f64::MIN_POSITIVE).ln() / depth) as f32;
    }
    table
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
        /// Against filtering the whole spectrum: 2e-4 is the interpolation between nodes.
        #[test]
        fn oblique_path_through_all_layers_is_that_of_the_filtered_spectrum(
            copper in 0.0..0.9, secant in 1.0..4.0,
        ) {
            let beam = spectrum(copper);
            let layers = [vec![layer("PMMA", 5.6)], vec![layer("Al", 0.7), layer("water", 3.0)]];
            let fast = SupportTransmission::new(&beam, &layers).unwrap();
            let thick: Vec<FilterLayer> = layers.concat().iter()
                .map(|f| FilterLayer::new(f.material(), f.thickness_mm() * secant).unwrap()).collect();
            let slow = beam.transmission(&thick);
            prop_assert!((fast.at([secant, secant]) / slow - 1.0).abs() < 2e-4, "{secant}");
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
