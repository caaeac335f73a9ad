//! Half-value layers: the thickness that lets a given share of the air kerma through.

use super::Spectrum;
use crate::materials::Material;

/// Relative change of the thickness at which the search ends.
const PRECISION: f64 = 1e-12;

impl Spectrum {
    /// First half-value layer, mm.
    pub fn half_value_layer_mm(&self, material: Material) -> f64 {
        self.layer_of_transmission_mm(material, 0.5)
    }

    /// Second half-value layer, mm: what halves the air kerma again, behind the first.
    pub fn second_half_value_layer_mm(&self, material: Material) -> f64 {
        self.layer_of_transmission_mm(material, 0.25) - self.half_value_layer_mm(material)
    }

    /// Thickness with the air-kerma transmission `share`, between 0 and 1.
    ///
    /// Newton's method on ln T. T is a sum of decaying exponentials, so ln T is decreasing and
    /// convex: started at zero thickness the steps never pass the root and converge to it.
    fn layer_of_transmission_mm(&self, material: Material, share: f64) -> f64 {
        let weights = self.air_kerma_weights();
        let attenuation_per_mm = material.attenuation_per_mm();
        let mut thickness_mm = 0.0;
        loop {
            let (mut transmission, mut slope_per_mm) = (0.0, 0.0);
            for (weight, attenuation) in weights.iter().zip(attenuation_per_mm) {
                let passed = weight * (-attenuation * thickness_mm).exp();
                transmission += passed;
                slope_per_mm += attenuation * passed;
            }
            let step_mm = (transmission / share).ln() * transmission / slope_per_mm;
            thickness_mm += step_mm;
            if step_mm <= PRECISION * thickness_mm {
                return thickness_mm;
            }
        }
    }
}
